//! Room for one more introduction: what a provider can take at a time, and the pairings that wait for it.

use super::stage::Stage;
use super::{Pairing, store};
use crate::kit::Cx;
use crate::kit::db::Tx;
use crate::kit::fault::Fault;
use crate::listings::{self, Listing};
use crate::orgs;

/// More half-accepted pairings than this a coordinator's page does not look through.
const MOST: i64 = 300;

/// Whether the provider can take one more. The smaller of the offer's and its organisation's capacity holds.
pub async fn has_room(cx: &Cx, offer: &Listing) -> Result<bool, Fault> {
    let (of_offer, of_org) = store::open_introductions(&cx.db, offer.id, offer.org_id).await?;
    let org_takes = match offer.org_id {
        Some(org) => of_org < orgs::get(&cx.db, org).await?.capacity,
        None => true,
    };
    Ok(org_takes && offer.best().capacity.is_none_or(|most| of_offer < most))
}

/// Whether the provider can bear what it has, the introduction of this very change included. The change has told
/// the house already, which lets one such change in at a time: two cannot both take the last place.
pub(super) async fn bears(tx: &mut Tx, offer: &Listing) -> Result<bool, Fault> {
    let (of_offer, of_org) = store::open_introductions(&mut *tx, offer.id, offer.org_id).await?;
    let org_bears = match offer.org_id {
        Some(org) => of_org <= orgs::get(&mut *tx, org).await?.capacity,
        None => true,
    };
    Ok(org_bears && offer.best().capacity.is_none_or(|most| of_offer <= most))
}

/// One side said yes, and the other cannot for want of room: neither is reminded, and the pairing does not lapse.
pub(super) async fn waits_for_room(cx: &Cx, pairing: &Pairing) -> Result<bool, Fault> {
    let half = matches!(pairing.stage, Stage::NeedAccepted | Stage::OfferAccepted);
    Ok(half && !has_room(cx, &listings::get(&cx.db, pairing.offer_id).await?).await?)
}

/// The pairings that wait for room, the longest waiting first.
pub async fn waiting(cx: &Cx) -> Result<Vec<Pairing>, Fault> {
    let half = [Stage::NeedAccepted, Stage::OfferAccepted];
    let mut waiting = Vec::new();
    for pairing in store::newest_in_stages(&cx.db, &half, MOST).await? {
        if waits_for_room(cx, &pairing).await? {
            waiting.push(pairing);
        }
    }
    waiting.sort_by_key(|pairing| pairing.updated_at);
    Ok(waiting)
}
