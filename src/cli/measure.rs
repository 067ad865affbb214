//! `caunoi eval` and `caunoi suggest`: what the ranking does, seen from the terminal.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::{End, beside, spinner};
use crate::app;
use crate::kit::config::Config;
use crate::kit::search::eval::{Arena, Gain, QUESTIONS, Report, sets_in};
use crate::kit::search::{Embedder, Weights, WhyNot};
use crate::listings;
use crate::matching;

#[derive(Args)]
pub struct Eval {
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// Another file of questions in each folder, for instance without diacritics
    #[arg(long, value_name = "FILE", default_value = QUESTIONS)]
    queries: String,
    /// Ask as visitors type, not as listings are matched
    #[arg(long)]
    typed: bool,
    /// Another model (a folder, or a name as for --model) on the same questions, and the difference
    #[arg(long, value_name = "MODEL")]
    compare: Option<String>,
    /// One JSON object a set
    #[arg(long)]
    json: bool,
}

pub async fn eval(config: &Config, ask: Eval) -> anyhow::Result<End> {
    let Eval {
        folders,
        queries,
        typed,
        compare,
        json,
    } = ask;
    let weights = Weights::load(&config.data)?;
    let embedder = app::load_model(config).await?;
    if let Err(why) = &embedder {
        eprintln!("Without a model, by words alone: {why}");
    }
    let rival = match compare {
        Some(model) => Some(rival(config, model).await?),
        None => None,
    };
    let mut measured = 0;
    for folder in &folders {
        for set in sets_in(folder)? {
            let Some(report) = evaluate(&set, &embedder, &weights, &queries, typed).await? else {
                continue;
            };
            measured += 1;
            tell(&report, None, json)?;
            if let Some((name, rival)) = &rival
                && let Some(other) = evaluate(&set, rival, &weights, &queries, typed).await?
            {
                tell(&other, Some((name, other.over(&report))), json)?;
            }
        }
    }
    anyhow::ensure!(measured > 0, "there is no {queries}");
    Ok(End::Done)
}

/// The model to compare with. Unlike the service's own it must be there: without it nothing is compared.
async fn rival(config: &Config, model: String) -> anyhow::Result<(String, Result<Embedder, WhyNot>)> {
    let mut config = config.clone();
    config.model.clone_from(&model);
    let embedder = app::load_model(&config).await??;
    Ok((model, Ok(embedder)))
}

async fn evaluate(
    set: &Path,
    embedder: &Result<Embedder, WhyNot>,
    weights: &Weights,
    queries: &str,
    typed: bool,
) -> anyhow::Result<Option<Report>> {
    let (set, embedder, weights, queries) = (
        set.to_owned(),
        embedder.clone(),
        weights.clone(),
        queries.to_owned(),
    );
    let work = move || Arena::open(&set, embedder, &weights)?.evaluate(&queries, typed);
    tokio::task::spawn_blocking(work).await?
}

/// A report, of another model with its gain over the service's own.
fn tell(report: &Report, rival: Option<(&str, Gain)>, json: bool) -> anyhow::Result<()> {
    if !json {
        match rival {
            Some((name, gain)) => println!("With {name}, {report}\ngain over the service's model: {gain}\n"),
            None => println!("{report}\n"),
        }
        return Ok(());
    }
    let mut object = serde_json::to_value(report)?;
    if let Some((name, gain)) = rival {
        object["model"] = name.into();
        object["gain"] = serde_json::to_value(gain)?;
    }
    println!("{object}");
    Ok(())
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
