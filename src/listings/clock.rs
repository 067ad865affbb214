//! What time brings: a warning, an end, the last of vectors nobody uses.

use super::{follow, life, store};
use crate::events::{self, Event};
use crate::ids::{By, ListingId};
use crate::kit::Cx;
use crate::kit::fault::Fault;

/// Days before its end at which the owner is told.
const WARNING_DAYS: i64 = 14;

/// Everything that is due now; called once a minute, and doing it twice is the same as once.
pub async fn tick(cx: &Cx) -> Result<(), Fault> {
    let now = cx.now();
    for id in store::overdue(&cx.db, now).await? {
        life::expire(cx, id).await?;
    }
    for id in store::unwarned(&cx.db, now.plus_days(WARNING_DAYS)).await? {
        warn(cx, id).await?;
    }
    follow::tidy(cx).await
}

async fn warn(cx: &Cx, id: ListingId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    if store::warned(&mut tx, id, cx.now()).await? {
        events::record(cx, &mut tx, By::Service, &Event::ExpiryNear { listing: id }).await?;
    }
    tx.commit().await
}
