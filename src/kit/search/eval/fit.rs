//! Chooses how far words are trusted, on sets of questions with known answers.
//!
//! Three numbers for each way of asking are few enough to try all of them together. A set that falls below the better of
//! its two legs counts before any mean does, and a choice must be good together with its neighbours: a peak that
//! stands alone is luck. Each set is also ranked by the weights that the others alone would have chosen, which is
//! what a set nobody has seen may expect.

use std::fmt;

use crate::kit::search::weights::{SetFigures, Trust};

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
    pub trust: Trust,
    pub lines: Vec<Line>,
}

pub struct Line {
    pub figures: SetFigures,
    /// With the weights that hold today.
    pub today: f64,
}

/// Fits the trials of one way of asking. `None` without any.
pub fn fit(trials: &[Trial], today: Trust) -> Option<Fitted> {
    if trials.is_empty() {
        return None;
    }
    let seen: Vec<Seen> = trials.iter().map(Seen::of).collect();
    let everything: Vec<&Seen> = seen.iter().collect();
    let chosen = choose(&everything);
    let lines = trials.iter().zip(&seen).map(|(trial, own)| {
        let others: Vec<&Seen> = seen.iter().filter(|other| !std::ptr::eq(*other, own)).collect();
        let without = if others.is_empty() {
            chosen
        } else {
            choose(&others)
        };
        let figures = SetFigures {
            set: trial.set.clone(),
            typed: trial.typed,
            questions: trial.questions.len(),
            words: rounded(own.words),
            meaning: rounded(own.meaning),
            fused: rounded(own.fused(chosen)),
            left_out: rounded(own.fused(without)),
        };
        Line {
            figures,
            today: ndcg10(&trial.questions, |question| question.fused(today)),
        }
    });
    Some(Fitted {
        trust: chosen.trust(),
        lines: lines.collect(),
    })
}

/// What a trial gives by either leg, and under all weights.
struct Seen {
    words: f64,
    meaning: f64,
    /// A question goes one way between the languages at most, so the other way's weight need not be tried: the share of
    /// the mean that the questions of each way give, by the weight of words and by the weight across.
    into_english: Plane,
    into_vietnamese: Plane,
}

type Plane = [[f64; TRIED]; TRIED];

impl Seen {
    fn of(trial: &Trial) -> Self {
        let (vietnamese, english) = trial
            .questions
            .iter()
            .partition::<Vec<&Observed>, _>(|question| question.goes_into_vietnamese());
        let plane = |questions: &[&Observed], point: fn(usize, usize) -> Point| {
            let share = count(questions.len()) / count(trial.questions.len().max(1));
            std::array::from_fn(|words| {
                std::array::from_fn(|across| {
                    let trust = point(words, across).trust();
                    share * ndcg10(questions.iter().copied(), |question| question.fused(trust))
                })
            })
        };
        let into_english = |words, in_english| Point {
            words,
            in_english,
            in_vietnamese: 0,
        };
        let into_vietnamese = |words, in_vietnamese| Point {
            words,
            in_english: 0,
            in_vietnamese,
        };
        Self {
            words: ndcg10(&trial.questions, Observed::by_words),
            meaning: ndcg10(&trial.questions, Observed::by_meaning),
            into_english: plane(&english, into_english),
            into_vietnamese: plane(&vietnamese, into_vietnamese),
        }
    }

    fn fused(&self, at: Point) -> f64 {
        self.into_english[at.words][at.in_english] + self.into_vietnamese[at.words][at.in_vietnamese]
    }

    /// How far a point lies below the gate.
    fn shortfall(&self, at: Point) -> f64 {
        (self.words.max(self.meaning) - GATE - self.fused(at)).max(0.0)
    }
}

fn ndcg10<'a>(
    questions: impl IntoIterator<Item = &'a Observed>,
    ranked: impl Fn(&Observed) -> Quality,
) -> f64 {
    let figures: Vec<Quality> = questions.into_iter().map(ranked).collect();
    Quality::mean(&figures).ndcg10
}

/// The point with the least shortfall, of those the one that is best together with its neighbours.
fn choose(seen: &[&Seen]) -> Point {
    // A thousandth more or less below the gate is chance.
    let shortfall = |at: Point| (sum(seen.iter().map(|one| one.shortfall(at))) * 1000.0).round();
    let least = Point::all().map(shortfall).fold(f64::MAX, f64::min);
    let smooth = |at: Point| {
        let around: Vec<f64> = Point::all()
            .filter(|other| other.near(at))
            .map(|at| sum(seen.iter().map(|one| one.fused(at))))
            .collect();
        sum(around.iter().copied()) / count(around.len())
    };
    let best = Point::all()
        .filter(|at| shortfall(*at) <= least)
        .map(|at| (smooth(at), at))
        .max_by(|one, other| one.0.total_cmp(&other.0));
    best.map_or_else(Point::default, |(_, at)| at)
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
        writeln!(
            f,
            "words {:.2}, in English {:.2}, in Vietnamese {:.2}",
            self.trust.words, self.trust.in_english, self.trust.in_vietnamese
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
    fn question(right_by_words: bool, meeting: Meeting) -> Observed {
        let rows: Vec<Judged> = (0..10_u8)
            .map(|at| {
                let (up, down) = (f32::from(at + 1), f32::from(10 - at));
                let (words, meaning) = if right_by_words { (down, up) } else { (up, down) };
                judged(at.into(), words, Some(meaning / 10.0), meeting)
            })
            .collect();
        Observed::new(rows, |row| i32::from(row.place.doc == 0), vec![1])
    }

    fn trial(set: &str, by_words: usize, by_meaning: usize) -> Trial {
        met(Meeting::Shared, set, by_words, by_meaning)
    }

    fn met(meeting: Meeting, set: &str, by_words: usize, by_meaning: usize) -> Trial {
        let mut questions: Vec<Observed> = (0..by_words).map(|_| question(true, meeting)).collect();
        questions.extend((0..by_meaning).map(|_| question(false, meeting)));
        Trial {
            set: set.to_owned(),
            typed: false,
            questions,
        }
    }

    const TODAY: Trust = Trust {
        words: 0.5,
        in_english: 0.5,
        in_vietnamese: 0.5,
    };

    #[test]
    fn the_leg_that_answers_is_trusted() {
        let words = fit(&[trial("a", 9, 1), trial("b", 9, 1)], TODAY).unwrap();
        let meaning = fit(&[trial("a", 1, 9), trial("b", 1, 9)], TODAY).unwrap();
        assert!(words.trust.words > 0.5, "{words}");
        assert!(meaning.trust.words < 0.5, "{meaning}");
        assert!(words.lines.iter().all(Line::passes));
        assert!(words.lines[0].figures.fused > words.lines[0].today);
    }

    #[test]
    fn each_way_between_the_languages_is_trusted_by_itself() {
        let trials = [
            met(Meeting::InEnglish, "vi_en", 9, 1),
            met(Meeting::InVietnamese, "en_vi", 1, 9),
        ];
        let fitted = fit(&trials, TODAY).unwrap();
        assert!(fitted.trust.in_english > 0.5, "{fitted}");
        assert!(fitted.trust.in_vietnamese < 0.5, "{fitted}");
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
