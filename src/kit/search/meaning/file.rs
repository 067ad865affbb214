//! The vectors on disk, so that a start need not read them all from the database.
//!
//! Frames of length, checksum and content: first who made the vectors, then what came and went, in order. Only the
//! end is ever written. A torn end is cut off when the file is opened; what it held is asked from the database.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{BufReader, BufWriter, Seek as _, SeekFrom, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

use super::super::Result;

mod format;
pub use format::Record;
use format::{
    begin, decode, encode, framed, head_length, maker, put_length, read_frame, read_head, width_of,
    write_frame,
};

const NAME: &str = "vectors-";
const ENDING: &str = ".bin";
/// A small file may be mostly rubbish.
const WORTH_THE_WORK: u64 = 1 << 20;

/// A file of another model.
pub struct Other {
    pub path: PathBuf,
    pub model: String,
    /// What the configuration called it.
    pub choice: String,
}

pub struct VectorFile {
    path: PathBuf,
    maker: Vec<u8>,
    out: BufWriter<File>,
    /// Numbers a row.
    width: usize,
    length: u64,
    /// Bytes that tell of vectors no longer in use.
    rubbish: u64,
    is_synced: bool,
}

impl VectorFile {
    /// Opens the file of a model, or makes one. `each` takes what it holds and tells how many rows the document had
    /// before. A file that another process writes is an error.
    pub fn open(
        folder: &Path,
        (model, choice): (&str, &str),
        mut each: impl FnMut(Record) -> Option<usize>,
    ) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join(name_of(model));
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(|| format!("{} cannot be opened", path.display()))?;
        lock(&file, &path)?;
        let maker = maker(model, choice);
        let (mut rubbish, mut width) = (0, 0);
        let whole = file.metadata()?.len();
        let mut input = BufReader::with_capacity(1 << 20, &mut file);
        let mut content = Vec::new();
        let length = if read_head(&mut input, &mut content).is_some_and(|(by, _)| by == model) {
            let mut length = head_length(content.len());
            while let Some(record) = read_frame(&mut input, &mut content)
                .then(|| decode(&content))
                .flatten()
            {
                width = width_of(&record).unwrap_or(width);
                length += framed(content.len());
                if matches!(record, Record::Forget(_)) {
                    rubbish += framed(content.len());
                }
                if let Some(rows) = each(record) {
                    rubbish += put_length(rows, width);
                }
            }
            drop(input);
            if length < whole {
                tracing::warn!(
                    kept = length,
                    cut = whole - length,
                    "the file of vectors was torn"
                );
                file.set_len(length)?;
            }
            file.seek(SeekFrom::End(0))?;
            length
        } else {
            drop(input);
            if whole > 0 {
                tracing::warn!(path = %path.display(), "the file of vectors is not one of ours: it is made anew");
            }
            begin(&mut file, &maker)?
        };
        Ok(Self {
            path,
            maker,
            out: BufWriter::with_capacity(1 << 20, file),
            width,
            length,
            rubbish,
            is_synced: true,
        })
    }

    /// Writes what happened; `before` is how many rows the document had until now.
    pub fn append(&mut self, record: &Record, before: Option<usize>) -> Result<()> {
        let content = encode(record);
        write_frame(&mut self.out, &content)?;
        self.length += framed(content.len());
        self.width = width_of(record).unwrap_or(self.width);
        if matches!(record, Record::Forget(_)) {
            self.rubbish += framed(content.len());
        }
        if let Some(rows) = before {
            self.rubbish += put_length(rows, self.width);
        }
        self.is_synced = false;
        Ok(())
    }

    /// What was appended reaches the disk. Where more than half of the file tells of what is gone, it is written
    /// anew from what is `live`.
    pub fn sync<I: Iterator<Item = Record>>(&mut self, live: impl Fn() -> I) -> Result<()> {
        if self.is_synced {
            return Ok(());
        }
        if self.rubbish * 2 > self.length && self.length > WORTH_THE_WORK {
            self.rewrite(live())?;
        } else {
            self.out.flush()?;
            self.out.get_ref().sync_data()?;
        }
        self.is_synced = true;
        Ok(())
    }

    pub fn remove(self) {
        remove(&self.path);
    }

    /// The new file takes the old one's name when it is whole.
    fn rewrite(&mut self, live: impl Iterator<Item = Record>) -> Result<()> {
        let beside = self.path.with_extension("new");
        let mut file = File::create(&beside)?;
        lock(&file, &beside)?;
        let mut length = begin(&mut file, &self.maker)?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        for record in live {
            let content = encode(&record);
            write_frame(&mut out, &content)?;
            length += framed(content.len());
        }
        out.flush()?;
        out.get_ref().sync_all()?;
        fs::rename(&beside, &self.path)?;
        if let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        tracing::info!(
            from = self.length,
            to = length,
            "the file of vectors was written anew"
        );
        (self.out, self.length, self.rubbish) = (out, length, 0);
        Ok(())
    }
}

/// The files of other models in a folder.
pub fn others(folder: &Path, model: &str) -> Result<Vec<Other>> {
    let own = name_of(model);
    let mut others = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with(NAME) || !name.ends_with(ENDING) || name == own {
            continue;
        }
        let mut input = BufReader::new(File::open(entry.path())?);
        let (model, choice) = read_head(&mut input, &mut Vec::new()).unwrap_or_default();
        others.push(Other {
            path: entry.path(),
            model,
            choice,
        });
    }
    Ok(others)
}

/// It is derived data: one that stays only takes room.
pub fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(%error, path = %path.display(), "an old file of vectors was left behind");
    }
}

fn name_of(model: &str) -> String {
    let plain: String = model
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect();
    format!("{NAME}{plain}{ENDING}")
}

fn lock(file: &File, path: &Path) -> Result<()> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => bail!("{} has another writer", path.display()),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests;
