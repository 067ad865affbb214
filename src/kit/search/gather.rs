//! Reads the index for the whole answer at once: every matching document with its score,
//! the documents a filter lets through, and counts for the filters a reader may choose next.
//!
//! Taking every match sounds dear and is cheap: the shortcut that skips hopeless documents
//! costs more than it saves once a question has many terms.

use std::collections::BTreeMap;

use tantivy::{
    DocId, Score, Searcher, SegmentOrdinal, SegmentReader,
    collector::{Collector, SegmentCollector},
    query::Query,
};
use uuid::Uuid;

use super::{
    FacetCount, Result,
    schema::{ID_HIGH, ID_LOW, TONGUE, column, tongue_of},
    tongue::Tongue,
};

/// Scores of all documents, by segment and place; zero where nothing matched.
pub struct Scores(Vec<Vec<Score>>);

/// The documents a query lets through.
pub struct Admitted(Vec<Vec<bool>>);

/// Where a document stands in the index at this moment, and whose it is.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub segment: usize,
    pub doc: DocId,
    pub id: Uuid,
    pub tongue: Tongue,
}

impl Scores {
    pub fn of(searcher: &Searcher, query: &dyn Query) -> Result<Self> {
        let found = searcher.search(query, &Everyone { scored: true })?;
        let mut scores = empty(searcher, 0.0);
        for (segment, doc, score) in found.into_iter().flatten() {
            scores[segment as usize][doc as usize] = score;
        }
        Ok(Self(scores))
    }

    pub fn at(&self, place: Place) -> Score {
        self.0
            .get(place.segment)
            .and_then(|segment| segment.get(place.doc as usize))
            .copied()
            .unwrap_or(0.0)
    }
}

impl Admitted {
    pub fn by(searcher: &Searcher, query: &dyn Query) -> Result<Self> {
        let found = searcher.search(query, &Everyone { scored: false })?;
        let mut admitted = empty(searcher, false);
        for (segment, doc, _) in found.into_iter().flatten() {
            admitted[segment as usize][doc as usize] = true;
        }
        Ok(Self(admitted))
    }

    pub fn lets(&self, place: Place) -> bool {
        self.0[place.segment][place.doc as usize]
    }

    pub fn places(&self, searcher: &Searcher) -> Result<Vec<Place>> {
        let mut places = Vec::new();
        for (ordinal, (segment, admitted)) in searcher.segment_readers().iter().zip(&self.0).enumerate() {
            let columns = segment.fast_fields();
            let (high, low) = (columns.u64(ID_HIGH)?, columns.u64(ID_LOW)?);
            let tongue = columns.u64(TONGUE)?;
            for (doc, _) in (0..).zip(admitted).filter(|(_, admitted)| **admitted) {
                let half = |column: &tantivy::columnar::Column<u64>| column.first(doc).unwrap_or_default();
                let id = Uuid::from_u64_pair(half(&high), half(&low));
                places.push(Place {
                    segment: ordinal,
                    doc,
                    id,
                    tongue: tongue_of(half(&tongue)),
                });
            }
        }
        Ok(places)
    }
}

/// How many of the places carry each code of a keyword, most frequent first.
pub fn counts(searcher: &Searcher, keyword: &str, places: &[Place]) -> Result<Vec<FacetCount>> {
    let mut totals: BTreeMap<String, usize> = BTreeMap::new();
    for (ordinal, segment) in searcher.segment_readers().iter().enumerate() {
        let Some(codes) = segment.fast_fields().str(&column(keyword))? else {
            continue;
        };
        let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
        for place in places.iter().filter(|place| place.segment == ordinal) {
            for code in codes.ords().values_for_doc(place.doc) {
                *seen.entry(code).or_default() += 1;
            }
        }
        for (code, count) in seen {
            let mut name = String::new();
            codes.ord_to_str(code, &mut name)?;
            *totals.entry(name).or_default() += count;
        }
    }
    let mut counts: Vec<FacetCount> = totals
        .into_iter()
        .map(|(code, count)| FacetCount { code, count })
        .collect();
    counts.sort_by_key(|facet| std::cmp::Reverse(facet.count));
    Ok(counts)
}

/// A number of each place, to sort by; `None` where the document has none.
pub fn numbers(searcher: &Searcher, number: &str, places: &[Place]) -> Result<Vec<Option<i64>>> {
    let columns: std::result::Result<Vec<_>, _> = searcher
        .segment_readers()
        .iter()
        .map(|segment| segment.fast_fields().i64(&column(number)))
        .collect();
    let columns = columns?;
    Ok(places
        .iter()
        .map(|place| columns[place.segment].first(place.doc))
        .collect())
}

fn empty<T: Clone>(searcher: &Searcher, value: T) -> Vec<Vec<T>> {
    searcher
        .segment_readers()
        .iter()
        .map(|segment| vec![value.clone(); segment.max_doc() as usize])
        .collect()
}

/// Collects every live match.
struct Everyone {
    scored: bool,
}

struct OfSegment {
    segment: SegmentOrdinal,
    found: Vec<(SegmentOrdinal, DocId, Score)>,
}

impl Collector for Everyone {
    type Fruit = Vec<Vec<(SegmentOrdinal, DocId, Score)>>;
    type Child = OfSegment;

    fn for_segment(&self, segment: SegmentOrdinal, _: &SegmentReader) -> tantivy::Result<OfSegment> {
        Ok(OfSegment {
            segment,
            found: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.scored
    }

    fn merge_fruits(&self, fruits: Vec<Vec<(SegmentOrdinal, DocId, Score)>>) -> tantivy::Result<Self::Fruit> {
        Ok(fruits)
    }
}

impl SegmentCollector for OfSegment {
    type Fruit = Vec<(SegmentOrdinal, DocId, Score)>;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.found.push((self.segment, doc, score));
    }

    fn harvest(self) -> Self::Fruit {
        self.found
    }
}
