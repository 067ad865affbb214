//! Every letter the service writes, before anybody gets one: sample people live through a small story in a database of
//! their own, by the verbs and the letters that serve real people; what then lies in their outbox is shown.

use tokio::sync::OnceCell;

use super::outbox;
use super::store::rehearsal as store;
use crate::accounts::{self, Actor};
use crate::kit::clock::{Clock, HOUR, new_id};
use crate::kit::db::Db;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::mail::{self, Class, Letter};
use crate::kit::{Cx, Inner};

mod cast;
mod story;

/// A letter as a sample reader gets it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Sample {
    pub kind: String,
    pub lang: Lang,
    pub subject: String,
    pub plain: String,
    pub html: String,
}

/// Letters change only with the program: they are written once a run.
static WRITTEN: OnceCell<Vec<Sample>> = OnceCell::const_new();

/// The codes of all kinds of letters.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    outbox::KINDS.iter().map(|(kind, ..)| *kind)
}

/// One of each kind in each language.
pub async fn letters(cx: &Cx) -> Result<&'static [Sample], Fault> {
    WRITTEN.get_or_try_init(|| write(cx)).await.map(Vec::as_slice)
}

pub async fn letter(cx: &Cx, kind: &str, lang: Lang) -> Result<&'static Sample, Fault> {
    letters(cx)
        .await?
        .iter()
        .find(|sample| sample.kind == kind && sample.lang == lang)
        .ok_or(Fault::Missing)
}

/// Sends a sample to the admin who asks, through the outbox as any other letter. Its links lead nowhere.
pub async fn send_to_oneself(cx: &Cx, admin: &Actor, sample: &Sample) -> Result<(), Fault> {
    let letter = Letter {
        once: format!("test:{}:{}", admin.id, new_id()),
        kind: "test",
        class: Class::Resend,
        person: Some(admin.id.0),
        pairing: None,
        to_name: admin.name.clone(),
        to_address: admin.email.clone(),
        lang: sample.lang,
        subject: format!("[{}] {}", sample.lang.t("Thử", "Test"), sample.subject),
        plain: sample.plain.clone(),
        html: sample.html.clone(),
        unsubscribe: None,
        patience: mail::PATIENCE,
    };
    let mut tx = cx.db.begin().await?;
    mail::post(cx, &mut tx, &letter).await?;
    accounts::audit(cx, &mut tx, "letter:test", admin.by(), None).await?;
    tx.commit().await
}

async fn write(cx: &Cx) -> Result<Vec<Sample>, Fault> {
    let file = cx.config.data.join(format!(".rehearsal-{}.db", new_id()));
    let db = Db::open(&format!("sqlite:{}", file.display())).await?;
    let stage = Cx::new(Inner {
        db: db.clone(),
        search: cx.search.clone(),
        search_all: cx.search_all.clone(),
        mailer: cx.mailer.clone(),
        clock: Clock::set_to(cx.now().week_start().plus(9 * HOUR)),
        config: cx.config.clone(),
    });
    let written = match story::play(&stage).await {
        Ok(()) => store::written(&db).await,
        Err(fault) => Err(fault),
    };
    db.close().await;
    for ending in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{ending}", file.display())).ok();
    }
    let mut samples: Vec<Sample> = Vec::new();
    for sample in written? {
        let known = samples
            .iter()
            .any(|known| known.kind == sample.kind && known.lang == sample.lang);
        if !known {
            samples.push(sample);
        }
    }
    Ok(samples)
}
