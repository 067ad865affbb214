//! How good a ranking is, in the figures the field has agreed on.

use std::{collections::HashMap, fmt};

use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub set: String,
    pub queries: usize,
    pub docs: usize,
    pub words: Quality,
    pub meaning: Option<Quality>,
    pub fused: Quality,
    pub latency_ms: Latency,
}

/// Means over all questions that have an answer.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Quality {
    /// How near the first ten are to the best possible ten, gains 2^grade − 1.
    pub ndcg10: f64,
    /// The share of right answers among the first hundred.
    pub recall100: f64,
    /// One divided by the place of the first right answer among ten.
    pub mrr10: f64,
}

#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Latency {
    pub p50: f64,
    pub p95: f64,
}

impl Quality {
    /// Adds one question: the grades of its first hundred documents, and of all judged ones.
    pub(super) fn add(&mut self, ranked: &[i32], grades: &HashMap<String, i32>) {
        let mut ideal: Vec<i32> = grades.values().copied().collect();
        ideal.sort_unstable_by(|one, other| other.cmp(one));
        let right = ideal.iter().filter(|grade| **grade > 0).count();
        let best = gain(&ideal);
        if best > 0.0 {
            self.ndcg10 += gain(ranked) / best;
        }
        #[expect(clippy::cast_precision_loss, reason = "at most a hundred answers")]
        if right > 0 {
            self.recall100 += ranked.iter().filter(|grade| **grade > 0).count() as f64 / right as f64;
            let first = ranked.iter().take(10).position(|grade| *grade > 0);
            self.mrr10 += first.map_or(0.0, |place| 1.0 / (place + 1) as f64);
        }
    }

    pub(super) fn divided_by(self, queries: usize) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a set has a few thousand questions")]
        let count = queries.max(1) as f64;
        let mean = |sum: f64| (sum / count * 10_000.0).round() / 10_000.0;
        Self {
            ndcg10: mean(self.ndcg10),
            recall100: mean(self.recall100),
            mrr10: mean(self.mrr10),
        }
    }
}

/// The discounted gain of the first ten.
fn gain(grades: &[i32]) -> f64 {
    let discounted = |(place, grade): (u32, &i32)| (2_f64.powi(*grade) - 1.0) / f64::from(place + 2).log2();
    (0_u32..10).zip(grades).map(discounted).sum()
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
            "{:<8} {:>8} {:>10} {:>7}",
            "", "nDCG@10", "Recall@100", "MRR@10"
        )?;
        let rows = [
            ("words", Some(self.words)),
            ("meaning", self.meaning),
            ("fused", Some(self.fused)),
        ];
        for (name, quality) in rows {
            let Some(Quality {
                ndcg10,
                recall100,
                mrr10,
            }) = quality
            else {
                continue;
            };
            writeln!(f, "{name:<8} {ndcg10:>8.3} {recall100:>10.3} {mrr10:>7.3}")?;
        }
        write!(
            f,
            "latency: {:.1} ms at the median, {:.1} ms at 95 %",
            self.latency_ms.p50, self.latency_ms.p95
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_answer_scores_one() {
        let grades = HashMap::from([("a".to_owned(), 2), ("b".to_owned(), 1), ("c".to_owned(), 0)]);
        let mut quality = Quality::default();
        quality.add(&[2, 1, 0], &grades);
        assert!((quality.ndcg10 - 1.0).abs() < 1e-9);
        assert!((quality.recall100 - 1.0).abs() < 1e-9);
        assert!((quality.mrr10 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_right_answer_in_second_place_counts_half() {
        let grades = HashMap::from([("a".to_owned(), 1)]);
        let mut quality = Quality::default();
        quality.add(&[0, 1], &grades);
        assert!((quality.mrr10 - 0.5).abs() < 1e-9);
        assert!((quality.ndcg10 - 1.0 / 3_f64.log2()).abs() < 1e-9);
    }
}
