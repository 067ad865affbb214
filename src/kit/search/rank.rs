//! Words and meaning put together.
//!
//! A sum of the two, each brought to the same scale, not a sum of ranks: it keeps how much
//! better one answer is than the next, and a weak leg cannot drag a strong one down as far.

use super::gather::Place;

/// A document as one question sees it.
#[derive(Debug, Clone, Copy)]
pub struct Judged {
    pub place: Place,
    /// The score of the shared words, on the index's own scale.
    pub words: f32,
    pub meaning: Option<f32>,
    /// Question and document share a language, so they could share words.
    pub meets: bool,
}

/// What a question trusts.
#[derive(Debug, Clone, Copy)]
pub struct Trust {
    /// The weight of words where the languages meet; meaning has the rest.
    pub words: f32,
    /// The weight of words where only names and terms can be shared.
    pub names: f32,
}

/// A typed question: its few words were chosen.
pub const TYPED: Trust = Trust {
    words: 0.5,
    names: 0.2,
};
/// A whole text: its words are many and its meaning is plain.
pub const LONG: Trust = Trust {
    words: 0.5,
    names: 0.2,
};

/// The scale is read from the best by words and the best by meaning, not from the long tail.
const POOL: usize = 200;

/// The words of one document on a scale of 0 to 1, and its fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    pub words: f32,
    pub score: f32,
}

/// The fit of each document, in the given order.
pub fn fuse(rows: &[Judged], trust: Trust) -> Vec<Fit> {
    let best = |meets| best_words(rows, meets).max(f32::MIN_POSITIVE);
    let (near, far) = (best(true), best(false));
    let words_of = |row: &Judged| row.words / if row.meets { near } else { far };
    let Some((low, high)) = span_of_meaning(rows) else {
        let best = near.max(far);
        return rows
            .iter()
            .map(|row| Fit {
                words: words_of(row),
                score: row.words / best,
            })
            .collect();
    };
    rows.iter()
        .map(|row| {
            let words = words_of(row);
            let meaning = row
                .meaning
                .map_or(0.0, |meaning| ((meaning - low) / (high - low)).clamp(0.0, 1.0));
            let weight = if row.meets { trust.words } else { trust.names };
            Fit {
                words,
                score: weight * words + (1.0 - weight) * meaning,
            }
        })
        .collect()
}

fn best_words(rows: &[Judged], meets: bool) -> f32 {
    rows.iter()
        .filter(|row| row.meets == meets)
        .map(|row| row.words)
        .fold(0.0, f32::max)
}

/// Lowest and highest meaning among the best by words and the best by meaning.
fn span_of_meaning(rows: &[Judged]) -> Option<(f32, f32)> {
    let mut by_words: Vec<(f32, f32)> = rows
        .iter()
        .filter_map(|row| Some((row.words, row.meaning?)))
        .collect();
    let mut meanings: Vec<f32> = by_words.iter().map(|(_, meaning)| *meaning).collect();
    meanings.sort_by(|one, other| other.total_cmp(one));
    by_words.sort_by(|one, other| other.0.total_cmp(&one.0));
    let high = *meanings.first()?;
    let pool = by_words.iter().take(POOL).map(|(_, meaning)| *meaning);
    let low = pool
        .chain(meanings.get(POOL.min(meanings.len()) - 1).copied())
        .fold(high, f32::min);
    (high > low).then_some((low, high)).or(Some((high - 1.0, high)))
}
