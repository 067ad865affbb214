//! What a question is held within: codes and numbers.

use std::collections::BTreeSet;
use std::ops::Bound;

use anyhow::bail;
use tantivy::{
    Term,
    query::{AllQuery, BooleanQuery, EmptyQuery, Occur, Query as IndexQuery, RangeQuery, TermQuery},
    schema::{Field, IndexRecordOption},
};

use super::super::{Filter, Result, schema::Fields};
use super::Reading;

impl Reading<'_> {
    pub fn filter(self, filter: &Filter) -> Result<Box<dyn IndexQuery>> {
        Ok(match filter {
            Filter::Is(keyword, code) => exact(self.fields.keyword(keyword)?, code),
            Filter::AnyOf(keyword, codes) => {
                let field = self.fields.keyword(keyword)?;
                either(codes.iter().map(|code| exact(field, code)).collect())
            }
            Filter::AtLeast(number, bound) => {
                let from = Term::from_field_i64(self.fields.number(number)?, *bound);
                Box::new(RangeQuery::new(Bound::Included(from), Bound::Unbounded))
            }
            Filter::AtMost(number, bound) => {
                let to = Term::from_field_i64(self.fields.number(number)?, *bound);
                Box::new(RangeQuery::new(Bound::Unbounded, Bound::Included(to)))
            }
            Filter::Not(inner) => {
                let inner = self.filter(inner)?;
                Box::new(BooleanQuery::new(vec![
                    (Occur::Must, Box::new(AllQuery)),
                    (Occur::MustNot, inner),
                ]))
            }
            Filter::All(filters) => self.all(filters)?,
            Filter::Either(filters) => {
                let filters: Result<Vec<_>> = filters.iter().map(|filter| self.filter(filter)).collect();
                either(filters?)
            }
        })
    }

    /// What passes every one of the filters; with none, everything.
    pub fn all<'f>(self, filters: impl IntoIterator<Item = &'f Filter>) -> Result<Box<dyn IndexQuery>> {
        let filters: Result<Vec<(Occur, Box<dyn IndexQuery>)>> = filters
            .into_iter()
            .map(|filter| Ok((Occur::Must, self.filter(filter)?)))
            .collect();
        let filters = filters?;
        if filters.is_empty() {
            return Ok(Box::new(AllQuery));
        }
        Ok(Box::new(BooleanQuery::new(filters)))
    }
}

/// Refuses names the layout does not declare before any work is done.
pub fn check_facets(fields: &Fields, facets: &[&'static str]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for facet in facets {
        fields.keyword(facet)?;
        if !seen.insert(facet) {
            bail!("the facet {facet} is asked for twice");
        }
    }
    Ok(())
}

fn exact(field: Field, code: &str) -> Box<dyn IndexQuery> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, code),
        IndexRecordOption::Basic,
    ))
}

fn either(queries: Vec<Box<dyn IndexQuery>>) -> Box<dyn IndexQuery> {
    if queries.is_empty() {
        return Box::new(EmptyQuery);
    }
    Box::new(BooleanQuery::new(
        queries.into_iter().map(|query| (Occur::Should, query)).collect(),
    ))
}
