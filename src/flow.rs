//! Read this page to know the whole service: what happened (events) asks for work (jobs), and each job is
//! one verb of a room. Nothing else in the house knows cause and effect.

use serde::{Deserialize, Serialize};

use crate::events::{Event, Happened};
use crate::ids::{ListingId, MessageId, OrgId, PairingId, PersonId};
use crate::kit::clock::HOUR;
use crate::kit::fault::Fault;
use crate::kit::{Cx, queue};
use crate::{accounts, desk, digests, events, listings, matching, orgs, retention};

mod loops;

pub use loops::{Loops, begin_here, settle, settle_without_letters, start};

/// How far the purge has come, in hours since 1970.
const PURGE: &str = "purge";

/// Work that follows from what happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
enum Job {
    /// Someone asks to belong to an organisation.
    TellAsked {
        org: OrgId,
        person: PersonId,
        /// Who was turned down may ask again, and is answered again.
        event: i64,
    },
    TellGranted {
        org: OrgId,
        person: PersonId,
        event: i64,
    },
    TellRefused {
        org: OrgId,
        person: PersonId,
        event: i64,
    },
    TellVerified {
        org: OrgId,
    },
    TellReturned {
        listing: ListingId,
    },
    TellPublished {
        listing: ListingId,
    },
    TellExpiring {
        listing: ListingId,
    },
    AskConfirmation {
        listing: ListingId,
    },
    Invite {
        pairing: PairingId,
    },
    Nudge {
        pairing: PairingId,
    },
    Introduce {
        pairing: PairingId,
    },
    TellEnded {
        pairing: PairingId,
    },
    AskOutcome {
        pairing: PairingId,
    },
    DeliverMessage {
        message: MessageId,
    },
    Forget {
        person: PersonId,
    },
    BackUp,
    /// A listing is open no longer: what was only suggested or asked about it ends.
    EndPairings {
        listing: ListingId,
    },
    /// Seek matches for a listing, on a node whose index has come as far as `after`.
    Suggest {
        listing: ListingId,
        after: i64,
    },
    /// Seek matches for the next few imported listings, those behind `beyond`, and then go on.
    SuggestImported {
        beyond: Option<ListingId>,
        after: i64,
    },
}

/// What an event asks for.
fn follow_up(happened: &Happened) -> Vec<Job> {
    let (after, event) = (happened.number, happened.number);
    match happened.event {
        Event::MembershipAsked { org, person } => vec![Job::TellAsked { org, person, event }],
        Event::MembershipGranted { org, person } => vec![Job::TellGranted { org, person, event }],
        Event::MembershipRefused { org, person } => vec![Job::TellRefused { org, person, event }],
        Event::OrganisationVerified { org } => vec![Job::TellVerified { org }],
        Event::ListingReturned { listing } => vec![Job::TellReturned { listing }],
        Event::ListingPublished { listing } => {
            vec![Job::Suggest { listing, after }, Job::TellPublished { listing }]
        }
        Event::ExpiryNear { listing } => vec![Job::TellExpiring { listing }],
        Event::ConfirmationAsked { listing } => vec![Job::AskConfirmation { listing }],
        Event::ListingChanged { listing } => vec![Job::Suggest { listing, after }],
        Event::ImportedMatchesAsked => vec![Job::SuggestImported { beyond: None, after }],
        Event::ListingEnded { listing } => vec![Job::EndPairings { listing }],
        Event::PairingProposed { pairing } => vec![Job::Invite { pairing }],
        Event::NudgeDue { pairing } => vec![Job::Nudge { pairing }],
        Event::PairingIntroduced { pairing } => vec![Job::Introduce { pairing }],
        Event::PairingDeclined { pairing, .. }
        | Event::PairingLapsed { pairing }
        | Event::PairingWithdrawn { pairing } => vec![Job::TellEnded { pairing }],
        Event::PersonForgotten { person } => vec![Job::Forget { person }],
        Event::OutcomeDue { pairing } => vec![Job::AskOutcome { pairing }],
        Event::MessagePosted { message } => vec![Job::DeliverMessage { message }],
        Event::BackupAsked => vec![Job::BackUp],
        _ => Vec::new(),
    }
}

/// The same job asked for twice while it waits is one job; `after` only says since when it may run.
fn name_of(job: &Job) -> Result<String, Fault> {
    let mut value = serde_json::to_value(job)?;
    if let Some(fields) = value.as_object_mut() {
        fields.remove("after");
    }
    Ok(value.to_string())
}

async fn work(cx: &Cx, job: Job) -> Result<Done, Fault> {
    match job {
        Job::TellAsked { org, person, event } => orgs::tell_asked(cx, org, person, event).await?,
        Job::TellGranted { org, person, event } => orgs::tell_granted(cx, org, person, event).await?,
        Job::TellRefused { org, person, event } => orgs::tell_refused(cx, org, person, event).await?,
        Job::TellVerified { org } => orgs::tell_verified(cx, org).await?,
        Job::TellReturned { listing } => listings::letters::tell_returned(cx, listing).await?,
        Job::TellPublished { listing } => listings::letters::tell_published(cx, listing).await?,
        Job::TellExpiring { listing } => listings::letters::tell_expiring(cx, listing).await?,
        Job::AskConfirmation { listing } => listings::letters::ask_confirmation(cx, listing).await?,
        Job::Invite { pairing } => matching::letters::invite(cx, pairing).await?,
        Job::Nudge { pairing } => matching::letters::nudge(cx, pairing).await?,
        Job::Introduce { pairing } => matching::letters::introduce(cx, pairing).await?,
        Job::TellEnded { pairing } => matching::letters::tell_ended(cx, pairing).await?,
        Job::AskOutcome { pairing } => matching::letters::ask_outcome(cx, pairing).await?,
        Job::DeliverMessage { message } => matching::letters::deliver_message(cx, message).await?,
        Job::Forget { person } => return forget(cx, person).await,
        Job::BackUp => desk::write_backup(cx).await?,
        Job::EndPairings { listing } => matching::end_of_listing(cx, listing).await?,
        Job::Suggest { listing, after } => {
            if cx.search_all.position() < after {
                return Ok(Done::NotYet);
            }
            matching::suggest(cx, listing).await?;
        }
        Job::SuggestImported { beyond, after } => {
            if cx.search_all.position() < after {
                return Ok(Done::NotYet);
            }
            // A few at a time: what people wait for must not stand behind a thousand of them.
            if let Some(beyond) = matching::suggest_imported(cx, beyond).await? {
                let next = Job::SuggestImported {
                    beyond: Some(beyond),
                    after,
                };
                let mut tx = cx.db.begin().await?;
                queue::ask(cx, &mut tx, &name_of(&next)?, &next, cx.now()).await?;
                tx.commit().await?;
            }
        }
    }
    Ok(Done::Yes)
}

/// Each room forgets a person in its own way, all in one change; the accounts last, since the others look for what
/// only they know.
async fn forget(cx: &Cx, person: PersonId) -> Result<Done, Fault> {
    let mut tx = cx.db.begin().await?;
    match accounts::trace(&mut tx, person).await {
        Ok(trace) => {
            if accounts::is_written_to_now(&mut tx, &trace).await? {
                return Ok(Done::NotYet);
            }
            orgs::forget(&mut tx, &trace).await?;
            listings::forget(cx, &mut tx, &trace).await?;
            matching::forget(&mut tx, &trace).await?;
            accounts::forget(cx, &mut tx, &trace).await?;
            tx.commit().await?;
        }
        // Done before, and cut short after.
        Err(Fault::Missing) => {}
        Err(fault) => return Err(fault),
    }
    accounts::erasures::write_down(cx).await?;
    Ok(Done::Yes)
}

enum Done {
    Yes,
    /// This node's index is not that far yet, or something is under way: another may take it, or this one later.
    NotYet,
}

/// What the clock asks for, once a minute.
async fn tick(cx: &Cx) -> Result<(), Fault> {
    cx.agree_on_time().await?;
    listings::clock::tick(cx).await?;
    matching::clock::tick(cx).await?;
    seek_again(cx).await?;
    digests::tick(cx).await?;
    purge(cx).await
}

/// What has had its time goes, once an hour.
async fn purge(cx: &Cx) -> Result<(), Fault> {
    let hour = cx.now().0 / HOUR;
    if events::cursor(&cx.db, PURGE).await? >= hour {
        return Ok(());
    }
    let touched = retention::purge(cx).await?;
    if touched > 0 {
        tracing::info!(touched, "purge");
    }
    let mut tx = cx.db.begin().await?;
    events::move_cursor(&mut tx, PURGE, hour).await?;
    tx.commit().await
}

/// Listings without a match are sought for again, by a node whose index has come this far.
async fn seek_again(cx: &Cx) -> Result<(), Fault> {
    let listings = matching::clock::to_search_again(cx).await?;
    if listings.is_empty() {
        return Ok(());
    }
    let after = cx.search_all.position();
    let mut tx = cx.db.begin().await?;
    for listing in listings {
        let job = Job::Suggest { listing, after };
        queue::ask(cx, &mut tx, &name_of(&job)?, &job, cx.now()).await?;
    }
    tx.commit().await
}
