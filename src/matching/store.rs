//! All SQL about pairings. A change of stage is a compare-and-set: whoever comes second is told so.

use super::stage::Stage;
use super::thread::{Message, Outcome};
use super::why::Why;
use super::{Move, Pairing};
use crate::ids::{ListingId, MessageId, OrgId, PairingId, PersonId};
use crate::kit::clock::{At, new_id};
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;
use crate::listings::Kind;

const PAIRING: &str = "p.id, p.need_id, p.offer_id, p.origin, p.interested, p.stage, p.score, p.why, p.model, \
     p.coordinator_id, p.words, p.reason, p.note, p.asked_at, p.due_at, p.nudged_at, p.introduced_at, p.followed_up, \
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

/// A new pairing at stage *suggested*, unless the two stand beside each other already.
pub(super) async fn add(tx: &mut Tx, pairing: &Pairing) -> Result<bool, Fault> {
    let added = tx
        .exec(
            sql(
                "insert into pairings (id, need_id, offer_id, origin, interested, stage, score, why, model, \
                 coordinator_id, words, followed_up, created_at, updated_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $12) \
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
            .bind(pairing.coordinator_id)
            .bind(pairing.words.clone())
            .bind(pairing.created_at),
        )
        .await?;
    Ok(added == 1)
}

/// A better known fit of a suggestion nobody has decided about.
pub(super) async fn refresh(
    tx: &mut Tx,
    id: PairingId,
    score: f64,
    why: &Why,
    model: &str,
    now: At,
) -> Result<(), Fault> {
    tx.exec(
        sql(
            "update pairings set score = $1, why = $2, model = $3, updated_at = $4 \
             where id = $5 and stage = 'suggested'",
        )
        .bind(score)
        .bind(serde_json::to_value(why)?)
        .bind(model)
        .bind(now)
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
    let touched = tx
        .exec(
            sql("update pairings set stage = $1, updated_at = $2 where id = $3 and stage = $4")
                .bind(to)
                .bind(now)
                .bind(id)
                .bind(from),
        )
        .await?;
    Ok(touched == 1)
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

/// How many suggestions each organisation's offers already stand in, decided or being decided.
pub(super) async fn loads(on: impl Reads) -> Result<Vec<(OrgId, i64)>, Fault> {
    on.all(sql(
        "select o.org_id, count(*) from pairings p join listings o on o.id = p.offer_id \
         where o.org_id is not null \
         and p.stage in ('suggested', 'proposed', 'need_accepted', 'offer_accepted') group by o.org_id",
    ))
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

// The clock ------------------------------------------------------------------------------------------------------

/// Waiting for an answer, with no clock running yet.
pub(super) async fn unasked(on: impl Reads) -> Result<Vec<Pairing>, Fault> {
    on.all(sql(format!(
        "select {PAIRING} from pairings p where p.asked_at is null \
         and p.stage in ('proposed', 'need_accepted', 'offer_accepted')"
    )))
    .await
}

/// Only what was asked since the last approval counts: a reopened pairing begins anew.
const SINCE_APPROVAL: &str =
    "(select coalesce(max(m.at), 0) from moves m where m.pairing_id = $1 and m.step = 'approve')";

/// When the first letter about this pairing alone was really sent.
pub(super) async fn first_asked(on: impl Reads, id: PairingId, kind: &str) -> Result<Option<At>, Fault> {
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
pub(super) async fn first_bundled(on: impl Reads, id: PairingId, kind: &str) -> Result<Option<At>, Fault> {
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

pub(super) async fn start_clock(tx: &mut Tx, id: PairingId, asked: At, due: At) -> Result<(), Fault> {
    tx.exec(
        sql("update pairings set asked_at = $1, due_at = $2 where id = $3 and asked_at is null")
            .bind(asked)
            .bind(due)
            .bind(id),
    )
    .await?;
    Ok(())
}

pub(super) async fn overdue(on: impl Reads, now: At) -> Result<Vec<Pairing>, Fault> {
    on.all(
        sql(format!(
            "select {PAIRING} from pairings p where p.due_at <= $1 \
             and p.stage in ('proposed', 'need_accepted', 'offer_accepted')"
        ))
        .bind(now),
    )
    .await
}

pub(super) async fn to_nudge(on: impl Reads, asked_before: At) -> Result<Vec<Pairing>, Fault> {
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
pub(super) async fn nudged(tx: &mut Tx, id: PairingId, now: At) -> Result<bool, Fault> {
    let touched = tx
        .exec(
            sql("update pairings set nudged_at = $1 where id = $2 and nudged_at is null")
                .bind(now)
                .bind(id),
        )
        .await?;
    Ok(touched == 1)
}

/// Introduced, not ended, and asked `times` times so far.
pub(super) async fn to_follow_up(
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

pub(super) async fn followed_up(tx: &mut Tx, id: PairingId, times: i64) -> Result<bool, Fault> {
    let touched = tx
        .exec(
            sql("update pairings set followed_up = $1 where id = $2 and followed_up < $1")
                .bind(times)
                .bind(id),
        )
        .await?;
    Ok(touched == 1)
}

/// Open listings whose matches were last sought before `before` (or never) and that no open pairing names.
pub(super) async fn unmatched(
    on: impl Reads,
    before: At,
    limit: i64,
) -> Result<Vec<(ListingId, Kind)>, Fault> {
    on.all(
        sql(format!(
            "select l.id, l.kind from listings l where l.live is not null and l.state in ('published', 'review', 'changes') \
             and coalesce(l.searched_at, 0) <= $1 and not exists (select 1 from pairings p \
             where (p.need_id = l.id or p.offer_id = l.id) and p.stage in ('suggested', 'proposed', 'need_accepted', \
             'offer_accepted', 'introduced', 'meeting', 'negotiating', 'agreed')) \
             order by coalesce(l.searched_at, 0), l.id limit {limit}"
        ))
        .bind(before),
    )
    .await
}

pub(super) async fn searched(tx: &mut Tx, listing: ListingId, now: At) -> Result<(), Fault> {
    tx.exec(
        sql("update listings set searched_at = $1 where id = $2")
            .bind(now)
            .bind(listing),
    )
    .await?;
    Ok(())
}

pub(super) async fn is_guest(on: impl Reads, listing: ListingId, org: OrgId) -> Result<bool, Fault> {
    let row: Option<(i64,)> = on
        .maybe(
            sql("select cast(1 as bigint) from listing_guests where listing_id = $1 and org_id = $2")
                .bind(listing)
                .bind(org),
        )
        .await?;
    Ok(row.is_some())
}

// The shared page ------------------------------------------------------------------------------------------------

pub(super) async fn add_message(tx: &mut Tx, message: &Message) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into messages (id, pairing_id, by_person, side, body, created_at) \
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(message.id)
        .bind(message.pairing_id)
        .bind(message.by_person)
        .bind(message.side)
        .bind(&message.body)
        .bind(message.created_at),
    )
    .await?;
    Ok(())
}

const MESSAGE: &str = "id, pairing_id, by_person, side, body, created_at";

pub(super) async fn message(on: impl Reads, id: MessageId) -> Result<Message, Fault> {
    on.maybe(sql(format!("select {MESSAGE} from messages where id = $1")).bind(id))
        .await?
        .ok_or(Fault::Missing)
}

pub(super) async fn messages(on: impl Reads, pairing: PairingId) -> Result<Vec<Message>, Fault> {
    on.all(
        sql(format!(
            "select {MESSAGE} from messages where pairing_id = $1 order by created_at, id"
        ))
        .bind(pairing),
    )
    .await
}

pub(super) async fn add_outcome(tx: &mut Tx, outcome: &Outcome) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into outcomes (id, pairing_id, kind, amount, body, evidence, by_person, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(outcome.id)
        .bind(outcome.pairing_id)
        .bind(&outcome.kind)
        .bind(outcome.amount)
        .bind(&outcome.body)
        .bind(&outcome.evidence)
        .bind(outcome.by_person)
        .bind(outcome.created_at),
    )
    .await?;
    Ok(())
}

pub(super) async fn outcomes(on: impl Reads, pairing: PairingId) -> Result<Vec<Outcome>, Fault> {
    on.all(
        sql(
            "select id, pairing_id, kind, amount, body, evidence, by_person, created_at from outcomes \
             where pairing_id = $1 order by created_at, id",
        )
        .bind(pairing),
    )
    .await
}

/// A reader of a contact is noted for the admins' log.
pub(super) async fn audit(
    tx: &mut Tx,
    act: &str,
    by: PersonId,
    subject: PairingId,
    now: At,
) -> Result<(), Fault> {
    tx.exec(
        sql("insert into audit (id, act, by_person, subject, at) values ($1, $2, $3, $4, $5)")
            .bind(new_id())
            .bind(act)
            .bind(by)
            .bind(subject)
            .bind(now),
    )
    .await?;
    Ok(())
}

pub(super) async fn was_audited(
    on: impl Reads,
    act: &str,
    by: PersonId,
    subject: PairingId,
) -> Result<bool, Fault> {
    let row: Option<(i64,)> = on
        .maybe(
            sql("select cast(1 as bigint) from audit where act = $1 and by_person = $2 and subject = $3 limit 1")
                .bind(act)
                .bind(by)
                .bind(subject),
        )
        .await?;
    Ok(row.is_some())
}

// Forgetting -----------------------------------------------------------------------------------------------------

/// What a forgotten person wrote to others stays as a fact without its words.
pub(super) async fn forget(tx: &mut Tx, person: PersonId) -> Result<(), Fault> {
    for statement in [
        "update messages set body = '', by_person = null where by_person = $1",
        "update moves set note = null, by_person = null where by_person = $1",
        "update outcomes set by_person = null where by_person = $1",
    ] {
        tx.exec(sql(statement).bind(person)).await?;
    }
    Ok(())
}
