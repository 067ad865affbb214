//! Every pairing, move and outcome, for the tables people take away.

use crate::ids::PairingId;
use crate::kit::clock::At;
use crate::kit::db::{Reads, sql};
use crate::kit::fault::Fault;

#[derive(sqlx::FromRow)]
pub(in crate::matching) struct PairingRow {
    pub id: PairingId,
    pub need: Option<String>,
    pub offer: Option<String>,
    pub origin: String,
    pub interested: Option<String>,
    pub stage: String,
    pub score: f64,
    pub model: String,
    pub reason: Option<String>,
    pub asked_at: Option<At>,
    pub due_at: Option<At>,
    pub introduced_at: Option<At>,
    pub created_at: At,
    pub updated_at: At,
}

pub(in crate::matching) async fn pairings(on: impl Reads) -> Result<Vec<PairingRow>, Fault> {
    on.all(sql(
        "select p.id, n.reference as need, o.reference as offer, p.origin, p.interested, p.stage, p.score, p.model, \
         p.reason, p.asked_at, p.due_at, p.introduced_at, p.created_at, p.updated_at from pairings p \
         join listings n on n.id = p.need_id join listings o on o.id = p.offer_id order by p.created_at, p.id",
    ))
    .await
}

#[derive(sqlx::FromRow)]
pub(in crate::matching) struct MoveRow {
    pub pairing_id: PairingId,
    pub need: Option<String>,
    pub offer: Option<String>,
    pub step: String,
    pub from_stage: String,
    pub to_stage: String,
    pub side: Option<String>,
    pub by_a_person: bool,
    pub reason: Option<String>,
    pub at: At,
}

pub(in crate::matching) async fn moves(on: impl Reads) -> Result<Vec<MoveRow>, Fault> {
    on.all(sql(
        "select m.pairing_id, n.reference as need, o.reference as offer, m.step, m.from_stage, m.to_stage, m.side, \
         case when m.by_person is null then false else true end as by_a_person, m.reason, m.at from moves m \
         join pairings p on p.id = m.pairing_id join listings n on n.id = p.need_id \
         join listings o on o.id = p.offer_id order by m.at, m.id",
    ))
    .await
}

#[derive(sqlx::FromRow)]
pub(in crate::matching) struct OutcomeRow {
    pub pairing_id: PairingId,
    pub need: Option<String>,
    pub offer: Option<String>,
    pub kind: String,
    pub amount: Option<i64>,
    pub body: String,
    pub evidence: String,
    pub created_at: At,
}

pub(in crate::matching) async fn outcomes(on: impl Reads) -> Result<Vec<OutcomeRow>, Fault> {
    on.all(sql(
        "select c.pairing_id, n.reference as need, o.reference as offer, c.kind, c.amount, c.body, c.evidence, \
         c.created_at from outcomes c join pairings p on p.id = c.pairing_id \
         join listings n on n.id = p.need_id join listings o on o.id = p.offer_id order by c.created_at, c.id",
    ))
    .await
}
