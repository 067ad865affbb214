//! The weights that a fit tries.

use crate::kit::search::weights::Trust;

/// The weights tried: from a tenth to nine tenths.
const STEP: f32 = 0.05;
const FIRST: usize = 2;
/// So many of each.
pub const TRIED: usize = 17;

/// A choice of weights, each by its number among those tried.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    pub within: usize,
    pub across: usize,
}

impl Point {
    pub fn all() -> impl Iterator<Item = Self> {
        (0..TRIED).flat_map(|within| (0..TRIED).map(move |across| Self { within, across }))
    }

    pub fn near(self, other: Self) -> bool {
        let near = |one: usize, other: usize| one.abs_diff(other) <= 1;
        near(self.within, other.within) && near(self.across, other.across)
    }

    pub fn trust(self) -> Trust {
        Trust {
            within: weight(self.within),
            across: weight(self.across),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a handful of steps")]
fn weight(tried: usize) -> f32 {
    (FIRST + tried) as f32 * STEP
}
