//! No explanation names a term that did not match: whatever two texts are put beside each other.

use std::cell::Cell;
use std::ops::Range;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use unicode_normalization::UnicodeNormalization as _;

use super::super::{Change, Doc, Layout, Meaning, Weights, WhyNot, eval::Scratch, fold, lexicon};
use super::against::extent;
use super::*;

/// Words that differ by a mark alone, words that hold a sentence together, names, numbers, either language.
const WORDS: &[&str] = &[
    "bệnh",
    "lá",
    "la",
    "lúa",
    "lụa",
    "ảnh",
    "anh",
    "máy",
    "may",
    "mây",
    "hoà",
    "hòa",
    "kỹ",
    "thuật",
    "nhận",
    "dạng",
    "phát",
    "hiện",
    "của",
    "và",
    "cho",
    "trên",
    "dữ",
    "liệu",
    "đo",
    "do",
    "AI",
    "YOLO",
    "OCR",
    "5G",
    "2.5",
    "2,5",
    "1.000",
    "mm",
    "mô",
    "hình",
    "leaf",
    "leaves",
    "disease",
    "diseases",
    "detect",
    "detection",
    "the",
    "of",
    "and",
    "for",
    "model",
    "models",
    "retail",
    "ai",
    "may",
    "do",
];
const GAPS: &[&str] = &[
    " ", " ", " ", " ", "-", ", ", ". ", "\n", " (", ") ", "\u{a0}", " – ",
];

/// A text word by word, each as somebody may type it.
fn text() -> impl Strategy<Value = String> {
    let word = (0..WORDS.len(), 0..GAPS.len(), 0_u8..6);
    prop::collection::vec(word, 1..40).prop_map(|words| {
        let mut text = String::new();
        for (word, gap, way) in words {
            let word = WORDS[word];
            text.push_str(&match way {
                0 => fold(word),
                1 => word.to_uppercase(),
                2 => word.nfd().collect(),
                _ => word.to_owned(),
            });
            text.push_str(GAPS[gap]);
        }
        text
    })
}

fn library() -> (Scratch, Search) {
    let folder = Scratch::new().unwrap();
    let layout = Layout {
        keywords: &[],
        numbers: &[],
    };
    let meaning = Meaning::in_memory(Err(WhyNot::SwitchedOff));
    let search = Search::open(&folder.0, layout, &meaning, &Weights::built_in().unwrap())
        .unwrap()
        .search;
    // Every word stands somewhere and none everywhere, so that any of them may tell something.
    let docs = WORDS.windows(2).zip(1..).map(|(pair, number)| Doc {
        id: uuid::Uuid::from_u128(number),
        title: pair.join(" "),
        text: String::new(),
        keywords: Vec::new(),
        numbers: Vec::new(),
        passages: Vec::new(),
    });
    let changes = docs.map(Change::Put).collect();
    search.apply(changes, 1).unwrap();
    (folder, search)
}

/// What the analyser reads in a place of a text: the words of the tokens that fill it exactly.
fn read_at(text: &str, place: &Range<usize>) -> Vec<String> {
    let inside: Vec<Token> = vietnamese::tokens(text)
        .into_iter()
        .filter(|token| token.from >= place.start && token.to <= place.end)
        .collect();
    assert_eq!(extent(&inside), *place, "{place:?} cuts a word of {text:?}");
    inside.into_iter().map(|token| token.word).collect()
}

#[test]
fn a_link_in_both_texts_is_no_reason() {
    let (_folder, search) = library();
    let link = "https://detection.example/leaf-disease";
    let shared = search
        .shared_terms(
            &format!("retail models, {link}"),
            &format!("<b>retail</b> {link} YOLO"),
        )
        .unwrap();
    assert_eq!(shared.len(), 1, "{shared:?}");
    assert_eq!((shared[0].term.as_str(), shared[0].in_b.len()), ("retail", 1));
    assert_eq!(shared[0].in_b[0], 3..9);
    let alike = search
        .alignment(&[format!("leaf {link}")], &[format!("máy {link}")])
        .unwrap();
    assert_eq!(alike, []);
}

#[test]
fn every_marked_term_stands_on_both_sides_as_the_analyser_reads_them() {
    let (_folder, search) = library();
    let (marked, unmarked, translated) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let config = Config {
        cases: 1_000,
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&(text(), text()), |(a, b)| {
        for shared in search.shared_terms(&a, &b).unwrap() {
            let words = read_at(&a, &shared.in_a[0]);
            prop_assert!(!words.is_empty() && !shared.in_b.is_empty());
            prop_assert_eq!(&a[shared.in_a[0].clone()], &shared.term);
            let there = read_at(&b, &shared.in_b[0]);
            if let Some(said) = &shared.said {
                prop_assert_eq!(&b[shared.in_b[0].clone()], said);
                let (here, there) = (words.join(" "), there.join(" "));
                prop_assert!(
                    lexicon::TO_ENGLISH.chance(&here, &there) > 0.0
                        || lexicon::TO_VIETNAMESE.chance(&here, &there) > 0.0,
                    "{here} is not {there}"
                );
                translated.set(translated.get() + 1);
            } else {
                prop_assert_eq!(&words, &there);
            }
            for (side, places, words) in [(&a, &shared.in_a, &words), (&b, &shared.in_b, &there)] {
                for place in places {
                    prop_assert_eq!(&read_at(side, place), words, "{:?} in {:?}", shared.term, side);
                    // A reader sees the marked piece alone: it reads the same.
                    let piece = &side[place.clone()];
                    prop_assert_eq!(&read_at(piece, &(0..piece.len())), words);
                }
            }
            let ends = vietnamese::tokens(&shared.term);
            prop_assert!(!ends.first().is_none_or(is_function_word), "{}", shared.term);
            prop_assert!(!ends.last().is_none_or(is_function_word), "{}", shared.term);
            marked.set(marked.get() + 1);
        }
        unmarked.set(unmarked.get() + usize::from(fold(&a) != a));
        Ok(())
    });
    outcome.unwrap();
    assert!(
        marked.get() > 1_000 && unmarked.get() > 500 && translated.get() > 100,
        "the texts hardly met: {marked:?}, {translated:?}"
    );
}
