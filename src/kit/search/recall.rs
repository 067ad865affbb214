//! Vectors of texts read a moment ago. The sentences of a listing are read again for every other listing it is
//! held against, and reading one costs a thousand times as much as remembering it.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

/// So many texts a generation; two generations of 384 numbers each take about 25 MB.
const GENERATION: usize = 8_000;

type Key = [u8; 32];

/// Remembers the last 8,000 to 16,000 texts that were asked for.
#[derive(Default)]
pub(super) struct Recall(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<Key, Vec<f32>>,
    old: HashMap<Key, Vec<f32>>,
}

impl Recall {
    /// The vector of a text, made by `read` where it is not known yet. What fails is not remembered.
    pub fn of<E>(&self, text: &str, read: impl FnOnce() -> Result<Vec<f32>, E>) -> Result<Vec<f32>, E> {
        let key: Key = Sha256::digest(text.as_bytes()).into();
        if let Some(known) = self.lock(|known| known.find(&key)) {
            return Ok(known);
        }
        let vector = read()?;
        self.lock(|known| known.keep(key, vector.clone()));
        Ok(vector)
    }

    fn lock<T>(&self, act: impl FnOnce(&mut Generations) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Generations {
    fn find(&mut self, key: &Key) -> Option<Vec<f32>> {
        if let Some(known) = self.young.get(key) {
            return Some(known.clone());
        }
        let known = self.old.remove(key)?;
        self.keep(*key, known.clone());
        Some(known)
    }

    /// When the young are too many they become the old, and the old are forgotten.
    fn keep(&mut self, key: Key, vector: Vec<f32>) {
        if self.young.len() >= GENERATION {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(key, vector);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_once_and_a_failure_again() {
        let recall = Recall::default();
        assert_eq!(recall.of("lúa", || Err("no model")), Err("no model"));
        assert_eq!(recall.of::<()>("lúa", || Ok(vec![1.0])), Ok(vec![1.0]));
        assert_eq!(recall.of("lúa", || Err("read twice")), Ok(vec![1.0]));
    }

    #[test]
    fn what_is_asked_for_stays_and_what_is_not_goes() {
        let recall = Recall::default();
        let keep = |text: String| recall.of::<()>(&text, || Ok(vec![0.0])).unwrap();
        for number in 0..2 * GENERATION + 2 {
            keep(format!("text {number}"));
            keep("often".to_owned());
        }
        let known = |text: &str| recall.of(text, || Err(())).is_ok();
        assert!(known("often"));
        assert!(!known("text 0"));
        assert!(recall.0.lock().unwrap().young.len() <= GENERATION);
    }
}
