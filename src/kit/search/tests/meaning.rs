//! Stories of two languages: what the model adds to the words.

use std::collections::HashMap;

use super::*;

#[test]
fn meaning_crosses_the_languages() {
    let Some(embedder) = embed::tests::bundled() else {
        return;
    };
    let folder = Scratch::new().unwrap();
    let search = Search::open(&folder.0, LAYOUT, &Meaning::in_memory(Ok(embedder)), &weights())
        .unwrap()
        .search;
    let titles = [
        "Rice leaf disease detection by deep learning",
        "Blockchain for supply chains",
    ];
    for (number, title) in (1..).zip(titles) {
        let doc = doc(number, title, "green", 1);
        let vectors = search.embed(&[title]).unwrap();
        let space = search.meaning().serving();
        space.remember(doc.id, Key::default(), &vectors);
        search.apply(vec![Change::Put(doc)], 1).unwrap();
    }
    for question in [
        "nhận dạng bệnh trên lá lúa",
        "phát hiện sâu bệnh trên cây trồng từ ảnh",
    ] {
        let like = Like {
            title: question.to_owned(),
            limit: 2,
            ..Like::default()
        };
        let hits = search.like(&like).unwrap();
        assert_eq!(hits[0].id.as_u128(), 1, "{question}");
    }
    let hit = search.find(&ask("nhận dạng bệnh trên lá lúa")).unwrap().hits[0];
    assert!(hit.across_languages && hit.meaning > Some(0.5));
}

#[test]
fn a_document_asks_with_the_vectors_that_are_known_of_it() {
    let (_folder, search) = stall();
    let space = search.meaning().serving();
    for (number, vector) in [(1, [1.0, 0.0]), (2, [0.0, 1.0]), (3, [0.8, 0.6])] {
        space.remember(Uuid::from_u128(number), Key::default(), &[vector.to_vec()]);
    }
    let nearest = |of: u128| {
        let of = Some(Uuid::from_u128(of));
        let hits = search
            .like(&Like {
                of,
                ..like("chưa ai viết")
            })
            .unwrap();
        hits.iter()
            .map(|hit| (hit.id.as_u128(), hit.meaning))
            .collect::<Vec<_>>()
    };
    let near_one = nearest(1);
    assert_eq!([near_one[0].0, near_one[1].0], [1, 3]);
    assert!(near_one[1].1.is_some_and(|meaning| (meaning - 0.8).abs() < 0.01));
    assert!(
        nearest(9).iter().all(|(_, meaning)| meaning.is_none()),
        "nobody knows it"
    );
}

/// What is known of a listing's meaning brings it into no index that it was not put into, and it stays known to the
/// one while it leaves the other.
#[test]
fn an_index_answers_with_its_own_documents_however_much_the_meaning_knows() {
    let Some(embedder) = embed::tests::bundled() else {
        return;
    };
    let meaning = Meaning::in_memory(Ok(embedder));
    let (folder, other_folder) = (Scratch::new().unwrap(), Scratch::new().unwrap());
    let public = Search::open(&folder.0, LAYOUT, &meaning, &weights())
        .unwrap()
        .search;
    let all = Search::open(&other_folder.0, LAYOUT, &meaning, &weights())
        .unwrap()
        .search;
    let title = "Rice leaf disease detection";
    let space = meaning.serving();
    for number in [1, 2] {
        let vectors = space.embed(&[title]).unwrap();
        space.remember(Uuid::from_u128(number), Key::default(), &vectors);
    }
    public
        .apply(vec![Change::Put(doc(1, title, "green", 1))], 1)
        .unwrap();
    let both = [1, 2].map(|number| Change::Put(doc(number, title, "green", 1)));
    all.apply(both.to_vec(), 1).unwrap();
    let like = Like {
        title: title.to_owned(),
        limit: 9,
        ..Like::default()
    };
    let ids = |search: &Search| -> Vec<u128> {
        let hits = search.like(&like).unwrap();
        hits.iter().map(|hit| hit.id.as_u128()).collect()
    };
    assert_eq!(ids(&public), [1]);
    assert_eq!(numbers(&public.find(&ask("lá lúa bệnh")).unwrap()), [1]);
    assert_eq!(ids(&all), [1, 2]);
    public.apply(vec![Change::Drop(Uuid::from_u128(1))], 2).unwrap();
    assert!(ids(&public).is_empty());
    let hits = all.like(&like).unwrap();
    assert!(hits.iter().all(|hit| hit.meaning > Some(0.9)), "{hits:?}");
    meaning.forget(Uuid::from_u128(1));
    let hits = all.like(&like).unwrap();
    let meanings = hits.iter().map(|hit| (hit.id.as_u128(), hit.meaning.is_some()));
    assert_eq!(
        meanings.collect::<HashMap<_, _>>(),
        HashMap::from([(1, false), (2, true)])
    );
    assert_eq!(all.without_meaning(&space, 9).unwrap(), [Uuid::from_u128(1)]);
    assert!(public.without_meaning(&space, 9).unwrap().is_empty());
}
