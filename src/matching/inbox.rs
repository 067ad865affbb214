//! A person's inbox: the pairings of their organisations, by whose turn it is.

use std::collections::HashMap;

use super::stage::{Side, Stage};
use super::{Pairing, orgs_of, store};
use crate::ids::{ListingId, OrgId, PersonId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::listings;

/// The lists of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Yours,
    Theirs,
    Introduced,
    Ended,
}

impl Tab {
    pub const ALL: [Tab; 4] = [Tab::Yours, Tab::Theirs, Tab::Introduced, Tab::Ended];

    pub fn code(self) -> &'static str {
        match self {
            Tab::Yours => "yours",
            Tab::Theirs => "theirs",
            Tab::Introduced => "introduced",
            Tab::Ended => "ended",
        }
    }

    pub fn from_code(code: &str) -> Tab {
        Tab::ALL
            .into_iter()
            .find(|tab| tab.code() == code)
            .unwrap_or(Tab::Yours)
    }

    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Tab::Yours => lang.t("Chờ bạn", "Waiting for you"),
            Tab::Theirs => lang.t("Chờ bên kia", "Waiting for others"),
            Tab::Introduced => lang.t("Đã giới thiệu", "Introduced"),
            Tab::Ended => lang.t("Đã khép", "Closed"),
        }
    }

    fn holds(self, pairing: &Pairing, side: Side) -> bool {
        let waiting = pairing.stage.awaits_answers() || pairing.stage == Stage::Suggested;
        match self {
            Tab::Yours => pairing.stage.awaits(side),
            Tab::Theirs => waiting && !pairing.stage.awaits(side),
            Tab::Introduced => pairing.stage.takes_capacity(),
            Tab::Ended => pairing.stage.has_ended(),
        }
    }
}

/// What a person finds in a list of their inbox: pairings of their organisations that a coordinator let go.
pub async fn of(cx: &Cx, person: PersonId, tab: Tab) -> Result<Vec<(Pairing, Side)>, Fault> {
    let orgs = orgs_of(cx, person).await?;
    let pairings = store::of_orgs(&cx.db, &orgs, Stage::ALL).await?;
    let ids: Vec<ListingId> = pairings
        .iter()
        .flat_map(|one| [one.need_id, one.offer_id])
        .collect();
    let owners = owners_of(cx, &ids).await?;
    let mut found: Vec<(Pairing, Side)> = pairings
        .into_iter()
        .filter_map(|pairing| {
            let side = [Side::Need, Side::Offer].into_iter().find(|side| {
                owners
                    .get(&pairing.listing_id(*side))
                    .is_some_and(|org| orgs.contains(org))
            })?;
            let belongs = pairing.is_known_to(side) && pairing.stage != Stage::Dismissed;
            (belongs && tab.holds(&pairing, side)).then_some((pairing, side))
        })
        .collect();
    if tab == Tab::Yours {
        found.sort_by_key(|(pairing, _)| pairing.due_at.unwrap_or(At(i64::MAX)));
    }
    Ok(found)
}

async fn owners_of(cx: &Cx, ids: &[ListingId]) -> Result<HashMap<ListingId, OrgId>, Fault> {
    let listings = listings::many(&cx.db, ids).await?;
    Ok(listings
        .into_iter()
        .filter_map(|one| one.org_id.map(|org| (one.id, org)))
        .collect())
}
