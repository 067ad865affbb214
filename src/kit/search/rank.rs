//! Words and meaning put together.
//!
//! A sum of the two, each brought to the same scale, not a sum of ranks: it keeps how much
//! better one answer is than the next, and a weak leg cannot drag a strong one down as far.
//!
//! Where question and document share no language, words are compared through the lexicon, which knows only some of
//! them: they have a weight and a scale of their own, and a document is never held against the words of another
//! language's.
//!
//! Words that many documents say alike tell little of which one answers: they weigh more the further the best answer
//! stands out.

use super::{gather::Place, highest::highest, tongue::Meeting, weights::Trust};

/// A document as one question sees it.
#[derive(Debug, Clone, Copy)]
pub struct Judged {
    pub place: Place,
    /// The score of the shared words, on the index's own scale.
    pub words: f32,
    pub meaning: Option<f32>,
    pub meeting: Meeting,
}

/// The scale is read from the best by words and the best by meaning, not from the long tail.
pub const POOL: usize = 200;

/// What is left of a good answer's words when they are only met through the lexicon. Where nothing in the other language
/// comes near this, its best is no full answer.
const LOST_IN_TRANSLATION: f32 = 0.5;

/// How much words weigh more where nothing comes near the best answer by words than where ten others say as much, and
/// how far it usually stands out (the mean of 19 ways to ask the dev sets is .44 to .75). On them it found more in
/// Vietnamese (+.007 on questions typed) and no less in English.
const OUTSTANDING: f32 = 0.4;
const USUALLY: f32 = 0.5;
/// The place of the answer that the best one is held against.
const HELD_AGAINST: usize = 11;

/// The words of one document on a scale of 0 to 1, and its fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    pub words: f32,
    pub score: f32,
}

/// The fit of each document, in the given order.
pub fn fuse(rows: &[Judged], trust: Trust) -> Vec<Fit> {
    let best = |shared: bool| {
        let rows = rows
            .iter()
            .filter(|row| (row.meeting == Meeting::Shared) == shared);
        rows.map(|row| row.words).fold(f32::MIN_POSITIVE, f32::max)
    };
    let best_near = best(true);
    let best_far = best(false).max(LOST_IN_TRANSLATION * best_near);
    let scale = Scale::of(rows);
    let within = trust.within + OUTSTANDING * (stands_out(rows, best_near) - USUALLY);
    let within = within.clamp(0.0, 1.0);
    rows.iter()
        .map(|row| {
            let (best, trust) = match row.meeting {
                Meeting::Shared => (best_near, within),
                Meeting::Across => (best_far, trust.across),
            };
            let words = row.words / best;
            let score = match (&scale, row.meaning) {
                (None, _) => words,
                (Some(_), None) => trust * words,
                (Some(scale), Some(meaning)) => trust * words + (1.0 - trust) * scale.place(meaning),
            };
            Fit { words, score }
        })
        .collect()
}

/// How far the best answer in the question's language stands out by its words, 0 to 1; as usually where there are not
/// enough to say it.
fn stands_out(rows: &[Judged], best: f32) -> f32 {
    let near = |row: &Judged| {
        if row.meeting == Meeting::Shared {
            row.words
        } else {
            f32::NEG_INFINITY
        }
    };
    let first = highest(HELD_AGAINST, rows.iter().map(near));
    if first.len() < HELD_AGAINST || best <= f32::MIN_POSITIVE {
        return USUALLY;
    }
    let least = first.into_iter().map(|at| rows[at].words).fold(best, f32::min);
    1.0 - least / best
}

/// From the least to the most like document of the pool.
struct Scale {
    low: f32,
    high: f32,
}

impl Scale {
    /// `None` where no document has a meaning to compare.
    fn of(rows: &[Judged]) -> Option<Self> {
        let high = rows.iter().filter_map(|row| row.meaning).reduce(f32::max)?;
        let low_by_words = lowest_of_best(rows, |row, _| row.words);
        let low_by_meaning = lowest_of_best(rows, |_, meaning| meaning);
        Some(Self {
            low: low_by_words.min(low_by_meaning),
            high,
        })
    }

    fn place(&self, meaning: f32) -> f32 {
        // A single document is as like as can be.
        if self.high <= self.low {
            1.0
        } else {
            ((meaning - self.low) / (self.high - self.low)).max(0.0)
        }
    }
}

/// The least likeness among the pool's worth of rows that stand highest and have a meaning to compare.
fn lowest_of_best(rows: &[Judged], of: impl Fn(&Judged, f32) -> f32) -> f32 {
    let values = rows
        .iter()
        .map(|row| row.meaning.map_or(f32::NEG_INFINITY, |meaning| of(row, meaning)));
    highest(POOL, values)
        .into_iter()
        .filter_map(|at| rows[at].meaning)
        .fold(f32::MAX, f32::min)
}

#[cfg(test)]
mod tests {
    use super::{super::tests::judged, *};

    const TRUST: Trust = Trust {
        within: 0.5,
        across: 0.5,
    };

    fn row(words: f32, meaning: Option<f32>, shared: bool) -> Judged {
        let meeting = if shared { Meeting::Shared } else { Meeting::Across };
        judged(0, words, meaning, meeting)
    }

    fn order(rows: &[Judged]) -> Vec<usize> {
        let fits = fuse(rows, TRUST);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|one, other| fits[*other].score.total_cmp(&fits[*one].score));
        order
    }

    #[test]
    fn a_translation_is_not_punished_for_sharing_no_words() {
        let translation = row(2.0, Some(0.8), false);
        let namesake = row(9.0, Some(0.1), true);
        let stranger = row(1.0, Some(0.1), true);
        assert_eq!(order(&[stranger, namesake, translation]), [2, 1, 0]);
    }

    #[test]
    fn a_word_that_translates_lifts_one_translation_over_another() {
        assert_eq!(
            order(&[row(0.0, Some(0.7), false), row(4.0, Some(0.7), false)]),
            [1, 0]
        );
    }

    #[test]
    fn the_best_of_a_language_that_answers_nothing_is_no_answer() {
        let answer = row(9.0, Some(0.6), true);
        let chance = row(0.5, Some(0.6), false);
        let fits = fuse(&[answer, chance], TRUST);
        assert!(fits[1].words < 0.2, "{fits:?}");
    }

    #[test]
    fn words_weigh_more_where_the_best_answer_stands_out() {
        let best_by_words = |others: f32, many: usize| {
            let mut rows = vec![row(10.0, Some(0.1), true), row(others, Some(0.9), true)];
            rows.extend(vec![row(others, Some(0.2), true); many]);
            fuse(&rows, TRUST)[0].score
        };
        assert!(best_by_words(1.0, 10) > 0.6, "{}", best_by_words(1.0, 10));
        assert!(best_by_words(9.0, 10) < 0.4, "{}", best_by_words(9.0, 10));
        let too_few = best_by_words(1.0, 5);
        assert!((too_few - 0.5).abs() < 1e-6, "{too_few}");
    }

    #[test]
    fn without_a_model_words_alone_decide() {
        assert_eq!(order(&[row(1.0, None, true), row(3.0, None, true)]), [1, 0]);
    }
}
