//! For admins: whether the service is well, and what its queue is stuck on.

use crate::accounts::{self, Actor};
use crate::events;
use crate::ids::JobId;
use crate::kit::fault::Fault;
use crate::kit::search;
use crate::kit::{Cx, queue};
use crate::listings::follow;

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
        events_behind: (events::last(&cx.db).await? - follow::position(cx)).max(0),
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
