//! Read this page to know the whole service: what happened (events) asks for work (jobs), and each job is
//! one verb of a room. Nothing else in the house knows cause and effect.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::events::{self, Event, Happened};
use crate::ids::{ListingId, MessageId, OrgId, PairingId, PersonId};
use crate::kit::clock::{At, MINUTE};
use crate::kit::fault::Fault;
use crate::kit::mail::{self, Line};
use crate::kit::{Cx, queue};
use crate::{accounts, digests, listings, matching, orgs};

/// Work that follows from what happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
enum Job {
    /// Someone asks to belong to an organisation.
    TellAsked {
        org: OrgId,
        person: PersonId,
    },
    TellGranted {
        org: OrgId,
        person: PersonId,
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
    /// A listing is open no longer: what was only suggested or asked about it ends.
    EndPairings {
        listing: ListingId,
    },
    /// Seek matches for a listing, on a node whose index has come as far as `after`.
    Suggest {
        listing: ListingId,
        after: i64,
    },
}

/// What an event asks for.
fn follow_up(happened: &Happened) -> Vec<Job> {
    let after = happened.number;
    match happened.event {
        Event::MembershipAsked { org, person } => vec![Job::TellAsked { org, person }],
        Event::MembershipGranted { org, person } => vec![Job::TellGranted { org, person }],
        Event::OrganisationVerified { org } => vec![Job::TellVerified { org }],
        Event::ListingReturned { listing } => vec![Job::TellReturned { listing }],
        Event::ListingPublished { listing } => {
            vec![Job::Suggest { listing, after }, Job::TellPublished { listing }]
        }
        Event::ExpiryNear { listing } => vec![Job::TellExpiring { listing }],
        Event::ConfirmationAsked { listing } => vec![Job::AskConfirmation { listing }],
        Event::ListingChanged { listing } => vec![Job::Suggest { listing, after }],
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
        _ => Vec::new(),
    }
}

async fn work(cx: &Cx, job: Job) -> Result<Done, Fault> {
    match job {
        Job::TellAsked { org, person } => orgs::tell_asked(cx, org, person).await?,
        Job::TellGranted { org, person } => orgs::tell_granted(cx, org, person).await?,
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
        Job::Forget { person } => forget(cx, person).await?,
        Job::EndPairings { listing } => matching::end_of_listing(cx, listing).await?,
        Job::Suggest { listing, after } => {
            if cx.search_all.position() < after {
                return Ok(Done::NotYet);
            }
            matching::suggest(cx, listing).await?;
        }
    }
    Ok(Done::Yes)
}

/// Each room forgets a person in its own way; the accounts did so already, in the act itself.
async fn forget(cx: &Cx, person: PersonId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    orgs::forget(&mut tx, person).await?;
    listings::forget(&mut tx, person).await?;
    matching::forget(&mut tx, person).await?;
    tx.commit().await
}

enum Done {
    Yes,
    /// This node's index is not that far yet: another may take it, or this one later.
    NotYet,
}

/// What the clock asks for, once a minute.
async fn tick(cx: &Cx) -> Result<(), Fault> {
    listings::clock::tick(cx).await?;
    matching::clock::tick(cx).await?;
    seek_again(cx).await?;
    digests::tick(cx).await?;
    accounts::sweep(cx).await
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

// The loops that carry it ------------------------------------------------------------------------------------------

const FOLLOWER: &str = "flow";
const EVENTS: i64 = 200;

/// Turns the next events into jobs. Jobs and cursor are one commit: cut short, it is done again and adds nothing.
async fn follow_step(cx: &Cx) -> Result<bool, Fault> {
    let from = events::cursor(&cx.db, FOLLOWER).await?;
    if events::last(&cx.db).await? <= from {
        return Ok(false);
    }
    let mut tx = cx.db.begin().await?;
    let happened = events::after(&mut tx, from, EVENTS).await?;
    let Some(last) = happened.last().map(|happened| happened.number) else {
        return Ok(false);
    };
    for happened in &happened {
        for job in follow_up(happened) {
            queue::ask(cx, &mut tx, &name_of(&job)?, &job, cx.now()).await?;
        }
    }
    events::move_cursor(&mut tx, FOLLOWER, last).await?;
    tx.commit().await?;
    Ok(true)
}

/// What happened until now asks for nothing: for a past that was only entered.
pub async fn begin_here(cx: &Cx) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    let last = events::last(&mut tx).await?;
    events::move_cursor(&mut tx, FOLLOWER, last).await?;
    tx.commit().await
}

/// The same job asked for twice while it waits is one job; `after` only says since when it may run.
fn name_of(job: &Job) -> Result<String, Fault> {
    let mut value = serde_json::to_value(job)?;
    if let Some(fields) = value.as_object_mut() {
        fields.remove("after");
    }
    Ok(value.to_string())
}

async fn work_step(cx: &Cx) -> Result<bool, Fault> {
    let Some(claimed) = queue::claim::<Job>(cx).await? else {
        return Ok(false);
    };
    let name = format!("{:?}", claimed.job);
    let outcome = work(cx, claimed.job).await;
    match outcome {
        // What it was about may have gone or moved on: then nothing is left to do.
        Ok(Done::Yes) | Err(Fault::Missing | Fault::Stale(_)) => queue::done(cx, claimed.id).await?,
        Ok(Done::NotYet) => {
            queue::later(cx, claimed.id, 500).await?;
            return Ok(false);
        }
        Err(fault) => {
            tracing::warn!(job = name, attempts = claimed.attempts, why = %fault, "job failed");
            queue::failed(cx, claimed.id, claimed.attempts, &fault.to_string()).await?;
        }
    }
    Ok(true)
}

/// Does what comes first, then starts the loops. All of it ends when the returned guard is dropped.
pub fn start(cx: &Cx, first: impl AsyncFnOnce(&Cx) + 'static) -> Loops {
    let cx = cx.clone();
    Loops(vec![actix_web::rt::spawn(async move {
        first(&cx).await;
        let _running = start_loops(&cx);
        std::future::pending::<()>().await;
    })])
}

fn start_loops(cx: &Cx) -> Loops {
    let spawn = |name: &'static str, run: futures_util::future::LocalBoxFuture<'static, ()>| {
        tracing::debug!(name, "loop started");
        actix_web::rt::spawn(run)
    };
    let (one, two, three, four, five, six) = (
        cx.clone(),
        cx.clone(),
        cx.clone(),
        cx.clone(),
        cx.clone(),
        cx.clone(),
    );
    Loops(vec![
        spawn(
            "index",
            Box::pin(async move { run(&one, "index", async |cx| listings::follow::step(cx).await).await }),
        ),
        spawn(
            "vectors",
            Box::pin(async move { run(&two, "vectors", async |cx| listings::follow::fill(cx).await).await }),
        ),
        spawn(
            "flow",
            Box::pin(async move { run(&three, "flow", async |cx| follow_step(cx).await).await }),
        ),
        spawn(
            "jobs",
            Box::pin(async move { run(&four, "jobs", async |cx| work_step(cx).await).await }),
        ),
        spawn("mail", Box::pin(async move { run_mail(&five).await })),
        spawn("clock", Box::pin(async move { run_clock(&six).await })),
    ])
}

/// The running loops.
pub struct Loops(Vec<actix_web::rt::task::JoinHandle<()>>);

impl Drop for Loops {
    fn drop(&mut self) {
        self.0.iter().for_each(actix_web::rt::task::JoinHandle::abort);
    }
}

/// Steps while there is something to do, then waits for a commit here, or a second for one elsewhere.
async fn run(cx: &Cx, name: &'static str, step: impl AsyncFn(&Cx) -> Result<bool, Fault>) {
    loop {
        let committed = cx.db.next_commit();
        match step(cx).await {
            Ok(true) => {}
            Ok(false) => {
                let _woken = tokio::time::timeout(Duration::from_secs(1), committed).await;
            }
            Err(fault) => {
                tracing::error!(name, why = %fault, "loop");
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
        }
    }
}

async fn run_mail(cx: &Cx) {
    let mut line = Line::default();
    if cx.db.is_sqlite() {
        // One process owns a SQLite database: whatever was under way died with the last one.
        if let Err(fault) = mail::recover(cx, At(i64::MAX)).await {
            tracing::error!(why = %fault, "outbox: recovery");
        }
    }
    loop {
        let committed = cx.db.next_commit();
        match mail::send_next(cx, &mut line).await {
            Ok(true) => {}
            Ok(false) => {
                let _woken = tokio::time::timeout(Duration::from_secs(1), committed).await;
            }
            Err(fault) => {
                tracing::error!(why = %fault, "outbox");
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
        }
    }
}

async fn run_clock(cx: &Cx) {
    loop {
        if let Err(fault) = tick(cx).await {
            tracing::error!(why = %fault, "clock");
        }
        tokio::time::sleep(Duration::from_millis(MINUTE.unsigned_abs())).await;
    }
}

/// For tests and commands: everything that can be done now, until nothing is left.
pub async fn settle(cx: &Cx) -> Result<(), Fault> {
    let mut line = Line::default();
    loop {
        tick(cx).await?;
        let mut moved = settle_without_letters(cx).await?;
        while mail::send_next(cx, &mut line).await? {
            moved = true;
        }
        if !moved {
            return Ok(());
        }
    }
}

/// Index, events and jobs, until nothing is left; letters stay in the outbox. Says whether there was anything.
pub async fn settle_without_letters(cx: &Cx) -> Result<bool, Fault> {
    let mut ever = false;
    loop {
        let mut moved = false;
        while listings::follow::step(cx).await? {
            moved = true;
        }
        while listings::follow::fill(cx).await? {
            moved = true;
        }
        while follow_step(cx).await? {
            moved = true;
        }
        while work_step(cx).await? {
            moved = true;
        }
        if !moved {
            return Ok(ever);
        }
        ever = true;
    }
}
