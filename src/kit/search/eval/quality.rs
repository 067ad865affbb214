//! How good a ranking is, in the figures the field has agreed on, and how sure they are.

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde::Serialize;

/// Drawings of the bootstrap, and where they start, so that a measurement repeats exactly.
const DRAWINGS: usize = 1000;
const SEED: u64 = 6497;

/// The figures of one question, or their mean over many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Quality {
    /// How near the first ten are to the best possible ten, gains 2^grade − 1.
    pub ndcg10: f64,
    /// The share of right answers among the first hundred.
    pub recall100: f64,
    /// One divided by the place of the first right answer among ten.
    pub mrr10: f64,
}

/// Means over all questions that have an answer, with 95 % intervals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measured {
    #[serde(flatten)]
    pub mean: Quality,
    pub ndcg10_95: [f64; 2],
    pub recall100_95: [f64; 2],
}

impl Quality {
    /// Of the grades of a ranking's first hundred documents, and of all judged ones, the best first.
    pub(super) fn of(ranked: &[i32], ideal: &[i32]) -> Self {
        let right = ideal.iter().filter(|grade| **grade > 0).count();
        if right == 0 {
            return Self::default();
        }
        let found = ranked.iter().filter(|grade| **grade > 0).count();
        let first = ranked.iter().take(10).position(|grade| *grade > 0);
        Self {
            ndcg10: gain(ranked) / gain(ideal),
            recall100: count(found) / count(right),
            mrr10: first.map_or(0.0, |place| 1.0 / count(place + 1)),
        }
    }

    pub(super) fn mean(questions: &[Self]) -> Self {
        let mean = |figure: fn(&Self) -> f64| mean(questions.iter().map(figure), questions.len());
        Self {
            ndcg10: mean(|one| one.ndcg10),
            recall100: mean(|one| one.recall100),
            mrr10: mean(|one| one.mrr10),
        }
    }
}

impl Measured {
    pub fn of(questions: &[Quality]) -> Self {
        let figures = |figure: fn(&Quality) -> f64| questions.iter().map(figure).collect::<Vec<f64>>();
        let mean = Quality::mean(questions);
        Self {
            mean: Quality {
                ndcg10: rounded(mean.ndcg10),
                recall100: rounded(mean.recall100),
                mrr10: rounded(mean.mrr10),
            },
            ndcg10_95: interval(&figures(|one| one.ndcg10)),
            recall100_95: interval(&figures(|one| one.recall100)),
        }
    }
}

/// Where the mean of such figures lies in 95 of 100 samples: the percentile bootstrap (Efron 1979).
pub fn interval(figures: &[f64]) -> [f64; 2] {
    if figures.is_empty() {
        return [0.0, 0.0];
    }
    let mut chance = StdRng::seed_from_u64(SEED);
    let mut means: Vec<f64> = (0..DRAWINGS)
        .map(|_| {
            let drawn = (0..figures.len()).map(|_| figures[chance.random_range(0..figures.len())]);
            mean(drawn, figures.len())
        })
        .collect();
    means.sort_by(f64::total_cmp);
    [
        rounded(means[DRAWINGS / 40]),
        rounded(means[DRAWINGS - 1 - DRAWINGS / 40]),
    ]
}

/// The discounted gain of the first ten.
fn gain(grades: &[i32]) -> f64 {
    let discounted = |(place, grade): (u32, &i32)| (2_f64.powi(*grade) - 1.0) / f64::from(place + 2).log2();
    (0_u32..10).zip(grades).map(discounted).sum()
}

fn mean(figures: impl Iterator<Item = f64>, of: usize) -> f64 {
    figures.sum::<f64>() / count(of.max(1))
}

#[expect(clippy::cast_precision_loss, reason = "a set has a few thousand questions")]
fn count(number: usize) -> f64 {
    number as f64
}

fn rounded(figure: f64) -> f64 {
    (figure * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_answer_scores_one() {
        let perfect = Quality::of(&[2, 1, 0], &[2, 1, 0]);
        assert_eq!(
            perfect,
            Quality {
                ndcg10: 1.0,
                recall100: 1.0,
                mrr10: 1.0
            }
        );
    }

    #[test]
    fn a_right_answer_in_second_place_counts_half() {
        let second = Quality::of(&[0, 1], &[1]);
        assert!((second.mrr10 - 0.5).abs() < 1e-9);
        assert!((second.ndcg10 - 1.0 / 3_f64.log2()).abs() < 1e-9);
    }

    #[test]
    fn few_questions_are_less_sure_than_many() {
        let answers = |count: usize| {
            (0..count)
                .map(|at| f64::from(u8::from(at % 2 == 0)))
                .collect::<Vec<_>>()
        };
        let width = |[low, high]: [f64; 2]| high - low;
        let (few, many) = (interval(&answers(20)), interval(&answers(2000)));
        assert!(few[0] < 0.5 && 0.5 < few[1]);
        // The width falls with the root of the count: to a tenth.
        assert!((width(few) / width(many) - 10.0).abs() < 2.0, "{few:?} {many:?}");
        let again = interval(&answers(20));
        assert_eq!(
            few.map(f64::to_bits),
            again.map(f64::to_bits),
            "the same drawings every time"
        );
    }
}
