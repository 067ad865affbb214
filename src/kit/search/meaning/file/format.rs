//! How the file of vectors is written: its head, frames of length, checksum and content, and records in them.

use std::{
    fs::File,
    io::{Read, Seek as _, SeekFrom, Write},
};

use uuid::Uuid;

use super::super::{
    super::{Result, vectors::Packed},
    Key,
};

/// Raised when the content of the frames changes.
const MAGIC: &[u8; 16] = b"caunoi vectors 1";
pub(super) const FRAME: usize = 8;
/// No document has so many passages.
const LONGEST: usize = 1 << 20;

/// What happened to the vectors of a document.
pub enum Record {
    Put(Uuid, Key, Vec<Packed>),
    Forget(Uuid),
}

// The head -----------------------------------------------------------------------------------------------------

pub(super) fn maker(model: &str, choice: &str) -> Vec<u8> {
    format!("{model}\n{choice}").into_bytes()
}

/// Empties the file and writes who makes its vectors; says how long that is.
pub(super) fn begin(file: &mut File, maker: &[u8]) -> Result<u64> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(MAGIC)?;
    write_frame(file, maker)?;
    file.sync_all()?;
    Ok(head_length(maker.len()))
}

pub(super) fn head_length(maker: usize) -> u64 {
    MAGIC.len() as u64 + framed(maker)
}

/// Model and choice, where the file is one of ours.
pub(super) fn read_head(input: &mut impl Read, content: &mut Vec<u8>) -> Option<(String, String)> {
    let mut magic = [0; MAGIC.len()];
    input.read_exact(&mut magic).ok()?;
    if magic != *MAGIC || !read_frame(input, content) {
        return None;
    }
    let (model, choice) = std::str::from_utf8(content).ok()?.split_once('\n')?;
    Some((model.to_owned(), choice.to_owned()))
}

// Frames -------------------------------------------------------------------------------------------------------

pub(super) fn framed(content: usize) -> u64 {
    (FRAME + content) as u64
}

pub(super) fn write_frame(out: &mut impl Write, content: &[u8]) -> Result<()> {
    out.write_all(&u32::try_from(content.len())?.to_le_bytes())?;
    out.write_all(&crc32fast::hash(content).to_le_bytes())?;
    out.write_all(content)?;
    Ok(())
}

/// `false`: here the file ends, or is torn.
pub(super) fn read_frame(input: &mut impl Read, content: &mut Vec<u8>) -> bool {
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

pub(super) fn width_of(record: &Record) -> Option<usize> {
    match record {
        Record::Put(_, _, rows) => Some(rows.first()?.row.len()),
        Record::Forget(_) => None,
    }
}

pub(super) fn put_length(rows: usize, width: usize) -> u64 {
    framed(PUT_HEAD + rows * (4 + width))
}

pub(super) fn encode(record: &Record) -> Vec<u8> {
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

pub(super) fn decode(content: &[u8]) -> Option<Record> {
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
