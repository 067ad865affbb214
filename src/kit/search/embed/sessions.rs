//! The model, once for each core.
//!
//! A text is read by one thread. Two threads for one text take half as much of the cores' time again (68 tokens: 55
//! instead of 33 ms; 11 tokens: 9.9 instead of 6.0), so several texts at a time, each by one thread, are read sooner.

use std::{
    num::NonZero,
    panic,
    sync::{
        Mutex, PoisonError, TryLockError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use fastembed::TextEmbedding;

use super::super::Result;

/// Each takes some fifty megabytes.
const MOST: usize = 4;

pub(super) struct Sessions {
    each: Vec<Mutex<TextEmbedding>>,
    turn: AtomicUsize,
}

impl Sessions {
    /// As many as there are cores, up to [`MOST`]; `one` makes a session whose runs take one thread.
    pub fn load(one: impl Fn() -> Result<TextEmbedding> + Sync) -> Result<Self> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let wanted: Vec<()> = vec![(); cores.min(MOST)];
        let each = on_threads(&wanted, wanted.len(), |()| one().map(Mutex::new))?;
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

    /// What comes of each job, in their order; each session works on the next one that nobody took.
    pub fn all<J: Sync, T: Send>(
        &self,
        jobs: &[J],
        act: impl Fn(&mut TextEmbedding, &J) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        on_threads(jobs, self.each.len(), |job| {
            self.with(|session| act(session, job))
        })
    }
}

fn on_threads<J: Sync, T: Send>(
    jobs: &[J],
    threads: usize,
    act: impl Fn(&J) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    if jobs.len() < 2 || threads < 2 {
        return jobs.iter().map(act).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(at) else {
                return Ok(done);
            };
            done.push((at, act(job)?));
        }
    };
    let mut done = thread::scope(|scope| {
        let running: Vec<_> = (0..threads.min(jobs.len())).map(|_| scope.spawn(work)).collect();
        let mut all = Vec::with_capacity(jobs.len());
        for thread in running {
            let part: Result<Vec<(usize, T)>> =
                thread.join().unwrap_or_else(|cause| panic::resume_unwind(cause));
            all.extend(part?);
        }
        Result::Ok(all)
    })?;
    done.sort_unstable_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_is_done_once_and_in_order() {
        let jobs: Vec<u32> = (0..500).collect();
        let done = on_threads(&jobs, 3, |job| Ok(job * 2)).unwrap();
        assert_eq!(done, jobs.iter().map(|job| job * 2).collect::<Vec<_>>());
        let failed = on_threads(&jobs, 3, |job| {
            anyhow::ensure!(*job != 77, "job {job}");
            Ok(*job)
        });
        assert_eq!(failed.unwrap_err().to_string(), "job 77");
    }
}
