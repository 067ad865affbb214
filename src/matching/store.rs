//! All SQL about pairings. A change of stage is a compare-and-set: whoever comes second is told so.

use super::stage::Stage;
use super::{Move, Pairing};
use crate::ids::{ListingId, OrgId, PairingId, PersonId};
use crate::kit::clock::{At, new_id};
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;

mod clock;
pub(super) mod export;
pub(super) mod forgetting;
pub(super) mod judging;
mod seeking;
mod sharing;
mod thread;
pub(super) mod thresholds;

pub(super) use clock::*;
pub(super) use seeking::*;
pub(super) use sharing::*;
pub(super) use thread::*;

const PAIRING: &str = "p.id, p.need_id, p.offer_id, p.origin, p.interested, p.stage, p.score, p.why, p.model, \
     p.heard_words, p.heard_meaning, p.words_rank, p.coordinator_id, p.words, p.reason, p.note, p.asked_at, p.due_at, p.nudged_at, p.introduced_at, p.followed_up, \
     p.created_at, p.updated_at";

// One pairing ----------------------------------------------------------------------------------------------------

pub(super) async fn get(on: impl Reads, id: PairingId) -> Result<Pairing, Fault> {
    on.maybe(sql(format!("select {PAIRING} from pairings p where p.id = $1")).bind(id))
        .await?
        .ok_or(Fault::Missing)
}

pub(super) async fn of_pair(
    on: impl Reads,
    need: ListingId,
    offer: ListingId,
) -> Result<Option<Pairing>, Fault> {
    on.maybe(
        sql(format!(
            "select {PAIRING} from pairings p where p.need_id = $1 and p.offer_id = $2"
        ))
        .bind(need)
        .bind(offer),
    )
    .await
}

/// The pairing that an organisation's message to a listing began, as long as it goes on.
pub(super) async fn of_message(
    on: impl Reads,
    wanted: ListingId,
    org: OrgId,
) -> Result<Option<PairingId>, Fault> {
    let going_on = Stage::ALL.iter().copied().filter(|stage| !stage.has_ended());
    let found: Option<(PairingId,)> = on
        .maybe(
            sql(
                "select p.id from pairings p join listings l on l.id in (p.need_id, p.offer_id) and l.id <> $1 \
                 where $1 in (p.need_id, p.offer_id) and l.origin = 'interest' and l.org_id = $2 \
                 and p.stage in ({}) order by p.created_at limit 1",
            )
            .bind(wanted)
            .bind(org)
            .bind_list(going_on),
        )
        .await?;
    Ok(found.map(|(id,)| id))
}

/// A new pairing at stage *suggested*, unless the two stand beside each other already.
pub(super) async fn add(tx: &mut Tx, pairing: &Pairing) -> Result<bool, Fault> {
    tx.takes_effect(
        sql(
            "insert into pairings (id, need_id, offer_id, origin, interested, stage, score, why, model, heard_words, \
             heard_meaning, words_rank, coordinator_id, words, followed_up, created_at, updated_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, $15, $15) \
             on conflict (need_id, offer_id) do nothing",
        )
        .bind(pairing.id)
        .bind(pairing.need_id)
        .bind(pairing.offer_id)
        .bind(pairing.origin)
        .bind(pairing.interested)
        .bind(pairing.stage)
        .bind(pairing.score)
        .bind(serde_json::to_value(&pairing.why)?)
        .bind(&pairing.model)
        .bind(pairing.heard_words)
        .bind(pairing.heard_meaning)
        .bind(pairing.words_rank)
        .bind(pairing.coordinator_id)
        .bind(pairing.words.clone())
        .bind(pairing.created_at),
    )
    .await
}

/// A better known fit of a suggestion nobody has decided about.
pub(super) async fn refresh(tx: &mut Tx, id: PairingId, anew: &Pairing) -> Result<(), Fault> {
    tx.exec(
        sql(
            "update pairings set score = $1, why = $2, model = $3, heard_words = $4, heard_meaning = $5, \
             words_rank = $6, updated_at = $7 where id = $8 and stage = 'suggested'",
        )
        .bind(anew.score)
        .bind(serde_json::to_value(&anew.why)?)
        .bind(&anew.model)
        .bind(anew.heard_words)
        .bind(anew.heard_meaning)
        .bind(anew.words_rank)
        .bind(anew.updated_at)
        .bind(id),
    )
    .await?;
    Ok(())
}

/// `false`: it stands at another stage by now.
pub(super) async fn shift(
    tx: &mut Tx,
    id: PairingId,
    from: Stage,
    to: Stage,
    now: At,
) -> Result<bool, Fault> {
    tx.takes_effect(
        sql("update pairings set stage = $1, updated_at = $2 where id = $3 and stage = $4")
            .bind(to)
            .bind(now)
            .bind(id)
            .bind(from),
    )
    .await
}

pub(super) async fn approved(
    tx: &mut Tx,
    id: PairingId,
    coordinator: Option<PersonId>,
    words: Option<String>,
) -> Result<(), Fault> {
    tx.exec(
        sql("update pairings set coordinator_id = $1, words = $2, reason = null, note = null where id = $3")
            .bind(coordinator)
            .bind(words)
            .bind(id),
    )
    .await?;
    Ok(())
}

pub(super) async fn reasoned(
    tx: &mut Tx,
    id: PairingId,
    reason: Option<&str>,
    note: Option<&str>,
) -> Result<(), Fault> {
    tx.exec(
        sql("update pairings set reason = $1, note = $2 where id = $3")
            .bind(reason.map(str::to_owned))
            .bind(note.map(str::to_owned))
            .bind(id),
    )
    .await?;
    Ok(())
}

/// A reopened pairing has no clock running and was asked nothing.
pub(super) async fn cleared(tx: &mut Tx, id: PairingId) -> Result<(), Fault> {
    tx.exec(
        sql(
            "update pairings set coordinator_id = null, reason = null, note = null, asked_at = null, due_at = null, nudged_at = null \
             where id = $1",
        )
        .bind(id),
    )
    .await?;
    Ok(())
}

pub(super) async fn introduced(tx: &mut Tx, id: PairingId, now: At) -> Result<(), Fault> {
    tx.exec(
        sql("update pairings set introduced_at = $1, due_at = null where id = $2")
            .bind(now)
            .bind(id),
    )
    .await?;
    Ok(())
}

// Moves ----------------------------------------------------------------------------------------------------------

pub(super) async fn add_move(tx: &mut Tx, pairing: PairingId, step: &Move) -> Result<(), Fault> {
    tx.exec(
        sql("insert into moves (id, pairing_id, step, from_stage, to_stage, side, by_person, reason, note, at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(new_id())
        .bind(pairing)
        .bind(&step.step)
        .bind(step.from_stage)
        .bind(step.to_stage)
        .bind(step.side)
        .bind(step.by_person)
        .bind(step.reason.clone())
        .bind(step.note.clone())
        .bind(step.at),
    )
    .await?;
    Ok(())
}

pub(super) async fn moves(on: impl Reads, pairing: PairingId) -> Result<Vec<Move>, Fault> {
    on.all(
        sql(
            "select step, from_stage, to_stage, side, by_person, reason, note, at from moves \
             where pairing_id = $1 order by at, id",
        )
        .bind(pairing),
    )
    .await
}

// Many pairings --------------------------------------------------------------------------------------------------

/// Suggestions nobody has decided about, the best first; a page of them.
pub(super) async fn suggested(on: impl Reads, limit: i64, skipped: i64) -> Result<Vec<Pairing>, Fault> {
    on.all(
        sql(format!(
            "select {PAIRING} from pairings p where p.stage = 'suggested' order by p.score desc, p.id \
             limit $1 offset $2"
        ))
        .bind(limit)
        .bind(skipped),
    )
    .await
}

pub(super) async fn newest_in_stages(
    on: impl Reads,
    stages: &[Stage],
    limit: i64,
) -> Result<Vec<Pairing>, Fault> {
    on.all(
        sql(format!(
            "select {PAIRING} from pairings p where p.stage in ({{}}) order by p.updated_at desc, p.id limit {limit}"
        ))
        .bind_list(stages.iter().copied()),
    )
    .await
}

pub(super) async fn count_by_stage(on: impl Reads) -> Result<Vec<(Stage, i64)>, Fault> {
    on.all(sql("select stage, count(*) from pairings group by stage"))
        .await
}

/// All pairings a listing stands in.
pub(super) async fn of_listing(on: impl Reads, listing: ListingId) -> Result<Vec<Pairing>, Fault> {
    on.all(
        sql(format!(
            "select {PAIRING} from pairings p where p.need_id = $1 or p.offer_id = $1 \
             order by p.score desc, p.id"
        ))
        .bind(listing),
    )
    .await
}

/// Pairings in these stages with a listing of one of the organisations on a side, latest change first.
pub(super) async fn of_orgs(on: impl Reads, orgs: &[OrgId], stages: &[Stage]) -> Result<Vec<Pairing>, Fault> {
    if orgs.is_empty() || stages.is_empty() {
        return Ok(Vec::new());
    }
    on.all(
        sql(format!(
            "select {PAIRING} from pairings p join listings n on n.id = p.need_id join listings o on o.id = p.offer_id \
             where p.stage in ({{}}) and (n.org_id in ({{}}) or o.org_id in ({{}})) \
             order by p.updated_at desc, p.id limit 300"
        ))
        .bind_list(stages.iter().copied())
        .bind_list(orgs.iter().copied())
        .bind_list(orgs.iter().copied()),
    )
    .await
}

/// How many introductions are open for the offer, and for all offers of its organisation.
pub(super) async fn open_introductions(
    on: impl Reads,
    offer: ListingId,
    org: Option<OrgId>,
) -> Result<(i64, i64), Fault> {
    let row: Option<(i64, i64)> = on
        .maybe(
            sql("select count(case when p.offer_id = $1 then 1 end), count(case when o.org_id = $2 then 1 end) \
                 from pairings p join listings o on o.id = p.offer_id \
                 where p.stage in ('introduced', 'meeting', 'negotiating', 'agreed')")
            .bind(offer)
            .bind(org),
        )
        .await?;
    Ok(row.unwrap_or_default())
}
