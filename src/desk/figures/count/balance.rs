//! What is open now: needs against offers, by sector and capability.

use std::collections::HashMap;

use crate::desk::store::figures::Listed;
use crate::listings::{Kind, State, Weight};
use crate::vocab::{self, Scheme};

/// Open needs and open offers of one sector and one capability.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cell {
    pub needs: i64,
    pub offers: i64,
}

impl Cell {
    /// Positive where more is needed than is offered.
    pub fn balance(self) -> i64 {
        self.needs - self.offers
    }

    pub fn is_empty(self) -> bool {
        self.needs == 0 && self.offers == 0
    }
}

/// Rows are capabilities and columns sectors, both in the order of their lists.
pub fn balance(listed: &[Listed]) -> Vec<(&'static str, Vec<Cell>)> {
    let mut cells: HashMap<(&str, &str), Cell> = HashMap::new();
    for listing in listed.iter().filter(|listing| listing.state == State::Published) {
        for sector in sectors_of(listing) {
            for capability in codes(listing, Scheme::Capability) {
                let cell = cells.entry((capability, sector)).or_default();
                match listing.kind {
                    Kind::Need => cell.needs += 1,
                    Kind::Offer => cell.offers += 1,
                }
            }
        }
    }
    vocab::terms(Scheme::Capability)
        .iter()
        .map(|capability| {
            let row = vocab::terms(Scheme::Sector).iter().map(|sector| {
                cells
                    .get(&(capability.code.as_str(), sector.code.as_str()))
                    .copied()
                    .unwrap_or_default()
            });
            (capability.code.as_str(), row.collect())
        })
        .collect()
}

/// A listing without a known sector belongs to "other", so that every listing is counted somewhere.
pub fn sectors_of(listing: &Listed) -> Vec<&'static str> {
    let sectors = codes(listing, Scheme::Sector);
    if sectors.is_empty() {
        vec![vocab::OTHER]
    } else {
        sectors
    }
}

fn codes(listing: &Listed, scheme: Scheme) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = listing
        .content
        .tags
        .iter()
        .filter(|tag| tag.scheme == scheme && tag.weight != Weight::Not)
        .filter_map(|tag| vocab::term(scheme, &tag.code).map(|term| term.code.as_str()))
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}
