//! One model and the vectors it made.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard},
};

use uuid::Uuid;

use super::{
    super::{Embedder, Result, WhyNot, vectors::Packed},
    Key, Slots,
    file::{Record, VectorFile},
    rows::{Probe, Rows},
};

pub struct Space {
    slots: Arc<Slots>,
    embedder: std::result::Result<Embedder, WhyNot>,
    rows: RwLock<Rows>,
    /// Held while rows change, so that the file tells the same story as the memory.
    file: Mutex<Option<VectorFile>>,
}

impl Space {
    pub(super) fn new(slots: Arc<Slots>, embedder: std::result::Result<Embedder, WhyNot>) -> Self {
        Self {
            slots,
            embedder,
            rows: RwLock::default(),
            file: Mutex::default(),
        }
    }

    /// With the vectors that its file in the folder holds.
    pub(super) fn open(
        slots: Arc<Slots>,
        embedder: std::result::Result<Embedder, WhyNot>,
        folder: &Path,
    ) -> Result<Self> {
        let space = Self::new(slots, embedder);
        if let Ok(embedder) = &space.embedder {
            let mut rows = Rows::default();
            let maker = (embedder.model(), embedder.choice());
            let file = VectorFile::open(folder, maker, |record| match record {
                Record::Put(id, key, packed) => {
                    let slot = space.slots.of(id);
                    let before = rows.rows_of(slot);
                    rows.put(slot, key, &packed);
                    before
                }
                Record::Forget(id) => {
                    let slot = space.slots.of(id);
                    let before = rows.rows_of(slot);
                    rows.remove(slot);
                    before
                }
            })?;
            *space.rows.write().unwrap_or_else(PoisonError::into_inner) = rows;
            *space.file.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
        }
        Ok(space)
    }

    /// The model whose vectors may be compared here.
    pub fn model(&self) -> Option<&str> {
        self.embedder.as_ref().ok().map(Embedder::model)
    }

    pub fn why_not(&self) -> Option<&WhyNot> {
        self.embedder.as_ref().err()
    }

    /// One vector for each text; none at all without a model.
    pub fn embed<T: AsRef<str>>(&self, texts: &[T]) -> Result<Vec<Vec<f32>>> {
        self.embedder
            .as_ref()
            .map_or_else(|_| Ok(Vec::new()), |embedder| embedder.embed(texts))
    }

    /// As `embed`, for many texts that nobody waits for.
    pub fn embed_many<T: AsRef<str>>(&self, texts: &[T]) -> Result<Vec<Vec<f32>>> {
        self.embedder
            .as_ref()
            .map_or_else(|_| Ok(Vec::new()), |embedder| embedder.embed_many(texts))
    }

    /// How many documents are known, the ones without a text too.
    pub fn len(&self) -> usize {
        self.rows().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the vectors of this very text are known.
    pub fn knows(&self, id: Uuid, key: Key) -> bool {
        self.slots
            .known(id)
            .is_some_and(|slot| self.rows().key(slot) == Some(key))
    }

    /// Keeps one vector for each passage of a document, the whole first. The document may come into an index
    /// before or after.
    pub fn remember(&self, id: Uuid, key: Key, vectors: &[Vec<f32>]) {
        let packed: Vec<Packed> = vectors.iter().map(|vector| Packed::new(vector)).collect();
        let slot = self.slots.of(id);
        self.change(slot, |rows| {
            rows.put(slot, key, &packed);
            Record::Put(id, key, packed)
        });
    }

    pub fn forget(&self, id: Uuid) {
        let Some(slot) = self
            .slots
            .known(id)
            .filter(|slot| self.rows().key(*slot).is_some())
        else {
            return;
        };
        self.change(slot, |rows| {
            rows.remove(slot);
            Record::Forget(id)
        });
    }

    /// A document as a question about others; `None` where its vectors are not known.
    pub fn probe(&self, slot: u32) -> Option<Probe> {
        self.rows().probe(slot)
    }

    /// How near documents are in meaning, by their slots; see [`Rows::likeness`].
    pub fn likeness(&self, probe: &Probe, slots: &[u32], words: impl Fn(usize) -> f32) -> Vec<Option<f32>> {
        self.rows().likeness(probe, slots, words)
    }

    /// Which of the slots have no vectors yet; at most so many.
    pub(in super::super) fn missing(&self, slots: impl Iterator<Item = u32>, most: usize) -> Vec<u32> {
        let rows = self.rows();
        slots
            .filter(|slot| rows.key(*slot).is_none())
            .take(most)
            .collect()
    }

    /// How like the most like whole is: a scan and nothing else, to be measured.
    pub fn nearest(&self, vector: &[f32]) -> Option<f32> {
        self.rows().nearest(&Packed::new(vector))
    }

    /// Bytes that a question about all documents reads.
    pub fn scanned(&self) -> usize {
        self.rows().scanned()
    }

    pub(super) fn sync(&self) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = file.as_mut() else { return };
        let rows = self.rows();
        let live = || {
            rows.records()
                .filter_map(|(slot, key, packed)| Some(Record::Put(self.slots.id(slot)?, key, packed)))
        };
        if let Err(error) = open.sync(live) {
            give_up(&mut file, &error);
        }
    }

    /// Takes the file away; what is in memory serves the questions that still hold on to it.
    pub(super) fn discard(&self) {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(file) = file {
            file.remove();
        }
    }

    fn change(&self, slot: u32, act: impl FnOnce(&mut Rows) -> Record) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, record) = {
            let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
            (rows.rows_of(slot), act(&mut rows))
        };
        if let Some(Err(error)) = file.as_mut().map(|file| file.append(&record, before)) {
            give_up(&mut file, &error);
        }
    }

    fn rows(&self) -> RwLockReadGuard<'_, Rows> {
        self.rows.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file that cannot be written is left as it is: the next start cuts what is torn and asks the database.
fn give_up(file: &mut Option<VectorFile>, error: &anyhow::Error) {
    tracing::warn!(%error, "the file of vectors is no longer written; the next start asks the database");
    *file = None;
}
