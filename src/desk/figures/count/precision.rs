//! How right the suggestions were, by what coordinators decided about them, and how right words alone would have been.
//!
//! All decided suggestions of a need stand in one order by their fit and in another by words alone. A decision counts
//! among the first three where its suggestion stands among the first three of its need; so both orders are judged on
//! the very same decisions, and only the order differs. A need with a single decision says the same for both.

use std::collections::HashMap;

use super::Ours;
use crate::desk::figures::Period;
use crate::desk::store::figures::{Decided, Listed};
use crate::ids::ListingId;
use crate::kit::clock::At;
use crate::matching::judgement::verdict;

/// How many of the first are looked at.
pub const FIRST: [usize; 3] = [1, 3, 5];
/// Fewer decisions are an anecdote.
pub const ENOUGH: i64 = 10;

/// Decisions among the first so many, and how many of them were right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    pub right: i64,
    pub all: i64,
}

impl Share {
    pub fn share(self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "shown as a whole per cent")]
        (self.all > 0).then(|| self.right as f64 / self.all as f64)
    }

    pub fn hundredths(self) -> i64 {
        (self.right * 100 + self.all / 2) / self.all.max(1)
    }
}

/// One stretch of time; the arrays go with [`FIRST`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Precision {
    pub decisions: i64,
    pub fit: [Share; 3],
    pub words: [Share; 3],
}

/// A decision that tells something: when, whether right, and its suggestion's place in either order, from 1.
struct Placed {
    at: At,
    right: bool,
    by_fit: usize,
    by_words: usize,
}

/// One figure for the period, and one for each of its stretches by their beginnings.
pub fn precision(
    decided: &[Decided],
    listed: &[Listed],
    period: Period,
    stretches: &[At],
) -> (Precision, Vec<(At, Precision)>) {
    let mut whole = Precision::default();
    let mut parts: Vec<(At, Precision)> = stretches
        .iter()
        .map(|begin| (*begin, Precision::default()))
        .collect();
    for one in placed(decided, listed).iter().filter(|one| period.holds(one.at)) {
        whole.add(one);
        // A stretch lasts until the next one begins.
        if let Some((_, part)) = parts.iter_mut().rev().find(|(begin, _)| *begin <= one.at) {
            part.add(one);
        }
    }
    (whole, parts)
}

impl Precision {
    fn add(&mut self, one: &Placed) {
        self.decisions += 1;
        for (at, first) in FIRST.into_iter().enumerate() {
            for (share, place) in [
                (&mut self.fit[at], one.by_fit),
                (&mut self.words[at], one.by_words),
            ] {
                if place <= first {
                    share.all += 1;
                    share.right += i64::from(one.right);
                }
            }
        }
    }
}

fn placed(decided: &[Decided], listed: &[Listed]) -> Vec<Placed> {
    let ours = Ours::of(listed);
    let mut of_need: HashMap<ListingId, Vec<(&Decided, bool, i64)>> = HashMap::new();
    for one in decided.iter().filter(|one| ours.holds(one.need_id, one.offer_id)) {
        if let (Some(right), Some(rank)) = (verdict(&one.step, one.reason.as_deref()), one.words_rank) {
            of_need.entry(one.need_id).or_default().push((one, right, rank));
        }
    }
    let mut placed = Vec::with_capacity(decided.len());
    for mut all in of_need.into_values() {
        // What words do not tell apart comes in the order of the ids, which knows nothing of the fit.
        all.sort_by_key(|(one, _, rank)| (*rank, one.offer_id));
        let by_words: HashMap<ListingId, usize> = (1..)
            .zip(&all)
            .map(|(place, (one, ..))| (one.offer_id, place))
            .collect();
        all.sort_by(|(one, ..), (other, ..)| {
            let by_fit = other.score.total_cmp(&one.score);
            by_fit.then(one.offer_id.cmp(&other.offer_id))
        });
        placed.extend((1..).zip(all).map(|(by_fit, (one, right, _))| Placed {
            at: one.at,
            right,
            by_fit,
            by_words: by_words[&one.offer_id],
        }));
    }
    placed
}

#[cfg(test)]
mod tests {
    use sqlx::types::Json;

    use super::*;
    use crate::kit::clock::DAY;
    use crate::listings::{Kind, State};

    const NOW: At = At(1_000 * DAY);

    fn decided(need: ListingId, score: f64, rank: Option<i64>, step: &str, days_ago: i64) -> Decided {
        Decided {
            need_id: need,
            offer_id: ListingId::new(),
            score,
            words_rank: rank,
            step: step.to_owned(),
            reason: None,
            at: NOW.plus_days(-days_ago),
        }
    }

    fn all_listed(decided: &[Decided]) -> Vec<Listed> {
        let ids = decided.iter().flat_map(|one| [one.need_id, one.offer_id]);
        ids.map(|id| Listed {
            id,
            kind: Kind::Need,
            state: State::Published,
            published_at: NOW,
            content: Json::default(),
        })
        .collect()
    }

    fn of(decided: &[Decided]) -> Precision {
        let period = Period::last_days(28, NOW);
        precision(decided, &all_listed(decided), period, &[]).0
    }

    fn share(right: i64, all: i64) -> Share {
        Share { right, all }
    }

    #[test]
    fn each_order_is_judged_on_the_same_decisions() {
        let need = ListingId::new();
        let precision = of(&[
            decided(need, 0.9, Some(40), "approve", 1),
            decided(need, 0.8, Some(2), "approve", 2),
            decided(need, 0.7, Some(1), "dismiss", 3),
            decided(need, 0.6, Some(201), "dismiss", 3),
        ]);
        assert_eq!(precision.decisions, 4);
        assert_eq!(precision.fit, [share(1, 1), share(2, 3), share(2, 4)]);
        assert_eq!(precision.words, [share(0, 1), share(2, 3), share(2, 4)]);
    }

    #[test]
    fn what_tells_nothing_is_left_out() {
        let need = ListingId::new();
        let mut for_money = decided(need, 0.9, Some(1), "dismiss", 1);
        for_money.reason = Some("budget".to_owned());
        let unranked = decided(need, 0.8, None, "approve", 1);
        let long_ago = decided(need, 0.7, Some(1), "approve", 40);
        let abroad = decided(need, 0.7, Some(1), "approve", 1);
        let all = [for_money, unranked, long_ago, abroad];
        let period = Period::last_days(28, NOW);
        assert_eq!(
            precision(&all, &all_listed(&all[..3]), period, &[]).0,
            Precision::default()
        );
    }

    #[test]
    fn a_decision_counts_in_the_stretch_it_was_made_in() {
        let need = ListingId::new();
        let all = [
            decided(need, 0.9, Some(1), "approve", 10),
            decided(need, 0.8, Some(2), "dismiss", 2),
        ];
        let stretches = [NOW.plus_days(-14), NOW.plus_days(-7)];
        let period = Period::last_days(28, NOW);
        let (_, parts) = precision(&all, &all_listed(&all), period, &stretches);
        let first: Vec<Share> = parts.iter().map(|(_, part)| part.fit[0]).collect();
        assert_eq!(first, [share(1, 1), share(0, 0)]);
        assert_eq!(
            parts[1].1.fit[1],
            share(0, 1),
            "it is the second of its need, whenever that was decided"
        );
    }
}
