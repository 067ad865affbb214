//! The two questions: a typed one, and a whole text.

use std::{cmp::Reverse, sync::PoisonError};

use tantivy::Searcher;
use uuid::Uuid;

use super::{
    Filter, Found, Hit, Like, Order, Query, Result, Search, Sort,
    gather::{self, Admitted, Place, Scores},
    index::Teacher,
    query::{self, Reading},
    rank::{self, Fit, Judged, Trust},
    restore, sentences,
    tongue::{Tongue, tongue},
    vectors::Probe,
    vietnamese,
};

/// A typed question is answered by what shares a fair part of the best answer's words …
const ENOUGH_WORDS: f32 = 0.3;
/// … or says nearly the same; below this likeness two texts are strangers.
const ENOUGH_MEANING: f32 = 0.45;

/// All admitted documents as a question sees them, and what was learnt on the way.
pub(super) struct Answer {
    pub rows: Vec<Judged>,
    pub fits: Vec<Fit>,
    found: Found,
}

impl Search {
    /// Answers a typed question: a page of hits, and the counts of the facets asked for.
    pub fn find(&self, query: &Query) -> Result<Found> {
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
        let Answer {
            rows,
            fits,
            mut found,
        } = self.typed(&searcher, &query.text, &base)?;
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
        let relevant: Vec<(Judged, Fit)> = rows
            .into_iter()
            .zip(fits)
            .filter(|(row, fit)| !asked || answers(row, *fit))
            .collect();
        for facet in &query.facets {
            let passes = |place: Place| chosen.iter().all(|(on, by)| *on == Some(facet) || by.lets(place));
            let places: Vec<Place> = relevant
                .iter()
                .map(|(row, _)| row.place)
                .filter(|place| passes(*place))
                .collect();
            found
                .facets
                .push((facet, gather::counts(&searcher, facet, &places)?));
        }
        let mut hits: Vec<(Judged, Fit)> = relevant
            .into_iter()
            .filter(|(row, _)| chosen.iter().all(|(_, by)| by.lets(row.place)))
            .collect();
        found.total = hits.len();
        let sort = if asked || query.sort != Sort::Fit {
            query.sort
        } else {
            Sort::Newest
        };
        self.sort(&searcher, &mut hits, sort)?;
        found.hits = hits
            .iter()
            .skip(query.offset)
            .take(query.limit)
            .map(hit)
            .collect();
        Ok(found)
    }

    /// The documents most like a whole text, best first.
    pub fn like(&self, like: &Like) -> Result<Vec<Hit>> {
        let filters: Vec<&Filter> = like.filters.iter().collect();
        let answer = self.long(&self.0.words.searcher(), like, &filters)?;
        let mut hits: Vec<(Judged, Fit)> = answer.rows.into_iter().zip(answer.fits).collect();
        hits.sort_by(best_first);
        Ok(hits.iter().take(like.limit).map(hit).collect())
    }

    pub(super) fn typed(&self, searcher: &Searcher, text: &str, filters: &[&Filter]) -> Result<Answer> {
        let reading = Reading {
            searcher,
            fields: &self.0.words.fields,
        };
        let tokens = query::typed_tokens(text);
        let (words, expanded) = reading.typed(&tokens)?;
        let restored = restore::restored(
            text,
            &tokens,
            &Teacher {
                searcher,
                fields: reading.fields,
            },
        );
        // The model reads Vietnamese with its marks; without them it loses half of the sense.
        let meant = restored.as_deref().unwrap_or(text);
        let vectors = if tokens.is_empty() {
            Vec::new()
        } else {
            self.embed(&[meant])?
        };
        let scores = Scores::of(searcher, &*words)?;
        let rows = self.judged(reading, filters, &scores, vectors, tongue(meant))?;
        let degraded = self.0.embedder.is_err();
        Ok(Answer::new(
            rows,
            rank::TYPED,
            Found {
                restored,
                expanded,
                degraded,
                ..Found::default()
            },
        ))
    }

    pub(super) fn long(&self, searcher: &Searcher, like: &Like, filters: &[&Filter]) -> Result<Answer> {
        let reading = Reading {
            searcher,
            fields: &self.0.words.fields,
        };
        let text = format!("{}\n{}", like.title, like.text);
        let scores = Scores::of(searcher, &*reading.long(&vietnamese::tokens(&text))?)?;
        let vectors = match &like.passages_vectors {
            Some(vectors) => vectors.clone(),
            None => self.embed(&sentences::passages(&like.title, &like.text, ""))?,
        };
        let rows = self.judged(reading, filters, &scores, vectors, tongue(&text))?;
        Ok(Answer::new(rows, rank::LONG, Found::default()))
    }

    fn judged(
        &self,
        reading: Reading<'_>,
        filters: &[&Filter],
        scores: &Scores,
        vectors: Vec<Vec<f32>>,
        tongue: Tongue,
    ) -> Result<Vec<Judged>> {
        let admitted = Admitted::by(reading.searcher, &*reading.all(filters.iter().copied())?)?;
        let probe = Probe::new(vectors);
        let vectors = self.0.vectors.read().unwrap_or_else(PoisonError::into_inner);
        let judge = |place: Place| Judged {
            place,
            words: scores.at(place),
            meaning: probe.as_ref().and_then(|probe| vectors.likeness(probe, place.id)),
            meets: tongue.meets(place.tongue),
        };
        Ok(admitted
            .places(reading.searcher)?
            .into_iter()
            .map(judge)
            .collect())
    }

    fn sort(&self, searcher: &Searcher, hits: &mut Vec<(Judged, Fit)>, sort: Sort) -> Result<()> {
        let (number, order) = match sort {
            Sort::Fit => {
                hits.sort_by(best_first);
                return Ok(());
            }
            Sort::Newest => ("created", Order::Desc),
            Sort::Number(number, order) => (number, order),
        };
        self.0.words.fields.number(number)?;
        let places: Vec<Place> = hits.iter().map(|(row, _)| row.place).collect();
        let numbers = gather::numbers(searcher, number, &places)?;
        let mut keyed: Vec<_> = numbers.into_iter().zip(hits.drain(..)).collect();
        // A document without the number comes last either way.
        match order {
            Order::Asc => keyed.sort_by_key(|(number, (row, _))| (number.is_none(), *number, row.place.id)),
            Order::Desc => keyed.sort_by_key(|(number, (row, _))| Reverse((*number, row.place.id))),
        }
        hits.extend(keyed.into_iter().map(|(_, hit)| hit));
        Ok(())
    }
}

impl Answer {
    fn new(rows: Vec<Judged>, trust: Trust, found: Found) -> Self {
        let fits = rank::fuse(&rows, trust);
        Self { rows, fits, found }
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

fn best_first(one: &(Judged, Fit), other: &(Judged, Fit)) -> std::cmp::Ordering {
    let key = |(row, fit): &(Judged, Fit)| (fit.score, row.place.id);
    let ((score, id), (other_score, other_id)): ((f32, Uuid), (f32, Uuid)) = (key(one), key(other));
    other_score.total_cmp(&score).then(id.cmp(&other_id))
}

fn hit((row, fit): &(Judged, Fit)) -> Hit {
    Hit {
        id: row.place.id,
        score: fit.score.min(1.0),
        words: fit.words,
        meaning: row.meaning,
        across_languages: !row.meets,
    }
}
