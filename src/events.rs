//! Everything that can happen, in the past tense. A change and its event are one transaction;
//! `flow` reads the events and lets everything else follow.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use crate::ids::{By, ListingId, MessageId, OrgId, PairingId, PersonId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    PersonJoined {
        person: PersonId,
    },
    PersonForgotten {
        person: PersonId,
    },
    OrganisationRegistered {
        org: OrgId,
    },
    OrganisationVerified {
        org: OrgId,
    },
    OrganisationChanged {
        org: OrgId,
    },
    MembershipAsked {
        org: OrgId,
        person: PersonId,
    },
    MembershipGranted {
        org: OrgId,
        person: PersonId,
    },
    MembershipRefused {
        org: OrgId,
        person: PersonId,
    },

    ListingSubmitted {
        listing: ListingId,
    },
    /// A coordinator wrote it in an interview: the firm is asked to confirm.
    ConfirmationAsked {
        listing: ListingId,
    },
    ListingConfirmed {
        listing: ListingId,
    },
    ListingReturned {
        listing: ListingId,
    },
    ListingPublished {
        listing: ListingId,
    },
    /// Readers see something else than before: paused, resumed, renewed, opened for interest, re-tagged.
    ListingChanged {
        listing: ListingId,
    },
    ListingEnded {
        listing: ListingId,
    },
    ExpiryNear {
        listing: ListingId,
    },
    ListingReported {
        listing: ListingId,
    },

    InterestExpressed {
        pairing: PairingId,
    },
    PairingProposed {
        pairing: PairingId,
    },
    PairingAccepted {
        pairing: PairingId,
        need_side: bool,
    },
    PairingDeclined {
        pairing: PairingId,
        need_side: bool,
    },
    PairingLapsed {
        pairing: PairingId,
    },
    NudgeDue {
        pairing: PairingId,
    },
    PairingIntroduced {
        pairing: PairingId,
    },
    PairingMoved {
        pairing: PairingId,
    },
    PairingWithdrawn {
        pairing: PairingId,
    },
    OutcomeDue {
        pairing: PairingId,
    },
    MessagePosted {
        message: MessageId,
    },

    /// Someone asked for matches among imported listings too, though nobody answers for them yet.
    ImportedMatchesAsked,
    /// Someone asked every node to build its index anew.
    ReindexAsked,
    /// An admin asked for a copy of the database in the data folder.
    BackupAsked,
}

/// An event with its place in the feed.
#[derive(Debug, Clone)]
pub struct Happened {
    pub number: i64,
    pub event: Event,
    pub by: By,
}

/// Writes an event beside the change it tells of. The feed's single row is locked until the commit,
/// so numbers become visible in order and without gaps, on any engine: a follower can never skip one.
pub async fn record(cx: &Cx, tx: &mut Tx, by: By, event: &Event) -> Result<(), Fault> {
    tx.exec_if_fresh(sql("update feed set last = last + 1 where one = 1"))
        .await?;
    let body = serde_json::to_value(event)?;
    let kind = body["kind"].as_str().unwrap_or_default().to_owned();
    tx.exec(
        // The number stays in the database: a change that has to be made again takes another and is the same change.
        sql("insert into events (number, kind, body, by_person, at) \
             values ((select last from feed where one = 1), $1, $2, $3, $4)")
        .bind(kind)
        .bind(body)
        .bind(by.person())
        .bind(cx.now()),
    )
    .await?;
    Ok(())
}

/// Events after `number`, oldest first, at most `limit`.
pub async fn after(on: impl Reads, number: i64, limit: i64) -> Result<Vec<Happened>, Fault> {
    let rows: Vec<(i64, Json<Event>, Option<PersonId>)> = on
        .all(
            sql("select number, body, by_person from events where number > $1 order by number limit $2")
                .bind(number)
                .bind(limit),
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|(number, Json(event), person)| Happened {
            number,
            event,
            by: person.map_or(By::Service, By::Person),
        })
        .collect())
}

/// The number of the newest event.
pub async fn last(on: impl Reads) -> Result<i64, Fault> {
    let row: Option<(i64,)> = on.maybe(sql("select last from feed where one = 1")).await?;
    Ok(row.map_or(0, |(number,)| number))
}

/// When the latest of the last events happened, by the clock of whoever wrote it.
pub async fn newest_at(on: impl Reads) -> Result<Option<At>, Fault> {
    let row: Option<(Option<At>,)> = on.maybe(sql("select max(at) from events")).await?;
    Ok(row.and_then(|(at,)| at))
}

/// How far the named follower has come.
pub async fn cursor(on: impl Reads, name: &str) -> Result<i64, Fault> {
    let row: Option<(i64,)> = on
        .maybe(sql("select number from cursors where name = $1").bind(name))
        .await?;
    Ok(row.map_or(0, |(number,)| number))
}

/// Moves a follower that several nodes share from one number to the next. `false`: another was quicker.
pub async fn step_cursor(tx: &mut Tx, name: &str, from: i64, to: i64) -> Result<bool, Fault> {
    tx.takes_effect(
        sql(
            "insert into cursors (name, number) values ($1, $3) on conflict (name) do update \
             set number = excluded.number where cursors.number = $2",
        )
        .bind(name)
        .bind(from)
        .bind(to),
    )
    .await
}

/// Moves the named follower on; never back.
pub async fn move_cursor(tx: &mut Tx, name: &str, number: i64) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into cursors (name, number) values ($1, $2) on conflict (name) do update \
             set number = excluded.number where cursors.number < excluded.number",
        )
        .bind(name)
        .bind(number),
    )
    .await?;
    Ok(())
}
