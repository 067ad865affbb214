//! What was measured, as a table for people and as JSON for others.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

#[derive(Default, Serialize)]
pub struct Report {
    pub sizes: Vec<Sized>,
}

#[derive(Serialize)]
pub struct Sized {
    pub listings: usize,
    /// Of a listing, its whole among them.
    pub passages: f64,
    /// From an empty index, with vectors known.
    pub first_build_s: f64,
    #[serde(flatten)]
    pub measured: Measured,
}

#[derive(Serialize, Deserialize)]
pub struct Measured {
    pub documents: usize,
    pub vectors: usize,
    pub model: Option<String>,
    /// Everything opened, the model loaded.
    pub start_s: f64,
    pub question: Times,
    pub with_facets: Times,
    /// Without a text, with facets.
    pub browse: Times,
    pub like: Times,
    pub embedding: Embedding,
    pub rss_mb: f64,
    /// Without the pages of files that the system may take back.
    pub rss_own_mb: f64,
    pub rss_after_mb: f64,
    pub reindex_s: f64,
    pub scan_ms: f64,
    pub scan_bytes: usize,
    pub scan_gb_s: f64,
    pub read_gb_s: f64,
}

/// Milliseconds.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Times {
    pub p50: f64,
    pub p99: f64,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Embedding {
    pub texts: usize,
    pub alone_per_s: f64,
    pub many_per_s: f64,
}

impl Times {
    pub fn of(times: &mut [Duration]) -> Self {
        times.sort_unstable();
        let at = |share: usize| {
            let place = (times.len() * share / 100).min(times.len().saturating_sub(1));
            times.get(place).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        Self {
            p50: at(50),
            p99: at(99),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = |what: &str, goal: &str, of: &dyn Fn(&Sized) -> String| {
            write!(f, "{what:<46}")?;
            for size in &self.sizes {
                write!(f, " {:>15}", of(size))?;
            }
            writeln!(f, "  {goal}")
        };
        let times = |times: Times| format!("{:.1} / {:.1}", times.p50, times.p99);
        row("", "goal", &|size| format!("{} listings", size.listings))?;
        row("passages a listing", "", &|size| format!("{:.1}", size.passages))?;
        row("a question, p50 / p99, ms", "20 / 60", &|size| {
            times(size.measured.question)
        })?;
        row("… with all facets", "", &|size| {
            times(size.measured.with_facets)
        })?;
        row("… without a text, with all facets", "", &|size| {
            times(size.measured.browse)
        })?;
        row(
            "suggestions beyond the embedding, p50 / p99, ms",
            "100",
            &|size| times(size.measured.like),
        )?;
        row("texts embedded a second, one by one", "", &|size| {
            format!("{:.0}", size.measured.embedding.alone_per_s)
        })?;
        row("… many at a time", "", &|size| {
            format!("{:.0}", size.measured.embedding.many_per_s)
        })?;
        row("resident memory, MB", "600", &|size| {
            format!("{:.0}", size.measured.rss_mb)
        })?;
        row("… without pages of files", "", &|size| {
            format!("{:.0}", size.measured.rss_own_mb)
        })?;
        row("… after a reindex", "", &|size| {
            format!("{:.0}", size.measured.rss_after_mb)
        })?;
        row("start with an index, s", "2", &|size| {
            format!("{:.2}", size.measured.start_s)
        })?;
        row("first index, vectors known, s", "", &|size| {
            format!("{:.1}", size.first_build_s)
        })?;
        row("reindex, vectors known, s", "60", &|size| {
            format!("{:.1}", size.measured.reindex_s)
        })?;
        row("scan of all wholes, ms", "", &|size| {
            format!("{:.2}", size.measured.scan_ms)
        })?;
        row("… GB a second, of what memory gives", "", &|size| {
            format!("{:.1} of {:.1}", size.measured.scan_gb_s, size.measured.read_gb_s)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_by_their_middle_and_their_worst() {
        let mut times: Vec<Duration> = (0..200).rev().map(Duration::from_millis).collect();
        let times = Times::of(&mut times);
        assert!((times.p50 - 100.0).abs() < 1e-9 && (times.p99 - 198.0).abs() < 1e-9);
        assert!(Times::of(&mut []).p50.abs() < 1e-9);
    }
}
