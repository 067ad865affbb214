//! Published listings over time: renewed, closed, expired; who keeps an eye on them, who complains.

use crate::ids::{ListingId, PersonId, ReportId};
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;
use crate::listings::saved::Report;

pub(in crate::listings) async fn renew(
    tx: &mut Tx,
    id: ListingId,
    now: At,
    expires: At,
) -> Result<bool, Fault> {
    tx.takes_effect(
        sql(
            "update listings set state = 'published', refreshed_at = $1, expires_at = $2, warned_at = null, \
             updated_at = $1 where id = $3 and live is not null and state in ('published', 'expired')",
        )
        .bind(now)
        .bind(expires)
        .bind(id),
    )
    .await
}

pub(in crate::listings) async fn close(
    tx: &mut Tx,
    id: ListingId,
    reason: &str,
    now: At,
) -> Result<bool, Fault> {
    tx.takes_effect(
        sql(
            "update listings set state = 'closed', closed_reason = $1, updated_at = $2 \
             where id = $3 and state not in ('closed', 'archived')",
        )
        .bind(reason)
        .bind(now)
        .bind(id),
    )
    .await
}

pub(in crate::listings) async fn set_interest(
    tx: &mut Tx,
    id: ListingId,
    open: bool,
    now: At,
) -> Result<(), Fault> {
    tx.exec(
        sql("update listings set open_for_interest = $1, updated_at = $2 where id = $3")
            .bind(open)
            .bind(now)
            .bind(id),
    )
    .await?;
    Ok(())
}

/// `false`: somebody took it before.
pub(in crate::listings) async fn take(
    tx: &mut Tx,
    id: ListingId,
    owner: PersonId,
    now: At,
) -> Result<bool, Fault> {
    let touched = tx
        .exec(
            sql(
                "update listings set owner_id = $1, open_for_interest = $2, refreshed_at = $3, updated_at = $3 \
                 where id = $4 and owner_id is null",
            )
            .bind(owner)
            .bind(true)
            .bind(now)
            .bind(id),
        )
        .await?;
    Ok(touched == 1)
}

/// Published ones whose time is over.
pub(in crate::listings) async fn overdue(on: impl Reads, now: At) -> Result<Vec<ListingId>, Fault> {
    let rows: Vec<(ListingId,)> = on
        .all(
            sql("select id from listings where state = 'published' and expires_at <= $1 order by expires_at limit 200")
                .bind(now),
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Published ones that expire before `until` and whose owner was not told.
pub(in crate::listings) async fn unwarned(on: impl Reads, until: At) -> Result<Vec<ListingId>, Fault> {
    let rows: Vec<(ListingId,)> = on
        .all(
            sql(
                "select id from listings where state = 'published' and expires_at <= $1 and warned_at is null \
                 order by expires_at limit 200",
            )
            .bind(until),
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(in crate::listings) async fn warned(tx: &mut Tx, id: ListingId, now: At) -> Result<bool, Fault> {
    tx.takes_effect(
        sql("update listings set warned_at = $1 where id = $2 and warned_at is null")
            .bind(now)
            .bind(id),
    )
    .await
}

pub(in crate::listings) async fn searched(tx: &mut Tx, id: ListingId, now: At) -> Result<(), Fault> {
    tx.exec(
        sql("update listings set searched_at = $1 where id = $2")
            .bind(now)
            .bind(id),
    )
    .await?;
    Ok(())
}

// Saved and reported -----------------------------------------------------------------------------

pub(in crate::listings) async fn is_saved(
    on: impl Reads,
    person: PersonId,
    id: ListingId,
) -> Result<bool, Fault> {
    let found: Option<(At,)> = on
        .maybe(
            sql("select created_at from saved where person_id = $1 and listing_id = $2")
                .bind(person)
                .bind(id),
        )
        .await?;
    Ok(found.is_some())
}

pub(in crate::listings) async fn keep_an_eye(
    tx: &mut Tx,
    person: PersonId,
    id: ListingId,
    now: At,
) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into saved (person_id, listing_id, created_at) values ($1, $2, $3) \
             on conflict (person_id, listing_id) do nothing",
        )
        .bind(person)
        .bind(id)
        .bind(now),
    )
    .await?;
    Ok(())
}

pub(in crate::listings) async fn let_go(tx: &mut Tx, person: PersonId, id: ListingId) -> Result<(), Fault> {
    tx.exec(
        sql("delete from saved where person_id = $1 and listing_id = $2")
            .bind(person)
            .bind(id),
    )
    .await?;
    Ok(())
}

pub(in crate::listings) async fn saved_by(on: impl Reads, person: PersonId) -> Result<Vec<ListingId>, Fault> {
    let rows: Vec<(ListingId,)> = on
        .all(
            sql("select listing_id from saved where person_id = $1 order by created_at desc limit 500")
                .bind(person),
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(in crate::listings) async fn add_report(
    tx: &mut Tx,
    id: ListingId,
    person: Option<PersonId>,
    reason: &str,
    body: &str,
    now: At,
) -> Result<(), Fault> {
    tx.exec(
        sql("insert into reports (id, listing_id, person_id, reason, body, created_at) values ($1, $2, $3, $4, $5, $6)")
            .bind(ReportId::new())
            .bind(id)
            .bind(person)
            .bind(reason)
            .bind(body)
            .bind(now),
    )
    .await?;
    Ok(())
}

pub(in crate::listings) async fn open_reports(on: impl Reads) -> Result<Vec<Report>, Fault> {
    on.all(sql(
        "select id, listing_id, person_id, reason, body, created_at from reports where resolved_at is null \
         order by created_at limit 200",
    ))
    .await
}

pub(in crate::listings) async fn resolve_report(tx: &mut Tx, id: ReportId, now: At) -> Result<bool, Fault> {
    tx.takes_effect(
        sql("update reports set resolved_at = $1 where id = $2 and resolved_at is null")
            .bind(now)
            .bind(id),
    )
    .await
}
