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

    /// What is known of a text, else what `read` makes of it. What fails is not remembered.
    pub fn of<E>(&self, text: &str, read: impl FnOnce() -> Result<V, E>) -> Result<V, E> {
        if let Some(known) = self.known(text) {
            return Ok(known);
        }
        let value = read()?;
        self.keep(text, value.clone());
        Ok(value)
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
    fn a_text_is_read_once_and_a_failure_again() {
        let recall = Recall::new(MOST);
        assert_eq!(recall.of("lúa", || Err("no model")), Err("no model"));
        assert_eq!(recall.of::<()>("lúa", || Ok(vec![1.0])), Ok(vec![1.0]));
        assert_eq!(recall.of("lúa", || Err("read twice")), Ok(vec![1.0]));
    }

    #[test]
    fn what_is_asked_for_stays_and_what_is_not_goes() {
        let recall = Recall::new(MOST);
        let keep = |text: String| recall.of::<()>(&text, || Ok(0)).unwrap();
        for number in 0..2 * MOST + 2 {
            keep(format!("text {number}"));
            keep("often".to_owned());
        }
        let known = |text: &str| recall.of(text, || Err(())).is_ok();
        assert!(known("often"));
        assert!(!known("text 0"));
        assert!(recall.known.lock().unwrap().young.len() <= MOST);
    }
}
