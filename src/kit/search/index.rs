//! The index on disk: its fields, its one writer, and how it survives a crash.
//!
//! It is derived data. Each commit carries the number of the last change it contains, so
//! after a crash the reader of the change feed resumes from there; and where the files no
//! longer fit this program the index starts empty and is filled anew.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use anyhow::Context as _;
use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, TantivyError, Term,
    directory::{MmapDirectory, error::OpenReadError},
    index::SegmentReader,
    indexer::{IndexWriterOptions, LogMergePolicy},
    schema::{FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{PreTokenizedString, Token as IndexToken},
};
use uuid::Uuid;

use super::{
    Doc, Layout, Result,
    restore::Spellings,
    vietnamese::{self, Token, Tongue, fold},
};

/// Raised when tokens change their form, so that old indexes are filled anew.
const ANALYSIS: i64 = 1;
const WRITER_MEMORY: usize = 32_000_000;
/// Between the plain and the marked half of a spelling; no token contains it.
const SPELT: char = '|';

pub struct Fields {
    pub id: Field,
    /// A title says twice what a body says once.
    pub words: Field,
    pub pairs: Field,
    pub plain: Field,
    pub plain_pairs: Field,
    spelled: Field,
    spelled_pairs: Field,
    keywords: BTreeMap<&'static str, Field>,
    numbers: BTreeMap<&'static str, Field>,
}

/// The columns of a document that are read after a search.
pub const ID_HIGH: &str = "id_high";
pub const ID_LOW: &str = "id_low";
pub const TONGUE: &str = "tongue";

pub struct Words {
    dir: PathBuf,
    pub fields: Fields,
    index: Index,
    reader: IndexReader,
    writer: Mutex<Option<IndexWriter>>,
    position: AtomicI64,
}

impl Words {
    /// Opens the index, or makes an empty one where there is none or it no longer fits.
    pub fn open(dir: &Path, layout: &Layout) -> Result<Self> {
        let (schema, fields) = schema(layout);
        fs::create_dir_all(dir)
            .with_context(|| format!("the index folder {} cannot be made", dir.display()))?;
        let index = match existing(dir, &schema)? {
            Some(index) => index,
            None => created(dir, schema)?,
        };
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

    /// Replaces and removes documents in one commit that also remembers `upto`. Where nothing
    /// changed the number is kept in memory only: writing it would cost a flush to disk.
    pub fn apply(&self, puts: &[Doc], drops: &[Uuid], upto: i64) -> Result<()> {
        if puts.is_empty() && drops.is_empty() {
            self.position.fetch_max(upto, Ordering::AcqRel);
            return Ok(());
        }
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        // A writer that met an I/O error stays broken, so it is taken out and only put back whole.
        let mut writer = match slot.take() {
            Some(writer) => writer,
            None => writer(&self.index)?,
        };
        for id in drops.iter().copied().chain(puts.iter().map(|doc| doc.id)) {
            writer.delete_term(Term::from_field_text(self.fields.id, &id.simple().to_string()));
        }
        for doc in puts {
            writer.add_document(self.fields.document(doc)?)?;
        }
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&format!("{ANALYSIS} {upto}"));
        commit.commit()?;
        *slot = Some(writer);
        drop(slot);
        self.reader.reload()?;
        self.position.store(upto, Ordering::Release);
        tracing::debug!(puts = puts.len(), drops = drops.len(), upto, dir = %self.dir.display(), "index committed");
        Ok(())
    }
}

impl Fields {
    pub fn keyword(&self, name: &str) -> Result<Field> {
        self.keywords
            .get(name)
            .copied()
            .with_context(|| format!("the layout declares no keyword {name}"))
    }

    pub fn number(&self, name: &str) -> Result<Field> {
        self.numbers
            .get(name)
            .copied()
            .with_context(|| format!("the layout declares no number {name}"))
    }

    fn document(&self, doc: &Doc) -> Result<TantivyDocument> {
        let mut out = TantivyDocument::default();
        let (high, low) = doc.id.as_u64_pair();
        out.add_text(self.id, doc.id.simple().to_string());
        let schema_number = |name: &str| self.numbers.get(name).copied();
        for (name, half) in [(ID_HIGH, high), (ID_LOW, low)] {
            if let Some(field) = schema_number(name) {
                out.add_u64(field, half);
            }
        }
        if let Some(field) = schema_number(TONGUE) {
            out.add_u64(
                field,
                tongue_code(vietnamese::tongue(&format!("{}\n{}", doc.title, doc.text))),
            );
        }
        for (name, code) in &doc.keywords {
            out.add_text(self.keyword(name)?, code);
        }
        for (name, number) in &doc.numbers {
            out.add_i64(self.number(name)?, *number);
        }
        let title = vietnamese::tokens(&doc.title);
        for tokens in [&title, &title, &vietnamese::tokens(&doc.text)] {
            self.add_tokens(&mut out, tokens);
        }
        Ok(out)
    }

    fn add_tokens(&self, out: &mut TantivyDocument, tokens: &[Token]) {
        let mut add = |field, texts: Vec<String>| {
            if !texts.is_empty() {
                out.add_pre_tokenized_text(field, pre_tokenized(texts));
            }
        };
        add(
            self.words,
            tokens.iter().map(|token| token.word.clone()).collect(),
        );
        add(
            self.plain,
            tokens.iter().map(|token| token.plain.clone()).collect(),
        );
        add(self.pairs, pairs(tokens, |token| &token.word).collect());
        add(self.plain_pairs, pairs(tokens, |token| &token.plain).collect());
        let syllables = tokens.iter().filter(|token| token.could_be_syllable());
        add(
            self.spelled,
            syllables
                .map(|token| format!("{}{SPELT}{}", fold(&token.spelled), token.spelled))
                .collect(),
        );
        add(
            self.spelled_pairs,
            pairs(tokens, |token| &token.spelled).collect(),
        );
    }
}

/// Two tokens of one clause, as one term.
pub fn pairs<'a>(
    tokens: &'a [Token],
    form: impl Fn(&'a Token) -> &'a String + 'a,
) -> impl Iterator<Item = String> + 'a {
    tokens
        .windows(2)
        .filter(|pair| pair[1].joined)
        .map(move |pair| pair_of(form(&pair[0]), form(&pair[1])))
}

pub fn pair_of(one: &str, next: &str) -> String {
    format!("{one} {next}")
}

pub fn tongue_of(code: u64) -> Tongue {
    match code {
        1 => Tongue::Vietnamese,
        2 => Tongue::Other,
        _ => Tongue::Both,
    }
}

fn tongue_code(tongue: Tongue) -> u64 {
    match tongue {
        Tongue::Vietnamese => 1,
        Tongue::Other => 2,
        Tongue::Both => 3,
    }
}

/// Our own analyser has done the work, the index only counts.
fn pre_tokenized(texts: Vec<String>) -> PreTokenizedString {
    let tokens = texts.into_iter().enumerate().map(|(position, text)| IndexToken {
        position,
        text,
        ..IndexToken::default()
    });
    PreTokenizedString {
        text: String::new(),
        tokens: tokens.collect(),
    }
}

fn schema(layout: &Layout) -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let counted = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::WithFreqs),
    );
    let id = schema.add_text_field("id", STRING);
    let mut text = |name: &str| schema.add_text_field(name, counted.clone());
    let (words, pairs) = (text("words"), text("pairs"));
    let (plain, plain_pairs) = (text("plain"), text("plain_pairs"));
    let (spelled, spelled_pairs) = (text("spelled"), text("spelled_pairs"));
    let keywords = layout
        .keywords
        .iter()
        .map(|name| (*name, schema.add_text_field(&column(name), STRING | FAST)));
    let keywords = keywords.collect();
    let declared = layout
        .numbers
        .iter()
        .map(|name| (*name, schema.add_i64_field(&column(name), INDEXED | FAST)));
    let mut numbers: BTreeMap<&'static str, Field> = declared.collect();
    for name in [ID_HIGH, ID_LOW, TONGUE] {
        numbers.insert(name, schema.add_u64_field(name, FAST));
    }
    let fields = Fields {
        id,
        words,
        pairs,
        plain,
        plain_pairs,
        spelled,
        spelled_pairs,
        keywords,
        numbers,
    };
    (schema.build(), fields)
}

/// The stored name of a declared keyword or number, apart from our own names.
pub fn column(name: &str) -> String {
    format!("by_{name}")
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
    let mut merging = LogMergePolicy::default();
    // Deleted documents stay in the statistics until a merge, so merge before they weigh much.
    merging.set_del_docs_ratio_before_merge(0.3);
    writer.set_merge_policy(Box::new(merging));
    Ok(writer)
}

/// A searcher and the fields it reads: the teacher of spellings.
pub struct Teacher<'a> {
    pub searcher: &'a Searcher,
    pub fields: &'a Fields,
}

impl Spellings for Teacher<'_> {
    fn of(&self, plain: &str) -> Vec<(String, f64)> {
        let mut counts: BTreeMap<String, f64> = BTreeMap::new();
        for segment in self.searcher.segment_readers() {
            // A segment that cannot be read teaches nothing; the search itself will report it.
            let _ = count_spellings(segment, self.fields.spelled, plain, &mut counts);
        }
        let mut counts: Vec<(String, f64)> = counts.into_iter().collect();
        counts.sort_by(|one, other| other.1.total_cmp(&one.1));
        counts
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of documents are far below 2^52"
    )]
    fn together(&self, one: &str, next: &str) -> f64 {
        let term = Term::from_field_text(self.fields.spelled_pairs, &pair_of(one, next));
        self.searcher.doc_freq(&term).unwrap_or(0) as f64
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of documents are far below 2^52"
    )]
    fn documents(&self) -> f64 {
        self.searcher.num_docs() as f64
    }
}

fn count_spellings(
    segment: &SegmentReader,
    field: Field,
    plain: &str,
    counts: &mut BTreeMap<String, f64>,
) -> Result<()> {
    let inverted = segment.inverted_index(field)?;
    let (from, to) = (format!("{plain}{SPELT}"), format!("{plain}}}"));
    let mut stream = inverted
        .terms()
        .range()
        .ge(from.as_bytes())
        .lt(to.as_bytes())
        .into_stream()?;
    while stream.advance() {
        let spelling = String::from_utf8_lossy(&stream.key()[from.len()..]).into_owned();
        *counts.entry(spelling).or_default() += f64::from(stream.value().doc_freq);
    }
    Ok(())
}
