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

use super::{FacetCount, Result, schema::column};

/// Scores of all documents, by segment and place; zero where nothing matched.
pub struct Scores(Vec<Vec<Score>>);

/// The documents a query lets through.
pub struct Admitted(Vec<Vec<bool>>);

/// Where a document stands in the index at this moment.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub segment: u32,
    pub doc: DocId,
}

impl Place {
    /// The numbers of the segment, and of the document in it.
    pub fn at(self) -> (usize, usize) {
        (self.segment as usize, self.doc as usize)
    }
}

impl Scores {
    pub fn of(searcher: &Searcher, query: &dyn Query) -> Result<Self> {
        Ok(Self(searcher.search(query, &Everyone { scored: true })?))
    }

    pub fn of_segment(&self, segment: usize) -> &[Score] {
        &self.0[segment]
    }
}

impl Admitted {
    pub fn by(searcher: &Searcher, query: &dyn Query) -> Result<Self> {
        let found = searcher.search(query, &Everyone { scored: false })?;
        let admitted = found
            .into_iter()
            .map(|segment| segment.into_iter().map(|mark| mark > 0.0).collect());
        Ok(Self(admitted.collect()))
    }

    pub fn everything(searcher: &Searcher) -> Self {
        let standing = |segment: &SegmentReader| match segment.alive_bitset() {
            None => vec![true; segment.max_doc() as usize],
            Some(alive) => (0..segment.max_doc()).map(|doc| alive.is_alive(doc)).collect(),
        };
        Self(searcher.segment_readers().iter().map(standing).collect())
    }

    pub fn lets(&self, place: Place) -> bool {
        let (segment, doc) = place.at();
        self.0[segment][doc]
    }

    /// Of each segment, which documents are let through.
    pub fn segments(&self) -> impl Iterator<Item = &[bool]> {
        self.0.iter().map(Vec::as_slice)
    }

    pub fn count(&self) -> usize {
        self.0.iter().flatten().filter(|admitted| **admitted).count()
    }
}

/// How many of the places carry each code of a keyword, most frequent first.
pub fn counts(
    searcher: &Searcher,
    keyword: &str,
    places: impl Iterator<Item = Place>,
) -> Result<Vec<FacetCount>> {
    // Codes are counted by their number in the segment's own list; a name is looked up once.
    let mut segments = Vec::with_capacity(searcher.segment_readers().len());
    for segment in searcher.segment_readers() {
        let codes = segment.fast_fields().str(&column(keyword))?;
        segments.push(codes.map(|codes| (vec![0_usize; codes.num_terms()], codes)));
    }
    for place in places {
        if let Some((seen, codes)) = &mut segments[place.segment as usize] {
            for code in codes.ords().values_for_doc(place.doc) {
                if let Some(seen) = usize::try_from(code).ok().and_then(|code| seen.get_mut(code)) {
                    *seen += 1;
                }
            }
        }
    }
    let mut totals: BTreeMap<String, usize> = BTreeMap::new();
    for (seen, codes) in segments.into_iter().flatten() {
        for (code, count) in (0..).zip(seen).filter(|(_, count)| *count > 0) {
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
pub fn numbers(
    searcher: &Searcher,
    number: &str,
    places: impl Iterator<Item = Place>,
) -> Result<Vec<Option<i64>>> {
    let columns: std::result::Result<Vec<_>, _> = searcher
        .segment_readers()
        .iter()
        .map(|segment| segment.fast_fields().i64(&column(number)))
        .collect();
    let columns = columns?;
    Ok(places
        .map(|place| columns[place.segment as usize].first(place.doc))
        .collect())
}

/// Marks every live match with its score, or with one, at its place in the segment.
struct Everyone {
    scored: bool,
}

struct OfSegment {
    scored: bool,
    marks: Vec<Score>,
}

impl Collector for Everyone {
    type Fruit = Vec<Vec<Score>>;
    type Child = OfSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<OfSegment> {
        Ok(OfSegment {
            scored: self.scored,
            marks: vec![0.0; segment.max_doc() as usize],
        })
    }

    fn requires_scoring(&self) -> bool {
        self.scored
    }

    /// The fruits come in the order of the segments.
    fn merge_fruits(&self, fruits: Vec<Vec<Score>>) -> tantivy::Result<Self::Fruit> {
        Ok(fruits)
    }
}

impl SegmentCollector for OfSegment {
    type Fruit = Vec<Score>;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.marks[doc as usize] = if self.scored { score } else { 1.0 };
    }

    fn harvest(self) -> Self::Fruit {
        self.marks
    }
}
