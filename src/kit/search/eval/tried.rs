//! The weights that a fit tries.

use crate::kit::search::weights::Trust;

/// The weights tried: from a tenth to nine tenths.
const STEP: f32 = 0.05;
const FIRST: usize = 2;
/// So many of each.
pub const TRIED: usize = 17;

/// A choice of weights, each by its number among those tried.
#[derive(Debug, Clone, Copy, Default)]
pub struct Point {
    pub words: usize,
    pub in_english: usize,
    pub in_vietnamese: usize,
}

impl Point {
    pub fn all() -> impl Iterator<Item = Self> {
        (0..TRIED).flat_map(|words| {
            (0..TRIED).flat_map(move |in_english| {
                (0..TRIED).map(move |in_vietnamese| Self {
                    words,
                    in_english,
                    in_vietnamese,
                })
            })
        })
    }

    pub fn near(self, other: Self) -> bool {
        let near = |one: usize, other: usize| one.abs_diff(other) <= 1;
        near(self.words, other.words)
            && near(self.in_english, other.in_english)
            && near(self.in_vietnamese, other.in_vietnamese)
    }

    pub fn trust(self) -> Trust {
        Trust {
            words: weight(self.words),
            in_english: weight(self.in_english),
            in_vietnamese: weight(self.in_vietnamese),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a handful of steps")]
fn weight(tried: usize) -> f32 {
    (FIRST + tried) as f32 * STEP
}
