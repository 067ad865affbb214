//! Everything that was ever submitted, for the export.

use super::LISTING;
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
