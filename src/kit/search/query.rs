//! From tokens to questions the index can answer.
//!
//! A question is always built from tokens: the index's own query language would let a
//! visitor's brackets bring the process down.

mod asked;
mod filters;
mod translated;

use std::collections::{BTreeMap, HashMap};

use tantivy::{
    DocSet as _, Searcher, SegmentReader, TERMINATED, Term,
    query::{FuzzyTermQuery, Query as IndexQuery},
    schema::{Field, IndexRecordOption},
};

use asked::Asked;
pub use filters::check_facets;

use super::{
    Expansion, Result,
    schema::{Fields, pair_of, pairs},
    vietnamese::{self, Token},
};

/// A typed question is cut here; a longer text is a listing and has its own way in.
const LONGEST_QUESTION: usize = 200;
const MOST_TERMS: usize = 16;
/// What each field adds, measured on five Vietnamese sets typed with, without and with half their marks.
const WORD: f32 = 1.0;
const PLAIN_BESIDE_WORD: f32 = 0.5;
const PLAIN_ALONE: f32 = 1.5;
const PAIR: f32 = 0.35;
const MISTYPED: f32 = 0.6;
/// Of a long text the terms that tell it apart; more of them only add noise.
const TELLING_TERMS: usize = 60;
const TELLING_PAIRS: usize = 30;
/// Shorter tokens have too many neighbours to guess at.
const SHORTEST_GUESSED: usize = 4;
const MOST_GUESSES: usize = 5;

/// The index as it stands now.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    pub searcher: &'a Searcher,
    pub fields: &'a Fields,
}

/// What the index is asked; `None` where it holds none of the terms.
pub type Question = Option<Box<dyn IndexQuery>>;
/// A term and the number of documents that hold it.
type Holding = (Term, u64);

/// The first tokens of a typed question.
pub fn typed_tokens(text: &str) -> Vec<Token> {
    let text = text
        .char_indices()
        .nth(LONGEST_QUESTION)
        .map_or(text, |(cut, _)| &text[..cut]);
    let mut tokens = vietnamese::tokens(text);
    tokens.truncate(MOST_TERMS);
    tokens
}

impl Reading<'_> {
    /// A short question: marks count where they were typed, and a word nobody wrote is taken
    /// for a slip of the finger. Which words are written at all, the teacher says.
    pub fn typed(self, tokens: &[Token], teacher: Reading<'_>) -> Result<(Question, Vec<Expansion>)> {
        let mut asked = Asked::of(self);
        let mut expansions = Vec::new();
        for token in tokens {
            let plain = self.holding(self.fields.plain, &token.plain)?;
            let telling = self.tells(self.rarity_of(plain.1));
            if token.marked() {
                asked.add(self.fields.words, &token.word, WORD * telling)?;
                asked.add_held(plain, PLAIN_BESIDE_WORD * telling);
            } else {
                asked.add_held(plain, PLAIN_ALONE * telling);
            }
            if let Some(expansion) = teacher.expansion(token)? {
                for meant in &expansion.meant {
                    asked.add(self.fields.plain, meant, MISTYPED)?;
                }
                expansions.push(expansion);
            }
        }
        for pair in tokens.windows(2).filter(|pair| pair[1].joined) {
            if pair.iter().any(Token::marked) {
                let joined = pair_of(&pair[0].word, &pair[1].word);
                asked.add(self.fields.pairs, &joined, PAIR)?;
            } else {
                let joined = pair_of(&pair[0].plain, &pair[1].plain);
                asked.add(self.fields.plain_pairs, &joined, PAIR * PLAIN_ALONE)?;
            }
        }
        Ok((asked.query(), expansions))
    }

    /// A whole text as a question: only the terms that tell it from the rest.
    pub fn long(self, tokens: &[Token]) -> Result<Question> {
        let mut asked = Asked::of(self);
        let words = weighed(counted(tokens.iter().map(|token| token.word.clone())));
        let plain_of: HashMap<&str, &Token> =
            tokens.iter().map(|token| (token.word.as_str(), token)).collect();
        for (word, holding, weight) in self.telling(self.fields.words, words, TELLING_TERMS)? {
            asked.add_held(holding, WORD * weight);
            if let Some(token) = plain_of.get(word.as_str()).filter(|token| token.marked()) {
                asked.add(self.fields.plain, &token.plain, PLAIN_BESIDE_WORD * weight)?;
            }
        }
        let joined = weighed(counted(pairs(tokens, |token| &token.word)));
        for (_, holding, weight) in self.telling(self.fields.pairs, joined, TELLING_PAIRS)? {
            asked.add_held(holding, PAIR * weight);
        }
        Ok(asked.query())
    }

    /// How much a term tells: high where few documents hold it.
    pub fn rarity(self, field: Field, term: &str) -> Result<f32> {
        Ok(self.rarity_of(self.holding(field, term)?.1))
    }

    /// A term and how many documents hold it. Each segment is asked, so a question asks for a term once.
    fn holding(self, field: Field, term: &str) -> Result<Holding> {
        let term = Term::from_field_text(field, term);
        let documents = self.searcher.doc_freq(&term)?;
        Ok((term, documents))
    }

    /// The rarity of a term that so many documents hold.
    #[expect(clippy::cast_precision_loss, reason = "a logarithm forgives")]
    pub fn rarity_of(self, holding: u64) -> f32 {
        let (all, holding) = (self.searcher.num_docs() as f32, holding as f32);
        (1.0 + (all - holding + 0.5).max(0.5) / (holding + 0.5)).ln()
    }

    /// What a word of this rarity weighs in a question. The index already counts rare words for more, but too little
    /// for whole sentences, whose *of* and *những* add up: with the root of the rarity on top, words alone found more
    /// in five of six sets (nDCG@10 +.016 on AI use cases, +.010 on Vietnamese questions).
    fn tells(self, rarity: f32) -> f32 {
        (rarity / self.rarity_of(1)).sqrt()
    }

    /// Whether a document that still stands holds the term.
    fn stands(self, field: Field, term: &str) -> Result<bool> {
        for segment in self.searcher.segment_readers() {
            if still_holds(segment, field, term)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The terms with the greatest product of their weight here and their rarity, each with what it weighs in the
    /// question.
    fn telling(
        self,
        field: Field,
        weights: BTreeMap<String, f32>,
        most: usize,
    ) -> Result<impl Iterator<Item = (String, Holding, f32)>> {
        let mut terms = Vec::with_capacity(weights.len());
        for (term, weight) in weights {
            let holding = self.holding(field, &term)?;
            if holding.1 > 0 {
                let rarity = self.rarity_of(holding.1);
                terms.push((weight * rarity, term, holding, weight * self.tells(rarity)));
            }
        }
        terms.sort_by(|one, other| other.0.total_cmp(&one.0));
        Ok(terms
            .into_iter()
            .take(most)
            .map(|(_, term, holding, weight)| (term, holding, weight)))
    }

    /// The words a mistyped token may stand for; `None` where it is known, short or a number.
    fn expansion(self, token: &Token) -> Result<Option<Expansion>> {
        let letters = token.plain.chars().count();
        let digits = token.plain.contains(|c: char| c.is_ascii_digit());
        let plain = self.fields.plain;
        if letters < SHORTEST_GUESSED || digits || self.stands(plain, &token.plain)? {
            return Ok(None);
        }
        let automaton = FuzzyTermQuery::new(Term::from_field_text(plain, &token.plain), 1, true);
        let mut near: BTreeMap<String, u32> = BTreeMap::new();
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(plain)?;
            let mut stream = inverted.terms().search(automaton.automaton()?).into_stream()?;
            while stream.advance() {
                let term = String::from_utf8_lossy(stream.key()).into_owned();
                if still_holds(segment, plain, &term)? {
                    *near.entry(term).or_default() += stream.value().doc_freq;
                }
            }
        }
        let mut near: Vec<(String, u32)> = near.into_iter().collect();
        near.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        near.truncate(MOST_GUESSES);
        if near.is_empty() {
            return Ok(None);
        }
        let meant = near.into_iter().map(|(term, _)| term).collect();
        Ok(Some(Expansion {
            typed: token.spelled.clone(),
            meant,
        }))
    }
}

/// Whether a document of the segment that was not taken out holds the term: the words of those that were stay until the
/// index tidies up, and nobody may be shown them.
pub fn still_holds(segment: &SegmentReader, field: Field, term: &str) -> Result<bool> {
    let term = Term::from_field_text(field, term);
    let inverted = segment.inverted_index(field)?;
    let Some(mut holders) = inverted.read_postings(&term, IndexRecordOption::Basic)? else {
        return Ok(false);
    };
    let Some(alive) = segment.alive_bitset() else {
        return Ok(true);
    };
    while holders.doc() != TERMINATED {
        if alive.is_alive(holders.doc()) {
            return Ok(true);
        }
        holders.advance();
    }
    Ok(false)
}

fn counted(terms: impl Iterator<Item = String>) -> BTreeMap<String, u16> {
    terms.fold(BTreeMap::new(), |mut counts, term| {
        let count: &mut u16 = counts.entry(term).or_default();
        *count = count.saturating_add(1);
        counts
    })
}

fn weighed(counts: BTreeMap<String, u16>) -> BTreeMap<String, f32> {
    counts
        .into_iter()
        .map(|(term, count)| (term, often(count)))
        .collect()
}

/// A term that comes twice does not weigh twice as much.
fn often(count: u16) -> f32 {
    1.0 + f32::from(count).ln()
}
