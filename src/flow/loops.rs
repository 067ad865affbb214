//! The loops that carry the flow: the index follows the feed, events become jobs, jobs are worked off, letters
//! leave, the clock ticks. And the same by hand, until nothing is left, for tests and commands.

use std::time::Duration;

use super::{Done, Job, follow_up, name_of, tick, work};
use crate::events;
use crate::kit::clock::{At, MINUTE, SECOND};
use crate::kit::fault::Fault;
use crate::kit::mail::{self, Line};
use crate::kit::{Cx, queue};
use crate::listings;

const FOLLOWER: &str = "flow";
const EVENTS: i64 = 200;

/// Turns the next events into jobs. Jobs and cursor are one commit: cut short, it is done again and adds nothing.
async fn follow_step(cx: &Cx) -> Result<bool, Fault> {
    let from = events::cursor(&cx.db, FOLLOWER).await?;
    if events::last(&cx.db).await? <= from {
        return Ok(false);
    }
    let mut tx = cx.db.begin().await?;
    let happened = events::after(&mut tx, from, EVENTS).await?;
    let Some(last) = happened.last().map(|happened| happened.number) else {
        return Ok(false);
    };
    // Another node may be at the same events: its commit holds this one up here, and then there is nothing to do.
    // Asking first would ask again for what that node's jobs have done already.
    if !events::step_cursor(&mut tx, FOLLOWER, from, last).await? {
        return Ok(true);
    }
    for happened in &happened {
        for job in follow_up(happened) {
            queue::ask(cx, &mut tx, &name_of(&job)?, &job, cx.now()).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// What happened until now asks for nothing: for a past that was only entered.
pub async fn begin_here(cx: &Cx) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    let last = events::last(&mut tx).await?;
    events::move_cursor(&mut tx, FOLLOWER, last).await?;
    tx.commit().await
}

async fn work_step(cx: &Cx) -> Result<bool, Fault> {
    let Some(claimed) = queue::claim::<Job>(cx).await? else {
        return Ok(false);
    };
    let name = format!("{:?}", claimed.job);
    let claim = claimed.claim;
    let outcome = queue::hold(cx, claim, work(cx, claimed.job)).await;
    match outcome {
        // What it was about may have gone or moved on: then nothing is left to do.
        Ok(Done::Yes) | Err(Fault::Missing | Fault::Stale(_)) => queue::done(cx, claim).await?,
        Ok(Done::NotYet) => {
            queue::later(cx, claim, 500).await?;
            return Ok(false);
        }
        // No fault of the job: it waits until something can be written again, and is not parked for it.
        Err(Fault::Full) => {
            queue::later(cx, claim, 5 * SECOND).await?;
            return Err(Fault::Full);
        }
        // Another change was in its way: nothing happened, and the next try is no second one.
        Err(Fault::Clash | Fault::Busy) => queue::later(cx, claim, 0).await?,
        Err(fault) => {
            tracing::warn!(job = name, attempts = claim.attempts, why = %fault, "job failed");
            queue::failed(cx, claim, &fault.to_string()).await?;
        }
    }
    Ok(true)
}

/// Does what comes first, then starts the loops. All of it ends when the returned guard is dropped.
pub fn start(cx: &Cx, first: impl AsyncFnOnce(&Cx) + 'static) -> Loops {
    let cx = cx.clone();
    Loops(vec![actix_web::rt::spawn(async move {
        first(&cx).await;
        let _running = start_loops(&cx);
        std::future::pending::<()>().await;
    })])
}

fn start_loops(cx: &Cx) -> Loops {
    let spawn = |name: &'static str, run: futures_util::future::LocalBoxFuture<'static, ()>| {
        tracing::debug!(name, "loop started");
        actix_web::rt::spawn(run)
    };
    let (one, two, three, four, five, six) = (
        cx.clone(),
        cx.clone(),
        cx.clone(),
        cx.clone(),
        cx.clone(),
        cx.clone(),
    );
    Loops(vec![
        spawn(
            "index",
            Box::pin(async move { run(&one, "index", async |cx| listings::follow::step(cx).await).await }),
        ),
        spawn(
            "vectors",
            Box::pin(async move { run(&two, "vectors", async |cx| listings::follow::fill(cx).await).await }),
        ),
        spawn(
            "flow",
            Box::pin(async move { run(&three, "flow", async |cx| follow_step(cx).await).await }),
        ),
        spawn("jobs", Box::pin(async move { run_jobs(&four).await })),
        spawn("mail", Box::pin(async move { run_mail(&five).await })),
        spawn("clock", Box::pin(async move { run_clock(&six).await })),
    ])
}

/// The running loops.
pub struct Loops(Vec<actix_web::rt::task::JoinHandle<()>>);

impl Drop for Loops {
    fn drop(&mut self) {
        self.0.iter().for_each(actix_web::rt::task::JoinHandle::abort);
    }
}

/// Steps while there is something to do, then waits for a commit here, or a second for one elsewhere.
async fn run(cx: &Cx, name: &'static str, step: impl AsyncFn(&Cx) -> Result<bool, Fault>) {
    loop {
        let committed = cx.db.next_commit();
        match step(cx).await {
            Ok(true) => {}
            Ok(false) => {
                let _woken = tokio::time::timeout(Duration::from_secs(1), committed).await;
            }
            Err(fault) => {
                tracing::error!(name, why = %fault, "loop");
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
        }
    }
}

async fn run_jobs(cx: &Cx) {
    // One process owns a SQLite database: nobody else will end what the last one began.
    if cx.db.is_sqlite()
        && let Err(fault) = queue::recover(cx).await
    {
        tracing::error!(why = %fault, "jobs: recovery");
    }
    run(cx, "jobs", async |cx| work_step(cx).await).await;
}

async fn run_mail(cx: &Cx) {
    let mut line = Line::default();
    if cx.db.is_sqlite() {
        // One process owns a SQLite database: whatever was under way died with the last one.
        if let Err(fault) = mail::recover(cx, At(i64::MAX)).await {
            tracing::error!(why = %fault, "outbox: recovery");
        }
    }
    loop {
        let committed = cx.db.next_commit();
        match mail::send_next(cx, &mut line).await {
            Ok(true) => {}
            Ok(false) => {
                let _woken = tokio::time::timeout(Duration::from_secs(1), committed).await;
            }
            Err(fault) => {
                tracing::error!(why = %fault, "outbox");
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
        }
    }
}

async fn run_clock(cx: &Cx) {
    loop {
        if let Err(fault) = tick(cx).await {
            tracing::error!(why = %fault, "clock");
        }
        tokio::time::sleep(Duration::from_millis(MINUTE.unsigned_abs())).await;
    }
}

/// For tests and commands: everything that can be done now, until nothing is left.
pub async fn settle(cx: &Cx) -> Result<(), Fault> {
    let mut line = Line::default();
    loop {
        tick(cx).await?;
        let mut moved = settle_without_letters(cx).await?;
        while mail::send_next(cx, &mut line).await? {
            moved = true;
        }
        if !moved {
            return Ok(());
        }
    }
}

/// Index, events and jobs, until nothing is left; letters stay in the outbox. Says whether there was anything.
pub async fn settle_without_letters(cx: &Cx) -> Result<bool, Fault> {
    let mut ever = false;
    loop {
        let mut moved = false;
        while listings::follow::step(cx).await? {
            moved = true;
        }
        while listings::follow::fill(cx).await? {
            moved = true;
        }
        while follow_step(cx).await? {
            moved = true;
        }
        while work_step(cx).await? {
            moved = true;
        }
        if !moved {
            return Ok(ever);
        }
        ever = true;
    }
}
