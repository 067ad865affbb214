//! Measures the search on a folder of questions with known answers, through the very code
//! that answers visitors.
//!
//! A folder holds `corpus.jsonl` {id, title, text}, `queries.jsonl` {id, title, text} and
//! `qrels.tsv` (question, document, grade). The index is thrown away afterwards.

use std::{
    collections::HashMap,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use uuid::Uuid;

pub use super::quality::{Latency, Quality, Report};
use super::{
    Change, Doc, Embedder, Key, Layout, Like, Meaning, Result, Search, WhyNot, find::Answer,
    sentences::passages,
};

/// One commit holds this many documents, so that progress is seen.
const BATCH: usize = 64;

#[derive(Deserialize)]
struct Text {
    id: String,
    #[serde(default)]
    title: String,
    #[serde(rename = "text")]
    body: String,
}

/// Document and grade of every judged answer, by question.
type Judgements = HashMap<String, HashMap<String, i32>>;

/// Measures one folder. `typed` asks as a visitor types, otherwise as a listing is matched.
pub fn evaluate(
    dir: &Path,
    questions: &Path,
    typed: bool,
    embedder: std::result::Result<Embedder, WhyNot>,
) -> Result<Report> {
    let corpus = read_lines(&dir.join("corpus.jsonl"))?;
    let queries = read_lines(questions)?;
    let judgements = read_judgements(&dir.join("qrels.tsv"))?;
    let folder = Scratch::new()?;
    let layout = Layout {
        keywords: &[],
        numbers: &[],
    };
    let search = Search::open(&folder.0, layout, &Meaning::in_memory(embedder))?.search;
    let names = fill(&search, &corpus)?;
    let queries: Vec<&Text> = queries
        .iter()
        .filter(|query| judgements.contains_key(&query.id))
        .collect();
    let mut tally = Tally::default();
    let progress = bar("questions", queries.len());
    for query in queries {
        let started = Instant::now();
        let answer = ask(&search, query, typed)?;
        tally.times.push(started.elapsed());
        tally.add(&answer, &names, &judgements[&query.id]);
        progress.inc(1);
    }
    progress.finish_and_clear();
    let set = dir
        .file_name()
        .unwrap_or(dir.as_os_str())
        .to_string_lossy()
        .into_owned();
    Ok(tally.report(set, corpus.len(), search.model().is_some()))
}

fn ask(search: &Search, query: &Text, typed: bool) -> Result<Answer> {
    let searcher = search.0.words.searcher();
    if typed {
        return search.typed(&searcher, &query.body, &[]);
    }
    let like = Like {
        title: query.title.clone(),
        text: query.body.clone(),
        ..Like::default()
    };
    search.long(&searcher, &like, &[])
}

/// Indexes the corpus and gives the name of each document by its new id.
fn fill(search: &Search, corpus: &[Text]) -> Result<HashMap<Uuid, String>> {
    let progress = bar("documents", corpus.len());
    let mut names = HashMap::new();
    let mut upto = 0;
    for batch in corpus.chunks(BATCH) {
        let mut changes = Vec::with_capacity(BATCH);
        for text in batch {
            upto += 1;
            let id = Uuid::from_u64_pair(0, upto);
            names.insert(id, text.id.clone());
            let passages = passages(&text.title, &text.body, "");
            let vectors = search.embed(&passages)?;
            search.meaning().serving().remember(id, Key::default(), &vectors);
            let doc = Doc {
                id,
                title: text.title.clone(),
                text: text.body.clone(),
                keywords: Vec::new(),
                numbers: Vec::new(),
                passages,
            };
            changes.push(Change::Put(doc));
            progress.inc(1);
        }
        search.apply(changes, i64::try_from(upto)?)?;
    }
    progress.finish_and_clear();
    Ok(names)
}

#[derive(Default)]
struct Tally {
    times: Vec<Duration>,
    words: Quality,
    meaning: Quality,
    fused: Quality,
}

impl Tally {
    fn add(&mut self, answer: &Answer, names: &HashMap<Uuid, String>, grades: &HashMap<String, i32>) {
        // What a ranking has no score for it did not find.
        let ranked = |score: &dyn Fn(usize) -> Option<f32>| -> Vec<i32> {
            let scored = (0..answer.rows.len()).filter_map(|at| Some((at, score(at)?)));
            let mut order: Vec<(usize, f32)> = scored.collect();
            order.sort_by(|one, other| other.1.total_cmp(&one.1));
            let grade = |at: usize| {
                names
                    .get(&answer.rows[at].place.id)
                    .and_then(|name| grades.get(name))
            };
            order
                .into_iter()
                .take(100)
                .map(|(at, _)| grade(at).copied().unwrap_or(0))
                .collect()
        };
        let words = ranked(&|at| Some(answer.rows[at].words).filter(|words| *words > 0.0));
        let meaning = ranked(&|at| answer.rows[at].meaning);
        let fused = ranked(&|at| Some(answer.fits[at].score));
        self.words.add(&words, grades);
        self.meaning.add(&meaning, grades);
        self.fused.add(&fused, grades);
    }

    fn report(mut self, set: String, docs: usize, with_meaning: bool) -> Report {
        self.times.sort_unstable();
        let queries = self.times.len();
        let mean = |quality: Quality| quality.divided_by(queries);
        let at = |share: usize| {
            let place = (queries * share / 100).min(queries.saturating_sub(1));
            self.times
                .get(place)
                .map_or(0.0, |time| time.as_secs_f64() * 1000.0)
        };
        Report {
            set,
            queries,
            docs,
            words: mean(self.words),
            meaning: with_meaning.then(|| mean(self.meaning)),
            fused: mean(self.fused),
            latency_ms: Latency {
                p50: at(50),
                p95: at(95),
            },
        }
    }
}

fn read_lines(path: &Path) -> Result<Vec<Text>> {
    let file = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let lines = file
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line).with_context(|| format!("{}, line {}", path.display(), number + 1))
        })
        .collect()
}

/// Reads question, document and grade. A first line without a grade is the header.
fn read_judgements(path: &Path) -> Result<Judgements> {
    let file = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut judgements = Judgements::new();
    for (number, line) in file.lines().enumerate() {
        let columns: Vec<&str> = line.split('\t').map(str::trim).collect();
        match (
            columns.as_slice(),
            columns.last().and_then(|grade| grade.parse().ok()),
        ) {
            ([""], _) => {}
            ([question, document, _], Some(grade)) => {
                let grades = judgements.entry((*question).to_owned()).or_default();
                grades.insert((*document).to_owned(), grade);
            }
            ([_, _, _], None) if number == 0 => {}
            _ => anyhow::bail!(
                "{}, line {}: a question, a document and a whole number as its grade are expected",
                path.display(),
                number + 1
            ),
        }
    }
    judgements.retain(|_, grades| grades.values().any(|grade| *grade > 0));
    Ok(judgements)
}

/// A progress bar that indicatif hides by itself where nobody watches.
fn bar(what: &'static str, length: usize) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    if let Ok(style) = ProgressStyle::with_template("{msg:>10} {wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar.with_message(what)
}

/// A folder that goes when the measurement is over.
pub(super) struct Scratch(pub(super) PathBuf);

impl Scratch {
    /// A folder of our own: one that a killed process of the same number left behind is passed over.
    pub(super) fn new() -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("search-{}-{number}", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "a temporary index was left behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judgements_are_read_with_and_without_a_header_and_a_fault_is_told_by_its_line() {
        let folder = Scratch::new().unwrap();
        let file = folder.0.join("qrels.tsv");
        let read = |text: &str| {
            fs::write(&file, text).unwrap();
            read_judgements(&file)
        };
        let with = read("query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\td1\t0\n\n").unwrap();
        let without = read("q1\td1\t2\r\nq2\td1\t0").unwrap();
        assert_eq!(with, without);
        assert_eq!(with["q1"]["d1"], 2);
        assert!(
            !with.contains_key("q2"),
            "a question without a right answer measures nothing"
        );
        let fault = read("q1\td1\t2\nq1\td2\tgood").err().unwrap().to_string();
        assert!(fault.contains("line 2"), "{fault}");
    }
}
