//! Stories of people who are told why two texts fit.

use super::*;

#[test]
fn shared_terms_stand_in_both_texts_and_say_something() {
    let (_folder, search) = stall();
    let (a, b) = (
        "Cần nhận diện biển số cho kho, dùng YOLO.",
        "YOLO: nhận diện biển số cho bãi xe.",
    );
    let shared = search.shared_terms(a, b).unwrap();
    let terms: Vec<&str> = shared.iter().map(|shared| shared.term.as_str()).collect();
    assert!(
        terms.contains(&"nhận diện biển số") && terms.contains(&"YOLO"),
        "{terms:?}"
    );
    assert!(!terms.iter().any(|term| term.contains("cho")), "{terms:?}");
    for shared in &shared {
        assert!(!shared.in_b.is_empty());
        assert_eq!(&a[shared.in_a[0].clone()], shared.term);
    }
}

#[test]
fn a_term_said_in_the_other_language_is_marked_on_both_sides() {
    let (_folder, search) = stall();
    let (a, b) = (
        "Muốn biết lúa bị bệnh gì, cần dự báo.",
        "We forecast when a disease comes.",
    );
    for (a, b) in [(a, b), (b, a)] {
        let shared = search.shared_terms(a, b).unwrap();
        let mut named: Vec<String> = shared.iter().map(Shared::named).collect();
        named.sort();
        let (one, other) = if a.starts_with("We") {
            ("disease (bệnh)", "forecast (dự báo)")
        } else {
            ("bệnh (disease)", "dự báo (forecast)")
        };
        assert_eq!(named, [one, other]);
        for shared in &shared {
            assert_eq!(Some(&b[shared.in_b[0].clone()]), shared.said.as_deref());
        }
    }
}

#[test]
fn sentences_that_answer_each_other_are_paired_once() {
    let (_folder, search) = stall();
    let a = [
        "Dự báo nhu cầu theo tuần".to_owned(),
        "Nhận diện biển số".to_owned(),
    ];
    let b = [
        "Chúng tôi nhận diện biển số xe".to_owned(),
        "Mô hình dự báo nhu cầu".to_owned(),
    ];
    let pairs = search.alignment(&a, &b).unwrap();
    let mut ends: Vec<(usize, usize)> = pairs.iter().map(|pair| (pair.a, pair.b)).collect();
    ends.sort_unstable();
    assert_eq!(ends, [(0, 1), (1, 0)]);
}
