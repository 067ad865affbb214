//! Why two texts fit, in their own words: the terms they share and the sentences that answer
//! each other.
//!
//! Nothing is named here that does not stand in both texts, as it is or in the other language; the
//! analyser and the lexicon that found the documents are those that explain them.

use std::collections::{HashMap, HashSet};

mod against;
mod telling;

pub use self::against::{Against, Shared};
use super::{
    Result, Search,
    prose::prose,
    query::Reading,
    vectors::cosine,
    vietnamese::{self, Token, is_function_word},
};

/// Two sentences answer each other from here on.
const ANSWERS: f32 = 0.35;
const MEANING_OF_PAIR: f32 = 0.7;

/// A sentence of one text and the sentence of the other that answers it, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    pub a: usize,
    pub b: usize,
    pub score: f32,
    /// The cosine; `None` without a model.
    pub meaning: Option<f32>,
    /// The share of telling words in common, 0 to 1.
    pub words: f32,
}

impl Search {
    /// The terms two texts share, the most telling first. A term is the longest run of tokens both texts hold, else the
    /// longest one that the other text says in the other language; a run of function words is none.
    pub fn shared_terms(&self, a: &str, b: &str) -> Result<Vec<Shared>> {
        self.against(a).shared_with(b)
    }

    /// A text to be held against many others.
    pub fn against<'a>(&'a self, text: &'a str) -> Against<'a> {
        Against::new(self, text)
    }

    /// Which sentences of two texts answer each other, each used once, the surest first.
    pub fn alignment(&self, a: &[String], b: &[String]) -> Result<Vec<Pair>> {
        let said = |sentences: &[String]| -> Vec<String> {
            sentences
                .iter()
                .map(|sentence| prose(sentence).into_owned())
                .collect()
        };
        let (a, b) = (said(a), said(b));
        let (left, right) = (self.embed(&a)?, self.embed(&b)?);
        let (left_words, right_words) = (self.telling_words(&a)?, self.telling_words(&b)?);
        let mut pairs = Vec::new();
        for (at, words_here) in left_words.iter().enumerate() {
            for (other, words_there) in right_words.iter().enumerate() {
                let meaning = left
                    .get(at)
                    .zip(right.get(other))
                    .map(|(one, other)| cosine(one, other));
                let words = overlap(words_here, words_there);
                let score = meaning.map_or(words, |cosine| {
                    // Across languages only the meaning can speak; shared names then add to it.
                    (MEANING_OF_PAIR * cosine + (1.0 - MEANING_OF_PAIR) * words).max(cosine * 0.9)
                });
                pairs.push(Pair {
                    a: at,
                    b: other,
                    score,
                    meaning,
                    words,
                });
            }
        }
        pairs.retain(|pair| pair.score >= ANSWERS);
        pairs.sort_by(|one, other| other.score.total_cmp(&one.score));
        let (mut used_left, mut used_right) = (HashSet::new(), HashSet::new());
        pairs.retain(|pair| {
            let free = !used_left.contains(&pair.a) && !used_right.contains(&pair.b);
            if free {
                used_left.insert(pair.a);
                used_right.insert(pair.b);
            }
            free
        });
        Ok(pairs)
    }

    fn telling_words(&self, texts: &[String]) -> Result<Vec<HashMap<String, f32>>> {
        let searcher = self.0.words.searcher();
        let reading = Reading {
            searcher: &searcher,
            fields: &self.0.words.fields,
        };
        let weigh = |token: Token| {
            Ok((
                token.word.clone(),
                reading.rarity(self.0.words.fields.words, &token.word)?,
            ))
        };
        texts
            .iter()
            .map(|text| {
                vietnamese::tokens(text)
                    .into_iter()
                    .filter(|token| !is_function_word(token))
                    .map(weigh)
                    .collect()
            })
            .collect()
    }
}

fn overlap(one: &HashMap<String, f32>, other: &HashMap<String, f32>) -> f32 {
    let shared: f32 = one
        .iter()
        .filter(|(word, _)| other.contains_key(*word))
        .map(|(_, weight)| weight)
        .sum();
    let smaller = one.values().sum::<f32>().min(other.values().sum());
    if smaller > 0.0 {
        (shared / smaller).min(1.0)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests;
