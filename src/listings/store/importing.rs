//! SQL for listings that come from a file.

use std::collections::HashSet;

use crate::ids::{ListingId, PersonId, UploadId};
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;
use crate::listings::import::{Ready, Upload};
use crate::listings::{Kind, State};

/// Which of these marks came in before.
pub(in crate::listings) async fn known(
    on: impl Reads,
    marks: impl Iterator<Item = Vec<u8>>,
) -> Result<HashSet<Vec<u8>>, Fault> {
    let rows: Vec<(Vec<u8>,)> = on
        .all(sql("select mark from imported where mark in ({})").bind_list(marks))
        .await?;
    Ok(rows.into_iter().map(|(mark,)| mark).collect())
}

/// Which of these references are listings of this very service, and the names of their organisations.
pub(in crate::listings) async fn ours(
    on: impl Reads,
    references: impl Iterator<Item = String>,
) -> Result<Vec<(String, Kind, String, String)>, Fault> {
    on.all(
        sql(
            "select l.reference, l.kind, o.name_vi, o.name_en from listings l \
             join organisations o on o.id = l.org_id where l.reference in ({})",
        )
        .bind_list(references),
    )
    .await
}

pub(in crate::listings) async fn remember(
    tx: &mut Tx,
    mark: &[u8],
    listing: ListingId,
    at: At,
) -> Result<(), Fault> {
    tx.exec(
        sql("insert into imported (mark, listing_id, created_at) values ($1, $2, $3)")
            .bind(mark.to_vec())
            .bind(listing)
            .bind(at),
    )
    .await?;
    Ok(())
}

pub(in crate::listings) async fn insert(
    tx: &mut Tx,
    id: ListingId,
    reference: &str,
    ready: &Ready,
    expires_at: At,
) -> Result<(), Fault> {
    let content = serde_json::to_value(&ready.content)?;
    tx.exec(
        sql(
            "insert into listings (id, reference, kind, org_id, owner_id, state, origin, visibility, anonymous, \
             open_for_interest, version, draft, live, live_version, submitted_at, published_at, refreshed_at, \
             expires_at, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11, 1, \
             $12, $12, $12, $13, $12, $12)",
        )
        .bind(id)
        .bind(reference)
        .bind(ready.kind)
        .bind(ready.org)
        .bind(ready.owner)
        .bind(State::Published)
        .bind(ready.origin)
        .bind(ready.visibility)
        .bind(ready.anonymous)
        .bind(ready.open_for_interest)
        .bind(content)
        .bind(ready.published_at)
        .bind(expires_at),
    )
    .await?;
    Ok(())
}

pub(in crate::listings) async fn keep_upload(tx: &mut Tx, upload: &Upload, at: At) -> Result<(), Fault> {
    tx.exec(
        sql("insert into uploads (id, person_id, name, kind, bytes, created_at) values ($1, $2, $3, $4, $5, $6)")
            .bind(upload.id)
            .bind(upload.person_id)
            .bind(&upload.name)
            .bind(upload.kind)
            .bind(upload.bytes.clone())
            .bind(at),
    )
    .await?;
    Ok(())
}

pub(in crate::listings) async fn upload(
    on: impl Reads,
    id: UploadId,
    person: PersonId,
) -> Result<Upload, Fault> {
    on.maybe(
        sql("select id, person_id, name, kind, bytes from uploads where id = $1 and person_id = $2")
            .bind(id)
            .bind(person),
    )
    .await?
    .ok_or(Fault::Missing)
}

pub(in crate::listings) async fn drop_upload(tx: &mut Tx, id: UploadId) -> Result<(), Fault> {
    tx.exec(sql("delete from uploads where id = $1").bind(id)).await?;
    Ok(())
}
