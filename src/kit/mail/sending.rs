//! One try of one letter: taken with a lease, written out, handed over, and its end noted.

use uuid::Uuid;

use super::line::Line;
use super::message::compose;
use super::{Class, LetterState};
use crate::kit::Cx;
use crate::kit::clock::{At, HOUR, MINUTE};
use crate::kit::db::sql;
use crate::kit::fault::Fault;

const LEASE: i64 = 3 * MINUTE;
const PAUSES: [i64; 6] = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR];

/// Sends the next due letter. `false`: none is due.
pub async fn send_next(cx: &Cx, line: &mut Line) -> Result<bool, Fault> {
    recover(cx, cx.now()).await?;
    let Some(letter) = claim(cx).await? else {
        line.hang_up_if_idle().await;
        return Ok(false);
    };
    let end = match compose(cx, &letter) {
        Ok(message) => line.deliver(cx, &letter, &message).await?,
        Err(why) => End::Failed(format!("cannot be written: {why:#}")),
    };
    metrics::counter!("caunoi_letters_total", "end" => end.name()).increment(1);
    settle(cx, &letter, end).await?;
    Ok(true)
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
}

impl End {
    fn name(&self) -> &'static str {
        match self {
            End::Sent(_) => "sent",
            End::Failed(_) => "failed",
            End::Later(_) => "later",
            End::InDoubt(_) => "in_doubt",
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
    };
    tracing::info!(letter = %letter.id, state = state.code(), attempts = letter.attempts, "letter");
    cx.db
        .exec(
            sql(
                "update outbox set state = $1, answer = $2, next_at = $3, lease_until = null, sent_at = $4 \
                 where id = $5",
            )
            .bind(state)
            .bind(clip(&answer, 500))
            .bind(next)
            .bind((state == LetterState::Sent).then_some(now))
            .bind(letter.id),
        )
        .await?;
    Ok(())
}

/// From here on the letter may have arrived, whatever becomes of this process.
pub(super) async fn mark_data(cx: &Cx, letter: &Claimed) -> Result<(), Fault> {
    cx.db
        .exec(sql("update outbox set state = 'data' where id = $1").bind(letter.id))
        .await?;
    Ok(())
}

fn clip(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
