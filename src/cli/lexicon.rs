//! `caunoi lexicon`: learns what words are called in the other language, from texts and their translations.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::{End, spinner};
use crate::kit::search;

const HELP: &str = "\
A file holds one pair a line: the English text, a tab, the Vietnamese text. The program is built with the lists in
models/lexicon; what is written there holds from the next build on.";

/// A glossary's entry says in one line what sentences say in many: it counts as so many of them.
const ENTRY: usize = 3;

#[derive(Args)]
#[command(after_help = HELP)]
pub struct Learn {
    #[arg(required = true, value_name = "FILE")]
    texts: Vec<PathBuf>,
    /// Terms and their translations, which count for more than a sentence
    #[arg(long, value_name = "FILE")]
    glossary: Vec<PathBuf>,
    /// Write vi-en.tsv and en-vi.tsv into this folder
    #[arg(long, value_name = "FOLDER")]
    write: PathBuf,
}

pub fn learn(ask: &Learn) -> anyhow::Result<End> {
    let mut pairs = Vec::new();
    for file in &ask.texts {
        pairs.extend(read(file)?);
    }
    for file in &ask.glossary {
        let entries = read(file)?;
        pairs.extend(std::iter::repeat_n(entries, ENTRY).flatten());
    }
    let progress = spinner("learning");
    let learnt = search::learn_lexicon(&pairs);
    progress.finish_and_clear();
    for (name, list) in [
        ("vi-en.tsv", learnt.to_english),
        ("en-vi.tsv", learnt.to_vietnamese),
    ] {
        let path = ask.write.join(name);
        fs::write(&path, &list).with_context(|| format!("{} cannot be written", path.display()))?;
        println!("{}: {} terms", path.display(), list.lines().count());
    }
    Ok(End::Done)
}

fn read(file: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let pair = |(number, line): (usize, &str)| {
        let halves = line.split_once('\t');
        let (english, vietnamese) =
            halves.with_context(|| format!("{}, line {}: no tab", file.display(), number + 1))?;
        Ok((english.to_owned(), vietnamese.to_owned()))
    };
    text.lines().enumerate().map(pair).collect()
}
