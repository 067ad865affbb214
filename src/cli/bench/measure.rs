//! Measures a prepared service in a process that begins with it.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::corpus::Corpus;
use super::rates;
use super::report::{Embedding, Measured, Times};
use crate::app;
use crate::events::{self, Event};
use crate::ids::By;
use crate::kit::Cx;
use crate::kit::clock::Clock;
use crate::kit::config::Config;
use crate::kit::lang::Lang;
use crate::kit::search::{Like, Query, passages};
use crate::listings::follow;
use crate::listings::question::FACETS;

const QUESTIONS: usize = 300;
const LIKES: usize = 100;
const TEXTS: usize = 200;
const PER_PAGE: usize = 12;
/// What a search for suggestions looks through.
const CANDIDATES: usize = 200;

pub async fn measure(config: Config) -> anyhow::Result<Measured> {
    let corpus = Corpus::read()?;
    let started = Instant::now();
    let cx = app::build(config, Clock::Wall).await?;
    let start_s = started.elapsed().as_secs_f64();
    // Each question is asked once; the first ones warm what a service of some minutes has warm.
    let ask = |number: usize, facets: bool| Query {
        text: corpus.question(number),
        limit: PER_PAGE,
        facets: if facets { facet_names() } else { Vec::new() },
        ..Query::default()
    };
    let questions = |from: usize, facets: bool| -> Vec<Query> {
        (from..from + QUESTIONS)
            .map(|number| ask(number, facets))
            .collect()
    };
    for query in (0..20).map(|number| ask(number, true)) {
        cx.search.aside(move |search| search.find(&query)).await?;
    }
    let mut plain = Vec::new();
    for query in questions(1_000, false) {
        plain.push(timed(&cx, move |search| search.find(&query).map(|_| ())).await?);
    }
    let mut with_facets = Vec::new();
    for query in questions(2_000, true) {
        with_facets.push(timed(&cx, move |search| search.find(&query).map(|_| ())).await?);
    }
    let mut browse = Vec::new();
    for offset in 0..30 {
        let query = Query {
            offset: offset * PER_PAGE,
            ..Query {
                text: String::new(),
                ..ask(0, true)
            }
        };
        browse.push(timed(&cx, move |search| search.find(&query).map(|_| ())).await?);
    }
    let (mut like, embedding) = likes(&cx, &corpus).await?;
    let (rss_mb, rss_own_mb) = memory()?;
    let (scan_ms, scan_bytes) = scan(&cx).await?;
    let read_gb_s = read_bandwidth();
    let reindex_s = reindex(&cx).await?;
    let (rss_after_mb, _) = memory()?;
    let health = cx.search_all.health();
    cx.db.close().await;
    #[expect(clippy::cast_precision_loss, reason = "bytes of memory")]
    let scan_gb_s = if scan_ms > 0.0 {
        scan_bytes as f64 / scan_ms / 1e6
    } else {
        0.0
    };
    Ok(Measured {
        documents: health.docs,
        vectors: health.vectors,
        model: health.model,
        start_s,
        question: Times::of(&mut plain),
        with_facets: Times::of(&mut with_facets),
        browse: Times::of(&mut browse),
        like: Times::of(&mut like),
        embedding,
        rss_mb,
        rss_own_mb,
        rss_after_mb,
        reindex_s,
        scan_ms,
        scan_bytes,
        scan_gb_s,
        read_gb_s,
    })
}

/// Reads the lines of a file with the model, each alone and then many at a time.
pub async fn embed_lines(config: &Config, file: &Path) -> anyhow::Result<Embedding> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let embedder = app::load_model(config).await??;
    tokio::task::spawn_blocking(move || {
        // The first run allocates.
        embedder.embed(&["xin chào"])?;
        let started = Instant::now();
        for line in &lines {
            embedder.embed(&[line])?;
        }
        let alone = started.elapsed().as_secs_f64();
        let started = Instant::now();
        embedder.embed_many(&lines)?;
        Ok(rates(
            (lines.len(), alone),
            (lines.len(), started.elapsed().as_secs_f64()),
        ))
    })
    .await?
}

fn facet_names() -> Vec<&'static str> {
    std::iter::once("kind")
        .chain(FACETS.iter().map(|facet| facet.name))
        .collect()
}

async fn timed(
    cx: &Cx,
    act: impl FnOnce(&crate::kit::search::Search) -> crate::kit::search::Result<()> + Send + 'static,
) -> anyhow::Result<Duration> {
    let started = Instant::now();
    cx.search.aside(act).await?;
    Ok(started.elapsed())
}

/// Suggestions for listings nobody has seen yet, beyond their embedding; and the embedding by itself.
async fn likes(cx: &Cx, corpus: &Corpus) -> anyhow::Result<(Vec<Duration>, Embedding)> {
    let (mut times, mut texts) = (Vec::new(), Vec::new());
    let (mut alone, mut read) = (0.0, 0);
    for number in 0..LIKES {
        let (_, content) = corpus.listing(10_000_000 + number);
        let text = content.text(Lang::Vi).cloned().unwrap_or_default();
        let body = format!("{}\n{}", text.summary, text.body);
        let parts = passages(&text.title, &body, "");
        if texts.len() < TEXTS {
            texts.extend(parts.clone());
        }
        let started = Instant::now();
        let count = parts.len();
        let vectors = cx.search.aside(move |search| search.embed(&parts)).await?;
        alone += started.elapsed().as_secs_f64();
        read += count;
        let like = Like {
            title: text.title,
            text: body,
            passages_vectors: Some(vectors),
            limit: CANDIDATES,
            ..Like::default()
        };
        times.push(timed(cx, move |search| search.like(&like).map(|_| ())).await?);
    }
    let space = cx.search_all.meaning().serving();
    let started = Instant::now();
    let count = texts.len();
    cx.search_all.aside(move |_| space.embed_many(&texts)).await?;
    let many = started.elapsed().as_secs_f64();
    Ok((times, rates((read, alone), (count, many))))
}

async fn reindex(cx: &Cx) -> anyhow::Result<f64> {
    let mut tx = cx.db.begin().await?;
    events::record(cx, &mut tx, By::Service, &Event::ReindexAsked).await?;
    tx.commit().await?;
    let started = Instant::now();
    while follow::step(cx).await? {}
    Ok(started.elapsed().as_secs_f64())
}

/// The least time a question's vector takes past all wholes, in milliseconds, and the bytes it reads.
async fn scan(cx: &Cx) -> anyhow::Result<(f64, usize)> {
    let space = cx.search_all.meaning().serving();
    let vectors = cx
        .search_all
        .aside(|search| search.embed(&["phát hiện lỗi sản phẩm"]))
        .await?;
    let Some(vector) = vectors.into_iter().next() else {
        return Ok((0.0, 0));
    };
    cx.search_all
        .aside(move |_| {
            let mut least = f64::MAX;
            for _ in 0..20 {
                let started = Instant::now();
                std::hint::black_box(space.nearest(&vector));
                least = least.min(started.elapsed().as_secs_f64() * 1e3);
            }
            Ok((least, space.scanned()))
        })
        .await
}

/// What this machine reads from memory in order, in GB a second: the best of some sums over a large buffer.
fn read_bandwidth() -> f64 {
    const NUMBERS: usize = 64 << 20;
    let numbers: Vec<u64> = (0..NUMBERS as u64).collect();
    let mut best: f64 = 0.0;
    for _ in 0..8 {
        let started = Instant::now();
        std::hint::black_box(
            numbers
                .iter()
                .fold(0_u64, |sum, number| sum.wrapping_add(*number)),
        );
        #[expect(clippy::cast_precision_loss, reason = "half a gigabyte")]
        let gb = (NUMBERS * 8) as f64 / 1e9;
        best = best.max(gb / started.elapsed().as_secs_f64());
    }
    best
}

/// Resident memory of this process, and the part of it that is no file, in MB.
fn memory() -> anyhow::Result<(f64, f64)> {
    let status = std::fs::read_to_string("/proc/self/status").context("memory is read from /proc")?;
    let line = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<f64>().ok()
    };
    let mb = |name: &str| line(name).map_or(0.0, |kb| kb / 1_000.0);
    Ok((mb("VmRSS:"), mb("RssAnon:")))
}
