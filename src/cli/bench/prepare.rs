//! Fills a folder as a service would have it after years: through the database, the follower and the index.

use std::time::Instant;

use anyhow::ensure;

use super::super::bar;
use super::corpus::{Corpus, Mixer};
use crate::app;
use crate::demo;
use crate::flow;
use crate::ids::{By, ListingId, OrgId};
use crate::kit::Cx;
use crate::kit::clock::Clock;
use crate::kit::config::Config;
use crate::kit::search::{Doc, Search};
use crate::listings::import::{Ready, enter};
use crate::listings::index::document;
use crate::listings::{self, Origin, Visibility, follow};
use crate::orgs::import::{Named, find_or_enter};

const BATCH: usize = 1_000;
/// Listings that the model reads at a time, so that progress is seen.
const TOGETHER: usize = 50;
const ORGANISATIONS: usize = 500;
/// Each so many listings one is for members only, and stands in one of the indexes.
const RESTRICTED: usize = 10;

/// The first listings as the model reads them; none without a model.
pub async fn read(config: &Config, corpus: &Corpus, listings: usize) -> anyhow::Result<Mixer> {
    let Ok(embedder) = app::load_model(config).await? else {
        return Ok(Mixer::new(Vec::new()));
    };
    let progress = bar(listings, "Reading");
    let mut read = Vec::with_capacity(listings);
    for from in (0..listings).step_by(TOGETHER) {
        let numbers = from..listings.min(from + TOGETHER);
        let of_each: Vec<Vec<String>> = numbers.map(|number| corpus.passages(number)).collect();
        let (texts, reader) = (of_each.concat(), embedder.clone());
        let vectors = tokio::task::spawn_blocking(move || reader.embed_many(&texts)).await??;
        let mut vectors = vectors.into_iter();
        read.extend(
            of_each
                .iter()
                .map(|passages| -> Vec<Vec<f32>> { vectors.by_ref().take(passages.len()).collect() }),
        );
        progress.inc(of_each.len() as u64);
    }
    progress.finish_and_clear();
    Ok(Mixer::new(read))
}

/// Says how long the first index took, and how many passages a listing has.
pub async fn prepare(
    config: Config,
    corpus: &Corpus,
    mixer: &Mixer,
    listings: usize,
) -> anyhow::Result<(f64, f64)> {
    let cx = app::build(config, Clock::Wall).await?;
    let ids = write(&cx, corpus, listings).await?;
    let passages = give_meaning(&cx, mixer, &ids).await?;
    let started = Instant::now();
    while follow::step(&cx).await? {}
    let first_build_s = started.elapsed().as_secs_f64();
    stand(&cx).await?;
    cx.db.close().await;
    #[expect(clippy::cast_precision_loss, reason = "a mean")]
    Ok((first_build_s, passages as f64 / listings as f64))
}

/// Fills a service that is served afterwards: with the sample city, whose people can sign in, and made-up listings.
pub async fn city(config: Config, corpus: &Corpus, mixer: &Mixer, listings: usize) -> anyhow::Result<()> {
    let cx = app::build(config, Clock::Wall).await?;
    ensure!(demo::load(&cx, || ()).await?, "the service is not empty");
    let ids = write(&cx, corpus, listings).await?;
    give_meaning(&cx, mixer, &ids).await?;
    settled(&cx).await?;
    while follow::step(&cx).await? {}
    flow::begin_here(&cx).await?;
    stand(&cx).await?;
    cx.db.close().await;
    Ok(())
}

/// The indexes have merged what they will.
async fn stand(cx: &Cx) -> anyhow::Result<()> {
    for search in [&cx.search, &cx.search_all] {
        search.aside(Search::settle).await?;
    }
    Ok(())
}

/// As in a service that stands for long: matches of old listings were sought, new ones come now and then.
async fn settled(cx: &Cx) -> anyhow::Result<()> {
    let all = listings::export::all(cx).await?;
    let mut tx = cx.db.begin().await?;
    for listing in all {
        listings::life::sought(&mut tx, listing.id, cx.now()).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn write(cx: &Cx, corpus: &Corpus, listings: usize) -> anyhow::Result<Vec<ListingId>> {
    let mut orgs: Vec<OrgId> = Vec::new();
    let mut tx = cx.db.begin().await?;
    for number in 0..ORGANISATIONS {
        let named = Named {
            name_vi: format!("Tổ chức thử {number}"),
            name_en: format!("Trial organisation {number}"),
            verified: true,
            ..Named::default()
        };
        orgs.push(find_or_enter(cx, &mut tx, By::Service, &named, cx.now()).await?.0);
    }
    tx.commit().await?;
    let progress = bar(listings, "Writing");
    let mut ids = Vec::with_capacity(listings);
    for from in (0..listings).step_by(BATCH) {
        let mut tx = cx.db.begin().await?;
        for number in from..listings.min(from + BATCH) {
            let (kind, content) = corpus.listing(number);
            let ready = Ready {
                kind,
                org: orgs[number % orgs.len()],
                owner: None,
                origin: Origin::Import,
                visibility: if number % RESTRICTED == 0 {
                    Visibility::Members
                } else {
                    Visibility::Public
                },
                anonymous: false,
                open_for_interest: false,
                content,
                published_at: cx.now(),
            };
            ids.push(enter(cx, &mut tx, By::Service, &ready).await?);
            progress.inc(1);
        }
        tx.commit().await?;
    }
    progress.finish_and_clear();
    Ok(ids)
}

/// Every listing gets vectors, those nobody read between those of others. How many passages in all.
async fn give_meaning(cx: &Cx, mixer: &Mixer, ids: &[ListingId]) -> anyhow::Result<usize> {
    let space = cx.search_all.meaning().serving();
    let progress = bar(ids.len(), "Mixing");
    let mut passages = 0;
    for (part, ids) in ids.chunks(BATCH).enumerate() {
        for (at, doc) in docs(cx, ids).await?.iter().enumerate() {
            let vectors = mixer.vectors(part * BATCH + at, doc.passages.len());
            space.remember(doc.id, follow::key_of(doc), &vectors);
            passages += doc.passages.len();
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    Ok(passages)
}

async fn docs(cx: &Cx, ids: &[ListingId]) -> anyhow::Result<Vec<Doc>> {
    let listings = listings::many(&cx.db, ids).await?;
    Ok(listings
        .iter()
        .filter_map(|listing| document(listing, None))
        .collect())
}
