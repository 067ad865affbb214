//! SQL of the index's follower: what to put in, and the vectors computed once for all nodes.

use uuid::Uuid;

use crate::ids::{ListingId, OrgId};
use crate::kit::Cx;
use crate::kit::clock::{At, HOUR};
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

/// Hash and vector of each passage of these listings, by listing and in order.
pub(in crate::listings) async fn vectors(
    on: impl Reads,
    listings: &[ListingId],
    model: &str,
) -> Result<Vec<(ListingId, Vec<u8>, Vec<u8>)>, Fault> {
    on.all(
        sql(
            "select listing_id, hash, vector from vectors where model = $1 and listing_id in ({}) \
             order by listing_id, passage",
        )
        .bind(model)
        .bind_list(listings.iter().copied()),
    )
    .await
}

/// A listing's passages: hash and vector of each.
pub(in crate::listings) type Passages = Vec<(Vec<u8>, Vec<u8>)>;

/// Replaces the vectors of listings; nothing happens to one that has gone meanwhile.
pub(in crate::listings) async fn keep_vectors(
    cx: &Cx,
    model: &str,
    of_listings: Vec<(ListingId, Passages)>,
) -> Result<(), Fault> {
    if of_listings.is_empty() {
        return Ok(());
    }
    let mut tx = cx.db.begin().await?;
    for (listing, passages) in of_listings {
        let there: Option<(Uuid,)> = tx
            .maybe(sql("select id from listings where id = $1").bind(listing))
            .await?;
        if there.is_none() {
            continue;
        }
        tx.exec(
            sql("delete from vectors where listing_id = $1 and model = $2")
                .bind(listing)
                .bind(model),
        )
        .await?;
        for (passage, (hash, vector)) in (0_i64..).zip(passages) {
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
    }
    tx.commit().await
}

/// Notes that a node uses this model; once an hour is enough.
pub(in crate::listings) async fn model_used(cx: &Cx, model: &str) -> Result<(), Fault> {
    let hour_ago = cx.now().plus(-HOUR);
    let fresh: Option<(i64,)> = cx
        .db
        .maybe(
            sql("select used_at from models where name = $1 and used_at > $2")
                .bind(model)
                .bind(hour_ago),
        )
        .await?;
    if fresh.is_none() {
        cx.db
            .exec(
                sql("insert into models (name, used_at) values ($1, $2) \
                     on conflict (name) do update set used_at = excluded.used_at")
                .bind(model)
                .bind(cx.now()),
            )
            .await?;
    }
    Ok(())
}

/// Throws away vectors of a model that no node has used since, so many listings at a time. `false`: there is none.
pub(in crate::listings) async fn drop_vectors_unused_since(
    cx: &Cx,
    since: At,
    listings: i64,
) -> Result<bool, Fault> {
    let unused: Option<(String,)> = cx
        .db
        .maybe(sql("select name from models where used_at < $1 order by name limit 1").bind(since))
        .await?;
    let Some((model,)) = unused else { return Ok(false) };
    let mut tx = cx.db.begin().await?;
    let gone = tx
        .exec(
            sql("delete from vectors where model = $1 and listing_id in \
                 (select distinct listing_id from vectors where model = $1 limit $2)")
            .bind(model.as_str())
            .bind(listings),
        )
        .await?;
    if gone == 0 {
        tx.exec(
            sql("delete from models where name = $1 and used_at < $2")
                .bind(model.as_str())
                .bind(since),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(true)
}
