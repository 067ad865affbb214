//! The way letters leave: by a relay, into a folder, or into memory.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use lettre::Message;
use uuid::Uuid;

use super::sending::{Claimed, End, mark_data};
use super::{Transport, smtp};
use crate::kit::Cx;
use crate::kit::fault::Fault;

/// Keeps an SMTP connection open between letters.
#[derive(Default)]
pub struct Line {
    smtp: smtp::Session,
}

impl Line {
    pub(super) async fn deliver(
        &mut self,
        cx: &Cx,
        letter: &Claimed,
        message: &Message,
    ) -> Result<End, Fault> {
        match &cx.mailer.transport {
            // Nobody reads there: the letters of sample people stay on this machine.
            Transport::Smtp(relay) if !relay.is_at_home() && is_reserved(message) => {
                write_letter(cx, letter, message, &cx.config.data.join("letters")).await
            }
            Transport::Smtp(relay) => self.smtp.deliver(cx, relay, letter, message).await,
            Transport::File(folder) => write_letter(cx, letter, message, folder).await,
            Transport::Memory(letters) => {
                if !mark_data(cx, letter).await? {
                    return Ok(End::Lost);
                }
                letters
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .push(message.formatted());
                Ok(End::Sent("kept in memory".to_owned()))
            }
        }
    }

    pub(super) async fn hang_up_if_idle(&mut self) {
        self.smtp.hang_up_if_idle(Duration::from_secs(20)).await;
    }
}

async fn write_letter(cx: &Cx, letter: &Claimed, message: &Message, folder: &Path) -> Result<End, Fault> {
    if !mark_data(cx, letter).await? {
        return Ok(End::Lost);
    }
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

async fn write_file(folder: &Path, id: Uuid, bytes: &[u8]) -> anyhow::Result<String> {
    tokio::fs::create_dir_all(folder).await.context("mail folder")?;
    let path = folder.join(format!("{id}.eml"));
    let half = folder.join(format!("{id}.part"));
    tokio::fs::write(&half, bytes).await?;
    tokio::fs::rename(&half, &path).await?;
    Ok(path.display().to_string())
}
