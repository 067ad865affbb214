//! What was found a moment ago, by the text it was found for. Reading a sentence with the model, or looking through an
//! index for what is like it, costs a thousand times as much as remembering the answer.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

type Key = [u8; 32];

/// Remembers the answers of so many texts that were asked for last, up to twice as many.
pub(super) struct Recall<V> {
    most: usize,
    known: Mutex<Generations<V>>,
}

struct Generations<V> {
    young: HashMap<Key, V>,
    old: HashMap<Key, V>,
}

impl<V: Clone> Recall<V> {
    pub fn new(most: usize) -> Self {
        Self {
            most,
            known: Mutex::new(Generations {
                young: HashMap::new(),
                old: HashMap::new(),
            }),
        }
    }

    pub fn known(&self, text: &str) -> Option<V> {
        self.lock(|known| known.find(&key(text), self.most))
    }

    pub fn keep(&self, text: &str, value: V) {
        self.lock(|known| known.keep(key(text), value, self.most));
    }

    fn lock<T>(&self, act: impl FnOnce(&mut Generations<V>) -> T) -> T {
        act(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn key(text: &str) -> Key {
    Sha256::digest(text.as_bytes()).into()
}

impl<V: Clone> Generations<V> {
    fn find(&mut self, key: &Key, most: usize) -> Option<V> {
        if let Some(known) = self.young.get(key) {
            return Some(known.clone());
        }
        let known = self.old.remove(key)?;
        self.keep(*key, known.clone(), most);
        Some(known)
    }

    /// When the young are too many they become the old, and the old are forgotten.
    fn keep(&mut self, key: Key, value: V, most: usize) {
        if self.young.len() >= most {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 100;

    #[test]
    fn what_was_found_for_a_text_is_known_for_that_text_alone() {
        let recall = Recall::new(MOST);
        assert_eq!(recall.known("lúa"), None);
        recall.keep("lúa", vec![1.0]);
        assert_eq!(recall.known("lúa"), Some(vec![1.0]));
        assert_eq!(recall.known("lua"), None);
    }

    #[test]
    fn what_is_asked_for_stays_and_what_is_not_goes() {
        let recall = Recall::new(MOST);
        recall.keep("often", 0);
        for number in 0..2 * MOST + 2 {
            recall.keep(&format!("text {number}"), 0);
            assert!(recall.known("often").is_some(), "after {number}");
        }
        assert!(recall.known("text 0").is_none());
        assert!(recall.known.lock().unwrap().young.len() <= MOST);
    }
}
