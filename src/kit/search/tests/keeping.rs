//! Stories of the index itself: what is put in, taken out, prepared ahead, and what a restart finds.

use super::*;

#[test]
fn what_was_dropped_is_gone_and_what_was_put_again_is_there_once() {
    let (_folder, search) = stall();
    let again = doc(2, "Nhận diện biển số xe máy", "blue", 10);
    search
        .apply(vec![Change::Put(again), Change::Drop(Uuid::from_u128(1))], 9)
        .unwrap();
    assert_eq!(numbers(&search.find(&ask("nhận")).unwrap()), [2]);
    assert_eq!(search.health().docs, 3);
}

#[test]
fn what_was_dropped_is_neither_guessed_at_nor_spelled() {
    let (_folder, search) = stall();
    let slip = || search.find(&ask("dienn")).unwrap().expanded;
    let plain = || search.find(&ask("dien bien so")).unwrap().restored;
    assert_eq!(slip()[0].meant, ["dien"]);
    assert_eq!(plain().as_deref(), Some("diện biển số"));
    // One of four: the index keeps its words for a while yet.
    search.apply(vec![Change::Drop(Uuid::from_u128(2))], 9).unwrap();
    assert!(slip().is_empty());
    assert_eq!(plain(), None);
}

#[test]
fn a_restart_resumes_where_the_last_commit_ended() {
    let (folder, search) = stall();
    drop(search);
    let opened = open(&folder);
    assert!(!opened.empty);
    assert_eq!(opened.search.position(), 7);
    assert_eq!(opened.search.health().docs, 4);
}

#[test]
fn a_torn_index_starts_empty_and_another_layout_too() {
    let (folder, search) = stall();
    drop(search);
    std::fs::write(folder.0.join("meta.json"), "{\"segm").unwrap();
    assert!(open(&folder).empty);
    let other = Layout {
        keywords: &["taste"],
        numbers: &[],
    };
    assert!(
        Search::open(&folder.0, other, &words_only(), &weights())
            .unwrap()
            .empty
    );
}

#[test]
fn a_second_program_on_the_same_index_harms_nothing() {
    let (folder, search) = stall();
    assert!(Search::open(&folder.0, LAYOUT, &words_only(), &weights()).is_err());
    assert_eq!(search.health().docs, 4);
}

#[test]
fn one_preparation_serves_two_indexes() {
    let (_folder, public) = stall();
    let (_other_folder, all) = stall();
    let ready = public
        .prepare(&[doc(9, "Phân loại ảnh nội soi", "red", 8)])
        .unwrap();
    for search in [&public, &all] {
        let ready = ready.iter().cloned().map(Change::Ready).collect();
        search.apply(ready, 8).unwrap();
        let found = search.find(&ask("nội soi")).unwrap();
        assert_eq!(numbers(&found), [9]);
        assert_eq!(search.position(), 8);
    }
}

#[test]
fn what_was_prepared_for_another_layout_is_refused_and_nothing_changes() {
    let (_folder, search) = stall();
    let other_folder = Scratch::new().unwrap();
    let other_layout = Layout {
        keywords: &["shape"],
        ..LAYOUT
    };
    let other = Search::open(&other_folder.0, other_layout, &words_only(), &weights())
        .unwrap()
        .search;
    let ready = search.prepare(&[doc(9, "Phân loại ảnh", "red", 8)]).unwrap();
    let refused = other.apply(ready.into_iter().map(Change::Ready).collect(), 8);
    assert!(refused.unwrap_err().to_string().contains("another layout"));
    assert_eq!(other.position(), 0);
    assert_eq!(other.health().docs, 0);
}

#[test]
fn very_many_are_prepared_on_all_cores_and_keep_their_order() {
    let (_folder, search) = stall();
    let docs: Vec<Doc> = (1_000..1_450)
        .map(|number| doc(number, &format!("Cảm biến số {number}"), "blue", 1))
        .collect();
    let ready = search.prepare(&docs).unwrap();
    let ids = |docs: &mut dyn Iterator<Item = Uuid>| docs.map(|id| id.as_u128()).collect::<Vec<_>>();
    assert_eq!(
        ids(&mut ready.iter().map(Prepared::id)),
        ids(&mut docs.iter().map(|doc| doc.id))
    );
    search
        .apply(ready.into_iter().map(Change::Ready).collect(), 8)
        .unwrap();
    for number in [1_000, 1_225, 1_449] {
        let found = search.find(&ask(&format!("cảm biến {number}"))).unwrap();
        assert_eq!(numbers(&found)[0], number);
    }
}
