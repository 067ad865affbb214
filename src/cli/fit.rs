//! `caunoi fit`: new weights from judged questions and pairs, shown beside those that hold.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde::Deserialize;

use super::{End, spinner};
use crate::app;
use crate::kit::clock::Clock;
use crate::kit::config::Config;
use crate::kit::search::eval::{self, Arena, Fitted, Trial};
use crate::kit::search::{Calibration, Provenance, SetFigures, Weights};

/// Shares for which the fit is told that reaches them: where suggestions become fair, strong, certain.
const TOLD: [f64; 4] = [0.25, 0.5, 0.75, 0.9];

#[derive(Args)]
pub struct Fit {
    /// Folders of questions with known answers, or folders of such folders
    folders: Vec<PathBuf>,
    /// Judged pairs with their scores (pairs.jsonl of `judge export`)
    #[arg(long, value_name = "FILE")]
    pairs: Vec<PathBuf>,
    /// Write the new weights here; as weights.json in the data folder they hold from the next start on
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

pub async fn fit(config: &Config, ask: Fit) -> anyhow::Result<End> {
    let Fit {
        folders,
        pairs,
        write,
    } = ask;
    anyhow::ensure!(
        !folders.is_empty() || !pairs.is_empty(),
        "name folders of questions with known answers, or files of judged pairs, or both"
    );
    let today = Weights::load(&config.data)?;
    let mut fitted = today.clone();
    if !folders.is_empty() {
        let seen = observe(config, &today, &folders).await?;
        fitted.provenance = Provenance {
            fitted: Clock::Wall.now().local().date().to_string(),
            model: seen.model,
            ..Provenance::default()
        };
        for (trials, trusts) in [(seen.long, &mut fitted.long), (seen.typed, &mut fitted.typed)] {
            let Some(found) = eval::fit(&trials, *trusts) else {
                continue;
            };
            tell(&trials, &found);
            *trusts = found.trusts;
            let figures = found.lines.into_iter().map(|line| line.figures);
            fitted
                .provenance
                .sets
                .extend::<Vec<SetFigures>>(figures.collect());
        }
    }
    if !pairs.is_empty() {
        let judged = judged_pairs(&pairs)?;
        fitted.calibration = Calibration::of(&judged).context(
            "these pairs give no curve: right and wrong ones are needed, and the better fits must be right more often",
        )?;
        tell_calibration(&judged, today.calibration, fitted.calibration);
    }
    if let Some(path) = write {
        let text = serde_json::to_string_pretty(&fitted)? + "\n";
        fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
        println!("Written to {}. Nothing has changed yet.", path.display());
    }
    Ok(End::Done)
}

struct Seen {
    model: String,
    long: Vec<Trial>,
    typed: Vec<Trial>,
}

/// Asks every set in every way it can be asked.
async fn observe(config: &Config, today: &Weights, folders: &[PathBuf]) -> anyhow::Result<Seen> {
    let embedder = app::load_model(config)
        .await?
        .context("weights of words and meaning cannot be fitted without a model")?;
    let mut seen = Seen {
        model: embedder.model().to_owned(),
        long: Vec::new(),
        typed: Vec::new(),
    };
    for folder in folders {
        for set in eval::sets_in(folder)? {
            let waiting = spinner("Asking");
            let (embedder, weights) = (embedder.clone(), today.clone());
            let asked =
                tokio::task::spawn_blocking(move || Arena::open(&set, Ok(embedder), &weights)?.trials());
            for trial in asked.await?? {
                if trial.typed {
                    &mut seen.typed
                } else {
                    &mut seen.long
                }
                .push(trial);
            }
            waiting.finish_and_clear();
        }
    }
    Ok(seen)
}

fn tell(trials: &[Trial], found: &Fitted) {
    let how = if trials.iter().any(|trial| trial.typed) {
        "Typed questions"
    } else {
        "Listings as questions"
    };
    println!("{how}: {found}");
}

/// A judged pair: the fit it was shown for, and its grade, 0 for not fitting.
#[derive(Deserialize)]
struct JudgedPair {
    score: f64,
    grade: i32,
}

fn judged_pairs(files: &[PathBuf]) -> anyhow::Result<Vec<(f64, bool)>> {
    let mut judged = Vec::new();
    for path in files {
        let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        for (number, line) in text.lines().enumerate() {
            let pair: JudgedPair = serde_json::from_str(line)
                .with_context(|| format!("{}, line {}", path.display(), number + 1))?;
            judged.push((pair.score, pair.grade > 0));
        }
    }
    Ok(judged)
}

fn tell_calibration(judged: &[(f64, bool)], today: Calibration, fitted: Calibration) {
    println!(
        "What a fit is worth, by {} judged pairs, {} of them right:",
        fitted.pairs, fitted.right
    );
    println!("{:>16} {:>10} {:>10}", "right of 100", "fit today", "fitted");
    for share in TOLD {
        println!(
            "{:>16.0} {:>10.3} {:>10.3}",
            share * 100.0,
            today.fit(share),
            fitted.fit(share)
        );
    }
    println!("{:>16} {:>10} {:>10}", "fit", "pairs", "right");
    for tenth in 0..10_u8 {
        let from = f64::from(tenth) / 10.0;
        let inside = || judged.iter().filter(|(fit, _)| (from..from + 0.1).contains(fit));
        let right = inside().filter(|(_, right)| *right).count();
        if inside().count() > 0 {
            println!(
                "{:>16} {:>10} {right:>10}",
                format!("{from:.1}–{:.1}", from + 0.1),
                inside().count()
            );
        }
    }
    println!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_pair_is_told_by_its_number() {
        let folder = tempfile();
        let path = folder.join("pairs.jsonl");
        fs::write(
            &path,
            "{\"score\":0.7,\"grade\":2,\"need\":\"a\"}\n{\"score\":\"much\"}\n",
        )
        .unwrap();
        let error = judged_pairs(std::slice::from_ref(&path)).unwrap_err();
        assert!(format!("{error:#}").contains("line 2"), "{error:#}");
        fs::write(
            &path,
            "{\"score\":0.7,\"grade\":2}\n{\"score\":0.4,\"grade\":0}\n",
        )
        .unwrap();
        assert_eq!(judged_pairs(&[path]).unwrap(), [(0.7, true), (0.4, false)]);
        fs::remove_dir_all(folder).unwrap();
    }

    fn tempfile() -> PathBuf {
        let folder = std::env::temp_dir().join(format!("caunoi-fit-{}", crate::kit::clock::new_id()));
        fs::create_dir(&folder).unwrap();
        folder
    }
}
