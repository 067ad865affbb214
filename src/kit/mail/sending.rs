//! One try of one letter: taken with a lease, written out, handed over, and its end noted. Each try has its number:
//! whoever lost the lease meanwhile sends no body and says nothing that another try would have to take back.

use std::convert::Infallible;

use uuid::Uuid;

use super::line::Line;
use super::message::compose;
use super::{Class, LetterState};
use crate::kit::Cx;
use crate::kit::clock::{At, HOUR, MINUTE};
use crate::kit::db::sql;
use crate::kit::fault::Fault;
use crate::kit::queue::{LEASE, RENEWAL};

const PAUSES: [i64; 6] = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR];

/// Sends the next due letter. `false`: none is due.
pub async fn send_next(cx: &Cx, line: &mut Line) -> Result<bool, Fault> {
    recover(cx, cx.now()).await?;
    let Some(letter) = claim(cx).await? else {
        line.hang_up_if_idle().await;
        return Ok(false);
    };
    let end = match compose(cx, &letter) {
        Ok(message) => hold(cx, &letter, line.deliver(cx, &letter, &message)).await?,
        Err(why) => End::Failed(format!("cannot be written: {why:#}")),
    };
    metrics::counter!("caunoi_letters_total", "end" => end.name()).increment(1);
    settle(cx, &letter, end).await?;
    Ok(true)
}

/// Delivers and says every now and then that it still goes on: a relay may take longer than a lease lasts.
async fn hold<T>(cx: &Cx, letter: &Claimed, delivery: impl Future<Output = T>) -> T {
    tokio::select! {
        biased;
        done = delivery => done,
        never = keep(cx, letter) => match never {},
    }
}

async fn keep(cx: &Cx, letter: &Claimed) -> Infallible {
    loop {
        tokio::time::sleep(RENEWAL).await;
        if let Err(why) = renew(cx, letter).await {
            tracing::warn!(%why, "the lease of a letter could not be renewed");
        }
    }
}

async fn renew(cx: &Cx, letter: &Claimed) -> Result<(), Fault> {
    cx.db
        .exec(
            sql("update outbox set lease_until = $1 where id = $2 and attempts = $3 and state in ('sending', 'data')")
                .bind(cx.now().plus(LEASE))
                .bind(letter.id)
                .bind(letter.attempts),
        )
        .await?;
    Ok(())
}

/// Letters of a worker that died: `sending` goes back in line, `data` as its class says.
/// `dead_before`: leases that ended before this moment belong to the dead.
pub async fn recover(cx: &Cx, dead_before: At) -> Result<(), Fault> {
    let stuck: Option<(Uuid,)> = cx
        .db
        .maybe(
            sql("select id from outbox where state in ('sending', 'data') and lease_until <= $1 limit 1")
                .bind(dead_before),
        )
        .await?;
    if stuck.is_none() {
        return Ok(());
    }
    cx.db
        .exec(
            sql(
                "update outbox set lease_until = null, state = case when state = 'data' and class = 'hold' \
                 then 'in_doubt' else 'queued' end where state in ('sending', 'data') and lease_until <= $1",
            )
            .bind(dead_before),
        )
        .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
pub(super) struct Claimed {
    pub(super) id: Uuid,
    pub(super) message_id: String,
    pub(super) class: Class,
    pub(super) recipient: String,
    pub(super) subject: String,
    pub(super) plain: String,
    pub(super) html: String,
    pub(super) unsubscribe: Option<String>,
    pub(super) attempts: i64,
    pub(super) give_up_at: At,
    pub(super) created_at: At,
}

async fn claim(cx: &Cx) -> Result<Option<Claimed>, Fault> {
    let now = cx.now();
    let due: Option<(Uuid,)> = cx
        .db
        .maybe(sql("select id from outbox where state = 'queued' and next_at <= $1 limit 1").bind(now))
        .await?;
    if due.is_none() {
        return Ok(None);
    }
    let mut tx = cx.db.begin().await?;
    let skip = tx.skip_locked();
    let statement = format!(
        "update outbox set state = 'sending', attempts = attempts + 1, lease_until = $1 where id in \
         (select id from outbox where state = 'queued' and next_at <= $2 order by next_at, id limit 1 {skip}) \
         returning id, message_id, class, recipient, subject, plain, html, unsubscribe, attempts, give_up_at, created_at"
    );
    let letter = tx.maybe(sql(statement).bind(now.plus(LEASE)).bind(now)).await?;
    tx.commit().await?;
    Ok(letter)
}

/// How a try ended.
pub(super) enum End {
    Sent(String),
    Failed(String),
    Later(String),
    InDoubt(String),
    /// The lease ran out before the body left, and another try may be under way.
    Lost,
}

impl End {
    fn name(&self) -> &'static str {
        match self {
            End::Sent(_) => "sent",
            End::Failed(_) => "failed",
            End::Later(_) => "later",
            End::InDoubt(_) => "in_doubt",
            End::Lost => "lost",
        }
    }
}

async fn settle(cx: &Cx, letter: &Claimed, end: End) -> Result<(), Fault> {
    let now = cx.now();
    let pause = usize::try_from(letter.attempts - 1)
        .unwrap_or(0)
        .min(PAUSES.len() - 1);
    let next = now.plus(PAUSES[pause]);
    let (state, answer) = match end {
        End::Sent(answer) => (LetterState::Sent, answer),
        End::Failed(answer) => (LetterState::Failed, answer),
        End::Later(answer) if next > letter.give_up_at => (LetterState::Failed, answer),
        End::InDoubt(answer) if letter.class == Class::Hold => (LetterState::InDoubt, answer),
        End::Later(answer) | End::InDoubt(answer) => (LetterState::Queued, answer),
        End::Lost => {
            tracing::warn!(letter = %letter.id, attempts = letter.attempts, "the lease of a letter ran out");
            return Ok(());
        }
    };
    tracing::info!(letter = %letter.id, state = state.code(), attempts = letter.attempts, "letter");
    cx.db
        .exec(
            // That it was sent is worth knowing even where the lease ran out, as long as no other try began.
            sql(
                "update outbox set state = $1, answer = $2, next_at = $3, lease_until = null, sent_at = $4 \
                 where id = $5 and attempts = $6 \
                 and (state in ('sending', 'data') or ($1 = 'sent' and state in ('queued', 'in_doubt')))",
            )
            .bind(state)
            .bind(clip(&answer, 500))
            .bind(next)
            .bind((state == LetterState::Sent).then_some(now))
            .bind(letter.id)
            .bind(letter.attempts),
        )
        .await?;
    Ok(())
}

/// From here on the letter may have arrived, whatever becomes of this process. `false`: it is another's by now, and
/// its body must not leave.
pub(super) async fn mark_data(cx: &Cx, letter: &Claimed) -> Result<bool, Fault> {
    let touched = cx
        .db
        .exec(
            sql("update outbox set state = 'data', lease_until = $1 \
                 where id = $2 and attempts = $3 and state = 'sending'")
            .bind(cx.now().plus(LEASE))
            .bind(letter.id)
            .bind(letter.attempts),
        )
        .await?;
    Ok(touched == 1)
}

fn clip(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
