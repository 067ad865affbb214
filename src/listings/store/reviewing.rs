//! What coordinators read, note and decide.

use crate::ids::{ListingId, NoteId, PersonId};
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;
use crate::listings::review::{NewNote, Note};
use crate::listings::{Content, Listing};

use super::LISTING;

/// Oldest first: who waits longest is read first.
pub(in crate::listings) async fn queue(on: impl Reads) -> Result<Vec<Listing>, Fault> {
    on.all(sql(format!(
        "select {LISTING} from listings where state = 'review' order by submitted_at, id limit 500"
    )))
    .await
}

pub(in crate::listings) async fn queue_length(on: impl Reads) -> Result<i64, Fault> {
    let row: Option<(i64,)> = on
        .maybe(sql("select count(*) from listings where state = 'review' \
             and (origin <> 'coordinator' or confirmed_version = version)"))
        .await?;
    Ok(row.map_or(0, |(count,)| count))
}

/// Notes that still stand, the heaviest first.
pub(in crate::listings) async fn open_notes(on: impl Reads, id: ListingId) -> Result<Vec<Note>, Fault> {
    on.all(
        sql(
            "select id, version, field, severity, body, created_at from review_notes \
             where listing_id = $1 and resolved_at is null \
             order by case severity when 'blocker' then 0 when 'major' then 1 else 2 end, created_at, id",
        )
        .bind(id),
    )
    .await
}

pub(in crate::listings) async fn resolve_notes(tx: &mut Tx, id: ListingId, now: At) -> Result<(), Fault> {
    tx.exec(
        sql("update review_notes set resolved_at = $1 where listing_id = $2 and resolved_at is null")
            .bind(now)
            .bind(id),
    )
    .await?;
    Ok(())
}

pub(in crate::listings) async fn add_note(
    tx: &mut Tx,
    id: ListingId,
    version: i64,
    note: &NewNote,
    by: Option<PersonId>,
    now: At,
) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into review_notes (id, listing_id, version, field, severity, body, by_person, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(NoteId::new())
        .bind(id)
        .bind(version)
        .bind(&note.field)
        .bind(note.severity)
        .bind(&note.body)
        .bind(by)
        .bind(now),
    )
    .await?;
    Ok(())
}

/// Only the version that was read is sent back.
pub(in crate::listings) async fn send_back(
    tx: &mut Tx,
    id: ListingId,
    version: i64,
    coordinator: Option<PersonId>,
    now: At,
) -> Result<bool, Fault> {
    tx.takes_effect(sql(
                "update listings set state = 'changes', coordinator_id = coalesce($1, coordinator_id), updated_at = $2 \
                 where id = $3 and version = $4 and state = 'review'",
            )
            .bind(coordinator)
            .bind(now)
            .bind(id)
            .bind(version),)
    .await
}

/// Only the version that was read becomes what readers see.
pub(in crate::listings) async fn publish(
    tx: &mut Tx,
    listing: &Listing,
    content: &Content,
    coordinator: PersonId,
    now: At,
    expires: At,
) -> Result<bool, Fault> {
    tx.takes_effect(sql("update listings set state = 'published', live = $1, draft = $1, live_version = version, \
                 coordinator_id = $2, published_at = coalesce(published_at, $3), refreshed_at = $3, expires_at = $4, \
                 warned_at = null, updated_at = $3 where id = $5 and version = $6 and state = 'review'")
            .bind(serde_json::to_value(content)?)
            .bind(coordinator)
            .bind(now)
            .bind(expires)
            .bind(listing.id)
            .bind(listing.version),)
    .await
}

/// Writes marks of evidence into both copies, unless anybody wrote since they were read. The version stays: an author
/// who has the form open goes on.
pub(in crate::listings) async fn stamp(
    tx: &mut Tx,
    read: &Listing,
    marked: &Listing,
    now: At,
) -> Result<bool, Fault> {
    let live = marked.live.as_deref().map(serde_json::to_value).transpose()?;
    tx.takes_effect(
        sql("update listings set draft = $1, live = $2, updated_at = $3 \
                 where id = $4 and version = $5 and updated_at = $6 and state = $7")
        .bind(serde_json::to_value(marked.draft())?)
        .bind(live)
        .bind(now)
        .bind(read.id)
        .bind(read.version)
        .bind(read.updated_at)
        .bind(read.state),
    )
    .await
}

pub(in crate::listings) async fn confirm(
    tx: &mut Tx,
    id: ListingId,
    version: i64,
    now: At,
) -> Result<bool, Fault> {
    tx.takes_effect(
        sql("update listings set confirmed_version = $1, updated_at = $2 \
                 where id = $3 and version = $1 and state = 'review'")
        .bind(version)
        .bind(now)
        .bind(id),
    )
    .await
}
