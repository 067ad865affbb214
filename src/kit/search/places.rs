//! Whose each place of the index is. Read once for each segment: a query would wait for a hundred thousand ids.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tantivy::{Searcher, SegmentReader, columnar::Column, index::SegmentId};
use uuid::Uuid;

use super::{
    Result,
    gather::Place,
    meaning::Slots,
    schema::{ID_HIGH, ID_LOW, TONGUE, tongue_of},
    tongue::Tongue,
};

/// What stands at a place.
#[derive(Debug, Clone, Copy)]
pub struct Whose {
    pub id: Uuid,
    /// Where its vectors stand.
    pub slot: u32,
    pub tongue: Tongue,
}

/// All places of one segment, the deleted ones too.
type Segment = Arc<[Whose]>;

/// All places of a searcher's segments, in its order.
pub struct Everywhere(Vec<Segment>);

impl Everywhere {
    pub fn segments(&self) -> impl Iterator<Item = &[Whose]> {
        self.0.iter().map(AsRef::as_ref)
    }

    pub fn id(&self, place: Place) -> Uuid {
        let (segment, doc) = place.at();
        self.0[segment][doc].id
    }
}

#[derive(Default)]
pub struct Places(Mutex<HashMap<SegmentId, Segment>>);

impl Places {
    /// The places of every segment, in the searcher's order.
    pub fn of(&self, searcher: &Searcher, slots: &Slots) -> Result<Everywhere> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let readers = searcher.segment_readers();
        let missing = readers
            .iter()
            .any(|reader| !known.contains_key(&reader.segment_id()));
        if missing {
            // A merge takes segments away; what is read anew now shall not stand beside what is gone.
            known.retain(|id, _| readers.iter().any(|reader| reader.segment_id() == *id));
        }
        let segments: Result<Vec<Segment>> = readers
            .iter()
            .map(|reader| match known.get(&reader.segment_id()) {
                Some(segment) => Ok(segment.clone()),
                None => {
                    let segment = read(reader, slots)?;
                    known.insert(reader.segment_id(), segment.clone());
                    Ok(segment)
                }
            })
            .collect();
        Ok(Everywhere(segments?))
    }
}

fn read(segment: &SegmentReader, slots: &Slots) -> Result<Segment> {
    let columns = segment.fast_fields();
    let (high, low) = (columns.u64(ID_HIGH)?, columns.u64(ID_LOW)?);
    let tongue = columns.u64(TONGUE)?;
    let number = |column: &Column<u64>, doc| column.first(doc).unwrap_or_default();
    let ids: Vec<Uuid> = (0..segment.max_doc())
        .map(|doc| Uuid::from_u64_pair(number(&high, doc), number(&low, doc)))
        .collect();
    Ok((0..)
        .zip(slots.of_all(&ids))
        .zip(&ids)
        .map(|((doc, slot), id)| Whose {
            id: *id,
            slot,
            tongue: tongue_of(number(&tongue, doc)),
        })
        .collect())
}
