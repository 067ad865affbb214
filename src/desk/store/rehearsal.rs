//! What the sample people got.

use crate::desk::rehearsal::Sample;
use crate::kit::db::{Db, sql};
use crate::kit::fault::Fault;

pub async fn written(db: &Db) -> Result<Vec<Sample>, Fault> {
    db.all(sql(
        "select kind, lang, subject, plain, html from outbox order by created_at, id",
    ))
    .await
}
