//! The highest of very many numbers, in one pass that remembers few of them.

/// The places of the highest values, in no order; of equals the earlier. Minus infinity is never among them.
pub fn highest(most: usize, values: impl Iterator<Item = f32>) -> Vec<usize> {
    let mut kept: Vec<(usize, f32)> = Vec::with_capacity(2 * most);
    let mut bar = f32::NEG_INFINITY;
    for (at, value) in values.enumerate() {
        if value > bar {
            kept.push((at, value));
            if kept.len() == 2 * most {
                bar = cut(&mut kept, most);
            }
        }
    }
    if kept.len() > most {
        cut(&mut kept, most);
    }
    kept.into_iter().map(|(at, _)| at).collect()
}

/// Says how high the lowest is of those that stay.
fn cut(kept: &mut Vec<(usize, f32)>, most: usize) -> f32 {
    let (_, (_, lowest), _) = kept.select_nth_unstable_by(most - 1, |one, other| {
        other.1.total_cmp(&one.1).then(one.0.cmp(&other.0))
    });
    let lowest = *lowest;
    kept.truncate(most);
    lowest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(most: usize, values: &[f32]) -> Vec<usize> {
        let mut places = highest(most, values.iter().copied());
        places.sort_unstable();
        places
    }

    #[test]
    fn the_highest_are_found_wherever_they_stand() {
        let rising: Vec<f32> = (0..100_u8).map(f32::from).collect();
        let falling: Vec<f32> = rising.iter().rev().copied().collect();
        assert_eq!(sorted(3, &rising), [97, 98, 99]);
        assert_eq!(sorted(3, &falling), [0, 1, 2]);
        assert_eq!(sorted(200, &rising).len(), 100);
    }

    #[test]
    fn of_equals_the_earlier_is_taken_and_what_has_no_value_never() {
        assert_eq!(sorted(2, &[1.0; 9]), [0, 1]);
        assert_eq!(
            sorted(3, &[f32::NEG_INFINITY, 0.0, 2.0, f32::NEG_INFINITY, 0.0]),
            [1, 2, 4]
        );
        assert_eq!(sorted(2, &[]), [0_usize; 0]);
    }
}
