//! Drafts: begun, kept, claimed, handed in, thrown away.

use crate::ids::{ListingId, OrgId, PersonId};
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;
use crate::listings::drafts::{New, Openness};
use crate::listings::{Content, State};

pub(in crate::listings) async fn add(
    tx: &mut Tx,
    new: &New,
    visitor: Option<Vec<u8>>,
    now: At,
) -> Result<ListingId, Fault> {
    let id = ListingId::new();
    tx.exec(
        sql("insert into listings (id, kind, org_id, owner_id, coordinator_id, visitor_hash, state, origin, visibility, \
             anonymous, open_for_interest, version, draft, created_at, updated_at) \
             values ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $9, $10, 1, $11, $12, $12)")
        .bind(id)
        .bind(new.kind)
        .bind(new.org)
        .bind(new.owner)
        .bind(new.coordinator)
        .bind(visitor)
        .bind(new.origin)
        .bind(new.visibility)
        .bind(false)
        .bind(true)
        .bind(serde_json::to_value(&new.content)?)
        .bind(now),
    )
    .await?;
    Ok(id)
}

/// Only over the version that was read; `false`: someone was faster.
pub(in crate::listings) async fn keep_draft(
    tx: &mut Tx,
    id: ListingId,
    version: i64,
    step: i64,
    content: &Content,
    now: At,
) -> Result<bool, Fault> {
    tx.takes_effect(
        sql(
            "update listings set draft = $1, version = version + $2, updated_at = $3 \
             where id = $4 and version = $5 and state in ('draft', 'changes', 'published')",
        )
        .bind(serde_json::to_value(content)?)
        .bind(step)
        .bind(now)
        .bind(id)
        .bind(version),
    )
    .await
}

pub(in crate::listings) async fn is_visitors(
    on: impl Reads,
    id: ListingId,
    hash: Vec<u8>,
) -> Result<bool, Fault> {
    let found: Option<(ListingId,)> = on
        .maybe(
            sql("select id from listings where id = $1 and visitor_hash = $2")
                .bind(id)
                .bind(hash),
        )
        .await?;
    Ok(found.is_some())
}

/// Drafts begun in this browser before signing in.
pub(in crate::listings) async fn visitors_drafts(
    on: impl Reads,
    hash: Vec<u8>,
) -> Result<Vec<ListingId>, Fault> {
    let rows: Vec<(ListingId,)> = on
        .all(
            sql("select id from listings where visitor_hash = $1 and state = 'draft' order by updated_at desc limit 20")
                .bind(hash),
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(in crate::listings) async fn claim(
    tx: &mut Tx,
    id: ListingId,
    owner: PersonId,
    org: Option<OrgId>,
) -> Result<(), Fault> {
    tx.exec(
        sql("update listings set owner_id = $1, org_id = $2, visitor_hash = null where id = $3 and owner_id is null")
            .bind(owner)
            .bind(org)
            .bind(id),
    )
    .await?;
    Ok(())
}

pub(in crate::listings) async fn set_openness(
    tx: &mut Tx,
    id: ListingId,
    org: Option<OrgId>,
    to: &Openness,
    now: At,
) -> Result<(), Fault> {
    tx.exec(
        sql(
            "update listings set org_id = $1, visibility = $2, anonymous = $3, open_for_interest = $4, updated_at = $5 \
             where id = $6",
        )
        .bind(org)
        .bind(to.visibility)
        .bind(to.anonymous)
        .bind(to.open_for_interest)
        .bind(now)
        .bind(id),
    )
    .await?;
    tx.exec(sql("delete from listing_guests where listing_id = $1").bind(id))
        .await?;
    for guest in &to.guests {
        tx.exec(
            sql("insert into listing_guests (listing_id, org_id) values ($1, $2) on conflict (listing_id, org_id) do nothing")
                .bind(id)
                .bind(*guest),
        )
        .await?;
    }
    Ok(())
}

pub(in crate::listings) async fn submit(
    tx: &mut Tx,
    id: ListingId,
    version: i64,
    reference: &str,
    now: At,
) -> Result<bool, Fault> {
    tx.takes_effect(
        sql(
            "update listings set state = 'review', reference = $1, submitted_at = $2, updated_at = $2 \
             where id = $3 and version = $4 and state in ('draft', 'changes', 'published')",
        )
        .bind(reference)
        .bind(now)
        .bind(id)
        .bind(version),
    )
    .await
}

pub(in crate::listings) async fn next_number(tx: &mut Tx, series: &str) -> Result<i64, Fault> {
    let (number,): (i64,) = tx
        .one(
            sql("insert into references_given (series, last) values ($1, 1) \
                 on conflict (series) do update set last = references_given.last + 1 returning last")
            .bind(series),
        )
        .await?;
    Ok(number)
}

pub(in crate::listings) async fn remove_draft(tx: &mut Tx, id: ListingId) -> Result<(), Fault> {
    tx.exec(sql("delete from listings where id = $1 and state = 'draft' and reference is null").bind(id))
        .await?;
    Ok(())
}

/// Moves on from one of these states; `false`: it was not there (any more).
pub(in crate::listings) async fn move_state(
    tx: &mut Tx,
    id: ListingId,
    from: &[State],
    to: State,
    now: At,
) -> Result<bool, Fault> {
    tx.takes_effect(
        sql("update listings set state = $1, updated_at = $2 where id = $3 and state in ({})")
            .bind(to)
            .bind(now)
            .bind(id)
            .bind_list(from.iter().copied()),
    )
    .await
}
