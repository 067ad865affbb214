//! What a measurement says, for people and as JSON.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::quality::{Measured, Quality, interval};

#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub set: String,
    pub queries: usize,
    pub docs: usize,
    pub words: Measured,
    pub meaning: Option<Measured>,
    pub fused: Measured,
    pub latency_ms: Latency,
    /// nDCG@10 as served, question by question, to compare with another model's.
    #[serde(skip)]
    pub questions: Vec<f64>,
}

/// The time of a question, its own embedding included.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Latency {
    pub p50: f64,
    pub p95: f64,
}

/// What one model's answers are better than another's to the same questions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Gain {
    pub ndcg10: f64,
    pub ndcg10_95: [f64; 2],
}

impl Report {
    pub(super) fn new(set: String, docs: usize, legs: &Legs, mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |share: usize| {
            let place = (times.len() * share / 100).min(times.len().saturating_sub(1));
            times.get(place).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
        };
        Self {
            set,
            queries: times.len(),
            docs,
            words: Measured::of(&legs.words),
            meaning: legs.meaning.as_deref().map(Measured::of),
            fused: Measured::of(&legs.fused),
            latency_ms: Latency {
                p50: at(50),
                p95: at(95),
            },
            questions: legs.fused.iter().map(|quality| quality.ndcg10).collect(),
        }
    }

    /// The gain over another report of the same questions.
    pub fn over(&self, other: &Self) -> Gain {
        let apart = self.questions.iter().zip(&other.questions);
        let apart: Vec<f64> = apart.map(|(mine, other)| mine - other).collect();
        Gain {
            ndcg10: self.fused.mean.ndcg10 - other.fused.mean.ndcg10,
            ndcg10_95: interval(&apart),
        }
    }
}

/// The figures of every question, by each leg and by both.
#[derive(Default)]
pub struct Legs {
    pub words: Vec<Quality>,
    pub meaning: Option<Vec<Quality>>,
    pub fused: Vec<Quality>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} questions, {} documents",
            self.set, self.queries, self.docs
        )?;
        writeln!(
            f,
            "{:<8} {:>7} {:<14} {:>10} {:<14} {:>6}",
            "", "nDCG@10", "(95 %)", "Recall@100", "(95 %)", "MRR@10"
        )?;
        let rows = [
            ("words", Some(self.words)),
            ("meaning", self.meaning),
            ("fused", Some(self.fused)),
        ];
        for (name, measured) in rows {
            let Some(Measured {
                mean,
                ndcg10_95,
                recall100_95,
            }) = measured
            else {
                continue;
            };
            let (ndcg10, recall100) = (range(ndcg10_95), range(recall100_95));
            writeln!(
                f,
                "{name:<8} {:>7.3} {ndcg10:<14} {:>10.3} {recall100:<14} {:>6.3}",
                mean.ndcg10, mean.recall100, mean.mrr10
            )?;
        }
        write!(
            f,
            "latency: {:.1} ms at the median, {:.1} ms at 95 %",
            self.latency_ms.p50, self.latency_ms.p95
        )
    }
}

impl fmt::Display for Gain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [low, high] = self.ndcg10_95;
        write!(f, "{:+.3} nDCG@10 ({low:+.3} to {high:+.3})", self.ndcg10)
    }
}

fn range([low, high]: [f64; 2]) -> String {
    format!("{low:.3}–{high:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(found: &[bool]) -> Report {
        let quality = |found: &bool| Quality::of(&[i32::from(*found)], &[1]);
        let legs = Legs {
            fused: found.iter().map(quality).collect(),
            ..Legs::default()
        };
        Report::new("set".to_owned(), 1, &legs, vec![Duration::ZERO; found.len()])
    }

    #[test]
    fn two_models_are_compared_question_by_question() {
        let (many, few) = (report(&[true; 40]), report(&[true, false].repeat(20)));
        let gain = many.over(&few);
        assert!((gain.ndcg10 - 0.5).abs() < 1e-9);
        assert!(gain.ndcg10_95[0] > 0.3 && gain.ndcg10_95[1] < 0.7, "{gain}");
        assert_eq!(many.over(&many).to_string(), "+0.000 nDCG@10 (+0.000 to +0.000)");
    }
}
