//! From a suggestion to an outcome: who fits whom, who decided what, what came of it.
//!
//! Every act here is one transaction: the pairing moves one step of the table in [`stage`], the move is
//! written down, an event tells the rest of the house. Letters and searches follow from the events.

use sqlx::types::Json;
use uuid::Uuid;

use crate::accounts::Actor;
use crate::events::{self, Event};
use crate::ids::{By, ListingId, OrgId, PairingId, PersonId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, codes};
use crate::kit::fault::Fault;
use crate::listings::{self, Listing};
use crate::orgs;

pub mod answer;
pub mod cards;
pub mod clock;
mod decide;
mod desk;
pub mod export;
mod export_store;
pub mod hindsight;
pub mod interest;
pub mod letters;
mod pages;
mod preview;
pub mod score;
pub mod stage;
mod store;
mod suggest;
pub mod thread;
mod thread_pages;
mod threshold_store;
pub mod thresholds;
pub mod why;

pub use decide::{approve, dismiss, end_of_listing, pair_by_hand, reopen, withdraw};
pub use pages::configure;
pub use suggest::{suggest, suggest_among_all, suggest_for_terminal};

use stage::{Side, Stage, Step};
use why::Why;

codes! {
    /// Who had the idea.
    pub enum Origin { System = "system", Interest = "interest", Coordinator = "coordinator" }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Pairing {
    pub id: PairingId,
    pub need_id: ListingId,
    pub offer_id: ListingId,
    pub origin: Origin,
    /// The side that expressed interest.
    pub interested: Option<Side>,
    pub stage: Stage,
    pub score: f64,
    pub why: Json<Why>,
    pub model: String,
    pub coordinator_id: Option<PersonId>,
    pub words: Option<String>,
    pub reason: Option<String>,
    pub note: Option<String>,
    pub asked_at: Option<At>,
    pub due_at: Option<At>,
    pub nudged_at: Option<At>,
    pub introduced_at: Option<At>,
    pub followed_up: i64,
    pub created_at: At,
    pub updated_at: At,
}

/// One step a pairing took, and who made it take it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Move {
    pub step: String,
    pub from_stage: Stage,
    pub to_stage: Stage,
    pub side: Option<Side>,
    pub by_person: Option<PersonId>,
    pub reason: Option<String>,
    pub note: Option<String>,
    pub at: At,
}

/// What a person is to a pairing. Whoever is nothing to it is told that there is no such pairing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Side(Side),
    Coordinator,
}

impl Standing {
    pub fn side(self) -> Option<Side> {
        match self {
            Standing::Side(side) => Some(side),
            Standing::Coordinator => None,
        }
    }
}

impl Pairing {
    /// A coordinator let it go to the sides; before that only they, and whoever expressed interest, know of it.
    pub fn was_proposed(&self) -> bool {
        self.coordinator_id.is_some()
    }

    pub fn is_known_to(&self, side: Side) -> bool {
        self.was_proposed() || self.interested == Some(side)
    }

    pub fn listing_id(&self, side: Side) -> ListingId {
        match side {
            Side::Need => self.need_id,
            Side::Offer => self.offer_id,
        }
    }
}

/// A pairing with both its listings.
#[derive(Debug, Clone)]
pub struct Couple {
    pub pairing: Pairing,
    pub need: Listing,
    pub offer: Listing,
}

impl Couple {
    pub fn listing(&self, side: Side) -> &Listing {
        match side {
            Side::Need => &self.need,
            Side::Offer => &self.offer,
        }
    }
}

// Looking up -----------------------------------------------------------------------------------------------------

pub async fn get(on: impl Reads, id: PairingId) -> Result<Pairing, Fault> {
    store::get(on, id).await
}

pub async fn couple(cx: &Cx, id: PairingId) -> Result<Couple, Fault> {
    let pairing = store::get(&cx.db, id).await?;
    let need = listings::get(&cx.db, pairing.need_id).await?;
    let offer = listings::get(&cx.db, pairing.offer_id).await?;
    Ok(Couple { pairing, need, offer })
}

/// All pairings of a listing, the best first.
pub async fn of_listing(on: impl Reads, listing: ListingId) -> Result<Vec<Pairing>, Fault> {
    store::of_listing(on, listing).await
}

pub async fn moves(on: impl Reads, pairing: PairingId) -> Result<Vec<Move>, Fault> {
    store::moves(on, pairing).await
}

/// How many pairings stand at each stage.
pub async fn count_by_stage(on: impl Reads) -> Result<Vec<(Stage, i64)>, Fault> {
    store::count_by_stage(on).await
}

/// How many pairings wait for an answer of this person's side: the number beside the inbox.
pub async fn waiting_for(cx: &Cx, actor: &Actor) -> Result<i64, Fault> {
    let waiting = cards::inbox(cx, actor.id, cards::Tab::Yours).await?;
    Ok(i64::try_from(waiting.len()).unwrap_or(i64::MAX))
}

/// What the person may do here: answer for a side, or coordinate. A member of a side who also coordinates is a
/// member first, so that nobody decides about their own organisation.
pub async fn standing(cx: &Cx, couple: &Couple, actor: &Actor) -> Result<Standing, Fault> {
    match side_of(cx, couple, actor.id).await? {
        Some(side) if couple.pairing.is_known_to(side) => Ok(Standing::Side(side)),
        None if actor.coordinates() => Ok(Standing::Coordinator),
        Some(_) | None => Err(Fault::Missing),
    }
}

pub async fn side_of(cx: &Cx, couple: &Couple, person: PersonId) -> Result<Option<Side>, Fault> {
    for side in [Side::Need, Side::Offer] {
        if speaks_for(cx, couple.listing(side), person).await? {
            return Ok(Some(side));
        }
    }
    Ok(None)
}

async fn speaks_for(cx: &Cx, listing: &Listing, person: PersonId) -> Result<bool, Fault> {
    match listing.org_id {
        Some(org) => orgs::is_member(&cx.db, org, person).await,
        None => Ok(listing.owner_id == Some(person)),
    }
}

/// The organisations a person acts for.
async fn orgs_of(cx: &Cx, person: PersonId) -> Result<Vec<OrgId>, Fault> {
    let memberships = orgs::of_person(&cx.db, person).await?;
    Ok(memberships.into_iter().map(|one| one.org.id).collect())
}

// Moving ---------------------------------------------------------------------------------------------------------

/// Why a step is taken, in a code and in words.
#[derive(Debug, Clone, Default)]
pub struct Because {
    pub reason: Option<String>,
    pub note: Option<String>,
}

/// Takes one step as part of `tx`: compare-and-set of the stage, and the move written down.
async fn advance(
    cx: &Cx,
    tx: &mut Tx,
    by: By,
    pairing: &Pairing,
    step: Step,
    because: &Because,
) -> Result<Stage, Fault> {
    let now = cx.now();
    let to = match stage::after(pairing.stage, step) {
        Some(to) if store::shift(tx, pairing.id, pairing.stage, to, now).await? => to,
        _ => return Err(moved_on(tx, pairing.id).await?),
    };
    let side = match step {
        Step::Accept(side) | Step::Decline(side) => Some(side),
        _ => None,
    };
    let made = Move {
        step: step.code().to_owned(),
        from_stage: pairing.stage,
        to_stage: to,
        side,
        by_person: by.person(),
        reason: because.reason.clone(),
        note: because.note.clone(),
        at: now,
    };
    store::add_move(tx, pairing.id, &made).await?;
    if matches!(
        to,
        Stage::Dismissed | Stage::Declined | Stage::Withdrawn | Stage::Lapsed
    ) {
        store::reasoned(tx, pairing.id, because.reason.as_deref(), because.note.as_deref()).await?;
    }
    Ok(to)
}

/// Says what happened first, and when.
async fn moved_on(tx: &mut Tx, pairing: PairingId) -> Result<Fault, Fault> {
    let moves = store::moves(&mut *tx, pairing).await?;
    let Some(last) = moves.last() else {
        return Ok(Fault::Stale(None));
    };
    let who = match last.by_person {
        Some(person) => crate::accounts::person(&mut *tx, person)
            .await
            .ok()
            .filter(|person| person.role != crate::accounts::Role::Member)
            .map(|person| person.name),
        None => None,
    };
    let told = Step::told(&last.step);
    let at = crate::kit::lang::Lang::Vi.date_time(last.at);
    let by = |lead: &str| {
        who.as_deref()
            .map_or_else(String::new, |who| format!(" ({lead} {who})"))
    };
    Ok(Fault::stale(
        format!(
            "Ghép nối đã đổi trước đó: {} lúc {at}{}.",
            told.vi.to_lowercase(),
            by("điều phối viên")
        ),
        format!(
            "The pairing had moved on: {} at {at}{}.",
            told.en.to_lowercase(),
            by("coordinator")
        ),
    ))
}

/// A pairing just come to be, with its first move.
async fn begin(cx: &Cx, tx: &mut Tx, by: By, pairing: &Pairing, step: &str) -> Result<bool, Fault> {
    if !store::add(tx, pairing).await? {
        return Ok(false);
    }
    let first = Move {
        step: step.to_owned(),
        from_stage: Stage::Suggested,
        to_stage: Stage::Suggested,
        side: pairing.interested,
        by_person: by.person(),
        reason: None,
        note: None,
        at: cx.now(),
    };
    store::add_move(tx, pairing.id, &first).await?;
    Ok(true)
}

/// A person's words go; that something was said, and when, stays.
pub async fn forget(tx: &mut Tx, person: PersonId) -> Result<(), Fault> {
    store::forget(tx, person).await
}

async fn tell(cx: &Cx, tx: &mut Tx, by: By, event: Event) -> Result<(), Fault> {
    events::record(cx, tx, by, &event).await?;
    Ok(())
}

fn uuid_of(pairing: PairingId) -> Uuid {
    pairing.0
}
