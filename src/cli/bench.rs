//! `caunoi bench`: how fast it is here, on made-up listings, in a folder that is thrown away.
//!
//! The service is prepared in this process and measured in another that starts with what the first left behind, so
//! that start and memory are those of a service and not of whoever wrote a hundred thousand texts.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use clap::Args;

use super::End;
use crate::kit::clock::new_id;
use crate::kit::config::Config;

mod ceiling;
mod corpus;
mod measure;
mod prepare;
mod report;

use corpus::Corpus;
use report::{Embedding, Report, Sized};

#[derive(Args)]
pub struct Bench {
    /// How many listings; may be given several times
    #[arg(long, value_name = "NUMBER", default_values_t = [10_000, 100_000])]
    listings: Vec<usize>,
    /// How many of them the model really reads; the vectors of the rest are mixed of theirs
    #[arg(long, value_name = "NUMBER", default_value_t = 2_000)]
    embedded: usize,
    /// One JSON object
    #[arg(long)]
    json: bool,
    /// Only embed the lines of this file, one by one and many at a time
    #[arg(long, value_name = "FILE")]
    embed: Option<PathBuf>,
    /// Only measure what stands in this folder
    #[arg(long, value_name = "FOLDER", hide = true)]
    measure: Option<PathBuf>,
    /// Only fill the service that the settings name, which is empty yet, for a test of load
    #[arg(long, value_name = "NUMBER", hide = true)]
    fill: Option<usize>,
    /// Only answer with the page in this file
    #[arg(long, value_name = "FILE", hide = true)]
    ceiling: Option<PathBuf>,
}

pub async fn bench(config: Config, ask: Bench) -> anyhow::Result<End> {
    if let Some(file) = &ask.embed {
        let embedding = measure::embed_lines(&config, file).await?;
        println!("{}", serde_json::to_string(&embedding)?);
    } else if let Some(folder) = &ask.measure {
        let measured = measure::measure(within(&config, folder)).await?;
        println!("{}", serde_json::to_string(&measured)?);
    } else if let Some(listings) = ask.fill {
        let corpus = Corpus::read()?;
        let mixer = prepare::read(&config, &corpus, ask.embedded.min(listings)).await?;
        prepare::city(config, &corpus, &mixer, listings).await?;
    } else if let Some(page) = &ask.ceiling {
        ceiling::serve(config.bind, page).await?;
    } else {
        let report = of_sizes(&config, &ask).await?;
        if ask.json {
            println!("{}", serde_json::to_string(&report)?);
        } else {
            println!("{report}");
        }
    }
    Ok(End::Done)
}

async fn of_sizes(config: &Config, ask: &Bench) -> anyhow::Result<Report> {
    let corpus = Corpus::read()?;
    let most = ask.listings.iter().copied().max().unwrap_or_default();
    let mixer = prepare::read(config, &corpus, ask.embedded.min(most)).await?;
    let mut report = Report::default();
    for listings in &ask.listings {
        let folder = Folder::new(config)?;
        let within = within(config, &folder.0);
        let (first_build_s, passages) = prepare::prepare(within, &corpus, &mixer, *listings).await?;
        let measured = beside(config, &folder.0)?;
        report.sizes.push(Sized {
            listings: *listings,
            passages,
            first_build_s,
            measured,
        });
    }
    Ok(report)
}

/// Another process of this program measures the folder.
fn beside(config: &Config, folder: &Path) -> anyhow::Result<report::Measured> {
    let within = within(config, folder);
    let output = Command::new(std::env::current_exe()?)
        .args([
            "--model",
            &config.model,
            "--database-url",
            &within.database_url,
            "--data",
        ])
        .arg(folder)
        .args(["bench", "--measure"])
        .arg(folder)
        .stderr(std::process::Stdio::inherit())
        .output()?;
    ensure!(
        output.status.success(),
        "the measuring process ended with {}",
        output.status
    );
    serde_json::from_slice(&output.stdout).context("the measuring process told something else")
}

/// The same settings, in another folder with a database of its own.
fn within(config: &Config, folder: &Path) -> Config {
    Config {
        data: folder.to_owned(),
        database_url: format!("sqlite:{}", folder.join("caunoi.db").display()),
        ..config.clone()
    }
}

/// Goes when the measurement is over.
struct Folder(PathBuf);

impl Folder {
    fn new(config: &Config) -> anyhow::Result<Self> {
        let folder = Self(std::env::temp_dir().join(format!("caunoi-bench-{}", new_id())));
        std::fs::create_dir_all(&folder.0)?;
        // The library of the model may lie in the service's own folder.
        let runtime = config.data.join("runtime");
        if runtime.is_dir() {
            std::os::unix::fs::symlink(runtime.canonicalize()?, folder.0.join("runtime"))?;
        }
        Ok(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(why) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%why, "a folder of the measurement was left behind");
        }
    }
}

/// What embedding is like on some texts, one by one and many at a time.
fn rates(one_by_one: (usize, f64), many: (usize, f64)) -> Embedding {
    #[expect(clippy::cast_precision_loss, reason = "a few thousand texts")]
    let rate = |(texts, seconds): (usize, f64)| texts as f64 / seconds;
    Embedding {
        texts: many.0,
        alone_per_s: rate(one_by_one),
        many_per_s: rate(many),
    }
}
