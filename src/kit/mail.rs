//! The outbox: a letter is written in the transaction of the act that causes it, and goes out after.
//!
//! `queued → sending → data → sent | failed | queued | in_doubt`. The marker `data` is committed just
//! before the body leaves: after a crash a letter marked `sending` is safe to repeat, one marked `data`
//! may have arrived. Such a letter is sent again under the same Message-ID (class `resend`) or laid
//! before the coordinator (class `hold`), never guessed about. A letter is one node's at a time: it is taken with a
//! lease that is renewed while the relay is spoken to, and the marker is refused to a node whose lease ran out.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use lettre::message::Mailbox;
use uuid::Uuid;

use super::Cx;
use super::clock::{At, DAY, HOUR, new_id};
use super::db::{Tx, codes, sql};
use super::fault::Fault;
use super::lang::Lang;

mod line;
mod message;
mod sending;
mod smtp;
pub mod words;
pub use line::Line;
pub use sending::{recover, send_next};
pub use smtp::{Patience, Relay, Tls};

use message::{one_line, recipient};

codes! {
    /// What happens to a letter that may or may not have arrived.
    pub enum Class { Resend = "resend", Hold = "hold" }
}

codes! {
    pub enum LetterState {
        Queued = "queued", Sending = "sending", Data = "data", Sent = "sent",
        Failed = "failed", InDoubt = "in_doubt", Cancelled = "cancelled",
    }
}

/// A letter to one person, ready to go.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Person + pairing (or window) + kind: the same letter is never queued twice.
    pub once: String,
    pub kind: &'static str,
    pub class: Class,
    pub person: Option<Uuid>,
    pub pairing: Option<Uuid>,
    pub to_name: String,
    pub to_address: String,
    pub lang: Lang,
    pub subject: String,
    pub plain: String,
    pub html: String,
    /// Address of the one-click unsubscription, for kinds one may refuse.
    pub unsubscribe: Option<String>,
    /// How long it is tried: codes an hour, everything else four days.
    pub patience: i64,
}

pub const PATIENCE: i64 = 4 * DAY;
pub const PATIENCE_FOR_CODES: i64 = HOUR;

/// Where letters go.
#[derive(Clone)]
pub enum Transport {
    Smtp(Relay),
    /// One `.eml` file a letter.
    File(PathBuf),
    /// For tests: kept in memory, in order.
    Memory(Arc<Mutex<Vec<Vec<u8>>>>),
}

#[derive(Clone)]
pub struct Mailer {
    pub transport: Transport,
    pub sender: Mailbox,
}

impl Mailer {
    pub fn describe(&self) -> String {
        match &self.transport {
            Transport::Smtp(relay) => format!("SMTP relay {}:{}", relay.host, relay.port),
            Transport::File(folder) => format!("files in {}", folder.display()),
            Transport::Memory(_) => "memory".to_owned(),
        }
    }
}

/// Puts a letter in the outbox as part of the change `tx`. `false`: it stood there already.
pub async fn post(cx: &Cx, tx: &mut Tx, letter: &Letter) -> Result<bool, Fault> {
    let id = new_id();
    let now = cx.now();
    let domain = cx.mailer.sender.email.domain();
    tx.takes_effect(sql("insert into outbox (id, once, message_id, kind, class, person_id, recipient, lang, subject, plain, \
                 html, unsubscribe, pairing_id, state, attempts, next_at, give_up_at, created_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'queued', 0, $14, $15, $14) \
                 on conflict (once) do nothing")
            .bind(id)
            .bind(&letter.once)
            .bind(format!("<{id}@{domain}>"))
            .bind(letter.kind)
            .bind(letter.class)
            .bind(letter.person)
            .bind(recipient(&letter.to_name, &letter.to_address))
            .bind(letter.lang)
            .bind(one_line(&letter.subject))
            .bind(&letter.plain)
            .bind(&letter.html)
            .bind(letter.unsubscribe.clone())
            .bind(letter.pairing)
            .bind(now)
            .bind(now.plus(letter.patience)),)
    .await
}

/// Puts a letter in the outbox as a change of its own: for work that is asked for by an event.
pub async fn post_alone(cx: &Cx, letter: &Letter) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    post(cx, &mut tx, letter).await?;
    tx.commit().await
}

/// Takes a letter in doubt, or one that failed, into the line again.
pub async fn send_again(tx: &mut Tx, id: Uuid, now: At) -> Result<(), Fault> {
    tx.exec_if_fresh(
        sql(
            "update outbox set state = 'queued', next_at = $1, give_up_at = $2 \
             where id = $3 and state in ('in_doubt', 'failed')",
        )
        .bind(now)
        .bind(now.plus(PATIENCE))
        .bind(id),
    )
    .await
}

/// Notes that a letter in doubt did arrive, or shall not go.
pub async fn lay_aside(tx: &mut Tx, id: Uuid, arrived: bool, now: At) -> Result<(), Fault> {
    let state = if arrived {
        LetterState::Sent
    } else {
        LetterState::Cancelled
    };
    tx.exec_if_fresh(
        sql(
            "update outbox set state = $1, sent_at = case when $2 then $3 else sent_at end \
             where id = $4 and state in ('in_doubt', 'failed', 'queued')",
        )
        .bind(state)
        .bind(arrived)
        .bind(now)
        .bind(id),
    )
    .await
}

/// Letters that can be stopped at this address and have not begun to leave do not leave.
pub async fn hold_back(tx: &mut Tx, unsubscribe: &str) -> Result<(), Fault> {
    tx.exec(
        sql("update outbox set state = 'cancelled' where unsubscribe = $1 and state in ('queued', 'in_doubt')")
            .bind(unsubscribe),
    )
    .await?;
    Ok(())
}

/// Takes a person's letters out of the outbox, sent or not, and those to an address that is one of the needles. What
/// speaks of them to others loses its words, and does not leave if it has not.
pub async fn forget(tx: &mut Tx, person: Uuid, needles: &[String]) -> Result<(), Fault> {
    tx.exec(sql("delete from outbox where person_id = $1").bind(person))
        .await?;
    for needle in needles {
        for statement in [
            "delete from outbox where replace(recipient, $1, '') <> recipient",
            "update outbox set state = case when state = 'queued' then 'cancelled' else state end, subject = '', \
             plain = '', html = '' where replace(subject, $1, '') <> subject or replace(plain, $1, '') <> plain \
             or replace(html, $1, '') <> html",
        ] {
            tx.exec(sql(statement).bind(needle)).await?;
        }
    }
    Ok(())
}

/// Whether a letter to a person, or one that holds a needle, is on its way this moment; a letter of the kind `last`
/// also while it waits for its first try. Both databases know `replace`; neither takes the other's way to look for a
/// piece of text as it stands.
pub async fn leaving(tx: &mut Tx, person: Uuid, needles: &[String], last: &str) -> Result<bool, Fault> {
    let (mut count,): (i64,) = tx
        .one(
            sql(
                "select count(*) from outbox where person_id = $1 and (state in ('sending', 'data') \
                 or (kind = $2 and state = 'queued' and attempts = 0))",
            )
            .bind(person)
            .bind(last),
        )
        .await?;
    for needle in needles {
        let (more,): (i64,) = tx
            .one(
                sql("select count(*) from outbox where state in ('sending', 'data') \
                     and (replace(recipient, $1, '') <> recipient or replace(subject, $1, '') <> subject \
                     or replace(plain, $1, '') <> plain or replace(html, $1, '') <> html)")
                .bind(needle),
            )
            .await?;
        count += more;
    }
    Ok(count > 0)
}

/// How many letters stand in each state.
pub async fn counts(cx: &Cx) -> Result<Vec<(LetterState, i64)>, Fault> {
    cx.db
        .all(sql(
            "select state, count(*) from outbox group by state order by state",
        ))
        .await
}
