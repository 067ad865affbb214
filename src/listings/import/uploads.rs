//! A file between its dry run and its entry: kept for a day, seen by whoever sent it.

use super::{Reading, already_here};
use crate::accounts::Actor;
use crate::ids::{PersonId, UploadId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::listings::Kind;
use crate::listings::store::importing as store;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Upload {
    pub id: UploadId,
    pub person_id: PersonId,
    /// As the sender's machine called it.
    pub name: String,
    /// What rows are that do not say it themselves.
    pub kind: Option<Kind>,
    pub bytes: Vec<u8>,
}

/// Keeps a file that can be read; one that cannot is refused with the reason.
pub async fn keep(
    cx: &Cx,
    actor: &Actor,
    name: &str,
    kind: Option<Kind>,
    bytes: Vec<u8>,
) -> Result<UploadId, Fault> {
    let id = UploadId::new();
    let name = name
        .chars()
        .filter(|letter| !letter.is_control())
        .take(120)
        .collect();
    let upload = Upload {
        id,
        person_id: actor.id,
        name,
        kind,
        bytes,
    };
    judge(cx, &upload).await?;
    let mut tx = cx.db.begin().await?;
    store::keep_upload(&mut tx, &upload, cx.now()).await?;
    tx.commit().await?;
    Ok(id)
}

pub async fn kept(cx: &Cx, actor: &Actor, id: UploadId) -> Result<Upload, Fault> {
    store::upload(&cx.db, id, actor.id).await
}

/// The dry run: reads the file on a thread that may take its time, and leaves out what is here already.
pub async fn judge(cx: &Cx, upload: &Upload) -> Result<Reading, Fault> {
    let (bytes, kind) = (upload.bytes.clone(), upload.kind);
    let mut reading = tokio::task::spawn_blocking(move || Reading::of(&bytes, kind)).await??;
    already_here(cx, &mut reading).await?;
    Ok(reading)
}

pub async fn forget_upload(cx: &Cx, id: UploadId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    store::drop_upload(&mut tx, id).await?;
    tx.commit().await
}
