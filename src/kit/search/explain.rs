//! Why two texts fit, in their own words: the terms they share and the sentences that answer
//! each other.
//!
//! Nothing is named here that does not stand in both texts, as it is or in the other language; the
//! analyser and the lexicon that found the documents are those that explain them.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ops::Range,
};

use super::{
    Result, Search, lexicon,
    query::Reading,
    vectors::cosine,
    vietnamese::{self, Token, is_function_word},
};

/// Vietnamese words and the names of techniques are rarely longer.
const LONGEST_TERM: usize = 4;
/// A term that stands in more than about a fifth of the documents explains nothing; in a
/// small index any term of a single document may.
const TELLING: f32 = 1.6;
/// Two terms say the same in two languages when each stands among the other's translations and the chance reaches this:
/// an explanation wants to be surer than a search.
const SAYS_THE_SAME: f32 = 0.15;
/// Two sentences answer each other from here on.
const ANSWERS: f32 = 0.35;
const MEANING_OF_PAIR: f32 = 0.7;

/// A term that stands in both texts, with all its places in bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// As the first text writes it.
    pub term: String,
    /// As the second one writes it, where it says it in the other language.
    pub said: Option<String>,
    pub in_a: Vec<Range<usize>>,
    pub in_b: Vec<Range<usize>>,
    /// How much it tells: high where few documents hold it.
    pub weight: f32,
}

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

impl Shared {
    /// How the term is named to a reader: `học máy`, `học máy (machine learning)`.
    pub fn named(&self) -> String {
        let term = self.term.to_lowercase();
        match &self.said {
            Some(said) => format!("{term} ({})", said.to_lowercase()),
            None => term,
        }
    }
}

impl Search {
    /// The terms two texts share, the most telling first. A term is the longest run of tokens both texts hold, else the
    /// longest one that the other text says in the other language; a run of function words is none.
    pub fn shared_terms(&self, a: &str, b: &str) -> Result<Vec<Shared>> {
        let searcher = self.0.words.searcher();
        let reading = Reading {
            searcher: &searcher,
            fields: &self.0.words.fields,
        };
        let (left, right) = (vietnamese::tokens(a), vietnamese::tokens(b));
        let places = runs(&right);
        let mut terms: BTreeMap<Vec<&str>, Shared> = BTreeMap::new();
        let mut at = 0;
        while at < left.len() {
            let Some((run, found, length)) = met(&left[at..], &right, &places) else {
                at += 1;
                continue;
            };
            at += run.len();
            let there = &right[found[0]..found[0] + length];
            let weight = self.weight(reading, run)?.max(self.weight(reading, there)?);
            if weight < reading.rarity_of(1).min(TELLING) {
                continue;
            }
            let here = extent(run);
            let term = terms.entry(key(run)).or_insert_with(|| Shared {
                term: a[here.clone()].to_owned(),
                said: (key(run) != key(there)).then(|| b[extent(there)].to_owned()),
                in_a: Vec::new(),
                in_b: found
                    .iter()
                    .map(|&from| extent(&right[from..from + length]))
                    .collect(),
                weight,
            });
            term.in_a.push(here);
        }
        let mut terms: Vec<Shared> = terms.into_values().collect();
        terms.sort_by(|one, other| other.weight.total_cmp(&one.weight));
        Ok(terms)
    }

    /// Which sentences of two texts answer each other, each used once, the surest first.
    pub fn alignment(&self, a: &[String], b: &[String]) -> Result<Vec<Pair>> {
        let (left, right) = (self.embed(a)?, self.embed(b)?);
        let (left_words, right_words) = (self.telling_words(a)?, self.telling_words(b)?);
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

    /// The rarity of a run: of its rarest pair where it has one, since a Vietnamese word is a
    /// pair of syllables that may each be common.
    fn weight(&self, reading: Reading<'_>, run: &[Token]) -> Result<f32> {
        let fields = &self.0.words.fields;
        let mut weight: f32 = 0.0;
        match run {
            // A lone syllable is a splinter of a word; a lone English word, name or number is not.
            [one] if one.could_be_syllable() && !is_acronym(one) => {}
            [one] => weight = reading.rarity(fields.words, &one.word)?,
            _ => {
                for pair in super::schema::pairs(run, |token| &token.word) {
                    weight = weight.max(reading.rarity(fields.pairs, &pair)?);
                }
            }
        }
        Ok(weight)
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

/// Where each run of the text starts, by its words.
fn runs(tokens: &[Token]) -> HashMap<Vec<&str>, Vec<usize>> {
    let mut places: HashMap<Vec<&str>, Vec<usize>> = HashMap::new();
    for from in 0..tokens.len() {
        for length in 1..=clause(&tokens[from..]) {
            places
                .entry(key(&tokens[from..from + length]))
                .or_default()
                .push(from);
        }
    }
    places
}

/// The longest run at the beginning of `tokens` that the other text holds too, without
/// function words at its ends.
fn longest_run<'a>(tokens: &'a [Token], places: &HashMap<Vec<&str>, Vec<usize>>) -> &'a [Token] {
    if tokens.first().is_none_or(is_function_word) {
        return &[];
    }
    let ends_well = |run: &&[Token]| run.last().is_some_and(|last| !is_function_word(last));
    (1..=clause(tokens))
        .rev()
        .map(|length| &tokens[..length])
        .filter(ends_well)
        .find(|run| places.contains_key(&key(run)))
        .unwrap_or_default()
}

/// The run at the beginning of `tokens` that the other text holds, or says in the other language: with where it starts
/// there, and how many tokens it is there.
fn met<'a>(
    tokens: &'a [Token],
    other: &[Token],
    places: &'a HashMap<Vec<&str>, Vec<usize>>,
) -> Option<(&'a [Token], &'a [usize], usize)> {
    let run = longest_run(tokens, places);
    if let Some(found) = places.get(&key(run)).filter(|_| !run.is_empty()) {
        return Some((run, found, run.len()));
    }
    if tokens.first().is_none_or(is_function_word) {
        return None;
    }
    // The lexicon knows words and pairs of them.
    (1..=clause(tokens).min(2)).rev().find_map(|length| {
        let run = &tokens[..length];
        let (said, found) = translations(&key(run).join(" "))
            .filter_map(|said| Some((said, places.get(&said.split(' ').collect::<Vec<_>>())?)))
            .find(|(_, found)| !is_function_word(&other[found[0]]))?;
        let ends_well = !is_function_word(run.last()?);
        ends_well.then_some((run, found.as_slice(), said.split(' ').count()))
    })
}

/// What surely says a term in the other language, the likeliest first.
fn translations(term: &str) -> impl Iterator<Item = &'static str> {
    let [forth, back] = [lexicon::TO_ENGLISH, lexicon::TO_VIETNAMESE];
    [(forth, back), (back, forth)]
        .into_iter()
        .flat_map(move |(forth, back)| {
            let term = term.to_owned();
            forth
                .of(&term)
                .filter(move |(said, chance)| {
                    *said != term && *chance >= SAYS_THE_SAME && back.chance(said, &term) > 0.0
                })
                .map(|(said, _)| said)
        })
}

/// How many tokens follow each other inside one clause, up to the longest term.
fn clause(tokens: &[Token]) -> usize {
    let joined = tokens.iter().skip(1).take_while(|token| token.joined).count();
    (1 + joined).min(LONGEST_TERM).min(tokens.len())
}

fn key(run: &[Token]) -> Vec<&str> {
    run.iter().map(|token| token.word.as_str()).collect()
}

fn extent(run: &[Token]) -> Range<usize> {
    run.first().map_or(0, |first| first.from)..run.last().map_or(0, |last| last.to)
}

/// `ai`, `an`, `hr`: two letters that only look like a syllable are told by being no function word.
fn is_acronym(token: &Token) -> bool {
    token.spelled.len() <= 3 && token.spelled.is_ascii() && !is_function_word(token)
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
