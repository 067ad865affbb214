//! For admins: whether the service is well, what its queue is stuck on, and who did what.

use std::collections::HashMap;

use uuid::Uuid;

use crate::accounts::{self, Actor};
use crate::events;
use crate::ids::JobId;
use crate::kit::clock::At;
use crate::kit::fault::Fault;
use crate::kit::search;
use crate::kit::table::Table;
use crate::kit::{Cx, queue};

use super::store;

/// What the status page tells.
pub struct Health {
    /// What the database answered for itself, or why it cannot be trusted.
    pub database: Result<String, String>,
    pub index: search::Health,
    /// Events the index of this node has not taken in yet.
    pub events_behind: i64,
    pub waiting: i64,
    pub parked: i64,
    pub jobs: Vec<queue::Standing>,
    pub mail: String,
    pub public_url: String,
    pub is_https: bool,
    pub is_sqlite: bool,
    pub version: &'static str,
}

pub async fn look(cx: &Cx) -> Result<Health, Fault> {
    let (waiting, parked) = queue::counts(cx).await?;
    Ok(Health {
        database: cx.db.check().await.map_err(|fault| fault.to_string()),
        index: cx.search_all.health(),
        events_behind: (events::last(&cx.db).await? - cx.search_all.position()).max(0),
        waiting,
        parked,
        jobs: queue::stuck(cx, 100).await?,
        mail: cx.mailer.describe(),
        public_url: cx.config.public_url.clone(),
        is_https: cx.config.is_https(),
        is_sqlite: cx.db.is_sqlite(),
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// Takes a parked job out and into the line again.
pub async fn try_job_again(cx: &Cx, who: &Actor, job: JobId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    queue::again(&mut tx, job.0, cx.now()).await?;
    accounts::audit(cx, &mut tx, "job:again", who.by(), Some(job.0)).await?;
    tx.commit().await
}

// Who did what ---------------------------------------------------------------------------------------

/// A row of the audit log.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Noted {
    pub at: At,
    pub act: String,
    pub subject: Option<Uuid>,
    pub who: Option<String>,
    /// The subject's name, where it has one.
    #[sqlx(skip)]
    pub whom: Option<String>,
}

pub const PER_PAGE: i64 = 100;

/// The most rows a file of the log holds, the newest ones.
const MOST: i64 = 50_000;

/// One page of the log, and how many rows there are.
pub async fn audit(cx: &Cx, page: usize) -> Result<(Vec<Noted>, i64), Fault> {
    let skipped = i64::try_from(page.saturating_sub(1)).unwrap_or(0) * PER_PAGE;
    let count = store::admin::audit_count(cx).await?;
    let mut rows = store::admin::audit(cx, PER_PAGE, skipped).await?;
    name(cx, &mut rows).await?;
    Ok((rows, count))
}

pub async fn audit_table(cx: &Cx) -> Result<Table, Fault> {
    let mut rows = store::admin::audit(cx, MOST, 0).await?;
    for some in rows.chunks_mut(500) {
        name(cx, some).await?;
    }
    let mut table = Table::new(["at", "act", "by", "subject", "subject_name"]);
    for row in rows {
        let subject = row.subject.map(|id| id.to_string()).unwrap_or_default();
        table.push([
            row.at.iso(),
            row.act,
            row.who.unwrap_or_default(),
            subject,
            row.whom.unwrap_or_default(),
        ]);
    }
    Ok(table)
}

async fn name(cx: &Cx, rows: &mut [Noted]) -> Result<(), Fault> {
    let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.subject).collect();
    let names: HashMap<Uuid, String> = store::admin::names(cx, &ids).await?.into_iter().collect();
    for row in rows {
        row.whom = row.subject.and_then(|subject| names.get(&subject).cloned());
    }
    Ok(())
}
