//! Fair shares: one famous institute shall not stand in every suggestion while others that fit nearly as well wait.
//!
//! Day by day a provider gives way a little for each thing it has open ([`gives_way`]). Where several needs are served
//! at once they choose in turns, the neediest first ([`pick`]). Both only choose among offers that fit well enough by
//! themselves; nothing comes above the floor by either.

use std::collections::{BTreeMap, HashMap};

use super::score::MOST;
use crate::ids::{ListingId, OrgId};
use crate::kit::lang::Lang;
use crate::listings::Listing;

mod exposure;
mod rehearsal;
pub use exposure::{Carried, Exposure, Placing, exposure, seen};
pub use rehearsal::Rehearsal;
pub(super) use rehearsal::rehearse;

/// Of 315 needs with five suggestions each out of 3,782 firms, the busiest firm stood in 23; with this, in 10, for
/// 1.1 % of all fit.
const WEIGHT: f64 = 0.1;
/// Nobody is full with less than this, however few needs there are.
const LEAST_ROOM: usize = 5;

/// What a provider with so many open suggestions and running cases gives way when today's suggestions are put in order.
pub(super) fn gives_way(load: i64) -> f64 {
    let load = f64::from(u32::try_from(load).unwrap_or(0));
    WEIGHT * load.ln_1p()
}

/// Who carries what comes of a suggestion: an organisation with all its offers, or an offer without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    Org(OrgId),
    Offer(ListingId),
}

impl Provider {
    pub fn new(offer: ListingId, org: Option<OrgId>) -> Provider {
        org.map_or(Provider::Offer(offer), Provider::Org)
    }

    pub fn of(offer: &Listing) -> Provider {
        Provider::new(offer.id, offer.org_id)
    }
}

/// An offer that fits a need well enough.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    pub provider: Provider,
    /// 0 to 1.
    pub fit: f64,
}

/// Lets needs choose in turns: whoever has least goes first, its best free offer is its own, and nobody takes more
/// than `most`, nor from a provider more than it has room for (who is not named has none). Gives, for each need, the
/// numbers of its candidates in the order they were chosen.
///
/// What a need gets is worth the fit of its first pick, half the fit of its second, a quarter of its third, and so on.
/// Each turn goes to the pick that is worth most. As long as no fit is twice another, nobody gets a second one before
/// everybody has a first.
///
/// **The sum of these worths is at least half of the greatest that any assignment within the same room reaches.** Let
/// S be what was picked and O the best there is. The worth is monotone and submodular: it is a sum, with positive
/// weights, of "a need's best j fits together", and those are weighted ranks of matroids. So worth(O) is at most
/// worth(S) and what each pair o of O that is not in S would add to S by itself. A provider that never filled up could
/// have given its o to the end; it was not taken because its need had `most` picks already, each as good: o adds
/// nothing. A provider that did fill up has at least as many picks in S as pairs in O, so each such o can be set
/// against a pick s of its own; at the turn of s there was room for o too, and s was taken, so s brought at least what
/// o would have brought then, and that is at least what o would add to S. All picks together brought worth(S), hence
/// worth(O) ≤ 2 worth(S). ∎
pub(super) fn pick(
    needs: &[Vec<Candidate>],
    most: usize,
    room: &HashMap<Provider, usize>,
) -> Vec<Vec<usize>> {
    let mut room = room.clone();
    let mut picks: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    let wishes: Vec<Vec<usize>> = needs.iter().map(|all| best_first(all)).collect();
    // How far down its wishes each need has come: room never grows again, so it never has to look back.
    let mut next = vec![0; needs.len()];
    loop {
        let mut best: Option<(f64, usize)> = None;
        for need in 0..needs.len() {
            let free = |at: &usize| room.get(&needs[need][*at].provider).is_some_and(|room| *room > 0);
            while wishes[need].get(next[need]).is_some_and(|at| !free(at)) {
                next[need] += 1;
            }
            let Some(at) = wishes[need].get(next[need]).filter(|_| picks[need].len() < most) else {
                continue;
            };
            let worth = needs[need][*at].fit * worth_of_place(picks[need].len());
            if best.is_none_or(|(most, _)| worth > most) {
                best = Some((worth, need));
            }
        }
        let Some((_, need)) = best else {
            return picks;
        };
        let at = wishes[need][next[need]];
        next[need] += 1;
        picks[need].push(at);
        room.entry(needs[need][at].provider).and_modify(|room| *room -= 1);
    }
}

/// Room for each provider in reach: together with what it has open, up to twice the even share of all.
pub(super) fn room(
    needs: &[Vec<Candidate>],
    most: usize,
    loads: &HashMap<Provider, i64>,
) -> HashMap<Provider, usize> {
    let load = |provider: &Provider| {
        let open = loads.get(provider).copied().unwrap_or(0);
        usize::try_from(open).unwrap_or(0)
    };
    let mut reach: BTreeMap<Provider, usize> = BTreeMap::new();
    for candidate in needs.iter().flatten() {
        reach.insert(candidate.provider, load(&candidate.provider));
    }
    let wanted: usize = needs.iter().map(|all| all.len().min(most)).sum();
    let open: usize = reach.values().sum();
    let even = (open + wanted).div_ceil(reach.len().max(1));
    let cap = (2 * even).max(LEAST_ROOM);
    reach
        .into_iter()
        .map(|(provider, load)| (provider, cap.saturating_sub(load)))
        .collect()
}

fn best_first(candidates: &[Candidate]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by(|one, other| candidates[*other].fit.total_cmp(&candidates[*one].fit));
    order
}

fn worth_of_place(place: usize) -> f64 {
    0.5_f64.powi(i32::try_from(place).unwrap_or(i32::MAX))
}

/// What a coordinator is told where shares changed the place of an offer; `given` is its place among those suggested.
pub(super) fn said(lang: Lang, load: i64, by_fit: i64, given: Option<i64>) -> Option<String> {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    match given {
        Some(given) if by_fit <= most && given > by_fit => Some(lang.fill(
            "Bên cung đang có nhiều đề nghị ({}), nên xếp thứ {} thay vì thứ {}.",
            "The provider has many proposals open ({}), so it stands in place {} instead of {}.",
            &[&load, &given, &by_fit],
        )),
        Some(_) if by_fit > most => Some(lang.fill(
            "Xếp thứ {} theo độ hợp; có mặt vì nơi hợp hơn đang có nhiều đề nghị.",
            "In place {} by fit; it is here because a better fit has many proposals open.",
            &[&by_fit],
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
