//! Everything that was ever submitted, for the export.

use super::LISTING;
use crate::ids::OrgId;
use crate::kit::db::{Reads, sql};
use crate::kit::fault::Fault;
use crate::listings::Listing;

/// Oldest first. What a visitor or a firm is still writing is nobody else's business.
pub(in crate::listings) async fn submitted(on: impl Reads) -> Result<Vec<Listing>, Fault> {
    on.all(sql(format!(
        "select {LISTING} from listings where submitted_at is not null order by submitted_at, id"
    )))
    .await
}

/// Organisation, open needs, open offers.
pub(in crate::listings) async fn open_by_org(on: impl Reads) -> Result<Vec<(OrgId, i64, i64)>, Fault> {
    on.all(sql(
        "select org_id, count(case when kind = 'need' then 1 end), count(case when kind = 'offer' then 1 end) \
         from listings where state = 'published' and org_id is not null group by org_id",
    ))
    .await
}
