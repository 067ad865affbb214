//! What waits, and since when. Each question gives at most `limit` rows, the most urgent first, and how many
//! there are in all.

use crate::ids::{ListingId, OrgId, PairingId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::{Sql, sql};
use crate::kit::fault::Fault;

/// Listings imported from abroad to show and to load are nobody's to look after.
const OURS: &str =
    "(l.org_id is null or l.org_id not in (select id from organisations where foreign_sample))";

/// Stages at which an answer is waited for, and those at which a pair is at work.
const AWAITING: &str = "('proposed', 'need_accepted', 'offer_accepted')";
const AT_WORK: &str = "('introduced', 'meeting', 'negotiating', 'agreed')";

/// A listing and the moment that makes it urgent.
pub type Timed = (ListingId, At);

#[derive(sqlx::FromRow)]
pub struct Couple {
    pub id: PairingId,
    pub need_id: ListingId,
    pub offer_id: ListingId,
    pub at: At,
}

pub async fn in_review(cx: &Cx, limit: i64) -> Result<(i64, Vec<Timed>), Fault> {
    let from = "from listings l where l.state = 'review'";
    listings(
        cx,
        from,
        "coalesce(l.submitted_at, l.updated_at)",
        limit,
        |statement| statement,
    )
    .await
}

pub async fn expiring(cx: &Cx, before: At, limit: i64) -> Result<(i64, Vec<Timed>), Fault> {
    let from =
        format!("from listings l where l.state in ('published', 'paused') and l.expires_at < $1 and {OURS}");
    listings(cx, &from, "l.expires_at", limit, |statement| {
        statement.bind(before)
    })
    .await
}

/// Open needs of before the given moment beside which nothing stands, or nothing that is still alive.
pub async fn unmatched(cx: &Cx, before: At, limit: i64) -> Result<(i64, Vec<Timed>), Fault> {
    let from = format!(
        "from listings l where l.kind = 'need' and l.state = 'published' and l.open_for_interest = true \
         and l.published_at < $1 and {OURS} and not exists (select 1 from pairings p where p.need_id = l.id \
         and p.stage not in ('dismissed', 'declined', 'lapsed', 'withdrawn'))"
    );
    listings(cx, &from, "l.published_at", limit, |statement| {
        statement.bind(before)
    })
    .await
}

async fn listings(
    cx: &Cx,
    from: &str,
    at: &str,
    limit: i64,
    bind: impl Fn(Sql) -> Sql,
) -> Result<(i64, Vec<Timed>), Fault> {
    let (count,) = cx.db.one(bind(sql(format!("select count(*) {from}")))).await?;
    let rows = bind(sql(format!(
        "select l.id, {at} as at {from} order by {at}, l.id limit {limit}"
    )));
    Ok((count, cx.db.all(rows).await?))
}

/// How many suggestions wait for a decision, and since when the oldest.
pub async fn suggestions(cx: &Cx) -> Result<(i64, Option<At>), Fault> {
    cx.db
        .one(sql(
            "select count(*), min(created_at) from pairings where stage = 'suggested'",
        ))
        .await
}

/// Answers due before the given moment.
pub async fn replies_due(cx: &Cx, before: At, limit: i64) -> Result<(i64, Vec<Couple>), Fault> {
    let from = format!("from pairings p where p.stage in {AWAITING} and p.due_at < $1");
    couples(cx, &from, "p.due_at", before, limit).await
}

/// Approved before the given moment, and still no letter has left.
pub async fn unasked(cx: &Cx, before: At, limit: i64) -> Result<(i64, Vec<Couple>), Fault> {
    let from =
        format!("from pairings p where p.stage in {AWAITING} and p.asked_at is null and p.updated_at < $1");
    couples(cx, &from, "p.updated_at", before, limit).await
}

/// Introduced before the given moment, at work, and no outcome was told.
pub async fn without_outcome(cx: &Cx, before: At, limit: i64) -> Result<(i64, Vec<Couple>), Fault> {
    let from = format!(
        "from pairings p where p.stage in {AT_WORK} and p.introduced_at < $1 \
         and not exists (select 1 from outcomes o where o.pairing_id = p.id)"
    );
    couples(cx, &from, "p.introduced_at", before, limit).await
}

async fn couples(cx: &Cx, from: &str, at: &str, before: At, limit: i64) -> Result<(i64, Vec<Couple>), Fault> {
    let (count,) = cx
        .db
        .one(sql(format!("select count(*) {from}")).bind(before))
        .await?;
    let rows =
        format!("select p.id, p.need_id, p.offer_id, {at} as at {from} order by {at}, p.id limit {limit}");
    Ok((count, cx.db.all(sql(rows).bind(before)).await?))
}

pub async fn unverified(cx: &Cx, limit: i64) -> Result<(i64, Vec<(OrgId, At)>), Fault> {
    let from = "from organisations where verified_at is null and not foreign_sample";
    let (count,) = cx.db.one(sql(format!("select count(*) {from}"))).await?;
    let rows = sql(format!(
        "select id, created_at {from} order by created_at, id limit {limit}"
    ));
    Ok((count, cx.db.all(rows).await?))
}

#[derive(sqlx::FromRow)]
pub struct Report {
    pub listing_id: ListingId,
    pub reason: String,
    pub created_at: At,
}

pub async fn reports(cx: &Cx, limit: i64) -> Result<(i64, Vec<Report>), Fault> {
    let from = "from reports where resolved_at is null";
    let (count,) = cx.db.one(sql(format!("select count(*) {from}"))).await?;
    let rows = sql(format!(
        "select listing_id, reason, created_at {from} order by created_at, id limit {limit}"
    ));
    Ok((count, cx.db.all(rows).await?))
}

/// Letters in doubt, and letters refused since the given moment.
pub async fn troubled_letters(cx: &Cx, since: At) -> Result<(i64,), Fault> {
    cx.db
        .one(
            sql("select count(*) from outbox where state = 'in_doubt' or (state = 'failed' and created_at >= $1)")
                .bind(since),
        )
        .await
}
