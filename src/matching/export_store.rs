//! SQL for the export of pairings.

use super::thread::Outcome;
use crate::ids::PairingId;
use crate::kit::clock::At;
use crate::kit::db::{Reads, sql};
use crate::kit::fault::Fault;

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub id: PairingId,
    pub need: Option<String>,
    pub offer: Option<String>,
    pub origin: String,
    pub interested: Option<String>,
    pub stage: String,
    pub score: f64,
    pub reason: Option<String>,
    pub asked_at: Option<At>,
    pub due_at: Option<At>,
    pub introduced_at: Option<At>,
    pub created_at: At,
    pub updated_at: At,
}

#[derive(sqlx::FromRow)]
pub(super) struct Step {
    pub pairing_id: PairingId,
    pub at: At,
    pub step: String,
    pub from_stage: String,
    pub to_stage: String,
    pub side: Option<String>,
    pub reason: Option<String>,
}

pub(super) async fn pairings(on: impl Reads) -> Result<Vec<Row>, Fault> {
    on.all(sql(
        "select p.id, n.reference as need, o.reference as offer, p.origin, p.interested, p.stage, p.score, p.reason, \
         p.asked_at, p.due_at, p.introduced_at, p.created_at, p.updated_at from pairings p \
         join listings n on n.id = p.need_id join listings o on o.id = p.offer_id order by p.created_at, p.id",
    ))
    .await
}

pub(super) async fn moves(on: impl Reads) -> Result<Vec<Step>, Fault> {
    on.all(sql(
        "select pairing_id, at, step, from_stage, to_stage, side, reason from moves order by at, id",
    ))
    .await
}

pub(super) async fn outcomes(on: impl Reads) -> Result<Vec<Outcome>, Fault> {
    on.all(sql(
        "select id, pairing_id, kind, amount, body, evidence, by_person, created_at from outcomes order by created_at, id",
    ))
    .await
}
