//! All SQL about listings.

use crate::ids::{ListingId, OrgId, PersonId};
use crate::kit::db::{Reads, sql};
use crate::kit::fault::Fault;

use super::Listing;

mod escalating;
mod exporting;
pub(super) mod importing;
pub(super) mod indexing;
mod reviewing;
pub(super) mod rights;
mod searching;
mod tending;
mod writing;

pub(super) use escalating::*;
pub(super) use exporting::*;
pub(super) use reviewing::*;
pub(super) use searching::*;
pub(super) use tending::*;
pub(super) use writing::*;

const LISTING: &str = "id, reference, kind, org_id, owner_id, coordinator_id, state, origin, visibility, anonymous, \
                       open_for_interest, version, nullif(draft, live) as draft, live, live_version, confirmed_version, submitted_at, \
                       published_at, refreshed_at, expires_at, closed_reason, searched_at, created_at, updated_at";

// One listing ------------------------------------------------------------------------------------

pub(super) async fn get(on: impl Reads, id: ListingId) -> Result<Listing, Fault> {
    on.maybe(sql(format!("select {LISTING} from listings where id = $1")).bind(id))
        .await?
        .ok_or(Fault::Missing)
}

pub(super) async fn by_reference(on: impl Reads, reference: &str) -> Result<Listing, Fault> {
    on.maybe(sql(format!("select {LISTING} from listings where reference = $1")).bind(reference))
        .await?
        .ok_or(Fault::Missing)
}

// Many -------------------------------------------------------------------------------------------

pub(super) async fn many(on: impl Reads, ids: &[ListingId]) -> Result<Vec<Listing>, Fault> {
    on.all(sql(format!("select {LISTING} from listings where id in ({{}})")).bind_list(ids.iter().copied()))
        .await
}

pub(super) async fn of_org(on: impl Reads, org: OrgId) -> Result<Vec<Listing>, Fault> {
    on.all(
        sql(format!(
            "select {LISTING} from listings where org_id = $1 order by updated_at desc, id"
        ))
        .bind(org),
    )
    .await
}

/// What a person wrote, in whose name ever it stands.
pub(super) async fn written_by(on: impl Reads, person: PersonId) -> Result<Vec<Listing>, Fault> {
    on.all(
        sql(format!(
            "select {LISTING} from listings where owner_id = $1 order by updated_at desc, id"
        ))
        .bind(person),
    )
    .await
}

/// Of these organisations, or the person's own where it stands in no organisation's name.
pub(super) async fn of_person(
    on: impl Reads,
    person: PersonId,
    orgs: &[OrgId],
) -> Result<Vec<Listing>, Fault> {
    on.all(
        sql(format!(
            "select {LISTING} from listings where (owner_id = $1 and org_id is null) or org_id in ({{}}) order by updated_at desc, id"
        ))
        .bind(person)
        .bind_list(orgs.iter().copied()),
    )
    .await
}

pub(super) async fn without_owner(
    on: impl Reads,
    beyond: ListingId,
    limit: i64,
) -> Result<Vec<ListingId>, Fault> {
    let rows: Vec<(ListingId,)> = on
        .all(
            sql(
                "select id from listings where origin = 'import' and owner_id is null and state = 'published' \
                 and id > $1 order by id limit $2",
            )
            .bind(beyond)
            .bind(limit),
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

// Guests of an invited listing -------------------------------------------------------------------

pub(super) async fn guests(on: impl Reads, listings: &[ListingId]) -> Result<Vec<(ListingId, OrgId)>, Fault> {
    on.all(
        sql("select listing_id, org_id from listing_guests where listing_id in ({})")
            .bind_list(listings.iter().copied()),
    )
    .await
}
