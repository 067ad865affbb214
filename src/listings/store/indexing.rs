//! SQL of the index's follower: what to put in, and the vectors computed once for all nodes.

use uuid::Uuid;

use crate::ids::{ListingId, OrgId};
use crate::kit::Cx;
use crate::kit::db::{Reads, sql};
use crate::kit::fault::Fault;

pub(in crate::listings) async fn all_ids(on: impl Reads) -> Result<Vec<ListingId>, Fault> {
    let rows: Vec<(ListingId,)> = on
        .all(sql("select id from listings where live is not null order by id"))
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(in crate::listings) async fn ids_of_org(on: impl Reads, org: OrgId) -> Result<Vec<ListingId>, Fault> {
    let rows: Vec<(ListingId,)> = on
        .all(sql("select id from listings where org_id = $1 and live is not null").bind(org))
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Hash and vector of each passage of a listing, in order.
pub(in crate::listings) async fn vectors(
    on: impl Reads,
    listing: ListingId,
    model: &str,
) -> Result<Vec<(Vec<u8>, Vec<u8>)>, Fault> {
    on.all(
        sql("select hash, vector from vectors where listing_id = $1 and model = $2 order by passage")
            .bind(listing)
            .bind(model),
    )
    .await
}

/// Replaces the vectors of a listing; nothing happens where the listing has gone meanwhile.
pub(in crate::listings) async fn keep_vectors(
    cx: &Cx,
    listing: ListingId,
    model: &str,
    rows: Vec<(Vec<u8>, Vec<u8>)>,
) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    let there: Option<(Uuid,)> = tx
        .maybe(sql("select id from listings where id = $1").bind(listing))
        .await?;
    if there.is_none() {
        return Ok(());
    }
    tx.exec(
        sql("delete from vectors where listing_id = $1 and model = $2")
            .bind(listing)
            .bind(model),
    )
    .await?;
    for (passage, (hash, vector)) in (0_i64..).zip(rows) {
        tx.exec(
            sql(
                "insert into vectors (listing_id, passage, model, hash, vector) values ($1, $2, $3, $4, $5) \
                 on conflict (listing_id, model, passage) do nothing",
            )
            .bind(listing)
            .bind(passage)
            .bind(model)
            .bind(hash)
            .bind(vector),
        )
        .await?;
    }
    tx.commit().await
}

/// A shown listing that has no vectors of this model yet.
pub(in crate::listings) async fn without_vectors(
    on: impl Reads,
    model: &str,
) -> Result<Option<ListingId>, Fault> {
    let row: Option<(ListingId,)> = on
        .maybe(
            sql("select id from listings l where live is not null \
                 and state not in ('paused', 'expired', 'closed', 'archived') \
                 and not exists (select 1 from vectors v where v.listing_id = l.id and v.model = $1) \
                 order by published_at desc limit 1")
            .bind(model),
        )
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Every vector of this model: listing, whether it is public, vector; passages of a listing in order.
pub(in crate::listings) async fn all_vectors(
    on: impl Reads,
    model: &str,
) -> Result<Vec<(ListingId, bool, Vec<u8>)>, Fault> {
    on.all(
        sql(
            "select v.listing_id, l.visibility = 'public', v.vector from vectors v \
             join listings l on l.id = v.listing_id where v.model = $1 \
             and l.live is not null and l.state not in ('paused', 'expired', 'closed', 'archived') \
             order by v.listing_id, v.passage",
        )
        .bind(model),
    )
    .await
}
