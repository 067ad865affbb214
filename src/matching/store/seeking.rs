//! What the search for matches asks of the database and leaves there.

use crate::ids::{ListingId, OrgId};
use crate::kit::clock::At;
use crate::kit::db::{Reads, sql};
use crate::kit::fault::Fault;
use crate::listings::Kind;

/// How many open suggestions and running cases each offer stands in with other needs than this one.
pub(in crate::matching) async fn loads(
    on: impl Reads,
    but: ListingId,
) -> Result<Vec<(ListingId, Option<OrgId>, i64)>, Fault> {
    on.all(
        sql(
            "select o.id, o.org_id, count(*) from pairings p join listings o on o.id = p.offer_id \
             where p.need_id <> $1 and p.stage in ('suggested', 'proposed', 'need_accepted', 'offer_accepted', \
             'introduced', 'meeting', 'negotiating', 'agreed') group by o.id, o.org_id",
        )
        .bind(but),
    )
    .await
}

/// Open listings whose matches were last sought before `before` (or never) and that no open pairing names.
pub(in crate::matching) async fn unmatched(
    on: impl Reads,
    before: At,
    limit: i64,
) -> Result<Vec<(ListingId, Kind)>, Fault> {
    on.all(
        sql(format!(
            "select l.id, l.kind from listings l where l.live is not null and l.state in ('published', 'review', 'changes') \
             and coalesce(l.searched_at, 0) <= $1 and not exists (select 1 from pairings p \
             where (p.need_id = l.id or p.offer_id = l.id) and p.stage in ('suggested', 'proposed', 'need_accepted', \
             'offer_accepted', 'introduced', 'meeting', 'negotiating', 'agreed')) \
             order by coalesce(l.searched_at, 0), l.id limit {limit}"
        ))
        .bind(before),
    )
    .await
}

pub(in crate::matching) async fn is_guest(
    on: impl Reads,
    listing: ListingId,
    org: OrgId,
) -> Result<bool, Fault> {
    let row: Option<(i64,)> = on
        .maybe(
            sql("select cast(1 as bigint) from listing_guests where listing_id = $1 and org_id = $2")
                .bind(listing)
                .bind(org),
        )
        .await?;
    Ok(row.is_some())
}
