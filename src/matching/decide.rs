//! What a coordinator decides about a suggestion, and what ends a pairing from outside.

use super::interest::is_interest_draft;
use super::judge::judge;
use super::stage::{Stage, Step};
use super::{Because, Couple, Origin, Pairing, advance, begin, couple, side_of, store, tell};
use crate::events::Event;
use crate::ids::{By, ListingId, PairingId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::listings::{self, Kind};
use crate::orgs;

/// The longest words a coordinator may put on top of a letter, in characters.
pub const WORDS: usize = 1_000;

/// The coordinator lets the letters go. Where one side asked for this pairing itself, its yes is recorded at
/// once and only the other side is asked.
pub async fn approve(cx: &Cx, by: By, id: PairingId, words: Option<String>) -> Result<(), Fault> {
    let couple = couple(cx, id).await?;
    not_ones_own(cx, by, &couple).await?;
    both_open(&couple)?;
    let mut tx = cx.db.begin().await?;
    let stage = advance(
        cx,
        &mut tx,
        by,
        &couple.pairing,
        Step::Approve,
        &Because::default(),
    )
    .await?;
    store::approved(&mut tx, id, by.person(), words).await?;
    if let Some(side) = couple.pairing.interested {
        let asked = Pairing {
            stage,
            ..couple.pairing.clone()
        };
        let interested = By::Service;
        advance(
            cx,
            &mut tx,
            interested,
            &asked,
            Step::Accept(side),
            &Because::default(),
        )
        .await?;
    }
    tell(cx, &mut tx, by, Event::PairingProposed { pairing: id }).await?;
    tx.commit().await
}

/// Not a good idea. It never comes back by itself.
pub async fn dismiss(cx: &Cx, by: By, id: PairingId, because: Because) -> Result<(), Fault> {
    let couple = couple(cx, id).await?;
    not_ones_own(cx, by, &couple).await?;
    let mut tx = cx.db.begin().await?;
    advance(cx, &mut tx, by, &couple.pairing, Step::Dismiss, &because).await?;
    tell(cx, &mut tx, by, Event::PairingMoved { pairing: id }).await?;
    tx.commit().await
}

/// Back among the suggestions, with nothing asked and no clock running.
pub async fn reopen(cx: &Cx, by: By, id: PairingId) -> Result<(), Fault> {
    let couple = couple(cx, id).await?;
    not_ones_own(cx, by, &couple).await?;
    both_open(&couple)?;
    let mut tx = cx.db.begin().await?;
    advance(
        cx,
        &mut tx,
        by,
        &couple.pairing,
        Step::Reopen,
        &Because::default(),
    )
    .await?;
    store::cleared(&mut tx, id).await?;
    tell(cx, &mut tx, by, Event::PairingMoved { pairing: id }).await?;
    tx.commit().await
}

pub async fn withdraw(cx: &Cx, by: By, id: PairingId, because: Because) -> Result<(), Fault> {
    let pairing = super::get(&cx.db, id).await?;
    let mut tx = cx.db.begin().await?;
    advance(cx, &mut tx, by, &pairing, Step::Withdraw, &because).await?;
    tell(cx, &mut tx, by, Event::PairingWithdrawn { pairing: id }).await?;
    tx.commit().await
}

/// A listing is no longer open: what was only suggested or asked is withdrawn. People already introduced go on.
pub async fn end_of_listing(cx: &Cx, listing: ListingId) -> Result<(), Fault> {
    for pairing in store::of_listing(&cx.db, listing).await? {
        if pairing.stage == Stage::Suggested || pairing.stage.awaits_answers() {
            let because = Because {
                reason: Some("listing_ended".to_owned()),
                note: None,
            };
            match withdraw(cx, By::Service, pairing.id, because).await {
                // Somebody was quicker: then there is nothing to withdraw.
                Ok(()) | Err(Fault::Stale(_)) => {}
                Err(fault) => return Err(fault),
            }
        }
    }
    Ok(())
}

/// A coordinator puts a need and an offer beside each other by hand; the references are as people write them.
pub async fn pair_by_hand(cx: &Cx, by: By, need: &str, offer: &str) -> Result<PairingId, Fault> {
    let (need, offer) = tokio::join!(find(cx, need, Kind::Need), find(cx, offer, Kind::Offer));
    let missing = [
        need.as_ref().err().map(|()| ("need", "nhu cầu", "need")),
        offer.as_ref().err().map(|()| ("offer", "năng lực", "offer")),
    ];
    let flaws: Vec<_> = missing
        .into_iter()
        .flatten()
        .map(|(field, vi, en)| crate::kit::fault::Flaw {
            field: field.into(),
            said: crate::kit::fault::said(
                format!("Không có {vi} nào đang mở với mã này."),
                format!("There is no open {en} with this reference."),
            ),
        })
        .collect();
    let (Ok(need), Ok(offer)) = (need, offer) else {
        return Err(Fault::Invalid(flaws));
    };
    if need.org_id.is_some() && need.org_id == offer.org_id {
        return Err(Fault::flaw(
            "offer",
            "Hai tin này của cùng một tổ chức.",
            "Both belong to the same organisation.",
        ));
    }
    if let Some(known) = store::of_pair(&cx.db, need.id, offer.id).await? {
        return Ok(known.id);
    }
    let judged = judge(cx, &need, &offer, None).await?;
    let pairing = judged.pairing(cx, &need, &offer, Origin::Coordinator, None);
    let mut tx = cx.db.begin().await?;
    if !begin(cx, &mut tx, by, &pairing, "suggest").await? {
        // Somebody else paired the two while they were being judged.
        let known = store::of_pair(&mut tx, need.id, offer.id).await?;
        return known.map(|known| known.id).ok_or(Fault::Missing);
    }
    tx.commit().await?;
    Ok(pairing.id)
}

async fn find(cx: &Cx, reference: &str, kind: Kind) -> Result<listings::Listing, ()> {
    match listings::by_reference(&cx.db, reference).await {
        Ok(listing) if listing.kind == kind && listing.shown().is_some() => Ok(listing),
        _ => Err(()),
    }
}

/// Nobody decides about a pairing of their own organisation.
async fn not_ones_own(cx: &Cx, by: By, couple: &Couple) -> Result<(), Fault> {
    match by.person() {
        Some(person) if side_of(cx, couple, person).await?.is_some() => Err(Fault::Forbidden),
        _ => Ok(()),
    }
}

fn both_open(couple: &Couple) -> Result<(), Fault> {
    let open = |listing: &listings::Listing| listing.shown().is_some() || is_interest_draft(listing);
    if open(&couple.need) && open(&couple.offer) {
        return Ok(());
    }
    Err(Fault::stale(
        "Một trong hai tin không còn mở.",
        "One of the two listings is no longer open.",
    ))
}

/// Why two organisations must not be brought together, whatever their texts say.
pub(super) async fn blocked(
    cx: &Cx,
    need: &listings::Listing,
    offer: &listings::Listing,
) -> Result<bool, Fault> {
    let (Some(one), Some(other)) = (need.org_id, offer.org_id) else {
        return Ok(false);
    };
    Ok(one == other || orgs::blocked_with(&cx.db, one).await?.contains(&other))
}
