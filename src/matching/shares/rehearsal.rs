//! The same needs served three ways from nothing: each for itself, day by day, and in turns. It shows what sharing does
//! in this city and what it costs, before anybody is suggested.

use std::collections::{HashMap, HashSet};

use super::{Candidate, Carried, Provider, gives_way, pick, room};

/// What each way of choosing comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rehearsal {
    pub needs: usize,
    /// Providers that fit at least one need well enough.
    pub providers: usize,
    pub alone: Carried,
    pub day_by_day: Carried,
    pub in_turns: Carried,
}

/// Needs in the order they came, each with its candidates from the best down; everyone is given up to `most`.
pub(in crate::matching) fn rehearse(needs: &[Vec<Candidate>], most: usize) -> Rehearsal {
    let providers: HashSet<Provider> = needs.iter().flatten().map(|one| one.provider).collect();
    let came_to = |picks: &[Vec<usize>]| {
        let named = needs
            .iter()
            .zip(picks)
            .flat_map(|(all, picks)| picks.iter().map(|at| &all[*at]));
        Carried::of(named.map(|one| (one.provider, one.fit)), providers.len())
    };
    let alone: Vec<Vec<usize>> = needs
        .iter()
        .map(|all| (0..all.len().min(most)).collect())
        .collect();
    Rehearsal {
        needs: needs.len(),
        providers: providers.len(),
        alone: came_to(&alone),
        day_by_day: came_to(&day_by_day(needs, most)),
        in_turns: came_to(&pick(needs, most, &room(needs, most, &HashMap::new()))),
    }
}

/// One need after the other, each provider giving way for what it was given before.
fn day_by_day(needs: &[Vec<Candidate>], most: usize) -> Vec<Vec<usize>> {
    let mut loads: HashMap<Provider, i64> = HashMap::new();
    let mut picks = Vec::with_capacity(needs.len());
    for all in needs {
        let of_today =
            |at: &usize| all[*at].fit - gives_way(loads.get(&all[*at].provider).copied().unwrap_or(0));
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by(|one, other| of_today(other).total_cmp(&of_today(one)));
        order.truncate(most);
        for at in &order {
            *loads.entry(all[*at].provider).or_default() += 1;
        }
        picks.push(order);
    }
    picks
}
