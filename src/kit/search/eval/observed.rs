//! A question as the search saw it, before words and meaning were put together: so it can be ranked by either, or by
//! both under any weights, without asking again.

use crate::kit::search::{
    highest::highest,
    rank::{self, Judged, POOL},
    tongue::Tongue,
    weights::{Trust, Trusts},
};

use super::quality::Quality;

/// How many documents of a ranking are looked at.
const DEPTH: usize = 100;

pub struct Observed {
    /// The language it was asked in.
    pub tongue: Tongue,
    /// What the search knew of each document, and the grade of each.
    rows: Vec<Judged>,
    grades: Vec<i32>,
    /// The grades of all judged documents, the best first.
    ideal: Vec<i32>,
}

impl Observed {
    pub fn new(
        tongue: Tongue,
        rows: Vec<Judged>,
        grade: impl Fn(&Judged) -> i32,
        mut ideal: Vec<i32>,
    ) -> Self {
        ideal.sort_unstable_by(|one, other| other.cmp(one));
        let grades = rows.iter().map(grade).collect();
        Self {
            tongue,
            rows,
            grades,
            ideal,
        }
    }

    /// What a ranking has no score for it did not find.
    pub fn by_words(&self) -> Quality {
        self.ranked(|at| Some(self.rows[at].words).filter(|words| *words > 0.0))
    }

    pub fn by_meaning(&self) -> Quality {
        self.ranked(|at| self.rows[at].meaning)
    }

    pub fn fused(&self, trusts: Trusts) -> Quality {
        self.fused_by(trusts.of(self.tongue))
    }

    pub fn fused_by(&self, trust: Trust) -> Quality {
        let fits = rank::fuse(&self.rows, trust);
        self.ranked(|at| Some(fits[at].score))
    }

    /// Only the documents that either leg ranks among its best, which are those that a fused ranking can begin with.
    #[must_use]
    pub fn pool(self) -> Self {
        let mut kept: Vec<usize> = self.best(|at| Some(self.rows[at].words), POOL);
        kept.extend(self.best(|at| self.rows[at].meaning, POOL));
        kept.sort_unstable();
        kept.dedup();
        Self {
            tongue: self.tongue,
            rows: kept.iter().map(|at| self.rows[*at]).collect(),
            grades: kept.iter().map(|at| self.grades[*at]).collect(),
            ideal: self.ideal,
        }
    }

    fn ranked(&self, score: impl Fn(usize) -> Option<f32>) -> Quality {
        let best = self.best(score, DEPTH);
        let grades: Vec<i32> = best.into_iter().map(|at| self.grades[at]).collect();
        Quality::of(&grades, &self.ideal)
    }

    /// The places of the best rows, the best first; of equals the one that was listed first.
    fn best(&self, score: impl Fn(usize) -> Option<f32>, most: usize) -> Vec<usize> {
        let value = |at: usize| score(at).unwrap_or(f32::NEG_INFINITY);
        let mut best = highest(most, (0..self.rows.len()).map(value));
        best.sort_unstable_by(|one, other| value(*other).total_cmp(&value(*one)).then(one.cmp(other)));
        best
    }
}
