//! `caunoi move`: what [`crate::kit::db::carry`] carries, from the command line; and the lock that says whose a
//! SQLite database is meanwhile.

use std::fs::{File, TryLockError};

use anyhow::Context as _;

use super::End;
use super::backup::sqlite_path;
use crate::kit::config::Config;
use crate::kit::db;

pub const HELP: &str = "\
Stop the service first: what it wrote after the copy would be lost, so a running one is refused. All tables become one
change of the new database, each read back and compared. Cut short, nothing was kept; begin again.";

pub async fn carry(config: &Config, to: &str) -> anyhow::Result<End> {
    anyhow::ensure!(
        config.database_url.starts_with("sqlite:"),
        "the database is PostgreSQL already; pg_dump and pg_restore carry it elsewhere"
    );
    anyhow::ensure!(to.starts_with("postgres"), "--to must begin with postgres://");
    let path = sqlite_path(config)?;
    anyhow::ensure!(path.is_file(), "there is no database at {}", path.display());
    let _sole = own(config)?;
    println!("{:<20} {:>10}  checksum on both sides", "table", "rows");
    let carried = db::carry(&path, to, |one| {
        println!("{:<20} {:>10}  {}", one.table, one.rows, one.checksum);
    })
    .await?;
    let rows: u64 = carried.iter().map(|one| one.rows).sum();
    println!(
        "Everything is there: {rows} rows in {} tables, compared row by row.\n\
         Now set database_url (CAUNOI_DATABASE_URL) to the new address and start the service. The data folder stays \
         in use: word lists, weights, the index. {} was not changed; keep it until you are content.",
        carried.len(),
        path.display()
    );
    Ok(End::Done)
}

/// Makes this process the only one that serves or moves a SQLite database, until the file is dropped or the process
/// ends, however it ends. PostgreSQL is anybody's.
pub fn own(config: &Config) -> anyhow::Result<Option<File>> {
    let Ok(path) = sqlite_path(config) else {
        return Ok(None);
    };
    let path = path.with_extension("lock");
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    let file = File::create(&path).with_context(|| path.display().to_string())?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => anyhow::bail!(
            "another caunoi serves or moves this database ({} is locked): stop it first. Many nodes need PostgreSQL",
            path.display()
        ),
        Err(TryLockError::Error(why)) => Err(why).with_context(|| path.display().to_string()),
    }
}
