//! The index on disk: its one writer, and how it survives a crash.
//!
//! It is derived data. Each commit carries the number of the last change it contains, so
//! after a crash the reader of the change feed resumes from there; and where the files no
//! longer fit this program the index starts empty and is filled anew.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use anyhow::Context as _;
use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyError, Term,
    directory::{MmapDirectory, error::OpenReadError},
    indexer::{IndexWriterOptions, LogMergePolicy, MergePolicy, NoMergePolicy},
    schema::Schema,
};
use uuid::Uuid;

use super::{
    Layout, Prepared, Result,
    lines::{LINES, Lines, SPELLINGS},
    schema::{Fields, schema},
};

/// Raised when tokens change their form, or documents their language, so that old indexes are filled anew.
const ANALYSIS: i64 = 3;
/// Enough for the ten thousand listings that a re-index shows at a time, so that they stand in one segment: each further
/// one is asked for every word of every question. The memory is only taken as it fills.
const WRITER_MEMORY: usize = 128_000_000;

pub struct Words {
    dir: PathBuf,
    pub fields: Fields,
    index: Index,
    reader: IndexReader,
    writer: Mutex<Option<IndexWriter>>,
    position: AtomicI64,
}

impl Words {
    /// Opens the index, or makes an empty one where there is none, it no longer fits or a part of it is torn.
    /// Without `spellings` it does not learn how words are spelled: another one is asked for that.
    pub fn open(dir: &Path, layout: &Layout, spellings: bool) -> Result<Self> {
        match Self::as_it_is(dir, layout, spellings) {
            Err(why) if is_torn(&why) => {
                tracing::warn!(dir = %dir.display(), why = %format!("{why:#}"), "a part of the search index is torn: it is filled anew");
                emptied(dir)?;
                Self::as_it_is(dir, layout, spellings)
            }
            opened => opened,
        }
    }

    fn as_it_is(dir: &Path, layout: &Layout, spellings: bool) -> Result<Self> {
        let (schema, fields) = schema(layout);
        fs::create_dir_all(dir)
            .with_context(|| format!("the index folder {} cannot be made", dir.display()))?;
        let index = match existing(dir, &schema)? {
            Some(index) => index,
            None => created(dir, schema)?,
        };
        index.tokenizers().register(LINES, Lines::default());
        let speller = if spellings {
            Lines::default()
        } else {
            Lines::deaf()
        };
        index.tokenizers().register(SPELLINGS, speller);
        let (_, upto) = payload(&index)?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let writer = Mutex::new(Some(writer(&index)?));
        Ok(Self {
            dir: dir.to_owned(),
            fields,
            index,
            reader,
            writer,
            position: AtomicI64::new(upto),
        })
    }

    pub fn position(&self) -> i64 {
        self.position.load(Ordering::Acquire)
    }

    pub fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// Replaces and removes documents; nobody sees it before the next [`commit`](Self::commit).
    pub fn take(&self, puts: &[Prepared], drops: &[Uuid]) -> Result<()> {
        anyhow::ensure!(
            puts.iter().all(|doc| doc.layout == self.fields.layout),
            "a document was prepared for an index of another layout"
        );
        self.write(|writer| {
            for id in drops.iter().copied().chain(puts.iter().map(|doc| doc.id)) {
                writer.delete_term(Term::from_field_text(self.fields.id, &id.simple().to_string()));
            }
            for doc in puts {
                writer.add_document(doc.terms.as_ref().clone())?;
            }
            Ok(())
        })
    }

    /// Shows what was taken in since the last commit, and remembers `upto` with it.
    pub fn commit(&self, upto: i64) -> Result<()> {
        self.write(|writer| {
            let mut commit = writer.prepare_commit()?;
            commit.set_payload(&format!("{ANALYSIS} {upto}"));
            commit.commit()?;
            Ok(())
        })?;
        self.reader.reload()?;
        self.position.store(upto, Ordering::Release);
        tracing::debug!(upto, dir = %self.dir.display(), "index committed");
        Ok(())
    }

    /// Lets segments be merged, or wait: while every document is replaced, what is merged now is replaced in a moment.
    pub fn merge(&self, now: bool) -> Result<()> {
        self.write(|writer| {
            writer.set_merge_policy(if now { merging() } else { Box::new(NoMergePolicy) });
            Ok(())
        })
    }

    /// Waits for the merges that are under way, and shows what came of them.
    pub fn settle(&self) -> Result<()> {
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(writer) = slot.take() {
            writer.wait_merging_threads()?;
        }
        Ok(self.reader.reload()?)
    }

    /// Where nothing changed the number is kept in memory only: writing it would cost a flush to disk.
    pub fn pass(&self, upto: i64) {
        self.position.fetch_max(upto, Ordering::AcqRel);
    }

    /// A writer that met an I/O error stays broken, so it is taken out and only put back whole.
    fn write(&self, act: impl FnOnce(&mut IndexWriter) -> Result<()>) -> Result<()> {
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut writer = match slot.take() {
            Some(writer) => writer,
            None => writer(&self.index)?,
        };
        act(&mut writer)?;
        *slot = Some(writer);
        Ok(())
    }
}

/// The index in a folder if it fits. It is given up only when it is another's or torn: a lock,
/// a right or a disk that fails today may be well tomorrow.
fn existing(dir: &Path, schema: &Schema) -> Result<Option<Index>> {
    let directory = MmapDirectory::open(dir)?;
    if !Index::exists(&directory)? {
        return Ok(None);
    }
    let opened = Index::open(directory).and_then(|index| index.load_metas().map(|_| index));
    match opened {
        Ok(index) if index.schema() == *schema && payload(&index)?.0 == ANALYSIS => Ok(Some(index)),
        Ok(_) => {
            tracing::warn!("the search index was made by another version: it is filled anew");
            emptied(dir)
        }
        Err(
            error @ (TantivyError::DataCorruption(_)
            | TantivyError::IncompatibleIndex(_)
            | TantivyError::SchemaError(_)
            | TantivyError::OpenReadError(
                OpenReadError::IncompatibleIndex(_) | OpenReadError::FileDoesNotExist(_),
            )),
        ) => {
            tracing::warn!(%error, "the search index is torn: it is filled anew");
            emptied(dir)
        }
        Err(error) => Err(error).with_context(|| format!("the index in {} cannot be opened", dir.display())),
    }
}

/// Whether an index cannot be opened because a part of it is cut short or not its own. The index is derived, so it may go;
/// a lock, a right or a disk that fails today may be well tomorrow, so for those it stays.
fn is_torn(why: &anyhow::Error) -> bool {
    let words = format!("{why:?}");
    [
        "InvalidData",
        "UnexpectedEof",
        "DataCorruption",
        "FileDoesNotExist",
        "IncompatibleIndex",
    ]
    .iter()
    .any(|kind| words.contains(kind))
}

/// Only ever called for a folder that holds an index: nobody's other files are in it.
fn emptied(dir: &Path) -> Result<Option<Index>> {
    fs::remove_dir_all(dir)?;
    fs::create_dir_all(dir)?;
    Ok(None)
}

fn created(dir: &Path, schema: Schema) -> Result<Index> {
    let index = Index::create_in_dir(dir, schema)?;
    let mut first: IndexWriter = writer(&index)?;
    let mut commit = first.prepare_commit()?;
    commit.set_payload(&format!("{ANALYSIS} 0"));
    commit.commit()?;
    Ok(index)
}

/// The version of the analysis and the last change of the newest commit.
fn payload(index: &Index) -> Result<(i64, i64)> {
    let payload = index.load_metas()?.payload.unwrap_or_default();
    let mut numbers = payload.split(' ').map(|number| number.parse().unwrap_or(0));
    Ok((numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)))
}

fn writer(index: &Index) -> Result<IndexWriter> {
    let options = IndexWriterOptions::builder()
        .num_worker_threads(1)
        .memory_budget_per_thread(WRITER_MEMORY)
        .num_merge_threads(1)
        .build();
    let writer = index
        .writer_with_options(options)
        .context("the index has another writer")?;
    writer.set_merge_policy(merging());
    Ok(writer)
}

fn merging() -> Box<dyn MergePolicy> {
    let mut merging = LogMergePolicy::default();
    // Deleted documents stay in the statistics until a merge, so merge before they weigh much.
    merging.set_del_docs_ratio_before_merge(0.3);
    Box::new(merging)
}
