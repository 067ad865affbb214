//! The meaning of every document, once a node: both indexes share it.
//!
//! It is no guard: it knows the vectors of every document somebody may see, and each index asks it for its own
//! documents only. It is derived data. Every vector stands in the database; a file beside the index spares a start
//! the reading of them all.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Embedder, Result, WhyNot};

mod file;
mod rows;
mod space;

pub use self::{rows::Probe, space::Space};

/// Which text a document's vectors were made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Key([u8; 16]);

impl Key {
    /// Of the hashes of the passages, in order.
    pub fn of<T: AsRef<[u8]>>(hashes: &[T]) -> Self {
        let mut digest = Sha256::new();
        for hash in hashes {
            digest.update(hash.as_ref());
        }
        let mut key = [0; 16];
        key.copy_from_slice(&digest.finalize()[..16]);
        Self(key)
    }
}

/// Where the vectors of each document stand, the same for every model, for as long as the process lives.
#[derive(Default)]
pub struct Slots(RwLock<Taken>);

#[derive(Default)]
struct Taken {
    slots: HashMap<Uuid, u32>,
    ids: Vec<Uuid>,
}

impl Slots {
    pub fn of(&self, id: Uuid) -> u32 {
        match self.known(id) {
            Some(slot) => slot,
            None => self.0.write().unwrap_or_else(PoisonError::into_inner).take(id),
        }
    }

    pub fn of_all(&self, ids: &[Uuid]) -> Vec<u32> {
        let mut taken = self.0.write().unwrap_or_else(PoisonError::into_inner);
        ids.iter().map(|id| taken.take(*id)).collect()
    }

    pub fn known(&self, id: Uuid) -> Option<u32> {
        let taken = self.0.read().unwrap_or_else(PoisonError::into_inner);
        taken.slots.get(&id).copied()
    }

    pub fn id(&self, slot: u32) -> Option<Uuid> {
        let taken = self.0.read().unwrap_or_else(PoisonError::into_inner);
        taken.ids.get(slot as usize).copied()
    }
}

impl Taken {
    fn take(&mut self, id: Uuid) -> u32 {
        *self.slots.entry(id).or_insert_with(|| {
            self.ids.push(id);
            // More documents than this have no room anywhere.
            u32::try_from(self.ids.len() - 1).unwrap_or(u32::MAX)
        })
    }
}

/// The vectors and the model that makes them. Clones share them.
#[derive(Clone)]
pub struct Meaning(Arc<Inner>);

struct Inner {
    slots: Arc<Slots>,
    spaces: RwLock<Spaces>,
    turn: tokio::sync::Mutex<()>,
}

/// What answers now, and what will when it knows every document.
struct Spaces {
    serving: Arc<Space>,
    coming: Option<Arc<Space>>,
}

impl Meaning {
    /// Nothing is kept on disk.
    pub fn in_memory(embedder: std::result::Result<Embedder, WhyNot>) -> Self {
        let slots = Arc::<Slots>::default();
        let serving = Arc::new(Space::new(slots.clone(), embedder));
        Self::new(slots, serving, None)
    }

    /// The vectors kept in a folder. Where most of them are another model's, that one is loaded by what it was
    /// chosen by and goes on serving until the wanted one knows as much; see [`Meaning::flip_to`].
    pub fn open(
        folder: &Path,
        wanted: std::result::Result<Embedder, WhyNot>,
        load: impl Fn(&str) -> std::result::Result<Embedder, WhyNot>,
    ) -> Result<Self> {
        if wanted.is_err() {
            return Ok(Self::in_memory(wanted));
        }
        let slots = Arc::<Slots>::default();
        let wanted = Arc::new(Space::open(slots.clone(), wanted, folder)?);
        let mut former: Option<Arc<Space>> = None;
        for other in file::others(folder, wanted.model().unwrap_or_default())? {
            let space = match load(&other.choice) {
                Ok(embedder) if embedder.model() == other.model => {
                    Some(Space::open(slots.clone(), Ok(embedder), folder)?)
                }
                _ => None,
            };
            let known = former.as_ref().map_or(wanted.len(), |former| former.len());
            match space.filter(|space| space.len() > known) {
                Some(space) => {
                    if let Some(less) = former.replace(Arc::new(space)) {
                        less.discard();
                    }
                }
                // What is left of a model that is gone, or of one that never came to serve.
                None => file::remove(&other.path),
            }
        }
        Ok(match former {
            Some(former) => Self::new(slots, former, Some(wanted)),
            None => Self::new(slots, wanted, None),
        })
    }

    fn new(slots: Arc<Slots>, serving: Arc<Space>, coming: Option<Arc<Space>>) -> Self {
        let spaces = RwLock::new(Spaces { serving, coming });
        Self(Arc::new(Inner {
            slots,
            spaces,
            turn: tokio::sync::Mutex::default(),
        }))
    }

    /// What answers now. A question holds on to it, so that its own vector and the rows are of one model.
    pub fn serving(&self) -> Arc<Space> {
        self.read().serving.clone()
    }

    /// The model that takes over when it knows every document.
    pub fn coming(&self) -> Option<Arc<Space>> {
        self.read().coming.clone()
    }

    /// Both, or the one, that are to know every document; none without a model.
    pub fn spaces(&self) -> Vec<Arc<Space>> {
        let spaces = self.read();
        std::iter::once(&spaces.serving)
            .chain(&spaces.coming)
            .filter(|space| space.model().is_some())
            .cloned()
            .collect()
    }

    /// Where this is the coming model, it serves from now on, and what the former knew is thrown away. For when it
    /// knows every document.
    pub fn flip_to(&self, space: &Arc<Space>) -> bool {
        let former = {
            let mut spaces = self.0.spaces.write().unwrap_or_else(PoisonError::into_inner);
            let Some(coming) = spaces.coming.take_if(|coming| Arc::ptr_eq(coming, space)) else {
                return false;
            };
            std::mem::replace(&mut spaces.serving, coming)
        };
        former.discard();
        tracing::info!(from = former.model(), to = space.model(), "the new model serves");
        true
    }

    /// Whoever tells what documents mean takes turns, or an older text might come after a newer one.
    pub async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.turn.lock().await
    }

    /// A document that nobody may see any more.
    pub fn forget(&self, id: Uuid) {
        for space in self.spaces() {
            space.forget(id);
        }
    }

    /// What was remembered reaches the disk, if there is a file.
    pub fn sync(&self) {
        for space in self.spaces() {
            space.sync();
        }
    }

    pub(super) fn slots(&self) -> &Slots {
        &self.0.slots
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Spaces> {
        self.0.spaces.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
