//! From a suggestion to an outcome: who fits whom, who decided what, what came of it.
//!
//! Every act here is one transaction: the pairing moves one step of the table in [`stage`], the move is
//! written down, an event tells the rest of the house. Letters and searches follow from the events.

use sqlx::types::Json;
use uuid::Uuid;

use crate::accounts::{Actor, Trace};
use crate::ids::{ListingId, OrgId, PairingId, PersonId};
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
pub mod export;
pub mod hindsight;
pub mod inbox;
pub mod interest;
mod judge;
pub mod judgement;
pub mod letters;
mod moving;
mod pages;
mod preview;
mod rights;
pub mod room;
pub mod score;
pub mod shares;
pub mod stage;
mod store;
mod suggest;
pub mod thread;
pub mod thresholds;
pub mod why;

pub use decide::{approve, dismiss, end_of_listing, pair_by_hand, reopen, withdraw};
pub use moving::Because;
pub use pages::configure;
pub use rights::data_of;
pub use suggest::{rehearse_shares, suggest, suggest_for_terminal, suggest_imported};

use moving::{advance, begin, tell};
use stage::{Side, Stage};
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
    /// What the search heard when the score was made; `None` where nobody searched.
    pub heard_words: Option<f64>,
    pub heard_meaning: Option<f64>,
    /// The offer's place for the need by words alone, from 1.
    pub words_rank: Option<i64>,
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
    let waiting = inbox::of(cx, actor.id, inbox::Tab::Yours).await?;
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

/// A person's words go; that something was said, and when, stays.
pub async fn forget(tx: &mut Tx, trace: &Trace) -> Result<(), Fault> {
    for (id, mut why) in store::forgetting::quoting(tx, trace.needles()).await? {
        trace.strike_from_json(&mut why);
        unmark(&mut why);
        store::forgetting::rewrite_why(tx, id, why).await?;
    }
    store::forgetting::forget(tx, trace.id, trace.needles()).await
}

/// Marks are places in a sentence; where words were struck out of it they point beside.
fn unmark(why: &mut serde_json::Value) {
    for side in ["need", "offer"] {
        let sentences = why.pointer_mut(&format!("/evidence/{side}"));
        for sentence in sentences
            .and_then(serde_json::Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if sentence["text"].as_str().is_some_and(|text| text.contains('—')) {
                sentence["marks"] = serde_json::Value::Array(Vec::new());
            }
        }
    }
}

fn uuid_of(pairing: PairingId) -> Uuid {
    pairing.0
}
