//! One text held against many: the terms it shares with each. What its words and theirs are, and how much a term
//! tells, is found once.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
};

use tantivy::Searcher;

use super::super::{
    Result, Search, lexicon,
    prose::prose,
    query::Reading,
    vietnamese::{self, Token, cuts, is_function_word, token},
};
use super::telling::{weight, weight_of_said};

/// Vietnamese words and the names of techniques are rarely longer.
const LONGEST_TERM: usize = 4;
/// A term that stands in more than about a fifth of the documents explains nothing; in a
/// small index any term of a single document may.
const TELLING: f32 = 1.6;
/// Two terms say the same in two languages when each stands among the other's translations and the chance reaches this:
/// an explanation wants to be surer than a search.
const SAYS_THE_SAME: f32 = 0.15;
/// The lexicon knows words and pairs of them.
const LONGEST_TRANSLATED: usize = 2;

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

pub struct Against<'a> {
    search: &'a Search,
    searcher: Searcher,
    text: &'a str,
    tokens: Vec<Token>,
    /// The tokens' words by number.
    run: Vec<usize>,
    /// The numbers of these words, and of those that say them in the other language.
    numbers: HashMap<String, usize>,
    /// What says a run in the other language, the surest first.
    said: HashMap<Vec<usize>, Vec<Said>>,
    /// What was written in other texts, and what is known of it.
    read: HashMap<String, Read>,
    weights: HashMap<Vec<usize>, f32>,
}

/// A translation: as the lexicon writes it, and by the numbers of its words.
#[derive(Clone)]
struct Said {
    term: &'static str,
    run: Vec<usize>,
}

/// A token as it was written somewhere.
#[derive(Clone, Copy)]
struct Read {
    /// The number of its word, where it has one.
    number: Option<usize>,
    is_function_word: bool,
}

/// A token of the other text.
struct Other {
    read: Read,
    from: usize,
    to: usize,
    joined: bool,
}

/// Where each run of numbered words starts in the other text.
type Starts = HashMap<Vec<usize>, Vec<usize>>;

impl<'a> Against<'a> {
    pub(super) fn new(search: &'a Search, text: &'a str) -> Self {
        let tokens = vietnamese::tokens(&prose(text));
        let mut numbers = HashMap::new();
        let run: Vec<usize> = tokens
            .iter()
            .map(|token| numbered(&mut numbers, &token.word))
            .collect();
        let mut said: HashMap<Vec<usize>, Vec<Said>> = HashMap::new();
        for at in 0..tokens.len() {
            let longest = clause(&tokens[at..], |token| token.joined).min(LONGEST_TRANSLATED);
            for length in 1..=longest {
                let here = &tokens[at..at + length];
                if !ends_well(here) || said.contains_key(&run[at..at + length]) {
                    continue;
                }
                let words: Vec<&str> = here.iter().map(|token| token.word.as_str()).collect();
                let translations = translations(&words.join(" ")).into_iter().map(|term| Said {
                    term,
                    run: term.split(' ').map(|word| numbered(&mut numbers, word)).collect(),
                });
                said.insert(run[at..at + length].to_vec(), translations.collect());
            }
        }
        Self {
            search,
            searcher: search.0.words.searcher(),
            text,
            tokens,
            run,
            numbers,
            said,
            read: HashMap::new(),
            weights: HashMap::new(),
        }
    }

    /// The terms shared with another text, the most telling first; see [`Search::shared_terms`].
    pub fn shared_with(&mut self, other: &str) -> Result<Vec<Shared>> {
        let right: Vec<Other> = cuts(&prose(other))
            .into_iter()
            .map(|cut| Other {
                read: self.read(&other[cut.from..cut.to]),
                from: cut.from,
                to: cut.to,
                joined: cut.joined,
            })
            .collect();
        let places = runs(&right);
        let least = self.reading().rarity_of(1).min(TELLING);
        let mut terms: BTreeMap<Vec<usize>, Shared> = BTreeMap::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let Some((length, said)) = self.met(at, &places) else {
                at += 1;
                continue;
            };
            let here = at..at + length;
            at = here.end;
            let weight = self.weight(here.clone(), said.as_ref())?;
            if weight < least {
                continue;
            }
            let run = &self.run[here.clone()];
            let there = said.as_ref().map_or(run, |said| said.run.as_slice());
            let in_b: Vec<Range<usize>> = places[there]
                .iter()
                .map(|&from| right[from].from..right[from + there.len() - 1].to)
                .collect();
            let extent = extent(&self.tokens[here]);
            let term = terms.entry(run.to_vec()).or_insert_with(|| Shared {
                term: self.text[extent.clone()].to_owned(),
                said: said.map(|_| other[in_b[0].clone()].to_owned()),
                in_a: Vec::new(),
                in_b,
                weight,
            });
            term.in_a.push(extent);
        }
        let mut terms: Vec<Shared> = terms.into_values().collect();
        terms.sort_by(|one, other| other.weight.total_cmp(&one.weight));
        Ok(terms)
    }

    fn reading(&self) -> Reading<'_> {
        Reading {
            searcher: &self.searcher,
            fields: &self.search.0.words.fields,
        }
    }

    /// How long the run from here on is that the other text holds too, or says in the other language; then with what.
    fn met(&self, at: usize, places: &Starts) -> Option<(usize, Option<Said>)> {
        let tokens = &self.tokens[at..];
        let longest = clause(tokens, |token| token.joined);
        let lengths = || (1..=longest).rev().filter(|length| ends_well(&tokens[..*length]));
        let held = lengths().find(|length| places.contains_key(&self.run[at..at + length]));
        if let Some(length) = held {
            return Some((length, None));
        }
        lengths().find_map(|length| {
            let all = self.said.get(&self.run[at..at + length])?;
            let said = all.iter().find(|said| places.contains_key(&said.run))?;
            Some((length, Some(said.clone())))
        })
    }

    /// How much a run tells, or what says it where that tells more.
    fn weight(&mut self, here: Range<usize>, said: Option<&Said>) -> Result<f32> {
        let run = &self.run[here.clone()];
        let own = match self.weights.get(run) {
            Some(weight) => *weight,
            None => {
                let weight = weight(self.reading(), &self.tokens[here])?;
                self.weights.insert(run.to_vec(), weight);
                weight
            }
        };
        let said = said.map_or(Ok(0.0), |said| weight_of_said(self.reading(), said.term))?;
        Ok(own.max(said))
    }

    fn read(&mut self, written: &str) -> Read {
        if let Some(read) = self.read.get(written) {
            return *read;
        }
        let token = token(written, 0, written.len(), false);
        let read = Read {
            number: self.numbers.get(&token.word).copied(),
            is_function_word: is_function_word(&token),
        };
        self.read.insert(written.to_owned(), read);
        read
    }
}

fn numbered(numbers: &mut HashMap<String, usize>, word: &str) -> usize {
    let next = numbers.len();
    *numbers.entry(word.to_owned()).or_insert(next)
}

/// What surely says a term in the other language, the surest first.
fn translations(term: &str) -> Vec<&'static str> {
    let [to_english, to_vietnamese] = [lexicon::TO_ENGLISH, lexicon::TO_VIETNAMESE];
    let mut sure = Vec::new();
    for (forth, back) in [(to_english, to_vietnamese), (to_vietnamese, to_english)] {
        let surely = |said: &str, chance: f32| {
            said != term && chance >= SAYS_THE_SAME && back.chance(said, term) > 0.0
        };
        let said = forth.of(term).filter(|(said, chance)| surely(said, *chance));
        sure.extend(said.map(|(said, _)| said));
    }
    sure
}

/// No function word stands at either end.
fn ends_well(run: &[Token]) -> bool {
    let says = |token: Option<&Token>| token.is_some_and(|token| !is_function_word(token));
    says(run.first()) && says(run.last())
}

/// The runs of words that have a number, without function words at their ends.
fn runs(tokens: &[Other]) -> Starts {
    let mut places = Starts::new();
    for from in 0..tokens.len() {
        let here = &tokens[from..];
        if here[0].read.is_function_word {
            continue;
        }
        let known: Vec<usize> = here[..clause(here, |token| token.joined)]
            .iter()
            .map_while(|token| token.read.number)
            .collect();
        for length in (1..=known.len()).filter(|length| !here[length - 1].read.is_function_word) {
            places.entry(known[..length].to_vec()).or_default().push(from);
        }
    }
    places
}

/// How many tokens follow each other inside one clause, up to the longest term.
fn clause<T>(tokens: &[T], joined: impl Fn(&T) -> bool) -> usize {
    let further = tokens.iter().skip(1).take(LONGEST_TERM - 1);
    (1 + further.take_while(|token| joined(token)).count()).min(tokens.len())
}

pub(super) fn extent(run: &[Token]) -> Range<usize> {
    run.first().map_or(0, |first| first.from)..run.last().map_or(0, |last| last.to)
}
