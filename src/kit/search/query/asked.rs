//! The terms of a question, without those that cost much and say nothing.

use tantivy::{
    Term,
    query::{BooleanQuery, BoostQuery, Occur, Query as IndexQuery, TermQuery},
    schema::{Field, IndexRecordOption},
};

use super::super::Result;
use super::{Holding, Question, Reading};

/// What a question may lose of the best score any document could have. Most of the time of a question goes into the
/// terms that nearly every document holds, and those hardly move a score.
const LOST: f32 = 0.02;

/// Terms, each with the most it can add to a score (up to a factor that all have in common) and its weight.
pub(super) struct Asked<'a> {
    reading: Reading<'a>,
    terms: Vec<(f32, Term, f32)>,
}

impl<'a> Asked<'a> {
    pub fn of(reading: Reading<'a>) -> Self {
        Self {
            reading,
            terms: Vec::new(),
        }
    }

    pub fn add(&mut self, field: Field, term: &str, weight: f32) -> Result<()> {
        self.add_held(self.reading.holding(field, term)?, weight);
        Ok(())
    }

    pub fn add_held(&mut self, (term, documents): Holding, weight: f32) {
        if documents > 0 {
            let most = weight * self.reading.rarity_of(documents);
            self.terms.push((most, term, weight));
        }
    }

    pub fn query(mut self) -> Question {
        self.terms.sort_by(|one, other| one.0.total_cmp(&other.0));
        let all: f32 = self.terms.iter().map(|(most, ..)| most).sum();
        let mut lost = 0.0;
        let telling = self.terms.into_iter().skip_while(|(most, ..)| {
            lost += most;
            lost < LOST * all
        });
        let clauses: Vec<_> = telling
            .map(|(_, term, weight)| {
                let term = TermQuery::new(term, IndexRecordOption::WithFreqs);
                let weighed: Box<dyn IndexQuery> = Box::new(BoostQuery::new(Box::new(term), weight));
                (Occur::Should, weighed)
            })
            .collect();
        (!clauses.is_empty()).then(|| Box::new(BooleanQuery::new(clauses)) as Box<dyn IndexQuery>)
    }
}
