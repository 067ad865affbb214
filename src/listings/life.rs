//! A published listing over time: paused, renewed, closed. Interest can be switched off without hiding it.

use super::drafts::moved_on;
use super::{Listing, State, store, writer};
use crate::accounts::Actor;
use crate::events::{self, Event};
use crate::ids::{By, ListingId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::Tx;
use crate::kit::fault::Fault;
use crate::vocab::{self, Scheme};

/// How long a listing stands before its owner is asked again.
pub const LIFE_DAYS: i64 = 365;

// Acts of people ---------------------------------------------------------------------------------

pub async fn pause(cx: &Cx, actor: &Actor, id: ListingId) -> Result<(), Fault> {
    shift(
        cx,
        actor,
        id,
        &[State::Published],
        State::Paused,
        &Event::ListingChanged { listing: id },
    )
    .await
}

pub async fn resume(cx: &Cx, actor: &Actor, id: ListingId) -> Result<(), Fault> {
    shift(
        cx,
        actor,
        id,
        &[State::Paused],
        State::Published,
        &Event::ListingChanged { listing: id },
    )
    .await
}

/// Its owner says that it still holds: another year.
pub async fn renew(cx: &Cx, actor: &Actor, id: ListingId) -> Result<(), Fault> {
    let listing = tended(cx, actor, id).await?;
    let mut tx = cx.db.begin().await?;
    if !store::renew(&mut tx, id, cx.now(), cx.now().plus_days(LIFE_DAYS)).await? {
        return Err(moved_on(&listing));
    }
    events::record(cx, &mut tx, actor.by(), &Event::ListingChanged { listing: id }).await?;
    tx.commit().await
}

/// Ends it, saying why; the reasons are counted, since they tell what the service is worth.
pub async fn close(cx: &Cx, actor: &Actor, id: ListingId, reason: &str) -> Result<(), Fault> {
    if !vocab::knows(Scheme::Close, reason) {
        return Err(Fault::flaw("reason", "Hãy chọn một lý do.", "Choose a reason."));
    }
    let listing = tended(cx, actor, id).await?;
    let mut tx = cx.db.begin().await?;
    if !store::close(&mut tx, id, reason, cx.now()).await? {
        return Err(moved_on(&listing));
    }
    events::record(cx, &mut tx, actor.by(), &Event::ListingEnded { listing: id }).await?;
    tx.commit().await
}

pub async fn archive(cx: &Cx, actor: &Actor, id: ListingId) -> Result<(), Fault> {
    let from = [State::Closed, State::Expired];
    shift(
        cx,
        actor,
        id,
        &from,
        State::Archived,
        &Event::ListingEnded { listing: id },
    )
    .await
}

/// Whether strangers may express interest; suggestions go on either way.
pub async fn set_open_for_interest(cx: &Cx, actor: &Actor, id: ListingId, open: bool) -> Result<(), Fault> {
    tended(cx, actor, id).await?;
    let mut tx = cx.db.begin().await?;
    store::set_interest(&mut tx, id, open, cx.now()).await?;
    events::record(cx, &mut tx, actor.by(), &Event::ListingChanged { listing: id }).await?;
    tx.commit().await
}

/// A member of its organisation agrees to answer for a listing that came with a list: from now on it is matched
/// and takes interest like any other.
pub async fn take(cx: &Cx, actor: &Actor, id: ListingId) -> Result<(), Fault> {
    let listing = writer::own(cx, actor, id).await?;
    let mut tx = cx.db.begin().await?;
    if !listing.awaits_owner() || !store::take(&mut tx, id, actor.id, cx.now()).await? {
        return Err(Fault::stale(
            "Tin này đã có người phụ trách.",
            "Somebody answers for this listing already.",
        ));
    }
    events::record(cx, &mut tx, actor.by(), &Event::ListingChanged { listing: id }).await?;
    tx.commit().await
}

// Acts of the service ----------------------------------------------------------------------------

/// Notes that matches were sought, so that the clock seeks again only later.
pub async fn sought(tx: &mut Tx, id: ListingId, now: At) -> Result<(), Fault> {
    store::searched(tx, id, now).await
}

pub(super) async fn expire(cx: &Cx, id: ListingId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    if store::move_state(&mut tx, id, &[State::Published], State::Expired, cx.now()).await? {
        events::record(cx, &mut tx, By::Service, &Event::ListingEnded { listing: id }).await?;
    }
    tx.commit().await
}

async fn shift(
    cx: &Cx,
    actor: &Actor,
    id: ListingId,
    from: &[State],
    to: State,
    event: &Event,
) -> Result<(), Fault> {
    let listing = tended(cx, actor, id).await?;
    let mut tx = cx.db.begin().await?;
    if !store::move_state(&mut tx, id, from, to, cx.now()).await? {
        return Err(moved_on(&listing));
    }
    events::record(cx, &mut tx, actor.by(), event).await?;
    tx.commit().await
}

/// Its own people tend a listing, and coordinators, who answer for the marketplace.
async fn tended(cx: &Cx, actor: &Actor, id: ListingId) -> Result<Listing, Fault> {
    if actor.coordinates() {
        store::get(&cx.db, id).await
    } else {
        writer::own(cx, actor, id).await
    }
}
