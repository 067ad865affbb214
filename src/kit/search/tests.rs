//! Stories of people who look for something.

use proptest::test_runner::{Config, TestRunner};

use super::{eval::Scratch, *};

mod filters;
mod keeping;
mod meaning;
mod reasons;

const LAYOUT: Layout = Layout {
    keywords: &["colour", "shape"],
    numbers: &["created", "price"],
};

fn words_only() -> Meaning {
    Meaning::in_memory(Err(WhyNot::SwitchedOff))
}

fn weights() -> Weights {
    Weights::built_in().unwrap()
}

/// A document as a question sees it.
pub fn judged(doc: u32, words: f32, meaning: Option<f32>, meeting: tongue::Meeting) -> rank::Judged {
    let place = gather::Place { segment: 0, doc };
    rank::Judged {
        place,
        words,
        meaning,
        meeting,
    }
}

fn open(folder: &Scratch) -> Opened {
    Search::open(&folder.0, LAYOUT, &words_only(), &weights()).unwrap()
}

fn doc(number: u128, title: &str, colour: &str, price: i64) -> Doc {
    Doc {
        id: Uuid::from_u128(number),
        title: title.to_owned(),
        text: String::new(),
        keywords: vec![("colour", colour.to_owned())],
        numbers: vec![("created", i64::try_from(number).unwrap()), ("price", price)],
        passages: Vec::new(),
    }
}

pub fn stall() -> (Scratch, Search) {
    let folder = Scratch::new().unwrap();
    let search = open(&folder).search;
    let docs = [
        doc(1, "Nhận dạng bệnh trên lá lúa", "green", 30),
        doc(2, "Nhận diện biển số xe ở cổng kho", "blue", 10),
        doc(3, "Dự báo nhu cầu hàng hoá", "blue", 20),
        doc(4, "Retail analytics with forecasting models", "red", 5),
    ];
    search
        .apply(docs.into_iter().map(Change::Put).collect(), 7)
        .unwrap();
    (folder, search)
}

fn ask(text: &str) -> Query {
    Query {
        text: text.to_owned(),
        limit: 10,
        ..Query::default()
    }
}

pub fn like(title: &str) -> Like {
    Like {
        title: title.to_owned(),
        limit: 9,
        ..Like::default()
    }
}

fn numbers(found: &Found) -> Vec<u128> {
    found.hits.iter().map(|hit| hit.id.as_u128()).collect()
}

#[test]
fn someone_without_a_vietnamese_keyboard_finds_the_same_and_is_offered_the_marks() {
    let (_folder, search) = stall();
    assert_eq!(numbers(&search.find(&ask("biển số xe")).unwrap())[0], 2);
    let plain = search.find(&ask("nhan dien bien so")).unwrap();
    assert_eq!(numbers(&plain)[0], 2);
    assert_eq!(plain.restored.as_deref(), Some("nhận diện biển số"));
    assert!(plain.degraded);
}

#[test]
fn either_way_to_write_a_tone_finds_the_other() {
    let (_folder, search) = stall();
    assert_eq!(numbers(&search.find(&ask("hàng hóa")).unwrap()), [3]);
}

#[test]
fn a_slip_of_the_finger_is_forgiven_and_shown() {
    let (_folder, search) = stall();
    let found = search.find(&ask("forcasting")).unwrap();
    assert_eq!(numbers(&found), [4]);
    assert_eq!(found.expanded[0].typed, "forcasting");
}

#[test]
fn words_of_the_other_language_are_found_without_a_model() {
    let (_folder, search) = stall();
    for (asked, found) in [
        ("dự báo", 4),
        ("du bao", 4),
        ("a forecast of demand", 3),
        ("leaf disease", 1),
    ] {
        let hits = search.find(&ask(asked)).unwrap().hits;
        let across: Vec<u128> = hits
            .iter()
            .filter(|hit| hit.across_languages)
            .map(|hit| hit.id.as_u128())
            .collect();
        assert_eq!(across.first(), Some(&found), "{asked}: {hits:?}");
    }
}

#[test]
fn what_is_kept_in_one_place_is_not_alike_for_that() {
    let (_folder, search) = stall();
    let link = "https://www.thanhpho.example/hop-tac/chuong-trinh/2026/trang-5";
    let pump = doc(5, &format!("Máy bơm, xem {link}"), "red", 1);
    search.apply(vec![Change::Put(pump)], 8).unwrap();
    let hits = search.like(&like(&format!("Bệnh lá lúa, xem {link}"))).unwrap();
    assert_eq!(hits[0].id.as_u128(), 1, "{hits:?}");
    // Whoever types an address looks for it.
    assert_eq!(numbers(&search.find(&ask("thanhpho.example")).unwrap()), [5]);
}

#[test]
fn ai_does_not_find_retail() {
    let (_folder, search) = stall();
    assert!(search.find(&ask("AI")).unwrap().hits.is_empty());
}

#[test]
fn brackets_without_end_are_only_text() {
    let (_folder, search) = stall();
    assert!(search.find(&ask(&"(".repeat(5_000))).unwrap().hits.is_empty());
}

#[test]
fn a_long_text_finds_what_shares_its_telling_words() {
    let (_folder, search) = stall();
    let text = "Chúng tôi cần đếm xe ra vào cổng kho. Hệ thống phải nhận diện biển số xe vào ban đêm.";
    let like = Like {
        title: "Kiểm soát xe".to_owned(),
        text: text.to_owned(),
        limit: 2,
        ..Like::default()
    };
    assert_eq!(search.like(&like).unwrap()[0].id.as_u128(), 2);
}

#[test]
fn a_snippet_marks_the_original_even_for_plain_typing() {
    let (_folder, search) = stall();
    let text = "Chúng tôi làm phần mềm. Hệ thống nhận diện biển số xe ở cổng.";
    let spans = search.snippet(text, "bien so");
    let marked: Vec<&str> = spans
        .iter()
        .filter(|span| span.hit)
        .map(|span| span.text.as_str())
        .collect();
    assert_eq!(marked, ["biển", "số"]);
    let spans = search.snippet(text, "biên");
    assert!(
        spans.iter().all(|span| !span.hit),
        "marks that were typed are meant"
    );
}

#[test]
fn a_snippet_of_a_long_text_opens_near_the_words() {
    let (_folder, search) = stall();
    let text = format!(
        "{}Cuối cùng là nhận diện biển số xe. {}",
        "Một câu mở đầu. ".repeat(40),
        "Hết. ".repeat(90)
    );
    let spans = search.snippet(&text, "biển số");
    let shown: String = spans.iter().map(|span| span.text.as_str()).collect();
    assert!(
        shown.starts_with("… Cuối cùng là nhận diện biển số") && shown.ends_with('…'),
        "{shown}"
    );
}

#[tokio::test]
async fn a_verb_runs_aside() {
    let (_folder, search) = stall();
    let found = search.aside(|search| search.find(&ask("biển số"))).await.unwrap();
    assert_eq!(numbers(&found)[0], 2);
}

/// Whatever someone pastes, nothing falls over and every piece is cut from the text itself.
#[test]
fn any_text_can_be_read_asked_and_shown() {
    let (_folder, search) = stall();
    let texts = "(?s)[a-zđĐăâêôơưế \u{323}\u{300}.,;()0-9\n-]{0,300}|(?s).{0,200}";
    let config = Config {
        cases: 200,
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&texts, |text| {
        for token in vietnamese::tokens(&text) {
            assert!(!text[token.from..token.to].is_empty());
        }
        for sentence in sentences(&text) {
            assert!(!text[sentence].trim().is_empty());
        }
        search.find(&ask(&text)).unwrap();
        let shown: String = search
            .snippet(&text, "nhận 2.5 xe")
            .into_iter()
            .map(|span| span.text)
            .collect();
        assert!(text.contains(shown.trim_start_matches("… ").trim_end_matches(" …")));
        search
            .shared_terms(&text, "Nhận diện biển số. Detect 2,5 m.")
            .unwrap();
        Ok(())
    });
    outcome.unwrap();
}
