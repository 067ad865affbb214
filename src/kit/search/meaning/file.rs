//! The vectors on disk, so that a start need not read them all from the database.
//!
//! Frames of length, checksum and content: first who made the vectors, then what came and went, in order. Only the
//! end is ever written. A torn end is cut off when the file is opened; what it held is asked from the database.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{BufReader, BufWriter, Read, Seek as _, SeekFrom, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use uuid::Uuid;

use super::{
    super::{Result, vectors::Packed},
    Key,
};

/// Raised when the content of the frames changes.
const MAGIC: &[u8; 16] = b"caunoi vectors 1";
const NAME: &str = "vectors-";
const ENDING: &str = ".bin";
const FRAME: usize = 8;
/// No document has so many passages.
const LONGEST: usize = 1 << 20;
/// A small file may be mostly rubbish.
const WORTH_THE_WORK: u64 = 1 << 20;

/// What happened to the vectors of a document.
pub enum Record {
    Put(Uuid, Key, Vec<Packed>),
    Forget(Uuid),
}

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

// The head -----------------------------------------------------------------------------------------------------

fn maker(model: &str, choice: &str) -> Vec<u8> {
    format!("{model}\n{choice}").into_bytes()
}

/// Empties the file and writes who makes its vectors; says how long that is.
fn begin(file: &mut File, maker: &[u8]) -> Result<u64> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(MAGIC)?;
    write_frame(file, maker)?;
    file.sync_all()?;
    Ok(head_length(maker.len()))
}

fn head_length(maker: usize) -> u64 {
    MAGIC.len() as u64 + framed(maker)
}

/// Model and choice, where the file is one of ours.
fn read_head(input: &mut impl Read, content: &mut Vec<u8>) -> Option<(String, String)> {
    let mut magic = [0; MAGIC.len()];
    input.read_exact(&mut magic).ok()?;
    if magic != *MAGIC || !read_frame(input, content) {
        return None;
    }
    let (model, choice) = std::str::from_utf8(content).ok()?.split_once('\n')?;
    Some((model.to_owned(), choice.to_owned()))
}

// Frames -------------------------------------------------------------------------------------------------------

fn framed(content: usize) -> u64 {
    (FRAME + content) as u64
}

fn write_frame(out: &mut impl Write, content: &[u8]) -> Result<()> {
    out.write_all(&u32::try_from(content.len())?.to_le_bytes())?;
    out.write_all(&crc32fast::hash(content).to_le_bytes())?;
    out.write_all(content)?;
    Ok(())
}

/// `false`: here the file ends, or is torn.
fn read_frame(input: &mut impl Read, content: &mut Vec<u8>) -> bool {
    let mut frame = [0; FRAME];
    if input.read_exact(&mut frame).is_err() {
        return false;
    }
    let number = |at: usize| u32::from_le_bytes([frame[at], frame[at + 1], frame[at + 2], frame[at + 3]]);
    let length = number(0) as usize;
    if length > LONGEST {
        return false;
    }
    content.resize(length, 0);
    input.read_exact(content).is_ok() && crc32fast::hash(content) == number(4)
}

// Records ------------------------------------------------------------------------------------------------------

const GONE: u8 = 0;
const CAME: u8 = 1;
/// Kind, id, key and the number of rows.
const PUT_HEAD: usize = 1 + 16 + 16 + 2;

fn width_of(record: &Record) -> Option<usize> {
    match record {
        Record::Put(_, _, rows) => Some(rows.first()?.row.len()),
        Record::Forget(_) => None,
    }
}

fn put_length(rows: usize, width: usize) -> u64 {
    framed(PUT_HEAD + rows * (4 + width))
}

fn encode(record: &Record) -> Vec<u8> {
    let mut content = Vec::new();
    match record {
        Record::Forget(id) => {
            content.push(GONE);
            content.extend(id.as_bytes());
        }
        Record::Put(id, key, rows) => {
            content.push(CAME);
            content.extend(id.as_bytes());
            content.extend(key.0);
            content.extend(u16::try_from(rows.len()).unwrap_or(u16::MAX).to_le_bytes());
            for row in rows {
                content.extend(row.factor.to_le_bytes());
                content.extend(row.row.iter().map(|number| number.cast_unsigned()));
            }
        }
    }
    content
}

fn decode(content: &[u8]) -> Option<Record> {
    let (kind, rest) = content.split_first()?;
    let (id, rest) = rest.split_at_checked(16)?;
    let id = Uuid::from_slice(id).ok()?;
    if *kind == GONE {
        return Some(Record::Forget(id));
    }
    let (key, rest) = rest.split_at_checked(16)?;
    let (count, rest) = rest.split_at_checked(2)?;
    let count = usize::from(u16::from_le_bytes(count.try_into().ok()?));
    let rows = rest.chunks_exact((rest.len() / count.max(1)).max(1)).map(|row| {
        let (factor, row) = row.split_at_checked(4)?;
        Some(Packed {
            factor: f32::from_le_bytes(factor.try_into().ok()?),
            row: row.iter().map(|number| number.cast_signed()).collect(),
        })
    });
    let rows: Vec<Packed> = rows.collect::<Option<_>>()?;
    let key = Key(key.try_into().ok()?);
    (rows.len() == count).then_some(Record::Put(id, key, rows))
}

#[cfg(test)]
mod tests;
