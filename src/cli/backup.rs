//! `caunoi backup` and `caunoi restore`: the database and the operator's own code lists in one archive. The
//! index is derived and comes back by itself; settings and secrets stand outside the data folder.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{End, spinner};
use crate::kit::clock::new_id;
use crate::kit::config::Config;
use crate::kit::db::Db;

const DATABASE: &str = "caunoi.db";
const LISTS: &str = "vocab/";

pub async fn backup(config: Config, file: &Path) -> anyhow::Result<End> {
    anyhow::ensure!(
        config.database_url.starts_with("sqlite:"),
        "the database is PostgreSQL: use pg_dump, which copies it while it serves"
    );
    anyhow::ensure!(!file.exists(), "{} is there already", file.display());
    anyhow::ensure!(
        sqlite_path(&config)?.is_file(),
        "there is no database at {}",
        sqlite_path(&config)?.display()
    );
    let working = spinner("Copying the database");
    let copy = config.data.join(format!(".backup-{}.db", new_id()));
    let db = Db::open(&config.database_url).await?;
    let copied = db.copy_sqlite_to(&copy).await;
    db.close().await;
    let packed = copied
        .map_err(anyhow::Error::from)
        .and_then(|()| pack(&config, &copy, file));
    std::fs::remove_file(&copy).ok();
    working.finish_and_clear();
    let bytes = packed?;
    println!(
        "Wrote {} ({} KB). Put it back with: caunoi --data EMPTY-FOLDER restore {}",
        file.display(),
        bytes / 1024,
        file.display()
    );
    Ok(End::Done)
}

pub async fn restore(config: &Config, file: &Path) -> anyhow::Result<End> {
    let path = sqlite_path(config)?;
    anyhow::ensure!(
        !path.exists() && !config.index_folder().exists(),
        "{} holds a service already; restore into an empty folder (--data)",
        config.data.display()
    );
    std::fs::create_dir_all(&config.data).with_context(|| config.data.display().to_string())?;
    let working = spinner("Putting the backup in place");
    let half = path.with_extension("part");
    let unpacked = unpack(config, file, &half);
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
    Ok(End::Done)
}

fn pack(config: &Config, copy: &Path, file: &Path) -> anyhow::Result<u64> {
    let half = file.with_extension("part");
    let mut archive = ZipWriter::new(BufWriter::new(
        File::create(&half).with_context(|| half.display().to_string())?,
    ));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .large_file(true)
        .unix_permissions(0o600);
    let mut add = |name: String, path: &Path| -> anyhow::Result<()> {
        archive.start_file(name, options)?;
        std::io::copy(&mut File::open(path)?, &mut archive)?;
        Ok(())
    };
    add(DATABASE.to_owned(), copy)?;
    for path in own_lists(config) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        add(format!("{LISTS}{name}"), &path)?;
    }
    let written = archive.finish()?;
    written
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?
        .sync_all()?;
    std::fs::rename(&half, file)?;
    Ok(std::fs::metadata(file)?.len())
}

fn unpack(config: &Config, file: &Path, database: &Path) -> anyhow::Result<()> {
    let opened = File::open(file).with_context(|| file.display().to_string())?;
    let mut archive = ZipArchive::new(BufReader::new(opened)).context("this is no backup of Cầu Nối")?;
    anyhow::ensure!(
        archive.index_for_name(DATABASE).is_some(),
        "this is no backup of Cầu Nối: it holds no {DATABASE}"
    );
    for at in 0..archive.len() {
        let mut part = archive.by_index(at)?;
        let name = part.name()?.into_owned();
        let place = if name == DATABASE {
            database.to_path_buf()
        } else if let Some(list) = name.strip_prefix(LISTS).filter(|list| is_plain(list)) {
            let folder = config.data.join(LISTS);
            std::fs::create_dir_all(&folder)?;
            folder.join(list)
        } else {
            continue;
        };
        let mut out = File::create(&place).with_context(|| place.display().to_string())?;
        std::io::copy(&mut part, &mut out)?;
        out.sync_all()?;
    }
    Ok(())
}

/// A file's bare name: an archive must not write outside its folder.
fn is_plain(name: &str) -> bool {
    let sound = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    !name.is_empty() && !name.starts_with('.') && name.chars().all(sound)
}

fn own_lists(config: &Config) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(config.data.join(LISTS))
        .into_iter()
        .flatten()
        .flatten();
    let mut lists: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    lists.sort();
    lists
}

fn sqlite_path(config: &Config) -> anyhow::Result<PathBuf> {
    let path = config
        .database_url
        .strip_prefix("sqlite:")
        .context("this is for SQLite; PostgreSQL has pg_restore")?;
    Ok(PathBuf::from(path.trim_start_matches("//")))
}
