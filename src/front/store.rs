//! All SQL of the public pages: counts, and which rows to show. Every statement asks for what anyone may know.

use crate::ids::{ListingId, OrgId};
use crate::kit::clock::At;
use crate::kit::db::{Db, sql};
use crate::kit::fault::Fault;
use crate::listings::Kind;
use crate::orgs::OrgKind;

use super::home::Counts;

/// Of pairings, those of which a visitor may read, or might have read, both listings.
const OPEN_TO_ALL: &str = "join listings n on n.id = p.need_id join listings o on o.id = p.offer_id \
                           where n.visibility = 'public' and o.visibility = 'public'";

const PUBLIC: &str = "visibility = 'public' and live is not null \
                      and state not in ('paused', 'expired', 'closed', 'archived')";

pub(super) async fn counts(db: &Db) -> Result<Counts, Fault> {
    let open: Vec<(Kind, i64)> = db
        .all(sql(format!(
            "select kind, count(*) from listings where {PUBLIC} group by kind"
        )))
        .await?;
    let of = |kind| {
        open.iter()
            .find(|(found, _)| *found == kind)
            .map_or(0, |(_, count)| *count)
    };
    let (introductions,): (i64,) = db
        .one(sql(format!(
            "select count(*) from pairings p {OPEN_TO_ALL} and p.introduced_at is not null"
        )))
        .await?;
    let (outcomes,): (i64,) = db
        .one(sql(format!(
            "select count(*) from outcomes t join pairings p on p.id = t.pairing_id {OPEN_TO_ALL} and t.kind <> 'none'"
        )))
        .await?;
    Ok(Counts {
        needs: of(Kind::Need),
        offers: of(Kind::Offer),
        introductions,
        outcomes,
    })
}

pub(super) async fn newest_public(db: &Db, kind: Kind, limit: i64) -> Result<Vec<ListingId>, Fault> {
    let rows: Vec<(ListingId,)> = db
        .all(
            sql(format!(
                "select id from listings where {PUBLIC} and kind = $1 order by published_at desc, id desc limit $2"
            ))
            .bind(kind)
            .bind(limit),
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Both kinds, newest first.
pub(super) async fn newest_of_all(db: &Db, limit: i64) -> Result<Vec<ListingId>, Fault> {
    let rows: Vec<(ListingId,)> = db
        .all(
            sql(format!(
                "select id from listings where {PUBLIC} order by published_at desc, id desc limit $1"
            ))
            .bind(limit),
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Addresses for a sitemap: kind, id, and when the text last changed for readers.
pub(super) async fn public_listings(
    db: &Db,
    limit: i64,
) -> Result<Vec<(Kind, ListingId, Option<At>)>, Fault> {
    db.all(
        sql(format!(
            "select kind, id, refreshed_at from listings where {PUBLIC} order by published_at desc, id desc limit $1"
        ))
        .bind(limit),
    )
    .await
}

#[derive(sqlx::FromRow)]
pub(super) struct OutcomeRow {
    pub kind: String,
    pub need_id: ListingId,
    pub created_at: At,
}

pub(super) async fn latest_outcomes(db: &Db, limit: i64) -> Result<Vec<OutcomeRow>, Fault> {
    db.all(
        sql(format!(
            "select t.kind, p.need_id, t.created_at from outcomes t join pairings p on p.id = t.pairing_id \
             {OPEN_TO_ALL} and t.kind <> 'none' order by t.created_at desc, t.id desc limit $1"
        ))
        .bind(limit),
    )
    .await
}

// Organisations --------------------------------------------------------------------------------------------------

/// The checked organisations whose name holds every word, by name: how many, and one page of them.
pub(super) async fn directory(
    db: &Db,
    kind: Option<OrgKind>,
    words: &[String],
    offset: i64,
    limit: i64,
) -> Result<(i64, Vec<OrgId>), Fault> {
    let mut wanted = "verified_at is not null and ($1 = '' or kind = $1)".to_owned();
    for at in 0..words.len() {
        wanted.push_str(&format!(" and name_key like ${}", at + 2));
    }
    let with_words = |text: String| {
        words.iter().fold(
            sql(text).bind(kind.map_or("", OrgKind::code)),
            |statement, word| statement.bind(format!("%{word}%")),
        )
    };
    let (total,): (i64,) = db
        .one(with_words(format!(
            "select count(*) from organisations where {wanted}"
        )))
        .await?;
    let next = words.len() + 2;
    let page = format!(
        "select id from organisations where {wanted} order by name_key, id limit ${next} offset ${}",
        next + 1
    );
    let rows: Vec<(OrgId,)> = db.all(with_words(page).bind(limit).bind(offset)).await?;
    Ok((total, rows.into_iter().map(|(id,)| id).collect()))
}

/// How many listings anyone may read that name the organisation, by kind.
pub(super) async fn named_listings(db: &Db, orgs: &[OrgId]) -> Result<Vec<(OrgId, Kind, i64)>, Fault> {
    db.all(
        sql(format!(
            "select org_id, kind, count(*) from listings where {PUBLIC} and not anonymous and org_id in ({{}}) \
             group by org_id, kind"
        ))
        .bind_list(orgs.iter().copied()),
    )
    .await
}

/// The slugs of checked organisations, for a sitemap.
pub(super) async fn slugs(db: &Db, limit: i64) -> Result<Vec<(String,)>, Fault> {
    db.all(
        sql("select slug from organisations where verified_at is not null order by slug limit $1")
            .bind(limit),
    )
    .await
}

/// When each pairing was put before the organisation, and when it first answered. Only where a visitor may read both
/// listings and is told whose the one is: a number that grew with the others would tell of them.
pub(super) async fn answers(db: &Db, org: OrgId) -> Result<Vec<(At, Option<At>)>, Fault> {
    db.all(
        sql(
            "select p.asked_at, min(m.at) from pairings p join listings l on l.id in (p.need_id, p.offer_id) \
             join listings o on o.id in (p.need_id, p.offer_id) and o.id <> l.id and o.visibility = 'public' \
             left join moves m on m.pairing_id = p.id and m.side = l.kind and m.step in ('accept', 'decline') \
             where l.org_id = $1 and l.visibility = 'public' and not l.anonymous and p.asked_at is not null and p.interested is null group by p.id, p.asked_at",
        )
        .bind(org),
    )
    .await
}
