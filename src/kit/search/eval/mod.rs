//! Measures the search on sets of questions with known answers, through the very code that answers visitors, and fits
//! its weights there. The index is thrown away afterwards.

mod fit;
mod observed;
mod quality;
mod report;
mod set;
mod tried;

use std::{
    collections::HashMap,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use uuid::Uuid;

pub use self::{
    fit::{Fitted, Line, Trial, fit},
    quality::{Measured, Quality},
    report::{Gain, Latency, Report},
    set::{QUESTIONS, UNMARKED, sets_in},
};
use self::{
    observed::Observed,
    report::Legs,
    set::{Set, Text},
};
use super::{
    Change, Doc, Embedder, Key, Layout, Like, Meaning, Result, Search, WhyNot,
    hearing::Answer,
    rank::Judged,
    sentences::passages,
    weights::{Trusts, Weights},
};

/// One commit holds this many documents, so that progress is seen.
const BATCH: usize = 64;
/// Half of the questions of a set that visitors might have typed are no longer than this.
const TYPED_AT_MOST: usize = 80;

/// A set in an index of its own, ready to be asked.
pub struct Arena {
    set: Set,
    search: Search,
    names: HashMap<Uuid, String>,
    _folder: Scratch,
}

impl Arena {
    pub fn open(
        folder: &Path,
        embedder: std::result::Result<Embedder, WhyNot>,
        weights: &Weights,
    ) -> Result<Self> {
        let set = Set::read(folder)?;
        let scratch = Scratch::new()?;
        let layout = Layout {
            keywords: &[],
            numbers: &[],
        };
        let search = Search::open(&scratch.0, layout, &Meaning::in_memory(embedder), weights)?.search;
        let names = fill(&search, &set.corpus)?;
        Ok(Self {
            set,
            search,
            names,
            _folder: scratch,
        })
    }

    /// Measures a file of questions. `typed` asks as a visitor types, otherwise as a listing is matched.
    /// `None`: the set has no such file.
    pub fn evaluate(&self, questions: &str, typed: bool) -> Result<Option<Report>> {
        let mut legs = Legs::default();
        if self.search.model().is_some() {
            legs.meaning = Some(Vec::new());
        }
        let trusts = self.trusts(typed);
        let mut times = Vec::new();
        let asked = self.each(questions, typed, |observed, time| {
            legs.words.push(observed.by_words());
            if let Some(meaning) = &mut legs.meaning {
                meaning.push(observed.by_meaning());
            }
            legs.fused.push(observed.fused(trusts));
            times.push(time);
        })?;
        Ok(asked.then(|| Report::new(self.set.name.clone(), self.set.corpus.len(), &legs, times)))
    }

    /// The ways this set can be asked, for [`fit`]: as a listing, and where its questions are short as typed, with and
    /// without marks.
    pub fn trials(&self) -> Result<Vec<Trial>> {
        let mut ways = vec![(QUESTIONS, false)];
        if self.could_be_typed()? {
            ways.extend([(QUESTIONS, true), (UNMARKED, true)]);
        }
        let mut trials = Vec::new();
        for (file, typed) in ways {
            let mut questions = Vec::new();
            if self.each(file, typed, |observed, _| questions.push(observed.pool()))? {
                let marks = if file == UNMARKED { ", without marks" } else { "" };
                trials.push(Trial {
                    set: format!("{}{marks}", self.set.name),
                    typed,
                    questions,
                });
            }
        }
        Ok(trials)
    }

    fn trusts(&self, typed: bool) -> Trusts {
        let weights = self.search.weights();
        if typed { weights.typed } else { weights.long }
    }

    fn could_be_typed(&self) -> Result<bool> {
        let questions = self.set.questions(QUESTIONS)?.unwrap_or_default();
        let short = |question: &&Text| question.body.chars().count() <= TYPED_AT_MOST;
        Ok(questions.iter().filter(short).count() * 2 > questions.len())
    }

    /// Asks every question of a file. `false`: there is no such file.
    fn each(&self, file: &str, typed: bool, mut seen: impl FnMut(Observed, Duration)) -> Result<bool> {
        let Some(questions) = self.set.questions(file)? else {
            return Ok(false);
        };
        let progress = bar("questions", questions.len());
        for question in &questions {
            let Some(grades) = self.set.grades(question) else {
                continue;
            };
            let started = Instant::now();
            let answer = self.ask(question, typed)?;
            let time = started.elapsed();
            let grade = |id: Uuid| {
                self.names
                    .get(&id)
                    .and_then(|name| grades.get(name))
                    .copied()
                    .unwrap_or(0)
            };
            let ideal = grades.values().copied().collect();
            let (tongue, whose) = (answer.tongue, answer.whose);
            let grade = |row: &Judged| grade(whose.id(row.place));
            seen(Observed::new(tongue, answer.rows, grade, ideal), time);
            progress.inc(1);
        }
        progress.finish_and_clear();
        Ok(true)
    }

    fn ask(&self, question: &Text, typed: bool) -> Result<Answer> {
        let searcher = self.search.0.words.searcher();
        if typed {
            return self.search.typed(&searcher, &self.search, &question.body, &[]);
        }
        let like = Like {
            title: question.title.clone(),
            text: question.body.clone(),
            ..Like::default()
        };
        self.search.long(&searcher, &like, &[])
    }
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
