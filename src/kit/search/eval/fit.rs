//! Chooses how far words and meaning are trusted, on sets of questions with known answers.
//!
//! Two numbers for each language and way of asking are few enough to try all of them together. A set that falls below
//! the better of its two legs counts before any mean does, and a choice must be good together with its neighbours: a
//! peak that stands alone is luck. Each set is also ranked by the weights that the others alone would have chosen, which
//! is what a set nobody has seen may expect.

use std::fmt;

use crate::kit::search::{
    tongue::Tongue,
    weights::{SetFigures, Trust, Trusts},
};

use super::{
    observed::Observed,
    quality::Quality,
    tried::{Point, TRIED},
};

/// No set may fall below the better of its legs by more than this.
const GATE: f64 = 0.005;

/// A set asked one way.
pub struct Trial {
    pub set: String,
    pub typed: bool,
    pub questions: Vec<Observed>,
}

/// The weights chosen for one way of asking, and what each set thinks of them.
pub struct Fitted {
    pub trusts: Trusts,
    pub lines: Vec<Line>,
}

pub struct Line {
    pub figures: SetFigures,
    /// With the weights that hold today.
    pub today: f64,
}

/// Fits the trials of one way of asking; what no question asks of stays as it is today. `None` without any.
pub fn fit(trials: &[Trial], today: Trusts) -> Option<Fitted> {
    if trials.is_empty() {
        return None;
    }
    let seen: Vec<Seen> = trials.iter().map(Seen::of).collect();
    let everything: Vec<&Seen> = seen.iter().collect();
    let trusts = choose(&everything, today);
    let lines = trials.iter().zip(&seen).map(|(trial, own)| {
        let others: Vec<&Seen> = seen.iter().filter(|other| !std::ptr::eq(*other, own)).collect();
        let fused = |trusts: Trusts| ndcg10(&trial.questions, |question| question.fused(trusts));
        let figures = SetFigures {
            set: trial.set.clone(),
            typed: trial.typed,
            questions: trial.questions.len(),
            words: rounded(ndcg10(&trial.questions, Observed::by_words)),
            meaning: rounded(ndcg10(&trial.questions, Observed::by_meaning)),
            fused: rounded(fused(trusts)),
            left_out: rounded(fused(choose(&others, trusts))),
        };
        Line {
            figures,
            today: fused(today),
        }
    });
    Some(Fitted {
        trusts,
        lines: lines.collect(),
    })
}

/// What the questions of a trial give, by language.
struct Seen {
    vietnamese: Part,
    english: Part,
}

/// What those in one language add to the mean of their trial: by either leg, and by both under all weights.
struct Part {
    words: f64,
    meaning: f64,
    fused: [[f64; TRIED]; TRIED],
}

impl Seen {
    fn of(trial: &Trial) -> Self {
        let (english, vietnamese) = trial
            .questions
            .iter()
            .partition::<Vec<&Observed>, _>(|question| question.tongue == Tongue::Other);
        Self {
            vietnamese: Part::of(&vietnamese, trial.questions.len()),
            english: Part::of(&english, trial.questions.len()),
        }
    }
}

impl Part {
    fn of(questions: &[&Observed], of_all: usize) -> Self {
        let share = count(questions.len()) / count(of_all.max(1));
        let mean = |ranked: &dyn Fn(&Observed) -> Quality| share * ndcg10(questions.iter().copied(), ranked);
        Self {
            words: mean(&Observed::by_words),
            meaning: mean(&Observed::by_meaning),
            fused: std::array::from_fn(|within| {
                std::array::from_fn(|across| {
                    let trust = Point { within, across }.trust();
                    mean(&|question| question.fused_by(trust))
                })
            }),
        }
    }

    fn fused(&self, at: Point) -> f64 {
        self.fused[at.within][at.across]
    }

    /// How far a point lies below the gate.
    fn shortfall(&self, at: Point) -> f64 {
        (self.words.max(self.meaning) - GATE - self.fused(at)).max(0.0)
    }
}

fn choose(seen: &[&Seen], today: Trusts) -> Trusts {
    let language = |part: fn(&Seen) -> &Part, today| {
        let parts: Vec<&Part> = seen.iter().map(|seen| part(seen)).collect();
        best(&parts).unwrap_or(today)
    };
    Trusts {
        vietnamese: language(|seen| &seen.vietnamese, today.vietnamese),
        english: language(|seen| &seen.english, today.english),
    }
}

/// The point with the least shortfall, of those the one that is best together with its neighbours. `None` where nothing
/// was found in this language at all.
fn best(parts: &[&Part]) -> Option<Trust> {
    if parts.iter().all(|part| part.words.max(part.meaning) <= 0.0) {
        return None;
    }
    // A thousandth more or less below the gate is chance.
    let shortfall = |at: Point| (sum(parts.iter().map(|part| part.shortfall(at))) * 1000.0).round();
    let least = Point::all().map(shortfall).fold(f64::MAX, f64::min);
    let smooth = |at: Point| {
        let around: Vec<f64> = Point::all()
            .filter(|other| other.near(at))
            .map(|at| sum(parts.iter().map(|part| part.fused(at))))
            .collect();
        sum(around.iter().copied()) / count(around.len())
    };
    let best = Point::all()
        .filter(|at| shortfall(*at) <= least)
        .map(|at| (smooth(at), at))
        .max_by(|one, other| one.0.total_cmp(&other.0));
    best.map(|(_, at)| at.trust())
}

fn ndcg10<'a>(
    questions: impl IntoIterator<Item = &'a Observed>,
    ranked: impl Fn(&Observed) -> Quality,
) -> f64 {
    let figures: Vec<Quality> = questions.into_iter().map(ranked).collect();
    Quality::mean(&figures).ndcg10
}

#[expect(clippy::cast_precision_loss, reason = "a set has a few thousand questions")]
fn count(number: usize) -> f64 {
    number as f64
}

fn sum(figures: impl Iterator<Item = f64>) -> f64 {
    figures.sum()
}

fn rounded(figure: f64) -> f64 {
    (figure * 10_000.0).round() / 10_000.0
}

impl Line {
    /// As far as this set goes, the weights may be used: neither leg alone would have served it better.
    pub fn passes(&self) -> bool {
        self.figures.fused >= self.figures.words.max(self.figures.meaning) - GATE
    }
}

impl fmt::Display for Fitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Trusts { vietnamese, english } = self.trusts;
        writeln!(
            f,
            "words {:.2} in Vietnamese, {:.2} into English; {:.2} in English, {:.2} into Vietnamese",
            vietnamese.within, vietnamese.across, english.within, english.across
        )?;
        writeln!(
            f,
            "{:<32} {:>7} {:>7} {:>7} {:>7} {:>7} {:>8}",
            "nDCG@10", "words", "meaning", "today", "fitted", "gain", "left out"
        )?;
        for line in &self.lines {
            let SetFigures {
                set,
                words,
                meaning,
                fused,
                left_out,
                ..
            } = &line.figures;
            let below = if line.passes() { "" } else { "  below a leg" };
            writeln!(
                f,
                "{set:<32} {words:>7.3} {meaning:>7.3} {:>7.3} {fused:>7.3} {:>+7.3} {left_out:>8.3}{below}",
                line.today,
                fused - line.today
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
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
}
