//! `caunoi judge export FOLDER`: what people decided, as a set of questions with known answers.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::Subcommand;
use serde::Serialize;

use super::{End, beside};
use crate::kit::config::Config;
use crate::matching::judgement::{self, Set};

#[derive(Subcommand)]
pub enum Judge {
    /// Write people's decisions as a set that `eval` measures and `fit` learns from
    #[command(after_help = HELP)]
    Export {
        /// A folder that is empty or not there yet
        folder: PathBuf,
    },
}

const HELP: &str = "\
The folder gets corpus.jsonl (every listed offer), queries.jsonl (the needs of judged pairs),
qrels.tsv (need, offer, grade) and pairs.jsonl (what the score saw of each judged pair).

Grades: 2, a coordinator approved and a side said yes; 1, a coordinator approved; 0, dismissed or
declined as not fitting (technical, out of scope, benefit unclear, or a dismissal without a reason).
A no for money, time, room or terms is no judgement, and neither is what nobody decided.

Texts are what everybody can read of a public listing, and nothing else: no contact, no person, no
organisation stands in these files. Where a text itself holds a telephone number, an address, its
author's full name or the name of an organisation that asked not to be named, dots stand instead.
Listings for members or invited organisations are left out.";

pub async fn judge(config: Config, Judge::Export { folder }: Judge) -> anyhow::Result<End> {
    let there = fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some());
    ensure!(!there, "{} is not empty: name a new folder", folder.display());
    let beside = beside::open(config).await?;
    let set = judgement::gather(&beside.cx).await?;
    ensure!(
        !set.judged.is_empty(),
        "nobody has decided about a suggestion yet: there is nothing to write"
    );
    write(&folder, &set).with_context(|| folder.display().to_string())?;
    tell(&set);
    Ok(End::Done)
}

fn write(folder: &Path, set: &Set) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    lines(&folder.join("corpus.jsonl"), &set.offers)?;
    lines(&folder.join("queries.jsonl"), &set.needs)?;
    lines(&folder.join("pairs.jsonl"), &set.judged)?;
    let mut grades = BufWriter::new(File::create_new(folder.join("qrels.tsv"))?);
    writeln!(grades, "query-id\tcorpus-id\tscore")?;
    for pair in &set.judged {
        writeln!(grades, "{}\t{}\t{}", pair.need, pair.offer, pair.grade)?;
    }
    Ok(grades.flush()?)
}

fn lines<T: Serialize>(path: &Path, rows: &[T]) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create_new(path)?);
    for row in rows {
        writeln!(file, "{}", serde_json::to_string(row)?)?;
    }
    Ok(file.flush()?)
}

fn tell(set: &Set) {
    let graded = |grade| set.judged.iter().filter(|pair| pair.grade == grade).count();
    println!("{:>8}  needs asked", set.needs.len());
    println!("{:>8}  offers listed or judged", set.offers.len());
    for (grade, meaning) in [
        (2, "approved, and a side said yes"),
        (1, "approved"),
        (0, "dismissed or declined as not fitting"),
    ] {
        println!("{:>8}  grade {grade}: {meaning}", graded(grade));
    }
    if set.restricted > 0 {
        println!(
            "{:>8}  judged pairs left out: a side was never public",
            set.restricted
        );
    }
}
