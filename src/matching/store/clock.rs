//! The reply clock and the questions about outcomes: who is due for what.

use super::PAIRING;
use crate::ids::{PairingId, PersonId};
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;
use crate::matching::Pairing;

/// Waiting for an answer, with no clock running yet.
pub(in crate::matching) async fn unasked(on: impl Reads) -> Result<Vec<Pairing>, Fault> {
    on.all(sql(format!(
        "select {PAIRING} from pairings p where p.asked_at is null \
         and p.stage in ('proposed', 'need_accepted', 'offer_accepted')"
    )))
    .await
}

/// Only what was asked since the last approval counts: a reopened pairing begins anew.
const SINCE_APPROVAL: &str =
    "(select coalesce(max(m.at), 0) from moves m where m.pairing_id = $1 and m.step = 'approve')";

/// Whether a letter with a link to answer went to a person before a moment, since the last approval.
pub(in crate::matching) async fn was_asked_before(
    on: impl Reads,
    pairing: PairingId,
    person: PersonId,
    before: At,
) -> Result<bool, Fault> {
    let row: Option<(i64,)> = on
        .maybe(
            sql(format!(
                "select cast(1 as bigint) from tickets t where t.subject = $1 and t.person_id = $2 \
                 and t.purpose = 'answer' and t.created_at <= $3 and t.created_at >= {SINCE_APPROVAL} limit 1"
            ))
            .bind(pairing)
            .bind(person)
            .bind(before),
        )
        .await?;
    Ok(row.is_some())
}

/// When the first letter about this pairing alone was really sent.
pub(in crate::matching) async fn first_asked(
    on: impl Reads,
    id: PairingId,
    kind: &str,
) -> Result<Option<At>, Fault> {
    let row: Option<(Option<At>,)> = on
        .maybe(
            sql(format!(
                "select min(o.sent_at) from outbox o where o.pairing_id = $1 and o.kind = $2 and o.state = 'sent' \
                 and o.created_at >= {SINCE_APPROVAL}"
            ))
            .bind(id)
            .bind(kind),
        )
        .await?;
    Ok(row.and_then(|(at,)| at))
}

/// When the first bundle that asked about the pairing was really sent. A bundle and its tickets are one change, so
/// the ticket tells which letter it went with.
pub(in crate::matching) async fn first_bundled(
    on: impl Reads,
    id: PairingId,
    kind: &str,
) -> Result<Option<At>, Fault> {
    let row: Option<(Option<At>,)> = on
        .maybe(
            sql(format!(
                "select min(o.sent_at) from tickets t join outbox o on o.person_id = t.person_id \
                 and o.created_at >= t.created_at and o.created_at < t.created_at + 60000 \
                 where t.subject = $1 and t.purpose = 'answer' and o.kind = $2 and o.state = 'sent' \
                 and t.created_at >= {SINCE_APPROVAL}"
            ))
            .bind(id)
            .bind(kind),
        )
        .await?;
    Ok(row.and_then(|(at,)| at))
}

pub(in crate::matching) async fn start_clock(
    tx: &mut Tx,
    id: PairingId,
    asked: At,
    due: At,
) -> Result<(), Fault> {
    tx.exec(
        sql("update pairings set asked_at = $1, due_at = $2 where id = $3 and asked_at is null")
            .bind(asked)
            .bind(due)
            .bind(id),
    )
    .await?;
    Ok(())
}

pub(in crate::matching) async fn overdue(on: impl Reads, now: At) -> Result<Vec<Pairing>, Fault> {
    on.all(
        sql(format!(
            "select {PAIRING} from pairings p where p.due_at <= $1 \
             and p.stage in ('proposed', 'need_accepted', 'offer_accepted')"
        ))
        .bind(now),
    )
    .await
}

pub(in crate::matching) async fn to_nudge(on: impl Reads, asked_before: At) -> Result<Vec<Pairing>, Fault> {
    on.all(
        sql(format!(
            "select {PAIRING} from pairings p where p.asked_at <= $1 and p.nudged_at is null \
             and p.stage in ('proposed', 'need_accepted', 'offer_accepted')"
        ))
        .bind(asked_before),
    )
    .await
}

/// `false`: another node was first.
pub(in crate::matching) async fn nudged(tx: &mut Tx, id: PairingId, now: At) -> Result<bool, Fault> {
    tx.takes_effect(
        sql("update pairings set nudged_at = $1 where id = $2 and nudged_at is null")
            .bind(now)
            .bind(id),
    )
    .await
}

/// Introduced, not ended, and asked `times` times so far.
pub(in crate::matching) async fn to_follow_up(
    on: impl Reads,
    times: i64,
    introduced_before: At,
) -> Result<Vec<Pairing>, Fault> {
    on.all(
        sql(format!(
            "select {PAIRING} from pairings p where p.followed_up = $1 and p.introduced_at <= $2 \
             and p.stage in ('introduced', 'meeting', 'negotiating', 'agreed')"
        ))
        .bind(times)
        .bind(introduced_before),
    )
    .await
}

pub(in crate::matching) async fn followed_up(tx: &mut Tx, id: PairingId, times: i64) -> Result<bool, Fault> {
    tx.takes_effect(
        sql("update pairings set followed_up = $1 where id = $2 and followed_up < $1")
            .bind(times)
            .bind(id),
    )
    .await
}
