//! The two questions: a typed one, and a whole text.

use std::{cmp::Ordering, mem};

use tantivy::Searcher;

use super::{
    Filter, Found, Hit, Like, Order, Query, Result, Search, Sort,
    gather::{self, Admitted, Place},
    hearing::Answer,
    query::{self, Reading},
    rank::{Fit, Judged},
    tongue::Meeting,
};

/// A typed question is answered by what shares a fair part of the best answer's words …
const ENOUGH_WORDS: f32 = 0.3;
/// … or says nearly the same; below this likeness two texts are strangers.
const ENOUGH_MEANING: f32 = 0.45;

impl Search {
    /// Answers a typed question: a page of hits, and the counts of the facets asked for.
    pub fn find(&self, query: &Query) -> Result<Found> {
        self.find_taught_by(self, query)
    }

    /// As `find`, where this index also holds what its reader may not know of: which words there are, and how they are
    /// spelled, one says that does not. The two have the same layout.
    pub fn find_taught_by(&self, teacher: &Search, query: &Query) -> Result<Found> {
        let searcher = self.0.words.searcher();
        let reading = Reading {
            searcher: &searcher,
            fields: &self.0.words.fields,
        };
        query::check_facets(reading.fields, &query.facets)?;
        // A facet's own filter must not hide the other codes one could choose.
        let (chosen, base): (Vec<&Filter>, Vec<&Filter>) = query
            .filters
            .iter()
            .partition(|filter| keyword(filter).is_some_and(|name| query.facets.contains(&name)));
        let mut answer = self.typed(&searcher, teacher, &query.text, &base)?;
        let mut found = mem::take(&mut answer.found);
        let rows = &answer.rows;
        let chosen: Result<Vec<(Option<&str>, Admitted)>> = chosen
            .into_iter()
            .map(|filter| {
                Ok((
                    keyword(filter),
                    Admitted::by(&searcher, &*reading.filter(filter)?)?,
                ))
            })
            .collect();
        let chosen = chosen?;
        let asked = !query.text.trim().is_empty();
        // From here on a document is its number in `rows`: there may be very many.
        let relevant: Vec<usize> = (0..rows.len())
            .filter(|at| !asked || answers(&rows[*at], answer.fits[*at]))
            .collect();
        for facet in &query.facets {
            let passes = |place: &Place| {
                chosen
                    .iter()
                    .all(|(on, by)| *on == Some(facet) || by.lets(*place))
            };
            let places = relevant.iter().map(|at| rows[*at].place).filter(passes);
            found
                .facets
                .push((facet, gather::counts(&searcher, facet, places)?));
        }
        let passes = |at: &usize| chosen.iter().all(|(_, by)| by.lets(rows[*at].place));
        let hits: Vec<usize> = relevant.into_iter().filter(passes).collect();
        found.total = hits.len();
        let sort = if asked || query.sort != Sort::Fit {
            query.sort
        } else {
            Sort::Newest
        };
        let shown = query.offset.saturating_add(query.limit);
        let hits = self.first(&searcher, &answer, hits, sort, shown)?;
        found.hits = hits
            .into_iter()
            .skip(query.offset)
            .map(|at| hit(&answer, at))
            .collect();
        Ok(found)
    }

    /// The documents most like a whole text, best first.
    pub fn like(&self, like: &Like) -> Result<Vec<Hit>> {
        let filters: Vec<&Filter> = like.filters.iter().collect();
        let answer = self.long(&self.0.words.searcher(), like, &filters)?;
        let mut hits: Vec<usize> = (0..answer.rows.len()).collect();
        keep_first(&mut hits, like.limit, |one, other| {
            best_first(&answer, *one, *other)
        });
        Ok(hits.into_iter().map(|at| hit(&answer, at)).collect())
    }

    /// So many of the hits, in their order.
    fn first(
        &self,
        searcher: &Searcher,
        answer: &Answer,
        mut hits: Vec<usize>,
        sort: Sort,
        most: usize,
    ) -> Result<Vec<usize>> {
        let (number, order) = match sort {
            Sort::Fit => {
                keep_first(&mut hits, most, |one, other| best_first(answer, *one, *other));
                return Ok(hits);
            }
            Sort::Newest => ("created", Order::Desc),
            Sort::Number(number, order) => (number, order),
        };
        self.0.words.fields.number(number)?;
        let places = hits.iter().map(|at| answer.rows[*at].place);
        let numbers = gather::numbers(searcher, number, places)?;
        let mut keyed: Vec<(Option<i64>, usize)> = numbers.into_iter().zip(hits).collect();
        let id = |at: &usize| answer.id(*at);
        keep_first(&mut keyed, most, |(one, at), (other, other_at)| match order {
            // A document without the number comes last either way.
            Order::Asc => (one.is_none(), one, id(at)).cmp(&(other.is_none(), other, id(other_at))),
            Order::Desc => (other, id(other_at)).cmp(&(one, id(at))),
        });
        Ok(keyed.into_iter().map(|(_, at)| at).collect())
    }
}

fn answers(row: &Judged, fit: Fit) -> bool {
    row.words > 0.0 && fit.words >= ENOUGH_WORDS
        || row.meaning.is_some_and(|meaning| meaning >= ENOUGH_MEANING)
}

/// The keyword a top-level filter chooses by.
fn keyword(filter: &Filter) -> Option<&'static str> {
    match filter {
        Filter::Is(name, _) | Filter::AnyOf(name, _) => Some(name),
        _ => None,
    }
}

fn best_first(answer: &Answer, one: usize, other: usize) -> Ordering {
    let by_score = answer.fits[other].score.total_cmp(&answer.fits[one].score);
    by_score.then_with(|| answer.id(one).cmp(&answer.id(other)))
}

/// Sorts no more than is shown.
fn keep_first<T>(items: &mut Vec<T>, most: usize, by: impl Fn(&T, &T) -> Ordering) {
    if most < items.len() {
        items.select_nth_unstable_by(most, &by);
        items.truncate(most);
    }
    items.sort_unstable_by(by);
}

fn hit(answer: &Answer, at: usize) -> Hit {
    let (row, fit) = (&answer.rows[at], answer.fits[at]);
    Hit {
        id: answer.id(at),
        score: fit.score.min(1.0),
        words: fit.words,
        meaning: row.meaning,
        across_languages: row.meeting != Meeting::Shared,
    }
}
