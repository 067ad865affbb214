//! Rows for the tables people take away.

use sqlx::types::Json;

use crate::ids::{ListingId, PairingId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::sql;
use crate::kit::fault::Fault;
use crate::listings::Content;

#[derive(sqlx::FromRow)]
pub struct ListingRow {
    pub id: ListingId,
    pub reference: Option<String>,
    pub kind: String,
    pub state: String,
    pub origin: String,
    pub visibility: String,
    pub anonymous: bool,
    pub open_for_interest: bool,
    pub content: Json<Content>,
    pub published_at: Option<At>,
    pub refreshed_at: Option<At>,
    pub expires_at: Option<At>,
    pub closed_reason: Option<String>,
    pub created_at: At,
    pub org_kind: Option<String>,
    pub org_vi: Option<String>,
    pub org_en: Option<String>,
}

/// Every listing that was ever handed in, after `last`, in the order of their ids.
pub async fn listings(cx: &Cx, last: Option<ListingId>, limit: i64) -> Result<Vec<ListingRow>, Fault> {
    let after = if last.is_some() { "and l.id > $2" } else { "" };
    let mut statement = sql(format!(
        "select l.id, l.reference, l.kind, l.state, l.origin, l.visibility, l.anonymous, l.open_for_interest, \
         coalesce(l.live, l.draft) as content, l.published_at, l.refreshed_at, l.expires_at, l.closed_reason, \
         l.created_at, o.kind as org_kind, o.name_vi as org_vi, o.name_en as org_en \
         from listings l left join organisations o on o.id = l.org_id \
         where l.reference is not null {after} order by l.id limit $1"
    ))
    .bind(limit);
    if let Some(last) = last {
        statement = statement.bind(last);
    }
    cx.db.all(statement).await
}

#[derive(sqlx::FromRow)]
pub struct OrgRow {
    pub slug: String,
    pub kind: String,
    pub name_vi: String,
    pub name_en: String,
    pub place: String,
    pub size: String,
    pub website: Option<String>,
    pub tax_code: Option<String>,
    pub capacity: i64,
    pub verified_at: Option<At>,
    pub foreign_sample: bool,
    pub created_at: At,
    pub people: i64,
    pub needs: i64,
    pub offers: i64,
}

pub async fn organisations(cx: &Cx) -> Result<Vec<OrgRow>, Fault> {
    cx.db
        .all(sql(
            "select o.slug, o.kind, o.name_vi, o.name_en, o.place, o.size, o.website, o.tax_code, o.capacity, \
             o.verified_at, o.foreign_sample, o.created_at, \
             (select count(*) from memberships m where m.org_id = o.id and m.state = 'active') as people, \
             (select count(*) from listings l where l.org_id = o.id and l.kind = 'need' and l.state = 'published') as needs, \
             (select count(*) from listings l where l.org_id = o.id and l.kind = 'offer' and l.state = 'published') as offers \
             from organisations o order by o.name_key, o.id",
        ))
        .await
}

#[derive(sqlx::FromRow)]
pub struct PairingRow {
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

pub async fn pairings(cx: &Cx) -> Result<Vec<PairingRow>, Fault> {
    cx.db
        .all(sql(
            "select p.id, n.reference as need, o.reference as offer, p.origin, p.interested, p.stage, p.score, p.model, \
             p.reason, p.asked_at, p.due_at, p.introduced_at, p.created_at, p.updated_at from pairings p \
             join listings n on n.id = p.need_id join listings o on o.id = p.offer_id order by p.created_at, p.id",
        ))
        .await
}

#[derive(sqlx::FromRow)]
pub struct MoveRow {
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

pub async fn moves(cx: &Cx) -> Result<Vec<MoveRow>, Fault> {
    cx.db
        .all(sql(
            "select m.pairing_id, n.reference as need, o.reference as offer, m.step, m.from_stage, m.to_stage, m.side, \
             case when m.by_person is null then false else true end as by_a_person, m.reason, m.at from moves m \
             join pairings p on p.id = m.pairing_id join listings n on n.id = p.need_id \
             join listings o on o.id = p.offer_id order by m.at, m.id",
        ))
        .await
}

#[derive(sqlx::FromRow)]
pub struct OutcomeRow {
    pub pairing_id: PairingId,
    pub need: Option<String>,
    pub offer: Option<String>,
    pub kind: String,
    pub amount: Option<i64>,
    pub body: String,
    pub evidence: String,
    pub created_at: At,
}

pub async fn outcomes(cx: &Cx) -> Result<Vec<OutcomeRow>, Fault> {
    cx.db
        .all(sql(
            "select c.pairing_id, n.reference as need, o.reference as offer, c.kind, c.amount, c.body, c.evidence, \
             c.created_at from outcomes c join pairings p on p.id = c.pairing_id \
             join listings n on n.id = p.need_id join listings o on o.id = p.offer_id order by c.created_at, c.id",
        ))
        .await
}
