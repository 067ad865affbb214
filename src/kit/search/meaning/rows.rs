//! The vectors of all documents, in memory: flat rows and an exact scan.
//!
//! A hundred thousand wholes are read faster than the page that shows the result, and unlike a graph a scan stays
//! exact when a filter leaves few documents. (docs/decisions/0004)

use super::super::{cores, highest::highest, vectors::Packed};
use super::Key;

/// Wholes stand in blocks of so many rows: growing moves none of them.
const BLOCK: usize = 4_096;
/// The passages of so many documents, the best by the whole and the best by words, are looked at. Beyond them the
/// likeness of the whole stands: no page shows that far.
const LOOKED_INTO: usize = 1_000;
/// Fewer wholes than this are not worth a second thread.
const WORTH_A_THREAD: usize = 10_000;

/// The rows of one model. A document stands at its slot.
#[derive(Default)]
pub struct Rows {
    /// Numbers a row; known with the first one.
    width: usize,
    wholes: Vec<Vec<i8>>,
    /// What brings a whole to length one; zero where there is none.
    factors: Vec<f32>,
    rest: Vec<Option<Rest>>,
    known: usize,
}

/// What a document has beside its whole.
struct Rest {
    key: Key,
    passages: Box<[i8]>,
    factors: Box<[f32]>,
}

/// What is looked for: the text as a whole, and its passages where it is long.
pub struct Probe {
    whole: Packed,
    parts: Vec<Packed>,
}

impl Probe {
    /// The first vector stands for the whole text. Nothing to go by gives no probe.
    pub fn new(vectors: &[Vec<f32>]) -> Option<Self> {
        let (whole, parts) = vectors.split_first()?;
        Some(Self {
            whole: Packed::new(whole),
            parts: parts.iter().map(|part| Packed::new(part)).collect(),
        })
    }
}

impl Rows {
    /// Keeps the rows of a document, the whole first. One without rows is known to have no meaning to compare.
    pub fn put(&mut self, slot: u32, key: Key, rows: &[Packed]) {
        let at = slot as usize;
        self.grow_to(at + 1);
        if self.rest[at].is_none() {
            self.known += 1;
        }
        self.factors[at] = 0.0;
        let mut rest = Rest {
            key,
            passages: Box::default(),
            factors: Box::default(),
        };
        if let Some((whole, passages)) = rows.split_first() {
            if self.width == 0 {
                self.width = whole.row.len();
            }
            if rows.iter().all(|row| row.row.len() == self.width) {
                self.place(at, whole);
                rest.passages = passages
                    .iter()
                    .flat_map(|part| part.row.iter().copied())
                    .collect();
                rest.factors = passages.iter().map(|part| part.factor).collect();
            } else {
                tracing::warn!(width = self.width, "vectors of another width were left out");
            }
        }
        self.rest[at] = Some(rest);
    }

    pub fn remove(&mut self, slot: u32) {
        let at = slot as usize;
        if self.rest.get_mut(at).is_some_and(|rest| rest.take().is_some()) {
            self.known -= 1;
            self.factors[at] = 0.0;
        }
    }

    /// What text the rows at this slot were made of.
    pub fn key(&self, slot: u32) -> Option<Key> {
        Some(self.rest.get(slot as usize)?.as_ref()?.key)
    }

    /// How many rows a known document has.
    pub fn rows_of(&self, slot: u32) -> Option<usize> {
        let at = slot as usize;
        let rest = self.rest.get(at)?.as_ref()?;
        Some(usize::from(self.factors[at] > 0.0) + rest.factors.len())
    }

    /// The rows at this slot as a question about others.
    pub fn probe(&self, slot: u32) -> Option<Probe> {
        let at = slot as usize;
        let rest = self.rest.get(at)?.as_ref()?;
        let factor = *self.factors.get(at).filter(|factor| **factor > 0.0)?;
        let packed = |(row, factor): (&[i8], f32)| Packed {
            row: row.to_vec(),
            factor,
        };
        let parts = rest
            .passages
            .chunks_exact(self.width)
            .zip(rest.factors.iter().copied());
        Some(Probe {
            whole: packed((self.whole_row(at), factor)),
            parts: parts.map(packed).collect(),
        })
    }

    /// Everything that is known, by slot.
    pub fn records(&self) -> impl Iterator<Item = (u32, Key, Vec<Packed>)> {
        (0..).zip(&self.rest).filter_map(|(slot, rest)| {
            let rest = rest.as_ref()?;
            let at = slot as usize;
            let whole = (self.factors[at] > 0.0).then(|| (self.whole_row(at), self.factors[at]));
            let passages = rest.passages.chunks_exact(self.width.max(1));
            let rows = whole
                .into_iter()
                .chain(passages.zip(rest.factors.iter().copied()));
            let packed = rows.map(|(row, factor)| Packed {
                row: row.to_vec(),
                factor,
            });
            Some((slot, rest.key, packed.collect()))
        })
    }

    /// How many documents are known.
    pub fn len(&self) -> usize {
        self.known
    }

    /// How near each of these documents is in meaning: the two wholes, and the best passage for each part, half and
    /// half. The halves together found more than either alone. `words` is what a document scored by its words.
    pub fn likeness(&self, probe: &Probe, slots: &[u32], words: impl Fn(usize) -> f32) -> Vec<Option<f32>> {
        let mut likeness = self.wholes(&probe.whole, slots);
        if slots.len() <= LOOKED_INTO {
            for (like, slot) in likeness.iter_mut().zip(slots) {
                *like = like.map(|whole| self.with_passages(probe, *slot, whole));
            }
            return likeness;
        }
        let by_whole = likeness.iter().map(|whole| whole.unwrap_or(f32::NEG_INFINITY));
        let mut chosen = highest(LOOKED_INTO, by_whole);
        let shares = |words: f32| if words > 0.0 { words } else { f32::NEG_INFINITY };
        let by_words = (0..slots.len()).map(|at| shares(words(at)));
        chosen.extend(highest(LOOKED_INTO, by_words));
        chosen.sort_unstable();
        chosen.dedup();
        for at in chosen {
            likeness[at] = likeness[at].map(|whole| self.with_passages(probe, slots[at], whole));
        }
        likeness
    }

    /// How like each whole is.
    fn wholes(&self, to: &Packed, slots: &[u32]) -> Vec<Option<f32>> {
        let of_part = |slots: &[u32]| -> Vec<_> { slots.iter().map(|slot| self.whole(to, *slot)).collect() };
        cores::in_parts(slots, WORTH_A_THREAD, of_part).concat()
    }

    /// Bytes that a scan of all wholes reads.
    pub fn scanned(&self) -> usize {
        self.width * self.factors.len()
    }

    /// How like the most like whole is.
    pub fn nearest(&self, to: &Packed) -> Option<f32> {
        (0..u32::try_from(self.factors.len()).ok()?)
            .filter_map(|slot| self.whole(to, slot))
            .reduce(f32::max)
    }

    fn whole(&self, to: &Packed, slot: u32) -> Option<f32> {
        let at = slot as usize;
        let factor = *self.factors.get(at).filter(|factor| **factor > 0.0)?;
        Some(to.cosine(self.whole_row(at), factor))
    }

    fn with_passages(&self, probe: &Probe, slot: u32, whole: f32) -> f32 {
        let at = slot as usize;
        let (row, factor) = (self.whole_row(at), self.factors[at]);
        let passages = || {
            let rest = self.rest[at].as_ref();
            rest.into_iter()
                .flat_map(|rest| rest.passages.chunks_exact(self.width).zip(&rest.factors))
        };
        let best = |part: &Packed, start: f32| {
            passages()
                .map(|(row, factor)| part.cosine(row, *factor))
                .fold(start, f32::max)
        };
        let parts = if probe.parts.is_empty() {
            best(&probe.whole, whole)
        } else {
            mean(
                probe
                    .parts
                    .iter()
                    .map(|part| best(part, part.cosine(row, factor))),
            )
        };
        f32::midpoint(whole, parts)
    }

    fn grow_to(&mut self, slots: usize) {
        if self.rest.len() < slots {
            self.rest.resize_with(slots, || None);
            self.factors.resize(slots, 0.0);
        }
    }

    fn place(&mut self, at: usize, whole: &Packed) {
        let (block, from) = (at / BLOCK, at % BLOCK * self.width);
        while self.wholes.len() <= block {
            self.wholes.push(vec![0; BLOCK * self.width]);
        }
        self.wholes[block][from..from + self.width].copy_from_slice(&whole.row);
        self.factors[at] = whole.factor;
    }

    fn whole_row(&self, at: usize) -> &[i8] {
        &self.wholes[at / BLOCK][at % BLOCK * self.width..][..self.width]
    }
}

fn mean(values: impl ExactSizeIterator<Item = f32>) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a text has a handful of passages")]
    let count = values.len() as f32;
    values.sum::<f32>() / count
}

#[cfg(test)]
mod tests;
