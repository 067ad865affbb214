//! The model, once for each core.
//!
//! A text is read by one thread. Two threads for one text take more of the cores' time (68 tokens: 25 instead of 22 ms;
//! 11 tokens: 6.2 instead of 4.7), so several texts at a time, each by one thread, are read sooner.

use std::sync::{
    Mutex, PoisonError, TryLockError,
    atomic::{AtomicUsize, Ordering},
};

use fastembed::TextEmbedding;

use super::super::{Result, cores};

/// Each takes some sixty megabytes, its tokenizer included.
const MOST: usize = 4;

pub(super) struct Sessions {
    pub(super) each: Vec<Mutex<TextEmbedding>>,
    turn: AtomicUsize,
}

impl Sessions {
    /// As many as there are cores, up to [`MOST`]; `one` makes a session whose runs take one thread. The first is made
    /// alone: it may have to be downloaded.
    pub fn load(one: impl Fn() -> Result<TextEmbedding> + Sync) -> Result<Self> {
        let mut each = vec![Mutex::new(one()?)];
        let more = vec![(); cores::count().min(MOST) - 1];
        for session in cores::spread(&more, more.len(), |()| one()) {
            each.push(Mutex::new(session?));
        }
        Ok(Self {
            each,
            turn: AtomicUsize::new(0),
        })
    }

    /// Acts with a session that is free, or waits for one.
    pub fn with<T>(&self, act: impl FnOnce(&mut TextEmbedding) -> T) -> T {
        let free = self.each.iter().find_map(|session| match session.try_lock() {
            Ok(session) => Some(session),
            Err(TryLockError::Poisoned(session)) => Some(session.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        });
        let mut session = free.unwrap_or_else(|| {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.each.len();
            self.each[turn].lock().unwrap_or_else(PoisonError::into_inner)
        });
        act(&mut session)
    }

    /// What comes of each job, in their order, as many at a time as there are sessions.
    pub fn all<J: Sync, T: Send>(
        &self,
        jobs: &[J],
        act: impl Fn(&mut TextEmbedding, &J) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let done = cores::spread(jobs, self.each.len(), |job| {
            self.with(|session| act(session, job))
        });
        done.into_iter().collect()
    }
}
