use super::*;
use crate::kit::search::{rank::Judged, tests::judged, tongue::Meeting};

/// Ten documents; the right one is the best by words, or by meaning, the other leg puts it last.
fn question(right_by_words: bool, tongue: Tongue, meeting: Meeting) -> Observed {
    let rows: Vec<Judged> = (0..10_u8)
        .map(|at| {
            let (up, down) = (f32::from(at + 1), f32::from(10 - at));
            let (words, meaning) = if right_by_words { (down, up) } else { (up, down) };
            judged(at.into(), words, Some(meaning / 10.0), meeting)
        })
        .collect();
    Observed::new(tongue, rows, |row| i32::from(row.place.doc == 0), vec![1])
}

fn trial(set: &str, by_words: usize, by_meaning: usize) -> Trial {
    asked(Tongue::Other, Meeting::Shared, set, by_words, by_meaning)
}

fn asked(tongue: Tongue, meeting: Meeting, set: &str, by_words: usize, by_meaning: usize) -> Trial {
    let question = |by_words| move |_| question(by_words, tongue, meeting);
    let mut questions: Vec<Observed> = (0..by_words).map(question(true)).collect();
    questions.extend((0..by_meaning).map(question(false)));
    Trial {
        set: set.to_owned(),
        typed: false,
        questions,
    }
}

const HALF: Trust = Trust {
    within: 0.5,
    across: 0.5,
};
const TODAY: Trusts = Trusts {
    vietnamese: HALF,
    english: HALF,
};

#[test]
fn the_leg_that_answers_is_trusted() {
    let words = fit(&[trial("a", 9, 1), trial("b", 9, 1)], TODAY).unwrap();
    let meaning = fit(&[trial("a", 1, 9), trial("b", 1, 9)], TODAY).unwrap();
    assert!(words.trusts.english.within > 0.5, "{words}");
    assert!(meaning.trusts.english.within < 0.5, "{meaning}");
    assert!(words.lines.iter().all(Line::passes));
    assert!(words.lines[0].figures.fused > words.lines[0].today);
    assert_eq!(words.trusts.vietnamese, HALF, "nobody asked in Vietnamese");
}

#[test]
fn each_language_and_each_way_between_them_is_trusted_by_itself() {
    let trials = [
        asked(Tongue::Vietnamese, Meeting::Across, "vi_en", 9, 1),
        asked(Tongue::Other, Meeting::Across, "en_vi", 1, 9),
        asked(Tongue::Vietnamese, Meeting::Shared, "vi_vi", 1, 9),
    ];
    let fitted = fit(&trials, TODAY).unwrap();
    assert!(fitted.trusts.vietnamese.across > 0.5, "{fitted}");
    assert!(fitted.trusts.vietnamese.within < 0.5, "{fitted}");
    assert!(fitted.trusts.english.across < 0.5, "{fitted}");
    assert!(fitted.lines.iter().all(Line::passes), "{fitted}");
}

#[test]
fn a_set_is_also_judged_by_weights_that_never_saw_it() {
    let fitted = fit(&[trial("a", 9, 1), trial("b", 9, 1), trial("odd", 0, 9)], TODAY).unwrap();
    let odd = &fitted.lines[2].figures;
    assert!(
        odd.left_out < odd.meaning,
        "the other two would have chosen words: {fitted}"
    );
}

#[test]
fn nothing_measured_gives_no_weights() {
    assert!(fit(&[], TODAY).is_none());
}
