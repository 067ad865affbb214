//! Chooses how far words are trusted, on sets of questions with known answers.
//!
//! Two numbers for each way of asking are few enough to try every pair of them. A set that falls below the better of
//! its two legs counts before any mean does, and a choice must be good together with its neighbours: a peak that
//! stands alone is luck. Each set is also ranked by the weights that the others alone would have chosen, which is
//! what a set nobody has seen may expect.

use std::fmt;

use crate::kit::search::weights::{SetFigures, Trust};

use super::{observed::Observed, quality::Quality};

/// The weights tried, of words in one language and across two: from a tenth to nine tenths.
const STEP: f32 = 0.05;
const TRIED: std::ops::RangeInclusive<u8> = 2..=18;
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
    let grid = grid();
    let seen: Vec<Seen> = trials.iter().map(|trial| Seen::of(trial, &grid)).collect();
    let everything: Vec<&Seen> = seen.iter().collect();
    let chosen = choose(&grid, &everything);
    let lines = trials.iter().zip(&seen).map(|(trial, own)| {
        let others: Vec<&Seen> = seen.iter().filter(|other| !std::ptr::eq(*other, own)).collect();
        let without = if others.is_empty() {
            chosen
        } else {
            choose(&grid, &others)
        };
        let figures = SetFigures {
            set: trial.set.clone(),
            typed: trial.typed,
            questions: trial.questions.len(),
            words: rounded(own.words),
            meaning: rounded(own.meaning),
            fused: rounded(own.fused[chosen]),
            left_out: rounded(own.fused[without]),
        };
        Line {
            figures,
            today: fused(trial, today),
        }
    });
    Some(Fitted {
        trust: grid[chosen],
        lines: lines.collect(),
    })
}

/// What a trial gives by either leg and at every point of the grid.
struct Seen {
    words: f64,
    meaning: f64,
    fused: Vec<f64>,
}

impl Seen {
    fn of(trial: &Trial, grid: &[Trust]) -> Self {
        let by = |leg: fn(&Observed) -> Quality| {
            let figures: Vec<Quality> = trial.questions.iter().map(leg).collect();
            Quality::mean(&figures).ndcg10
        };
        Self {
            words: by(Observed::by_words),
            meaning: by(Observed::by_meaning),
            fused: grid.iter().map(|trust| fused(trial, *trust)).collect(),
        }
    }

    /// How far a point lies below the gate.
    fn shortfall(&self, at: usize) -> f64 {
        (self.words.max(self.meaning) - GATE - self.fused[at]).max(0.0)
    }
}

fn fused(trial: &Trial, trust: Trust) -> f64 {
    let figures: Vec<Quality> = trial
        .questions
        .iter()
        .map(|question| question.fused(trust))
        .collect();
    Quality::mean(&figures).ndcg10
}

fn grid() -> Vec<Trust> {
    let at = |step: u8| f32::from(step) * STEP;
    let points = TRIED.flat_map(|words| TRIED.map(move |across| (words, across)));
    points
        .map(|(words, across)| Trust {
            words: at(words),
            across: at(across),
        })
        .collect()
}

/// The point with the least shortfall, of those the one that is best together with its neighbours.
fn choose(grid: &[Trust], seen: &[&Seen]) -> usize {
    let mean = |at: usize| sum(seen.iter().map(|one| one.fused[at])) / sum(seen.iter().map(|_| 1.0));
    let smooth = |at: usize| {
        let near = |other: &Trust| {
            (other.words - grid[at].words).abs() < 1.5 * STEP
                && (other.across - grid[at].across).abs() < 1.5 * STEP
        };
        let around: Vec<f64> = (0..grid.len())
            .filter(|other| near(&grid[*other]))
            .map(mean)
            .collect();
        sum(around.iter().copied()) / sum(around.iter().map(|_| 1.0))
    };
    // A thousandth more or less below the gate is chance.
    let shortfall = |at: usize| (sum(seen.iter().map(|one| one.shortfall(at))) * 1000.0).round();
    let better = |one: &usize, other: &usize| {
        let by_gate = shortfall(*other).total_cmp(&shortfall(*one));
        by_gate.then_with(|| smooth(*one).total_cmp(&smooth(*other)))
    };
    (0..grid.len()).max_by(better).unwrap_or_default()
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
            "words {:.2}, across {:.2}",
            self.trust.words, self.trust.across
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
    use uuid::Uuid;

    use super::*;
    use crate::kit::search::{rank::Judged, tests::judged};

    /// Ten documents; the right one is the best by words, or by meaning, the other leg puts it last.
    fn question(right_by_words: bool) -> Observed {
        let rows: Vec<Judged> = (0..10_u8)
            .map(|at| {
                let (up, down) = (f32::from(at + 1), f32::from(10 - at));
                let (words, meaning) = if right_by_words { (down, up) } else { (up, down) };
                judged(Uuid::from_u128(at.into()), words, Some(meaning / 10.0), true)
            })
            .collect();
        Observed::new(rows, |row| i32::from(row.place.id.as_u128() == 0), vec![1])
    }

    fn trial(set: &str, by_words: usize, by_meaning: usize) -> Trial {
        let mut questions: Vec<Observed> = (0..by_words).map(|_| question(true)).collect();
        questions.extend((0..by_meaning).map(|_| question(false)));
        Trial {
            set: set.to_owned(),
            typed: false,
            questions,
        }
    }

    const TODAY: Trust = Trust {
        words: 0.5,
        across: 0.5,
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
