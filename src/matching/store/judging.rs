//! What was decided, and what the score had seen.

use crate::ids::{ListingId, PairingId};
use crate::kit::db::{Reads, sql};
use crate::kit::fault::Fault;

/// A pair a coordinator decided about at least once.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(in crate::matching) struct Decided {
    pub id: PairingId,
    pub need_id: ListingId,
    pub offer_id: ListingId,
    pub origin: String,
    pub score: f64,
    pub model: String,
    pub heard_words: Option<f64>,
    pub heard_meaning: Option<f64>,
    pub words_rank: Option<i64>,
}

pub(in crate::matching) async fn decided(on: impl Reads) -> Result<Vec<Decided>, Fault> {
    on.all(sql(
        "select p.id, p.need_id, p.offer_id, p.origin, p.score, p.model, p.heard_words, p.heard_meaning, p.words_rank \
         from pairings p where p.id in (select pairing_id from moves where step in ('approve', 'dismiss')) \
         order by p.created_at, p.id",
    ))
    .await
}

/// The steps that say something about fit, of all pairings, each pairing's in order.
pub(in crate::matching) async fn steps(
    on: impl Reads,
) -> Result<Vec<(PairingId, String, Option<String>)>, Fault> {
    on.all(sql(
        "select pairing_id, step, reason from moves where step in ('approve', 'dismiss', 'accept', 'decline', 'reopen') \
         order by at, id",
    ))
    .await
}
