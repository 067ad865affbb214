//! A command beside a running server: the same database, but an index of its own that goes when it ends,
//! for the server holds the lock on the real one.

use std::path::PathBuf;

use crate::app;
use crate::kit::Cx;
use crate::kit::clock::{Clock, new_id};
use crate::kit::config::Config;

pub struct Beside {
    pub cx: Cx,
    folder: PathBuf,
}

/// For commands that only need the database: no model is loaded.
pub async fn open(mut config: Config) -> anyhow::Result<Beside> {
    "none".clone_into(&mut config.model);
    open_with_model(config).await
}

/// For commands that search: the index is filled by whoever asks.
pub async fn open_with_model(config: Config) -> anyhow::Result<Beside> {
    let folder = std::env::temp_dir().join(format!("caunoi-{}", new_id()));
    let cx = app::build_with_index(config, Clock::Wall, &folder).await?;
    Ok(Beside { cx, folder })
}

impl Drop for Beside {
    fn drop(&mut self) {
        if let Err(why) = std::fs::remove_dir_all(&self.folder) {
            tracing::warn!(%why, "a temporary index was left behind");
        }
    }
}
