//! How words are spelled in our own texts: the index as the teacher of marks.

use std::collections::BTreeMap;

use tantivy::{Searcher, Term, index::SegmentReader, schema::Field};

use super::{
    Result,
    query::still_holds,
    restore::Spellings,
    schema::{Fields, pair_of, spellings_of},
};

/// A searcher and the fields it reads.
pub struct Teacher<'a> {
    pub searcher: &'a Searcher,
    pub fields: &'a Fields,
}

impl Spellings for Teacher<'_> {
    fn of(&self, plain: &str) -> Vec<(String, f64)> {
        let mut counts: BTreeMap<String, f64> = BTreeMap::new();
        for segment in self.searcher.segment_readers() {
            // A segment that cannot be read teaches nothing; the search itself will report it.
            let _ = count_spellings(segment, self.fields.spelled, plain, &mut counts);
        }
        let mut counts: Vec<(String, f64)> = counts.into_iter().collect();
        counts.sort_by(|one, other| other.1.total_cmp(&one.1));
        counts
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of documents are far below 2^52"
    )]
    fn together(&self, one: &str, next: &str) -> f64 {
        let term = Term::from_field_text(self.fields.spelled_pairs, &pair_of(one, next));
        self.searcher.doc_freq(&term).unwrap_or(0) as f64
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of documents are far below 2^52"
    )]
    fn documents(&self) -> f64 {
        self.searcher.num_docs() as f64
    }
}

fn count_spellings(
    segment: &SegmentReader,
    field: Field,
    plain: &str,
    counts: &mut BTreeMap<String, f64>,
) -> Result<()> {
    let inverted = segment.inverted_index(field)?;
    let from = spellings_of(plain);
    let mut stream = inverted.terms().range().ge(from.as_bytes()).into_stream()?;
    while stream.advance() {
        let Some(spelling) = stream.key().strip_prefix(from.as_bytes()) else {
            break;
        };
        let spelling = String::from_utf8_lossy(spelling).into_owned();
        let term = String::from_utf8_lossy(stream.key());
        if !still_holds(segment, field, &term)? {
            continue;
        }
        *counts.entry(spelling).or_default() += f64::from(stream.value().doc_freq);
    }
    Ok(())
}
