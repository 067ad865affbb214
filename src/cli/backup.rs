//! `caunoi backup` and `caunoi restore`: what [`crate::kit::backup`] packs and unpacks, from the command line.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{End, spinner};
use crate::accounts::erasures;
use crate::kit::backup;
use crate::kit::config::Config;
use crate::kit::db::Db;

pub async fn backup(config: Config, file: &Path) -> anyhow::Result<End> {
    anyhow::ensure!(
        config.database_url.starts_with("sqlite:"),
        "the database is PostgreSQL: use pg_dump, which copies it while it serves"
    );
    anyhow::ensure!(
        sqlite_path(&config)?.is_file(),
        "there is no database at {}",
        sqlite_path(&config)?.display()
    );
    let working = spinner("Copying the database");
    let db = Db::open(&config.database_url).await?;
    let written = backup::write(&config, &db, file).await;
    db.close().await;
    working.finish_and_clear();
    let bytes = written?;
    println!(
        "Wrote {} ({} KB). Put it back with: caunoi --data EMPTY-FOLDER restore {} --erasures {}\n\
         Keep the newest copy of that list apart from the backups: it names, by number, whom they must forget.",
        file.display(),
        bytes / 1024,
        file.display(),
        erasures::file_of(&config).display(),
    );
    Ok(End::Done)
}

pub async fn restore(config: &Config, file: &Path, erased: Option<&Path>) -> anyhow::Result<End> {
    let path = sqlite_path(config)?;
    anyhow::ensure!(
        !path.exists() && !config.index_folder().exists(),
        "{} holds a service already; restore into an empty folder (--data)",
        config.data.display()
    );
    std::fs::create_dir_all(&config.data).with_context(|| config.data.display().to_string())?;
    if let Some(erased) = erased {
        erasures::take_in(config, erased)?;
    }
    let working = spinner("Putting the backup in place");
    let half = path.with_extension("part");
    let unpacked = backup::unpack(config, file, &half);
    working.finish_and_clear();
    if let Err(why) = unpacked {
        std::fs::remove_file(&half).ok();
        return Err(why);
    }
    std::fs::rename(&half, &path)?;
    let db = Db::open(&config.database_url).await?;
    let words = db.check().await?;
    db.close().await;
    println!(
        "Restored into {} ({words}, sound). The index is built when the service starts.",
        config.data.display()
    );
    if erasures::file_of(config).exists() {
        println!("Whoever stands in its list of erasures is forgotten again when the service starts.");
    } else {
        println!(
            "There is no list of erasures beside it: whoever asked to be forgotten after this backup was made is known \
             again. Put erasures.csv of the former service into {} before you start it.",
            config.data.display()
        );
    }
    Ok(End::Done)
}

pub(super) fn sqlite_path(config: &Config) -> anyhow::Result<PathBuf> {
    let path = config
        .database_url
        .strip_prefix("sqlite:")
        .context("this is for SQLite; PostgreSQL has pg_restore")?;
    Ok(PathBuf::from(path.trim_start_matches("//")))
}
