//! The database and the operator's own code lists in one archive. The index is derived and comes back by itself;
//! settings and secrets stand outside the data folder.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::clock::{At, new_id};
use super::config::Config;
use super::db::Db;

const DATABASE: &str = "caunoi.db";
const LISTS: &str = "vocab/";
const FOLDER: &str = "backups";
const ENDING: &str = ".zip";

/// An archive that lies in the data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub name: String,
    pub bytes: u64,
}

impl Kept {
    pub fn kilobytes(&self) -> i64 {
        i64::try_from(self.bytes.div_ceil(1024)).unwrap_or(i64::MAX)
    }
}

/// Writes a consistent copy while the service serves; says how many bytes it has.
pub async fn write(config: &Config, db: &Db, file: &Path) -> anyhow::Result<u64> {
    anyhow::ensure!(!file.exists(), "{} is there already", file.display());
    let copy = config.data.join(format!(".backup-{}.db", new_id()));
    let copied = db.copy_sqlite_to(&copy).await;
    let packed = match copied {
        Ok(()) => {
            let (lists, copy, file) = (own_lists(config), copy.clone(), file.to_owned());
            tokio::task::spawn_blocking(move || pack(&lists, &copy, &file)).await?
        }
        Err(why) => Err(why.into()),
    };
    std::fs::remove_file(&copy).ok();
    packed
}

/// Into the data folder, named after the moment.
pub async fn keep(config: &Config, db: &Db, now: At) -> anyhow::Result<()> {
    let folder = config.data.join(FOLDER);
    std::fs::create_dir_all(&folder)?;
    let name = format!("caunoi-{}{ENDING}", now.local().strftime("%Y-%m-%d-%H%M%S"));
    write(config, db, &folder.join(name)).await?;
    Ok(())
}

/// What lies in the data folder, the newest first.
pub fn kept(config: &Config) -> Vec<Kept> {
    let mut kept: Vec<Kept> = files_in(&config.data.join(FOLDER))
        .into_iter()
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.to_owned();
            let bytes = std::fs::metadata(&path).ok()?.len();
            (is_plain(&name) && name.ends_with(ENDING)).then_some(Kept { name, bytes })
        })
        .collect();
    kept.sort_by(|one, other| other.name.cmp(&one.name));
    kept
}

/// Where a kept archive lies; `None` for a name that is none of ours.
pub fn place(config: &Config, name: &str) -> Option<PathBuf> {
    let ours = kept(config).iter().any(|kept| kept.name == name);
    ours.then(|| config.data.join(FOLDER).join(name))
}

/// Lays the database at `database` and the lists into the data folder.
pub fn unpack(config: &Config, file: &Path, database: &Path) -> anyhow::Result<()> {
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

fn pack(lists: &[PathBuf], copy: &Path, file: &Path) -> anyhow::Result<u64> {
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
    for path in lists {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        add(format!("{LISTS}{name}"), path)?;
    }
    let written = archive.finish()?;
    written
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?
        .sync_all()?;
    std::fs::rename(&half, file)?;
    Ok(std::fs::metadata(file)?.len())
}

/// A file's bare name: neither an archive nor an address leads outside its folder.
fn is_plain(name: &str) -> bool {
    let sound = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    !name.is_empty() && !name.starts_with('.') && name.chars().all(sound)
}

fn own_lists(config: &Config) -> Vec<PathBuf> {
    let mut lists = files_in(&config.data.join(LISTS));
    lists.sort();
    lists
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect()
}
