//! The meaning of every document, in memory: flat rows and an exact scan.
//!
//! At a hundred thousand rows a scan costs less than fetching the page that shows the
//! result, and unlike a graph it stays exact when a filter leaves few documents.

use std::collections::HashMap;

use uuid::Uuid;

#[derive(Default)]
pub struct Vectors {
    at: HashMap<Uuid, usize>,
    documents: Vec<(Uuid, Vec<Vec<f32>>)>,
}

/// What is looked for: the text as a whole, and its passages where it is long.
pub struct Probe {
    whole: Vec<f32>,
    parts: Vec<Vec<f32>>,
}

impl Probe {
    /// The first vector stands for the whole text. Nothing to go by gives no probe.
    pub fn new(mut vectors: Vec<Vec<f32>>) -> Option<Self> {
        if vectors.is_empty() {
            return None;
        }
        let parts = vectors.split_off(1);
        vectors.pop().map(|whole| Self { whole, parts })
    }
}

impl Vectors {
    /// Keeps the rows of a document; a document without rows has no meaning to compare.
    pub fn put(&mut self, id: Uuid, rows: Vec<Vec<f32>>) {
        if rows.is_empty() {
            self.remove(id);
        } else if let Some(&at) = self.at.get(&id) {
            self.documents[at].1 = rows;
        } else {
            self.at.insert(id, self.documents.len());
            self.documents.push((id, rows));
        }
    }

    pub fn remove(&mut self, id: Uuid) {
        let Some(at) = self.at.remove(&id) else { return };
        self.documents.swap_remove(at);
        if let Some((moved, _)) = self.documents.get(at) {
            self.at.insert(*moved, at);
        }
    }

    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// How near a document is in meaning: the two wholes, and the best passage for each part,
    /// half and half. The halves together found more than either alone.
    pub fn likeness(&self, probe: &Probe, id: Uuid) -> Option<f32> {
        let rows = &self.documents.get(*self.at.get(&id)?)?.1;
        let whole = cosine(&probe.whole, rows.first()?);
        let best = |part: &[f32]| rows.iter().map(|row| cosine(part, row)).fold(f32::MIN, f32::max);
        let parts = if probe.parts.is_empty() {
            best(&probe.whole)
        } else {
            mean(probe.parts.iter().map(|part| best(part)))
        };
        Some(f32::midpoint(whole, parts))
    }
}

/// Rows have length one, so the product is the cosine. Sixteen running sums let the
/// compiler use the processor's wide registers without any unsafe code.
pub fn cosine(one: &[f32], other: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0_f32; LANES];
    let (left, right) = (one.chunks_exact(LANES), other.chunks_exact(LANES));
    let tail: f32 = left
        .remainder()
        .iter()
        .zip(right.remainder())
        .map(|(x, y)| x * y)
        .sum();
    for (x, y) in left.zip(right) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f32>() + tail
}

fn mean(values: impl ExactSizeIterator<Item = f32>) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a text has a handful of passages")]
    let count = values.len() as f32;
    values.sum::<f32>() / count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn along(axis: usize) -> Vec<f32> {
        (0..20).map(|at| if at == axis { 1.0 } else { 0.0 }).collect()
    }

    #[test]
    fn a_document_that_leaves_does_not_take_another_with_it() {
        let mut vectors = Vectors::default();
        let ids = [Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3)];
        for (axis, id) in ids.into_iter().enumerate() {
            vectors.put(id, vec![along(axis)]);
        }
        vectors.remove(ids[0]);
        let probe = Probe::new(vec![along(2)]).unwrap();
        assert_eq!(vectors.likeness(&probe, ids[0]), None);
        assert_eq!(vectors.likeness(&probe, ids[1]), Some(0.0));
        assert_eq!(vectors.likeness(&probe, ids[2]), Some(1.0));
        assert_eq!(vectors.len(), 2);
    }

    #[test]
    fn one_good_passage_lifts_a_document() {
        let mut vectors = Vectors::default();
        let (dull, telling) = (Uuid::from_u128(1), Uuid::from_u128(2));
        vectors.put(dull, vec![along(0), along(1)]);
        vectors.put(telling, vec![along(0), along(5)]);
        let probe = Probe::new(vec![along(5)]).unwrap();
        assert!(vectors.likeness(&probe, telling) > vectors.likeness(&probe, dull));
    }

    #[test]
    fn the_last_lanes_count_too() {
        assert!((cosine(&along(19), &along(19)) - 1.0).abs() < f32::EPSILON);
    }
}
