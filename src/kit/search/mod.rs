//! Finding: by words, by meaning, and by both together.
//!
//! The user of this room declares a [`Layout`], feeds it documents and asks. What comes back
//! are ids and scores, never rows: what a reader may see is decided where the rows are. The
//! index and the vectors are derived data, each node keeps its own and follows the change
//! feed with [`Search::apply`].
//!
//! Every verb here computes and blocks; from async code call it through [`Search::aside`].
//! Outside this folder nobody knows tantivy, fastembed or the ONNX Runtime.

mod canary;
mod embed;
pub mod eval;
mod explain;
mod find;
mod gather;
mod index;
mod quality;
mod query;
mod rank;
mod recall;
mod restore;
mod schema;
mod sentences;
mod snippet;
mod tongue;
mod vectors;
mod vietnamese;

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use tokio::sync::Semaphore;
use uuid::Uuid;

pub use self::{
    embed::{Embedder, WhyNot},
    explain::{Pair, Shared},
    sentences::{passages, sentences},
    snippet::Span,
    vietnamese::fold,
};
use self::{index::Words, vectors::Vectors};

pub type Result<T> = anyhow::Result<T>;

/// What a document carries beside its text. A layout that sorts by [`Sort::Newest`] declares
/// the number `created`.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Exact codes, any number of each: to filter and to count by.
    pub keywords: &'static [&'static str],
    /// Whole numbers, one of each: to filter and to sort by.
    pub numbers: &'static [&'static str],
}

#[derive(Debug, Clone)]
pub struct Doc {
    pub id: Uuid,
    pub title: String,
    pub text: String,
    pub keywords: Vec<(&'static str, String)>,
    pub numbers: Vec<(&'static str, i64)>,
    /// What stands for the document's meaning: first the whole, then its parts (see [`passages`]).
    pub passages: Vec<String>,
}

/// A document that came or changed, with one vector for each of its passages, or one that went.
#[derive(Debug, Clone)]
pub enum Change {
    Put(Doc, Vec<Vec<f32>>),
    Drop(Uuid),
}

#[derive(Debug, Clone)]
pub enum Filter {
    Is(&'static str, String),
    AnyOf(&'static str, Vec<String>),
    AtLeast(&'static str, i64),
    AtMost(&'static str, i64),
    Not(Box<Filter>),
    All(Vec<Filter>),
    Either(Vec<Filter>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    Asc,
    #[default]
    Desc,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// The best answer first; without a text, the newest.
    #[default]
    Fit,
    Newest,
    Number(&'static str, Order),
}

/// A typed question.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub text: String,
    /// All must hold. A filter on a keyword in `facets` narrows the hits but not its own counts.
    pub filters: Vec<Filter>,
    pub sort: Sort,
    pub offset: usize,
    pub limit: usize,
    pub facets: Vec<&'static str>,
}

/// A whole text as a question: what in the index is like it, or answers it?
#[derive(Debug, Clone, Default)]
pub struct Like {
    pub title: String,
    pub text: String,
    /// The vectors of its passages where they are known; else they are computed.
    pub passages_vectors: Option<Vec<Vec<f32>>>,
    pub filters: Vec<Filter>,
    pub limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    pub id: Uuid,
    /// The fit within this one answer, 0 to 1; not comparable between answers.
    pub score: f32,
    /// Shared words against the best in this answer that the two languages allow, 0 to 1.
    pub words: f32,
    /// The cosine of the meanings, comparable between answers; `None` without a model.
    pub meaning: Option<f32>,
    /// Question and document share no language, so missing words say nothing.
    pub across_languages: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount {
    pub code: String,
    pub count: usize,
}

/// A token nobody wrote, and the known words it was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expansion {
    pub typed: String,
    pub meant: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Found {
    pub hits: Vec<Hit>,
    pub total: usize,
    /// In the order asked for, each with its codes, most frequent first.
    pub facets: Vec<(&'static str, Vec<FacetCount>)>,
    /// The question with its marks put back, for "Bạn có muốn tìm".
    pub restored: Option<String>,
    pub expanded: Vec<Expansion>,
    /// Ranked by words alone because there is no model.
    pub degraded: bool,
}

#[derive(Debug, Clone)]
pub struct Health {
    pub docs: usize,
    pub vectors: usize,
    pub model: Option<String>,
    pub words_only_reason: Option<String>,
}

/// The index, the vectors and the model. Clones share them.
#[derive(Clone)]
pub struct Search(Arc<Inner>);

struct Inner {
    words: Words,
    vectors: RwLock<Vectors>,
    embedder: std::result::Result<Embedder, WhyNot>,
    turns: Semaphore,
}

/// A search just opened. Its vectors are not on disk: hand them back with [`Search::remember`].
pub struct Opened {
    pub search: Search,
    /// Nothing is in it: follow the change feed from its beginning.
    pub empty: bool,
}

impl Search {
    /// Opens or makes the index in `dir`. What no longer fits this program or is torn is
    /// emptied; a lock, a missing right or a failing disk is an error and harms nothing.
    pub fn open(
        dir: &Path,
        layout: Layout,
        embedder: std::result::Result<Embedder, WhyNot>,
    ) -> Result<Opened> {
        let words = Words::open(dir, &layout)?;
        let empty = words.position() == 0 && words.searcher().num_docs() == 0;
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let inner = Inner {
            words,
            vectors: RwLock::default(),
            embedder,
            turns: Semaphore::new(cores),
        };
        Ok(Opened {
            search: Self(Arc::new(inner)),
            empty,
        })
    }

    /// Runs a verb on a thread that may block, a few at a time: more at once than there are
    /// cores would only make every reader wait longer.
    pub async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let _turn = self.0.turns.acquire().await?;
        let search = self.clone();
        tokio::task::spawn_blocking(move || work(&search)).await?
    }

    /// The number of the last change that was applied.
    pub fn position(&self) -> i64 {
        self.0.words.position()
    }

    /// Takes in changes in one commit that remembers `upto`. Doing it twice is the same as once.
    pub fn apply(&self, changes: Vec<Change>, upto: i64) -> Result<()> {
        let (mut docs, mut rows, mut drops) = (Vec::new(), Vec::new(), Vec::new());
        for change in changes {
            match change {
                Change::Put(doc, vectors) => {
                    rows.push((doc.id, vectors));
                    docs.push(doc);
                }
                Change::Drop(id) => drops.push(id),
            }
        }
        self.0.words.apply(&docs, &drops, upto)?;
        let mut vectors = self.0.vectors.write().unwrap_or_else(PoisonError::into_inner);
        for id in drops {
            vectors.remove(id);
        }
        for (id, rows) in rows {
            vectors.put(id, rows);
        }
        Ok(())
    }

    /// Puts vectors in memory for documents the index already holds: after a start, and when
    /// they were computed later than the document came.
    pub fn remember(&self, rows: impl IntoIterator<Item = (Uuid, Vec<Vec<f32>>)>) {
        let mut vectors = self.0.vectors.write().unwrap_or_else(PoisonError::into_inner);
        for (id, rows) in rows {
            vectors.put(id, rows);
        }
    }

    /// One vector for each text; none at all without a model.
    pub fn embed<T: AsRef<str>>(&self, texts: &[T]) -> Result<Vec<Vec<f32>>> {
        self.0
            .embedder
            .as_ref()
            .map_or_else(|_| Ok(Vec::new()), |embedder| embedder.embed(texts))
    }

    /// The model whose vectors may be compared here.
    pub fn model(&self) -> Option<&str> {
        self.0.embedder.as_ref().ok().map(Embedder::model)
    }

    pub fn health(&self) -> Health {
        Health {
            docs: usize::try_from(self.0.words.searcher().num_docs()).unwrap_or(usize::MAX),
            vectors: self
                .0
                .vectors
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .len(),
            model: self.model().map(str::to_owned),
            words_only_reason: self.0.embedder.as_ref().err().map(ToString::to_string),
        }
    }
}

#[cfg(test)]
mod tests;
