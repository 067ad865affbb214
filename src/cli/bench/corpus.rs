//! Made-up listings: sentences of the sample city in a new order, with terms of the code lists, some marks of their
//! own, Vietnamese or English. The same seed writes the same.

use crate::demo;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::search::{fold, passages, sentences};
use crate::listings::index::rest;
use crate::listings::{Content, Kind, Text};
use crate::vocab::{self, Scheme};

/// Characters of a listing.
const LONG: usize = 1_000;
const SUMMARY: usize = 200;

pub struct Corpus {
    samples: Vec<(Kind, Content)>,
    vi: Vec<String>,
    en: Vec<String>,
}

impl Corpus {
    pub fn read() -> Result<Self, Fault> {
        let samples = demo::contents()?;
        let texts = |lang: Lang| -> Vec<String> {
            let texts = samples.iter().filter_map(|(_, content)| content.in_lang(lang));
            texts
                .flat_map(|text| {
                    [
                        &text.summary,
                        &text.body,
                        &text.today,
                        &text.success,
                        &text.advantage,
                    ]
                })
                .flat_map(|text| sentences(text).into_iter().map(|at| text[at].to_owned()))
                .collect()
        };
        let (vi, en) = (texts(Lang::Vi), texts(Lang::En));
        Ok(Self { samples, vi, en })
    }

    /// The listing of a number, always the same.
    pub fn listing(&self, number: usize) -> (Kind, Content) {
        let mut dice = Dice::new(number as u64);
        let lang = if dice.chance(0.6) { Lang::Vi } else { Lang::En };
        let (kind, sample) = dice.pick(&self.samples);
        let text = self.text(&mut dice, lang, number);
        let (vi, en) = match lang {
            Lang::Vi => (Some(text), None),
            Lang::En => (None, Some(text)),
        };
        let content = Content {
            vi,
            en,
            ..sample.clone()
        };
        (*kind, content)
    }

    /// What is embedded of the listing of a number.
    pub fn passages(&self, number: usize) -> Vec<String> {
        let content = self.listing(number).1;
        let text = content.text(Lang::Vi).cloned().unwrap_or_default();
        passages(&text.title, &text.summary, &rest(&text))
    }

    /// What a visitor types: some words in a row, a third of the Vietnamese without marks.
    pub fn question(&self, number: usize) -> String {
        let mut dice = Dice::new(0xA5C0_0000 + number as u64);
        let lang = if dice.chance(0.6) { Lang::Vi } else { Lang::En };
        let sentence = dice.pick(self.of(lang));
        let words: Vec<&str> = sentence.split_whitespace().collect();
        let length = 2 + dice.below(5);
        let from = dice.below(words.len().saturating_sub(length).max(1));
        let words = words[from..]
            .iter()
            .take(length)
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        if dice.chance(0.33) { fold(&words) } else { words }
    }

    fn of(&self, lang: Lang) -> &[String] {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }

    fn text(&self, dice: &mut Dice, lang: Lang, number: usize) -> Text {
        let term = |dice: &mut Dice| {
            let scheme = *dice.pick(&[
                Scheme::Sector,
                Scheme::Capability,
                Scheme::Industry,
                Scheme::Place,
            ]);
            dice.pick(vocab::terms(scheme)).label(&lang).to_owned()
        };
        let title = format!("{} – {} M{number}", term(dice), term(dice));
        let grow = |dice: &mut Dice, most: usize| {
            let mut text = String::new();
            while text.chars().count() < most {
                let sentence = dice.pick(self.of(lang));
                text.push_str(sentence);
                if !sentence.ends_with(['.', '!', '?', ';']) {
                    text.push('.');
                }
                text.push(' ');
                if dice.chance(0.3) {
                    text.push_str(&term(dice));
                    text.push_str(&format!(" {}. ", dice.below(100_000)));
                }
            }
            text.trim().to_owned()
        };
        Text {
            title,
            summary: grow(dice, SUMMARY),
            body: grow(dice, LONG - SUMMARY),
            ..Text::default()
        }
    }
}

/// Vectors of texts that nobody read: between those of two that were, with some noise.
pub struct Mixer {
    read: Vec<Vec<Vec<f32>>>,
}

impl Mixer {
    pub fn new(read: Vec<Vec<Vec<f32>>>) -> Self {
        Self { read }
    }

    /// The vectors of the listing of a number that has so many passages; none where nothing was read.
    pub fn vectors(&self, number: usize, passages: usize) -> Vec<Vec<f32>> {
        if let Some(read) = self.read.get(number) {
            return read.clone();
        }
        if self.read.is_empty() {
            return Vec::new();
        }
        let mut dice = Dice::new(0x5EED_0000_0000 + number as u64);
        let (one, other) = (dice.pick(&self.read), dice.pick(&self.read));
        (0..passages)
            .map(|at| {
                let (one, other) = (&one[at % one.len()], &other[at % other.len()]);
                let mixed: Vec<f32> = one
                    .iter()
                    .zip(other)
                    .map(|(x, y)| 0.7 * x + 0.3 * y + 0.03 * (dice.part() - 0.5))
                    .collect();
                let length = mixed.iter().map(|x| x * x).sum::<f32>().sqrt();
                mixed.iter().map(|x| x / length).collect()
            })
            .collect()
    }
}

/// Splitmix64: the same numbers on every machine and in every version.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        number ^ (number >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most.max(1) as u64).unwrap_or(0)
    }

    /// From 0 to 1.
    fn part(&mut self) -> f32 {
        f32::from(u16::try_from(self.next() >> 48).unwrap_or(0)) / 65_536.0
    }

    fn chance(&mut self, of: f32) -> bool {
        self.part() < of
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_always_writes_the_same_listing_and_another_number_another() {
        let corpus = Corpus::read().unwrap();
        assert_eq!(corpus.listing(7), corpus.listing(7));
        assert_ne!(corpus.listing(7).1, corpus.listing(8).1);
        assert!(!corpus.question(3).is_empty());
    }

    #[test]
    fn listings_are_of_the_promised_length_and_in_both_languages() {
        let corpus = Corpus::read().unwrap();
        let contents: Vec<Content> = (0..200).map(|number| corpus.listing(number).1).collect();
        let vietnamese = contents.iter().filter(|content| content.vi.is_some()).count();
        assert!((90..150).contains(&vietnamese), "{vietnamese}");
        for (number, content) in contents.iter().enumerate() {
            let text = content.text(Lang::Vi).unwrap();
            let length = text.summary.chars().count() + text.body.chars().count();
            assert!((LONG..LONG + 900).contains(&length), "{length}");
            assert!(corpus.passages(number).len() >= 4);
        }
    }

    #[test]
    fn mixed_vectors_have_length_one_and_lie_near_what_they_are_mixed_of() {
        let one = vec![vec![1.0, 0.0]];
        let mixer = Mixer::new(vec![one.clone(), one.clone()]);
        assert_eq!(mixer.vectors(1, 1), one);
        for vector in mixer.vectors(9, 3) {
            assert!(
                (vector[0] - 1.0).abs() < 0.01 && vector[1].abs() < 0.05,
                "{vector:?}"
            );
        }
    }
}
