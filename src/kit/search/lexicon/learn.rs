//! Learns the two lists from sentences and their translations: which term of the one stands for which of the other.
//!
//! IBM's first model of translation (Brown et al. 1993, The Mathematics of Statistical Machine Translation), by
//! expectation and maximisation, both ways: each term of a sentence is said by some term of the other sentence, and how
//! often each pair must have been the one is counted anew with what the last round believed. Terms are tokens and pairs
//! of neighbours, so `học máy` can stand for `machine learning` as a whole.

use std::collections::{BTreeMap, BTreeSet};

use super::GAP;
use crate::kit::search::{schema::pairs, vietnamese::tokens};

const ROUNDS: usize = 6;
/// A rarer term has too few sentences to learn from; of pairs most are chance neighbours.
const LEAST_SENTENCES: u32 = 2;
const LEAST_SENTENCES_OF_PAIR: u32 = 3;
/// A longer sentence says little about single terms and costs the square.
const MOST_TERMS: usize = 140;
/// Two terms translate each other when the product of both chances reaches this …
const AGREEMENT: f32 = 1e-3;
/// … and of these the likeliest are kept.
const MOST_TRANSLATIONS: usize = 8;

/// Both directions, each the text of a list. The chance in either is that the Vietnamese term says the English one: a pair
/// of syllables says one thing where an English word may be said in many ways, and asked from either side this found
/// more (nDCG@10 by words alone, xquad en→vi: .705 against .659 with the chance the other way).
pub struct Learnt {
    pub to_english: String,
    pub to_vietnamese: String,
}

/// Learns from pairs of an English and a Vietnamese text that say the same.
pub fn learn(texts: &[(String, String)]) -> Learnt {
    let english = Side::of(texts.iter().map(|(english, _)| english.as_str()));
    let vietnamese = Side::of(texts.iter().map(|(_, vietnamese)| vietnamese.as_str()));
    let sentences: Vec<(&[u32], &[u32])> = (english.texts.iter().zip(&vietnamese.texts))
        .map(|(english, vietnamese)| (english.as_slice(), vietnamese.as_slice()))
        .filter(|(english, vietnamese)| english.len().max(vietnamese.len()) <= MOST_TERMS)
        .collect();
    let cells = Cells::of(vietnamese.names.len(), &sentences);
    let (to_english, to_vietnamese) = (cells.chances(&sentences, true), cells.chances(&sentences, false));
    let (mut forth, mut back) = (List::default(), List::default());
    for (row, cell) in cells.each() {
        let (here, there) = (to_english[cell], to_vietnamese[cell]);
        if here * there >= AGREEMENT {
            let (vietnamese, english) = (
                &vietnamese.names[row],
                &english.names[cells.columns[cell] as usize],
            );
            let said = Said {
                chance: here,
                agreement: here * there,
            };
            forth.push(vietnamese, english, said);
            back.push(english, vietnamese, said);
        }
    }
    Learnt {
        to_english: forth.written(),
        to_vietnamese: back.written(),
    }
}

/// The terms of one language by their numbers, and the numbers in each text.
struct Side {
    names: Vec<String>,
    texts: Vec<Vec<u32>>,
}

impl Side {
    fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Side {
        let texts: Vec<BTreeSet<String>> = texts.map(terms).collect();
        let mut sentences: BTreeMap<&str, u32> = BTreeMap::new();
        for term in texts.iter().flatten() {
            *sentences.entry(term).or_default() += 1;
        }
        sentences.retain(|term, count| {
            let least = if term.contains(' ') {
                LEAST_SENTENCES_OF_PAIR
            } else {
                LEAST_SENTENCES
            };
            *count >= least
        });
        let numbers: BTreeMap<&str, u32> = sentences.into_keys().zip(0..).collect();
        let numbered = texts.iter().map(|text| {
            text.iter()
                .filter_map(|term| numbers.get(term.as_str()).copied())
                .collect()
        });
        Side {
            texts: numbered.collect(),
            names: numbers.into_keys().map(str::to_owned).collect(),
        }
    }
}

fn terms(text: &str) -> BTreeSet<String> {
    let tokens = tokens(text);
    let mut terms: BTreeSet<String> = pairs(&tokens, |token| &token.word).collect();
    terms.extend(tokens.into_iter().map(|token| token.word));
    terms
}

/// Every two terms that ever stood in one sentence: a row for each Vietnamese term, in it the English ones in order.
struct Cells {
    rows: Vec<usize>,
    columns: Vec<u32>,
}

impl Cells {
    fn of(rows: usize, sentences: &[(&[u32], &[u32])]) -> Cells {
        let mut met: Vec<Vec<u32>> = vec![Vec::new(); rows];
        let tidy = |row: &mut Vec<u32>| {
            row.sort_unstable();
            row.dedup();
        };
        for (english, vietnamese) in sentences {
            for row in *vietnamese {
                let row = &mut met[*row as usize];
                row.extend_from_slice(english);
                // A frequent word would otherwise hold every sentence it stood in.
                if row.len() == row.capacity() {
                    tidy(row);
                }
            }
        }
        let (mut starts, mut columns) = (vec![0], Vec::new());
        for row in &mut met {
            tidy(row);
            columns.append(row);
            starts.push(columns.len());
        }
        Cells {
            rows: starts,
            columns,
        }
    }

    /// Each cell with its row.
    fn each(&self) -> impl Iterator<Item = (usize, usize)> {
        let rows = self.rows.windows(2).enumerate();
        rows.flat_map(|(row, bounds)| (bounds[0]..bounds[1]).map(move |cell| (row, cell)))
    }

    /// The cells of one row for the English terms of a sentence; both are in order.
    fn of_sentence(&self, row: u32, english: &[u32], into: &mut Vec<usize>) {
        let (mut from, to) = (self.rows[row as usize], self.rows[row as usize + 1]);
        for term in english {
            from += self.columns[from..to].partition_point(|column| column < term);
            into.push(from);
        }
    }

    /// For each cell the chance of its English term given its Vietnamese one, or the other way round.
    fn chances(&self, sentences: &[(&[u32], &[u32])], to_english: bool) -> Vec<f32> {
        let columns = self.columns.iter().max().map_or(0, |most| *most as usize + 1);
        let mut chances = vec![1.0_f32; self.columns.len()];
        let mut here = Vec::new();
        for _ in 0..ROUNDS {
            let mut counts = vec![0.0_f32; chances.len()];
            for (english, vietnamese) in sentences {
                here.clear();
                for row in *vietnamese {
                    self.of_sentence(*row, english, &mut here);
                }
                share(&chances, &here, english.len(), to_english, &mut counts);
            }
            let mut of_rows = vec![0.0_f64; self.rows.len()];
            let mut of_columns = vec![0.0_f64; columns];
            for (row, cell) in self.each() {
                of_rows[row] += f64::from(counts[cell]);
                of_columns[self.columns[cell] as usize] += f64::from(counts[cell]);
            }
            for (row, cell) in self.each() {
                let all = if to_english {
                    of_rows[row]
                } else {
                    of_columns[self.columns[cell] as usize]
                };
                chances[cell] = ratio(counts[cell], all);
            }
        }
        chances
    }
}

/// Each term that is said hands one count out among the terms that may say it, by what is believed of each.
/// `here`: the cells of a sentence, row by row, `width` to a row.
fn share(chances: &[f32], here: &[usize], width: usize, to_english: bool, counts: &mut [f32]) {
    if here.is_empty() {
        return;
    }
    let mut hand_out = |cells: &mut dyn Iterator<Item = usize>, all: f32| {
        for cell in cells {
            counts[cell] += chances[cell] / all;
        }
    };
    if to_english {
        for column in 0..width {
            let cells = || here[column..].iter().copied().step_by(width);
            hand_out(&mut cells(), cells().map(|cell| chances[cell]).sum());
        }
    } else {
        for row in here.chunks(width) {
            let cells = || row.iter().copied();
            hand_out(&mut cells(), cells().map(|cell| chances[cell]).sum());
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a chance keeps three digits")]
fn ratio(part: f32, all: f64) -> f32 {
    if all > 0.0 {
        (f64::from(part) / all) as f32
    } else {
        0.0
    }
}

/// How sure a translation is.
#[derive(Clone, Copy)]
struct Said {
    chance: f32,
    agreement: f32,
}

/// A list while it is made.
#[derive(Default)]
struct List<'a>(BTreeMap<&'a str, Vec<(&'a str, Said)>>);

impl<'a> List<'a> {
    fn push(&mut self, term: &'a str, translation: &'a str, said: Said) {
        self.0.entry(term).or_default().push((translation, said));
    }

    fn written(self) -> String {
        let mut text = String::new();
        for (term, mut translations) in self.0 {
            translations.sort_by(|(one, here), (other, there)| {
                there.agreement.total_cmp(&here.agreement).then(one.cmp(other))
            });
            let surest = translations.into_iter().take(MOST_TRANSLATIONS);
            let cells: String = surest
                .map(|(translation, said)| (translation, (said.chance * 1000.0).round()))
                .filter(|(_, thousandths)| *thousandths >= 1.0)
                .map(|(translation, thousandths)| format!("{GAP}{translation}{GAP}{thousandths}"))
                .collect();
            if !cells.is_empty() {
                text.push_str(term);
                text.push_str(&cells);
                text.push('\n');
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learnt(pairs: &[(&str, &str)]) -> Learnt {
        let own = |(english, vietnamese): &(&str, &str)| ((*english).to_owned(), (*vietnamese).to_owned());
        let texts: Vec<_> = pairs.iter().chain(pairs).map(own).collect();
        learn(&texts)
    }

    /// The likeliest translation of a term.
    fn first<'a>(list: &'a str, term: &str) -> Option<&'a str> {
        let line = list
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{term}{GAP}")))?;
        line.split(GAP).next()
    }

    #[test]
    fn what_stands_together_in_every_sentence_is_the_translation() {
        let learnt = learnt(&[
            ("red house", "nhà đỏ"),
            ("red book", "sách đỏ"),
            ("old house", "nhà cũ"),
            ("old book", "sách cũ"),
        ]);
        for (vietnamese, english) in [("nhà", "house"), ("sách", "book"), ("cũ", "old")] {
            let word = |text: &str| tokens(text)[0].word.clone();
            let (vietnamese, english) = (word(vietnamese), word(english));
            assert_eq!(first(&learnt.to_english, &vietnamese), Some(english.as_str()));
            assert_eq!(first(&learnt.to_vietnamese, &english), Some(vietnamese.as_str()));
        }
    }

    #[test]
    fn a_text_without_its_other_half_teaches_nothing() {
        assert_eq!(learnt(&[("", "nhà đỏ"), ("red house", "")]).to_english, "");
        assert_eq!(learn(&[]).to_vietnamese, "");
    }
}
