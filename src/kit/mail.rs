//! The outbox: a letter is written in the transaction of the act that causes it, and goes out after.
//!
//! `queued → sending → data → sent | failed | queued | in_doubt`. The marker `data` is committed just
//! before the body leaves: after a crash a letter marked `sending` is safe to repeat, one marked `data`
//! may have arrived. Such a letter is sent again under the same Message-ID (class `resend`) or laid
//! before the coordinator (class `hold`), never guessed about.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context as _;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use uuid::Uuid;

use super::Cx;
use super::clock::{At, DAY, HOUR, MINUTE, new_id};
use super::db::{Reads, Tx, codes, sql};
use super::fault::Fault;
use super::lang::Lang;

mod smtp;
pub mod words;
pub use smtp::{Relay, Tls};

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

const LEASE: i64 = 3 * MINUTE;
const PAUSES: [i64; 6] = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR];

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
    let added = tx
        .exec(
            sql("insert into outbox (id, once, message_id, kind, class, person_id, recipient, lang, subject, plain, \
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
            .bind(now.plus(letter.patience)),
        )
        .await?;
    Ok(added == 1)
}

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

/// Takes a letter in doubt, or one that failed, into the line again.
pub async fn send_again(tx: &mut Tx, id: Uuid, now: At) -> Result<(), Fault> {
    let touched = tx
        .exec(
            sql(
                "update outbox set state = 'queued', next_at = $1, give_up_at = $2 \
                 where id = $3 and state in ('in_doubt', 'failed')",
            )
            .bind(now)
            .bind(now.plus(PATIENCE))
            .bind(id),
        )
        .await?;
    if touched == 0 {
        Err(Fault::Stale(None))
    } else {
        Ok(())
    }
}

/// Notes that a letter in doubt did arrive, or shall not go.
pub async fn lay_aside(tx: &mut Tx, id: Uuid, arrived: bool, now: At) -> Result<(), Fault> {
    let state = if arrived {
        LetterState::Sent
    } else {
        LetterState::Cancelled
    };
    let touched = tx
        .exec(
            sql(
                "update outbox set state = $1, sent_at = case when $2 then $3 else sent_at end \
                 where id = $4 and state in ('in_doubt', 'failed', 'queued')",
            )
            .bind(state)
            .bind(arrived)
            .bind(now)
            .bind(id),
        )
        .await?;
    if touched == 0 {
        Err(Fault::Stale(None))
    } else {
        Ok(())
    }
}

/// Takes a person's letters out of the outbox, sent or not. One that is leaving just now still leaves.
pub async fn forget(tx: &mut Tx, person: Uuid) -> Result<(), Fault> {
    tx.exec(sql("delete from outbox where person_id = $1 and state not in ('sending', 'data')").bind(person))
        .await?;
    Ok(())
}

/// When the first letter of this kind for a pairing was really sent, if one was.
pub async fn first_sent(on: impl Reads, pairing: Uuid, kind: &str) -> Result<Option<At>, Fault> {
    let row: Option<(Option<At>,)> = on
        .maybe(
            sql("select min(sent_at) from outbox where pairing_id = $1 and kind = $2 and state = 'sent'")
                .bind(pairing)
                .bind(kind),
        )
        .await?;
    Ok(row.and_then(|(at,)| at))
}

/// How many letters stand in each state.
pub async fn counts(cx: &Cx) -> Result<Vec<(LetterState, i64)>, Fault> {
    cx.db
        .all(sql(
            "select state, count(*) from outbox group by state order by state",
        ))
        .await
}

#[derive(sqlx::FromRow)]
struct Claimed {
    id: Uuid,
    message_id: String,
    class: Class,
    recipient: String,
    subject: String,
    plain: String,
    html: String,
    unsubscribe: Option<String>,
    attempts: i64,
    give_up_at: At,
    created_at: At,
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
    let skip = if tx.is_sqlite() {
        ""
    } else {
        "for update skip locked"
    };
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
enum End {
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

async fn mark_data(cx: &Cx, letter: &Claimed) -> Result<(), Fault> {
    cx.db
        .exec(sql("update outbox set state = 'data' where id = $1").bind(letter.id))
        .await?;
    Ok(())
}

/// The way letters leave: keeps an SMTP connection open between letters.
#[derive(Default)]
pub struct Line {
    smtp: smtp::Session,
}

impl Line {
    async fn deliver(&mut self, cx: &Cx, letter: &Claimed, message: &Message) -> Result<End, Fault> {
        match &cx.mailer.transport {
            // Nobody reads there: the letters of sample people stay on this machine.
            Transport::Smtp(relay) if !relay.is_at_home() && is_reserved(message) => {
                write_letter(cx, letter, message, &cx.config.data.join("letters")).await
            }
            Transport::Smtp(relay) => self.smtp.deliver(cx, relay, letter, message).await,
            Transport::File(folder) => write_letter(cx, letter, message, folder).await,
            Transport::Memory(letters) => {
                mark_data(cx, letter).await?;
                letters
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .push(message.formatted());
                Ok(End::Sent("kept in memory".to_owned()))
            }
        }
    }

    async fn hang_up_if_idle(&mut self) {
        self.smtp.hang_up_if_idle(Duration::from_secs(20)).await;
    }
}

async fn write_letter(
    cx: &Cx,
    letter: &Claimed,
    message: &Message,
    folder: &std::path::Path,
) -> Result<End, Fault> {
    mark_data(cx, letter).await?;
    Ok(match write_file(folder, letter.id, &message.formatted()).await {
        Ok(path) => End::Sent(path),
        Err(why) => End::Later(format!("{why:#}")),
    })
}

/// Addressed to a name that RFC 2606 keeps for samples and tests, where no mailbox can be.
fn is_reserved(message: &Message) -> bool {
    let to = message.envelope().to();
    !to.is_empty() && to.iter().all(|address| is_reserved_domain(address.domain()))
}

fn is_reserved_domain(domain: &str) -> bool {
    let top = domain.rsplit('.').next().unwrap_or(domain);
    ["example", "test", "invalid"].contains(&top)
        || ["example.com", "example.org", "example.net"].contains(&domain)
}

async fn write_file(folder: &std::path::Path, id: Uuid, bytes: &[u8]) -> anyhow::Result<String> {
    tokio::fs::create_dir_all(folder).await.context("mail folder")?;
    let path = folder.join(format!("{id}.eml"));
    let half = folder.join(format!("{id}.part"));
    tokio::fs::write(&half, bytes).await?;
    tokio::fs::rename(&half, &path).await?;
    Ok(path.display().to_string())
}

/// RFC 5322 with a plain twin; RFC 8058 headers where the letter can be refused.
fn compose(cx: &Cx, letter: &Claimed) -> anyhow::Result<Message> {
    let to: Mailbox = letter.recipient.parse().context("recipient")?;
    let at = std::time::UNIX_EPOCH + Duration::from_millis(letter.created_at.0.unsigned_abs());
    let mut builder = Message::builder()
        .message_id(Some(letter.message_id.clone()))
        .date(at)
        .from(cx.mailer.sender.clone())
        .to(to)
        .subject(letter.subject.clone())
        .header(AutoSubmitted);
    if let Some(url) = &letter.unsubscribe {
        builder = builder
            .header(ListUnsubscribe(format!("<{url}>")))
            .header(ListUnsubscribePost);
    }
    let message = builder.multipart(
        MultiPart::alternative()
            .singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_PLAIN)
                    .body(letter.plain.clone()),
            )
            .singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_HTML)
                    .body(letter.html.clone()),
            ),
    )?;
    Ok(message)
}

/// `"Name" <address>`; lettre panics on control characters in a name, so they go first.
fn recipient(name: &str, address: &str) -> String {
    let parsed: Result<Address, _> = address.parse();
    let name = one_line(name);
    match parsed {
        Ok(email) if !name.is_empty() => Mailbox::new(Some(name), email).to_string(),
        _ => one_line(address),
    }
}

fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect::<String>()
        .trim()
        .to_owned()
}

fn clip(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

macro_rules! fixed_header {
    ($name:ident, $header:literal, $value:literal) => {
        #[derive(Clone)]
        struct $name;
        impl Header for $name {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($header)
            }
            fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok($name)
            }
            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), $value.to_owned())
            }
        }
    };
}
fixed_header!(AutoSubmitted, "Auto-Submitted", "auto-generated");
fixed_header!(
    ListUnsubscribePost,
    "List-Unsubscribe-Post",
    "List-Unsubscribe=One-Click"
);

#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }
    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(ListUnsubscribe(text.to_owned()))
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), self.0.clone())
    }
}
