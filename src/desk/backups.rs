//! Backups an admin asks for: written by a job into the data folder, taken away by a browser, removed by hand. Each
//! of it is noted, for a backup holds everybody's data.

use std::path::PathBuf;

use crate::accounts::{self, Actor};
use crate::events::{self, Event};
use crate::kit::Cx;
use crate::kit::backup::{self, Kept};
use crate::kit::fault::Fault;

/// Asks for one; it lies there some seconds later.
pub async fn ask(cx: &Cx, admin: &Actor) -> Result<(), Fault> {
    if !cx.db.is_sqlite() {
        return Err(Fault::stale(
            "Dữ liệu nằm trong PostgreSQL: hãy sao lưu bằng pg_dump.",
            "The data lies in PostgreSQL: back it up with pg_dump.",
        ));
    }
    let mut tx = cx.db.begin().await?;
    accounts::audit(cx, &mut tx, "backup:asked", admin.by(), None).await?;
    events::record(cx, &mut tx, admin.by(), &Event::BackupAsked).await?;
    tx.commit().await
}

/// What `flow` does about it.
pub async fn write(cx: &Cx) -> Result<(), Fault> {
    backup::keep(&cx.config, &cx.db, cx.now()).await?;
    Ok(())
}

pub fn list(cx: &Cx) -> Vec<Kept> {
    backup::kept(&cx.config)
}

/// The archive's place, for it to be read from; that it was taken away is noted first.
pub async fn take(cx: &Cx, admin: &Actor, name: &str) -> Result<PathBuf, Fault> {
    let place = backup::place(&cx.config, name).ok_or(Fault::Missing)?;
    let mut tx = cx.db.begin().await?;
    accounts::audit(cx, &mut tx, "backup:taken", admin.by(), None).await?;
    tx.commit().await?;
    Ok(place)
}

pub async fn remove(cx: &Cx, admin: &Actor, name: &str) -> Result<(), Fault> {
    let place = backup::place(&cx.config, name).ok_or(Fault::Missing)?;
    let mut tx = cx.db.begin().await?;
    accounts::audit(cx, &mut tx, "backup:removed", admin.by(), None).await?;
    std::fs::remove_file(place).map_err(Fault::broken)?;
    tx.commit().await
}
