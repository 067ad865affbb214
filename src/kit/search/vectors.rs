//! What a vector is here: a row of numbers whose length is one; and the same row in a quarter of the room.
//!
//! A model gives 32 bits a number. In memory eight do: the greatest number of a row becomes 127 and the rest follow
//! in proportion, so a row takes a quarter of the room and of the time a scan waits for memory.

use simsimd::SpatialSimilarity as _;

/// Rows of length one in full width, so the product is the cosine. Sixteen running sums let the
/// compiler use the processor's wide registers without any unsafe code.
pub fn cosine(one: &[f32], other: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0_f32; LANES];
    let (left, right) = (one.chunks_exact(LANES), other.chunks_exact(LANES));
    let tail: f32 = left
        .remainder()
        .iter()
        .zip(right.remainder())
        .map(|(x, y)| x * y)
        .sum();
    for (x, y) in left.zip(right) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f32>() + tail
}

/// A vector in eight bits a number, and what brings it back to length one.
#[derive(Debug, Clone, PartialEq)]
pub struct Packed {
    pub row: Vec<i8>,
    pub factor: f32,
}

impl Packed {
    pub fn new(vector: &[f32]) -> Self {
        let greatest = vector.iter().fold(0.0_f32, |most, number| most.max(number.abs()));
        let scale = if greatest > 0.0 { 127.0 / greatest } else { 0.0 };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the greatest number becomes 127; one that is not a number becomes nothing"
        )]
        let row: Vec<i8> = vector
            .iter()
            .map(|number| (number * scale).round() as i8)
            .collect();
        let length = dot(&row, &row).sqrt();
        Self {
            row,
            factor: if length > 0.0 { 1.0 / length } else { 0.0 },
        }
    }

    /// The cosine to another row.
    pub fn cosine(&self, row: &[i8], factor: f32) -> f32 {
        dot(&self.row, row) * self.factor * factor
    }
}

/// The widest instructions of the processor it runs on are chosen at run time. Rows of two lengths have no product.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a sum of a few hundred products of eight bits"
)]
fn dot(one: &[i8], other: &[i8]) -> f32 {
    i8::dot(one, other).unwrap_or_default() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lanes_count_too() {
        let along: Vec<f32> = (0..20).map(|at| if at == 19 { 1.0 } else { 0.0 }).collect();
        assert!((cosine(&along, &along) - 1.0).abs() < f32::EPSILON);
    }

    #[test]
    fn eight_bits_keep_a_cosine_to_the_third_decimal() {
        let mut state = 42_u32;
        let mut number = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from(u16::try_from(state >> 16).unwrap()) / 32_768.0 - 1.0
        };
        let mut vector = || {
            let numbers: Vec<f32> = (0..384).map(|_| number() + number() + number()).collect();
            let length = cosine(&numbers, &numbers).sqrt();
            numbers.iter().map(|number| number / length).collect::<Vec<f32>>()
        };
        for _ in 0..200 {
            let (one, noise) = (vector(), vector());
            let mixed: Vec<f32> = one.iter().zip(&noise).map(|(x, y)| 0.8 * x + 0.6 * y).collect();
            let length = cosine(&mixed, &mixed).sqrt();
            let other: Vec<f32> = mixed.iter().map(|number| number / length).collect();
            let (small, small_other) = (Packed::new(&one), Packed::new(&other));
            let lost = small.cosine(&small_other.row, small_other.factor) - cosine(&one, &other);
            assert!(lost.abs() < 0.002, "{lost}");
        }
    }

    #[test]
    fn a_vector_is_wholly_like_itself_and_nothing_is_like_none() {
        let small = Packed::new(&[0.6, -0.8]);
        assert!((small.cosine(&small.row, small.factor) - 1.0).abs() < 1e-6);
        let none = Packed::new(&[0.0, 0.0]);
        assert!(small.cosine(&none.row, none.factor).abs() < f32::EPSILON);
    }
}
