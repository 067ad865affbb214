//! Work spread over the cores of this machine.

use std::{
    num::NonZero,
    panic,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

pub fn count() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// What comes of each job, in their order; each thread takes the next one that nobody took.
pub fn spread<J: Sync, T: Send>(jobs: &[J], threads: usize, act: impl Fn(&J) -> T + Sync) -> Vec<T> {
    if jobs.len() < 2 || threads < 2 {
        return jobs.iter().map(act).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(at) else {
                return done;
            };
            done.push((at, act(job)));
        }
    };
    let mut done: Vec<(usize, T)> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads.min(jobs.len())).map(|_| scope.spawn(work)).collect();
        running.into_iter().flat_map(joined).collect()
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// What comes of the items in parts, one a core, in their order. Fewer than `worth` are not worth another thread.
pub fn in_parts<I: Sync, T: Send>(items: &[I], worth: usize, act: impl Fn(&[I]) -> T + Sync) -> Vec<T> {
    let each = items.len().div_ceil(count()).max(worth);
    let parts: Vec<&[I]> = items.chunks(each).collect();
    spread(&parts, parts.len(), |part| act(part))
}

/// Two things at a time.
pub fn both<One: Send, Other>(
    one: impl FnOnce() -> One + Send,
    other: impl FnOnce() -> Other,
) -> (One, Other) {
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (joined(one), other)
    })
}

fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|cause| panic::resume_unwind(cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_is_done_once_and_in_order() {
        let jobs: Vec<u32> = (0..500).collect();
        let doubled: Vec<u32> = jobs.iter().map(|job| job * 2).collect();
        for threads in [0, 1, 3, 900] {
            assert_eq!(spread(&jobs, threads, |job| job * 2), doubled);
        }
        for worth in [1, 7, 10_000] {
            let parts = in_parts(&jobs, worth, |part| {
                part.iter().map(|job| job * 2).collect::<Vec<_>>()
            });
            assert_eq!(parts.concat(), doubled);
        }
        assert!(in_parts(&jobs[..0], 1, <[u32]>::len).is_empty());
        assert_eq!(both(|| 1, || 2), (1, 2));
    }
}
