//! What a word of one language is called in the other: `bệnh` is `disease`, `machine learning` is `học máy`.
//!
//! Two lists, one for each direction, each learnt from sentences and their translations by [`learn`] and bundled
//! (`models/lexicon`). A term is a token's `word` or a pair of neighbours, just as the index holds them, so what the
//! list answers can be looked up at once. The lists stay as they are, sorted texts: a term is found by halving.

pub mod learn;

use super::tongue::Tongue;

/// One direction: lines in the order of their bytes, each a term and its translations, the surest first, with their
/// chances in thousandths (see [`learn::Learnt`]), all parted by tabs.
#[derive(Debug, Clone, Copy)]
pub struct Lexicon(&'static str);

pub const TO_ENGLISH: Lexicon = Lexicon(include_str!("../../../../models/lexicon/vi-en.tsv"));
pub const TO_VIETNAMESE: Lexicon = Lexicon(include_str!("../../../../models/lexicon/en-vi.tsv"));

/// Between a term, its translations and their chances; no term contains it.
const GAP: char = '\t';

/// The lists that say a text of this language in the other one.
pub fn out_of(tongue: Tongue) -> &'static [Lexicon] {
    match tongue {
        Tongue::Vietnamese => &[TO_ENGLISH],
        Tongue::Other => &[TO_VIETNAMESE],
        Tongue::Both => &[TO_ENGLISH, TO_VIETNAMESE],
    }
}

impl Lexicon {
    /// The translations of a term, each with its chance, 0 to 1; none where the term is unknown.
    pub fn of(self, term: &str) -> impl Iterator<Item = (&'static str, f32)> + use<> {
        let mut cells = self.line(term).unwrap_or_default().split(GAP);
        std::iter::from_fn(move || {
            let (translation, thousandths) = (cells.next()?, cells.next()?);
            Some((translation, thousandths.parse::<f32>().ok()? / 1000.0))
        })
    }

    /// The chance of one translation, 0 where the list does not name it.
    pub fn chance(self, term: &str, other: &str) -> f32 {
        self.of(term)
            .find(|(translation, _)| *translation == other)
            .map_or(0.0, |(_, chance)| chance)
    }

    /// What follows the term on its line.
    fn line(self, term: &str) -> Option<&'static str> {
        let (mut from, mut to) = (0, self.0.len());
        while from < to {
            let middle = from + (to - from) / 2;
            let bytes = self.0.as_bytes();
            let start = bytes[from..middle].iter().rposition(|byte| *byte == b'\n');
            let start = start.map_or(from, |at| from + at + 1);
            let end = bytes[start..to].iter().position(|byte| *byte == b'\n');
            let end = end.map_or(to, |at| start + at);
            let (here, rest) = self.0[start..end].split_once(GAP)?;
            match here.cmp(term) {
                std::cmp::Ordering::Equal => return Some(rest),
                std::cmp::Ordering::Less => from = end + 1,
                std::cmp::Ordering::Greater => to = start,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::search::vietnamese::tokens;

    #[test]
    fn every_line_is_found_where_it_lies() {
        for lexicon in [TO_ENGLISH, TO_VIETNAMESE] {
            let mut before = "";
            for line in lexicon.0.lines() {
                let (term, rest) = line.split_once(GAP).unwrap();
                assert!(before < term, "{before} and {term} are out of order");
                assert_eq!(lexicon.line(term), Some(rest), "{term}");
                let chances: Vec<f32> = lexicon.of(term).map(|(_, chance)| chance).collect();
                assert_eq!(chances.len() * 2, rest.split(GAP).count(), "{line}");
                assert!(
                    chances.iter().all(|chance| (0.0..=1.0).contains(chance)),
                    "{line}"
                );
                before = term;
            }
        }
    }

    #[test]
    fn what_nobody_translated_has_no_translation() {
        for unknown in ["", "zzzz", "!", "\n", "\t", "ỹỹỹ", "bệnh lá lúa gạo"] {
            assert_eq!(TO_ENGLISH.of(unknown).count(), 0, "{unknown:?}");
        }
    }

    #[test]
    fn the_trade_s_words_are_known_both_ways() {
        let term = |text: &str| {
            let words: Vec<String> = tokens(text).into_iter().map(|token| token.word).collect();
            words.join(" ")
        };
        for (vietnamese, english) in [
            ("bệnh", "disease"),
            ("học máy", "machine learning"),
            ("hình ảnh", "image"),
            ("dự báo", "forecast"),
            ("giao thông", "traffic"),
        ] {
            let (vietnamese, english) = (term(vietnamese), term(english));
            assert!(TO_ENGLISH.chance(&vietnamese, &english) > 0.1, "{vietnamese}");
            assert!(TO_VIETNAMESE.chance(&english, &vietnamese) > 0.1, "{english}");
        }
    }
}
