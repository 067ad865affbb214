//! The bare facts behind the figures; counting is done where it can be read and tested.

use serde::Deserialize;
use sqlx::types::Json;

use crate::ids::{ListingId, PairingId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::sql;
use crate::kit::fault::Fault;
use crate::listings::{Kind, State, Tag};

use super::super::figures::Period;

/// Of a published text, only how it is tagged.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Tagged {
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Listed {
    pub id: ListingId,
    pub kind: Kind,
    pub state: State,
    pub published_at: At,
    pub content: Json<Tagged>,
}

/// Every listing that was ever published, save samples from abroad.
pub async fn listed(cx: &Cx) -> Result<Vec<Listed>, Fault> {
    cx.db
        .all(sql(
            "select l.id, l.kind, l.state, l.published_at, l.live as content from listings l \
             where l.live is not null and l.published_at is not null \
             and (l.org_id is null or l.org_id not in (select id from organisations where foreign_sample)) \
             order by l.published_at, l.id",
        ))
        .await
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Paired {
    pub id: PairingId,
    pub need_id: ListingId,
    pub offer_id: ListingId,
    pub stage: String,
    pub reason: Option<String>,
    pub created_at: At,
}

/// Pairs raised in a period.
pub async fn paired(cx: &Cx, period: Period) -> Result<Vec<Paired>, Fault> {
    cx.db
        .all(
            sql(
                "select id, need_id, offer_id, stage, reason, created_at from pairings \
                 where created_at >= $1 and created_at < $2 order by created_at, id",
            )
            .bind(period.from)
            .bind(period.until),
        )
        .await
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Moved {
    pub need_id: ListingId,
    pub offer_id: ListingId,
    pub step: String,
    pub to_stage: String,
    pub reason: Option<String>,
    pub at: At,
}

/// Steps taken in a period, by whichever pair.
pub async fn moved(cx: &Cx, period: Period) -> Result<Vec<Moved>, Fault> {
    cx.db
        .all(
            sql(
                "select p.need_id, p.offer_id, m.step, m.to_stage, m.reason, m.at from moves m \
                 join pairings p on p.id = m.pairing_id where m.at >= $1 and m.at < $2 order by m.at, m.id",
            )
            .bind(period.from)
            .bind(period.until),
        )
        .await
}

/// All steps, up to now, of the pairs raised in a period.
pub async fn steps_of(cx: &Cx, period: Period) -> Result<Vec<(PairingId, String)>, Fault> {
    cx.db
        .all(
            sql(
                "select m.pairing_id, m.to_stage from moves m join pairings p on p.id = m.pairing_id \
                 where p.created_at >= $1 and p.created_at < $2 order by m.at, m.id",
            )
            .bind(period.from)
            .bind(period.until),
        )
        .await
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Asked {
    pub need_id: ListingId,
    pub offer_id: ListingId,
    /// When the letter left; where none did, when the pair was approved and stood in the inbox.
    pub asked_at: At,
    pub answered_at: Option<At>,
}

/// Pairs approved in a period, and when the first side then answered.
pub async fn asked(cx: &Cx, period: Period) -> Result<Vec<Asked>, Fault> {
    cx.db
        .all(
            sql("select p.need_id, p.offer_id, coalesce(p.asked_at, a.at) as asked_at, \
                 (select min(m.at) from moves m where m.pairing_id = p.id and m.step in ('accept', 'decline') \
                 and m.at >= a.at) as answered_at from pairings p join (select pairing_id, max(at) as at from moves \
                 where step = 'approve' group by pairing_id) a on a.pairing_id = p.id \
                 where a.at >= $1 and a.at < $2 order by a.at, p.id")
            .bind(period.from)
            .bind(period.until),
        )
        .await
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Told {
    pub need_id: ListingId,
    pub offer_id: ListingId,
    pub kind: String,
    pub at: At,
}

/// Outcomes told in a period.
pub async fn told(cx: &Cx, period: Period) -> Result<Vec<Told>, Fault> {
    cx.db
        .all(
            sql(
                "select p.need_id, p.offer_id, o.kind, o.created_at as at from outcomes o \
                 join pairings p on p.id = o.pairing_id where o.created_at >= $1 and o.created_at < $2 \
                 order by o.created_at, o.id",
            )
            .bind(period.from)
            .bind(period.until),
        )
        .await
}

/// A coordinator's last word on a suggestion of the service.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Decided {
    pub need_id: ListingId,
    pub offer_id: ListingId,
    pub score: f64,
    pub words_rank: Option<i64>,
    /// `approve` or `dismiss`
    pub step: String,
    pub reason: Option<String>,
    pub at: At,
}

/// All suggestions that stand decided, of needs about which something was decided in a period: a suggestion's place
/// is its place among all decided ones of its need.
pub async fn decided(cx: &Cx, period: Period) -> Result<Vec<Decided>, Fault> {
    cx.db
        .all(
            sql(
                "select p.need_id, p.offer_id, p.score, p.words_rank, m.step, m.reason, m.at from moves m \
                 join pairings p on p.id = m.pairing_id where p.origin = 'system' and m.step in ('approve', 'dismiss') \
                 and not exists (select 1 from moves l where l.pairing_id = p.id \
                 and l.step in ('approve', 'dismiss', 'reopen') and (l.at > m.at or (l.at = m.at and l.id > m.id))) \
                 and p.need_id in (select q.need_id from moves d join pairings q on q.id = d.pairing_id \
                 where d.step in ('approve', 'dismiss') and d.at >= $1 and d.at < $2) order by m.at, m.id",
            )
            .bind(period.from)
            .bind(period.until),
        )
        .await
}

/// Open needs that were never put before anybody: no pair of theirs came further than a suggestion.
pub async fn unmet(cx: &Cx) -> Result<Vec<(ListingId,)>, Fault> {
    cx.db
        .all(sql(
            "select l.id from listings l where l.kind = 'need' and l.state = 'published' and l.live is not null \
             and (l.org_id is null or l.org_id not in (select id from organisations where foreign_sample)) \
             and not exists (select 1 from moves m join pairings p on p.id = m.pairing_id \
             where p.need_id = l.id and m.to_stage = 'proposed') \
             and not exists (select 1 from pairings p where p.need_id = l.id \
             and p.stage not in ('suggested', 'dismissed')) order by l.published_at, l.id",
        ))
        .await
}
