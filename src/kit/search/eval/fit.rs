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
mod tests;
