//! `caunoi eval` and `caunoi suggest`: what the ranking does, seen from the terminal.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{End, beside, spinner};
use crate::app;
use crate::kit::config::Config;
use crate::kit::search::eval::evaluate;
use crate::listings;
use crate::matching;

/// The file that tells a folder of questions from a folder of such folders.
const ANSWERS: &str = "qrels.tsv";

pub async fn eval(
    config: &Config,
    folder: &Path,
    queries: &str,
    typed: bool,
    json: bool,
) -> anyhow::Result<End> {
    let embedder = app::load_model(config).await?;
    if let Err(why) = &embedder {
        eprintln!("Without a model, by words alone: {why}");
    }
    // A file of questions stands in the set, or anywhere.
    let sets: Vec<(PathBuf, PathBuf)> = sets_in(folder)?
        .into_iter()
        .map(|set| (set.join(queries), set))
        .map(|(inside, set)| {
            let questions = if inside.is_file() {
                inside
            } else {
                PathBuf::from(queries)
            };
            (questions, set)
        })
        .filter(|(questions, _)| questions.is_file())
        .collect();
    anyhow::ensure!(
        !sets.is_empty(),
        "{} holds no {queries} beside a {ANSWERS}",
        folder.display()
    );
    for (questions, set) in sets {
        let embedder = embedder.clone();
        let measured = tokio::task::spawn_blocking(move || evaluate(&set, &questions, typed, embedder));
        let report = measured.await??;
        if json {
            println!("{}", serde_json::to_string(&report)?);
        } else {
            println!("{report}\n");
        }
    }
    Ok(End::Done)
}

fn sets_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if folder.join(ANSWERS).is_file() {
        return Ok(vec![folder.to_path_buf()]);
    }
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut sets: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|set| set.join(ANSWERS).is_file())
        .collect();
    sets.sort();
    Ok(sets)
}

pub async fn suggest(config: Config, reference: &str) -> anyhow::Result<End> {
    let beside = beside::open_with_model(config).await?;
    let cx = &beside.cx;
    let waiting = spinner("Reading the listings");
    while listings::follow::step(cx).await? {}
    while listings::follow::fill(cx).await? {}
    waiting.finish_and_clear();
    let told = matching::suggest_for_terminal(cx, reference)
        .await
        .with_context(|| format!("there is nothing to suggest for {reference}"))?;
    println!("{told}");
    Ok(End::Done)
}
