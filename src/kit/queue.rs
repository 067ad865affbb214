//! Jobs in the same database as the change that asked for them: claimed with a lease, tried again with
//! a growing pause, parked when hopeless. The same work asked for twice while it waits is done once.
//!
//! A lease is short and renewed while the work goes on, so a dead node's job is soon another's. Whoever held a claim
//! that was lost meanwhile changes nothing any more: each claim has its number.

use std::convert::Infallible;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::types::Json;
use uuid::Uuid;

use super::Cx;
use super::clock::{At, HOUR, MINUTE, SECOND, new_id};
use super::db::{Tx, sql};
use super::fault::Fault;

/// A dead node's work is another's after this.
pub const LEASE: i64 = 30 * SECOND;
/// How often a living node says that it still works.
pub const RENEWAL: Duration = Duration::from_secs(10);
const PAUSES: [i64; 6] = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 4 * HOUR];

/// A job taken by this process.
#[derive(Debug)]
pub struct Claimed<J> {
    pub claim: Claim,
    pub job: J,
}

/// The right to a job, until its lease runs out and another takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    pub id: Uuid,
    pub attempts: i64,
}

/// Asks for a job; nothing happens where the same `once` is already waiting.
pub async fn ask<J: Serialize>(cx: &Cx, tx: &mut Tx, once: &str, job: &J, run_at: At) -> Result<(), Fault> {
    let body = serde_json::to_value(job)?;
    let kind = body["job"].as_str().unwrap_or_default().to_owned();
    tx.exec(
        sql(
            "insert into jobs (id, once, kind, body, state, run_at, attempts, created_at) \
             values ($1, $2, $3, $4, 'waiting', $5, 0, $6) on conflict (once) do nothing",
        )
        .bind(new_id())
        .bind(once)
        .bind(kind)
        .bind(body)
        .bind(run_at)
        .bind(cx.now()),
    )
    .await?;
    Ok(())
}

/// Takes the oldest due job, or one whose lease ran out (its worker died). A taken job gives its `once`
/// free: what is asked for while it runs may rest on something newer and is done after it.
pub async fn claim<J: DeserializeOwned>(cx: &Cx) -> Result<Option<Claimed<J>>, Fault> {
    // Looked for first without writing: an empty commit would wake every loop that waits for one, this one too.
    let due: Option<(Uuid,)> = cx
        .db
        .maybe(
            sql("select id from jobs where (state = 'waiting' and run_at <= $1) \
                 or (state = 'running' and lease_until < $1) limit 1")
            .bind(cx.now()),
        )
        .await?;
    if due.is_none() {
        return Ok(None);
    }
    let mut tx = cx.db.begin().await?;
    let skip = tx.skip_locked();
    let statement = format!(
        "update jobs set state = 'running', attempts = attempts + 1, lease_until = $1, once = once || '#' || $3 where id in \
         (select id from jobs where (state = 'waiting' and run_at <= $2) or (state = 'running' and lease_until < $2) \
          order by run_at, id limit 1 {skip}) returning id, body, attempts"
    );
    let now = cx.now();
    let row: Option<(Uuid, Json<serde_json::Value>, i64)> = tx
        .maybe(
            sql(statement)
                .bind(now.plus(LEASE))
                .bind(now)
                .bind(new_id().to_string()),
        )
        .await?;
    tx.commit().await?;
    let Some((id, Json(body), attempts)) = row else {
        return Ok(None);
    };
    let claim = Claim { id, attempts };
    match serde_json::from_value(body) {
        Ok(job) => Ok(Some(Claimed { claim, job })),
        Err(why) => {
            // A newer version asked for it: it waits for a node that knows the word, and is parked where none comes.
            failed(cx, claim, &format!("cannot be read: {why}")).await?;
            Ok(None)
        }
    }
}

/// Puts back what ran in a process that has ended, where one process owns the database and has just begun.
pub async fn recover(cx: &Cx) -> Result<(), Fault> {
    cx.db
        .exec(sql(
            "update jobs set state = 'waiting', lease_until = null where state = 'running'",
        ))
        .await?;
    Ok(())
}

/// Does the work and says every now and then that it is still being done.
pub async fn hold<T>(cx: &Cx, claim: Claim, work: impl Future<Output = T>) -> T {
    tokio::select! {
        biased;
        done = work => done,
        never = keep(cx, claim) => match never {},
    }
}

async fn keep(cx: &Cx, claim: Claim) -> Infallible {
    loop {
        tokio::time::sleep(RENEWAL).await;
        if let Err(why) = renew(cx, claim).await {
            tracing::warn!(%why, "the lease of a job could not be renewed");
        }
    }
}

async fn renew(cx: &Cx, claim: Claim) -> Result<(), Fault> {
    cx.db
        .exec(
            sql("update jobs set lease_until = $1 where id = $2 and attempts = $3 and state = 'running'")
                .bind(cx.now().plus(LEASE))
                .bind(claim.id)
                .bind(claim.attempts),
        )
        .await?;
    Ok(())
}

/// The job is done: its row goes, so the same work may be asked for again.
pub async fn done(cx: &Cx, claim: Claim) -> Result<(), Fault> {
    cx.db
        .exec(
            sql("delete from jobs where id = $1 and attempts = $2 and state = 'running'")
                .bind(claim.id)
                .bind(claim.attempts),
        )
        .await?;
    Ok(())
}

/// The job failed: it waits longer each time, and is parked after the last pause.
pub async fn failed(cx: &Cx, claim: Claim, why: &str) -> Result<(), Fault> {
    let pause = usize::try_from(claim.attempts - 1)
        .ok()
        .and_then(|at| PAUSES.get(at));
    let (state, run_at) = match pause {
        Some(pause) => ("waiting", cx.now().plus(*pause)),
        None => ("parked", cx.now()),
    };
    cx.db
        .exec(
            sql(
                "update jobs set state = $1, run_at = $2, lease_until = null, fault = $3 \
                 where id = $4 and attempts = $5 and state = 'running'",
            )
            .bind(state)
            .bind(run_at)
            .bind(why)
            .bind(claim.id)
            .bind(claim.attempts),
        )
        .await?;
    Ok(())
}

/// Not now: back in line for a moment, without counting as a try.
pub async fn later(cx: &Cx, claim: Claim, pause: i64) -> Result<(), Fault> {
    cx.db
        .exec(
            sql(
                "update jobs set state = 'waiting', run_at = $1, lease_until = null, attempts = attempts - 1 \
                 where id = $2 and attempts = $3 and state = 'running'",
            )
            .bind(cx.now().plus(pause))
            .bind(claim.id)
            .bind(claim.attempts),
        )
        .await?;
    Ok(())
}

/// How many jobs wait or run, and how many are parked.
pub async fn counts(cx: &Cx) -> Result<(i64, i64), Fault> {
    cx.db
        .one(sql("select count(case when state <> 'parked' then 1 end), \
                  count(case when state = 'parked' then 1 end) from jobs"))
        .await
}

/// A job that has failed at least once, for the one who looks after the service.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Standing {
    pub id: Uuid,
    pub kind: String,
    pub state: String,
    pub attempts: i64,
    pub run_at: At,
    pub fault: Option<String>,
    pub created_at: At,
}

impl Standing {
    pub fn is_parked(&self) -> bool {
        self.state == "parked"
    }
}

/// Jobs that do not go through, the parked ones in front.
pub async fn stuck(cx: &Cx, limit: i64) -> Result<Vec<Standing>, Fault> {
    cx.db
        .all(
            sql(
                "select id, kind, state, attempts, run_at, fault, created_at from jobs where fault is not null \
                 order by case when state = 'parked' then 0 else 1 end, created_at, id limit $1",
            )
            .bind(limit),
        )
        .await
}

/// Puts a parked job in line again, with all its tries before it.
pub async fn again(tx: &mut Tx, id: Uuid, now: At) -> Result<(), Fault> {
    tx.exec_if_fresh(
        sql(
            "update jobs set state = 'waiting', run_at = $1, attempts = 0 where id = $2 and state = 'parked'",
        )
        .bind(now)
        .bind(id),
    )
    .await
}
