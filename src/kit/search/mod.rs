//! Finding: by words, by meaning, and by both together.
//!
//! The user of this room declares a [`Layout`], feeds it documents and asks. What comes back
//! are ids and scores, never rows: what a reader may see is decided where the rows are. The
//! index and the vectors are derived data, each node keeps its own and follows the change
//! feed with [`Search::apply`].
//!
//! Every verb here computes and blocks; from async code call it through [`Search::aside`].
//! Outside this folder nobody knows tantivy, fastembed or the ONNX Runtime.

mod analysis;
mod asking;
mod canary;
mod cores;
mod embed;
pub mod eval;
mod explain;
mod find;
mod gather;
mod hearing;
mod highest;
mod index;
mod lexicon;
mod lines;
mod meaning;
mod near;
mod places;
mod prepared;
mod prose;
mod query;
mod rank;
mod recall;
mod restore;
mod schema;
mod sentences;
mod snippet;
mod teacher;
mod tongue;
mod vectors;
mod vietnamese;
mod weights;

use std::{path::Path, sync::Arc};

use tokio::sync::Semaphore;
use uuid::Uuid;

pub use self::{
    asking::{Expansion, FacetCount, Filter, Found, Hit, Like, Order, Query, Sort},
    embed::{Embedder, WhyNot},
    explain::{Against, Pair, Shared},
    lexicon::learn::{Learnt, learn as learn_lexicon},
    meaning::{Key, Meaning, Space},
    prepared::Prepared,
    sentences::{passages, sentences},
    snippet::Span,
    vietnamese::fold,
    weights::{Calibration, Provenance, SetFigures, Weights},
};
use self::{gather::Admitted, index::Words, near::Neighbours, places::Places};

pub type Result<T> = anyhow::Result<T>;

/// What a document carries beside its text. A layout that sorts by [`Sort::Newest`] declares
/// the number `created`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// A document that came or changed, or one that went. What it means is told to the [`Meaning`].
#[derive(Debug, Clone)]
pub enum Change {
    Put(Doc),
    /// As `Put`, with the work done before, once for several indexes of one layout.
    Ready(Prepared),
    Drop(Uuid),
}

#[derive(Debug, Clone)]
pub struct Health {
    pub docs: usize,
    pub vectors: usize,
    pub model: Option<String>,
    pub words_only_reason: Option<String>,
    /// Another model is being made ready while this one answers.
    pub coming: Option<Coming>,
}

/// A model on its way in, and how many documents it knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coming {
    pub model: String,
    pub known: i64,
    pub of: i64,
}

/// An index and the meaning it asks. Clones share them.
#[derive(Clone)]
pub struct Search(Arc<Inner>);

struct Inner {
    words: Words,
    places: Places,
    near: Neighbours,
    meaning: Meaning,
    weights: Weights,
    turns: Semaphore,
}

/// A search just opened.
pub struct Opened {
    pub search: Search,
    /// Nothing is in it: follow the change feed from its beginning.
    pub empty: bool,
}

impl Search {
    /// Opens or makes the index in `dir`. What no longer fits this program or is torn is
    /// emptied; a lock, a missing right or a failing disk is an error and harms nothing.
    pub fn open(dir: &Path, layout: Layout, meaning: &Meaning, weights: &Weights) -> Result<Opened> {
        Self::around(Words::open(dir, &layout, true)?, meaning, weights)
    }

    /// As `open`, an index that is only asked together with another one, which knows how words are spelled
    /// (see [`find_taught_by`](Self::find_taught_by)).
    pub fn open_taught(dir: &Path, layout: Layout, meaning: &Meaning, weights: &Weights) -> Result<Opened> {
        Self::around(Words::open(dir, &layout, false)?, meaning, weights)
    }

    fn around(words: Words, meaning: &Meaning, weights: &Weights) -> Result<Opened> {
        let empty = words.position() == 0 && words.searcher().num_docs() == 0;
        let inner = Inner {
            words,
            places: Places::default(),
            near: Neighbours::default(),
            meaning: meaning.clone(),
            weights: weights.clone(),
            turns: Semaphore::new(cores::count()),
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

    /// Works out what the indexes of this layout take in of documents.
    pub fn prepare(&self, docs: &[Doc]) -> Result<Vec<Prepared>> {
        prepared::prepare(&self.0.words.fields, docs)
    }

    /// Takes in changes in one commit that remembers `upto`. Doing it twice is the same as once.
    pub fn apply(&self, changes: Vec<Change>, upto: i64) -> Result<()> {
        if changes.is_empty() {
            self.0.words.pass(upto);
            return Ok(());
        }
        self.take(changes)?;
        self.commit(upto)
    }

    /// Takes in changes that show with the next commit: a commit costs a flush to disk and new segments to read.
    pub fn take(&self, changes: Vec<Change>) -> Result<()> {
        let (mut docs, mut ready, mut drops) = (Vec::new(), Vec::new(), Vec::new());
        for change in changes {
            match change {
                Change::Put(doc) => docs.push(doc),
                Change::Ready(doc) => ready.push(doc),
                Change::Drop(id) => drops.push(id),
            }
        }
        ready.extend(self.prepare(&docs)?);
        self.0.words.take(&ready, &drops)
    }

    /// Shows what was taken in.
    pub fn commit(&self, upto: i64) -> Result<()> {
        // What an index holds is never without the vectors that were known when it came.
        self.0.meaning.sync();
        self.0.words.commit(upto)?;
        // The next question shall not wait for the new segments to be read.
        let searcher = self.0.words.searcher();
        self.0.places.of(&searcher, self.0.meaning.slots())?;
        Ok(())
    }

    /// Lets the index merge its segments, or wait with it until everything has been taken in anew.
    pub fn merge(&self, now: bool) -> Result<()> {
        self.0.words.merge(now)
    }

    /// Waits until what is being merged is, as it is in a service that stood for a while.
    pub fn settle(&self) -> Result<()> {
        self.0.words.settle()
    }

    pub fn meaning(&self) -> &Meaning {
        &self.0.meaning
    }

    /// Documents of this index without vectors of a model; at most so many.
    pub fn without_meaning(&self, space: &Space, most: usize) -> Result<Vec<Uuid>> {
        let searcher = self.0.words.searcher();
        let whose = self.0.places.of(&searcher, self.0.meaning.slots())?;
        let alive = Admitted::everything(&searcher);
        let slots = alive
            .segments()
            .zip(whose.segments())
            .flat_map(|(alive, whose)| whose.iter().zip(alive).filter(|(_, alive)| **alive))
            .map(|(whose, _)| whose.slot);
        let missing = space.missing(slots, most).into_iter();
        Ok(missing
            .filter_map(|slot| self.0.meaning.slots().id(slot))
            .collect())
    }

    /// One vector for each text; none at all without a model.
    pub fn embed<T: AsRef<str>>(&self, texts: &[T]) -> Result<Vec<Vec<f32>>> {
        self.0.meaning.serving().embed(texts)
    }

    /// The model that answers now.
    pub fn model(&self) -> Option<String> {
        self.0.meaning.serving().model().map(str::to_owned)
    }

    /// How far words and meaning are trusted here, and what a score is worth.
    pub fn weights(&self) -> &Weights {
        &self.0.weights
    }

    pub fn health(&self) -> Health {
        let serving = self.0.meaning.serving();
        let docs = usize::try_from(self.0.words.searcher().num_docs()).unwrap_or(usize::MAX);
        Health {
            docs,
            vectors: serving.len(),
            model: serving.model().map(str::to_owned),
            words_only_reason: serving.why_not().map(ToString::to_string),
            coming: self.0.meaning.coming().map(|coming| Coming {
                model: coming.model().unwrap_or_default().to_owned(),
                known: i64::try_from(coming.len().min(docs)).unwrap_or(i64::MAX),
                of: i64::try_from(docs).unwrap_or(i64::MAX),
            }),
        }
    }
}

#[cfg(test)]
mod tests;
