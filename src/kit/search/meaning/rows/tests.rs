use super::*;

fn along(axis: usize) -> Vec<f32> {
    (0..20).map(|at| if at == axis { 1.0 } else { 0.0 }).collect()
}

fn rows(documents: &[&[usize]]) -> Rows {
    let mut rows = Rows::default();
    for (slot, axes) in (0..).zip(documents) {
        let packed: Vec<Packed> = axes.iter().map(|axis| Packed::new(&along(*axis))).collect();
        rows.put(slot, Key::default(), &packed);
    }
    rows
}

fn likeness(rows: &Rows, axis: usize, slots: &[u32]) -> Vec<Option<f32>> {
    rows.likeness(&Probe::new(&[along(axis)]).unwrap(), slots, |_| 0.0)
}

#[test]
fn a_document_that_leaves_takes_no_other_with_it() {
    let mut rows = rows(&[&[0], &[1], &[2]]);
    rows.remove(0);
    rows.remove(0);
    rows.remove(9);
    assert_eq!(
        likeness(&rows, 2, &[0, 1, 2, 9]),
        [None, Some(0.0), Some(1.0), None]
    );
    assert_eq!(rows.len(), 2);
}

#[test]
fn one_good_passage_lifts_a_document() {
    let rows = rows(&[&[0, 1], &[0, 5]]);
    assert_eq!(likeness(&rows, 5, &[0, 1]), [Some(0.0), Some(0.5)]);
}

#[test]
fn a_document_without_rows_is_known_and_like_nothing() {
    let rows = rows(&[&[], &[1]]);
    assert_eq!(likeness(&rows, 1, &[0, 1]), [None, Some(1.0)]);
    assert_eq!((rows.len(), rows.key(0)), (2, Some(Key::default())));
}

#[test]
fn among_very_many_the_passages_of_the_best_by_whole_and_by_words_are_looked_into() {
    let far = LOOKED_INTO + 10;
    let documents: Vec<&[usize]> = (0..far)
        .map(|at| -> &[usize] {
            if at < LOOKED_INTO { &[3, 3] } else { &[0, 3] }
        })
        .collect();
    let rows = rows(&documents);
    let slots: Vec<u32> = (0..u32::try_from(far).unwrap()).collect();
    let probe = Probe::new(&[along(3)]).unwrap();
    let likeness = rows.likeness(&probe, &slots, |at| if at == far - 1 { 7.0 } else { 0.0 });
    assert_eq!(likeness[0], Some(1.0));
    assert_eq!(likeness[far - 2], Some(0.0), "beyond the best the whole stands");
    assert_eq!(likeness[far - 1], Some(0.5), "shared words are looked into");
}
