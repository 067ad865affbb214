//! A set of questions with known answers: `corpus.jsonl` {id, title, text}, files of questions of the same shape, and
//! `qrels.tsv` (question, document, grade).

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use serde::Deserialize;

use crate::kit::search::Result;

/// The file that tells a set from other folders.
pub const ANSWERS: &str = "qrels.tsv";
/// The questions of every set, and those typed without marks that some have too.
pub const QUESTIONS: &str = "queries.jsonl";
pub const UNMARKED: &str = "queries_nodiacritics.jsonl";

#[derive(Deserialize)]
pub struct Text {
    pub id: String,
    #[serde(default)]
    pub title: String,
    #[serde(rename = "text")]
    pub body: String,
}

/// Document and grade of every judged answer, by question.
type Judgements = HashMap<String, HashMap<String, i32>>;

pub struct Set {
    pub name: String,
    pub corpus: Vec<Text>,
    folder: PathBuf,
    judgements: Judgements,
}

impl Set {
    pub fn read(folder: &Path) -> Result<Self> {
        let name = folder.file_name().unwrap_or(folder.as_os_str());
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            corpus: read_lines(&folder.join("corpus.jsonl"))?,
            folder: folder.to_owned(),
            judgements: read_judgements(&folder.join(ANSWERS))?,
        })
    }

    /// The questions of a file, which stands in the set or anywhere, as far as an answer is known.
    /// `None`: there is no such file.
    pub fn questions(&self, file: &str) -> Result<Option<Vec<Text>>> {
        let inside = self.folder.join(file);
        let path = if inside.is_file() {
            inside
        } else {
            PathBuf::from(file)
        };
        if !path.is_file() {
            return Ok(None);
        }
        let mut questions = read_lines(&path)?;
        questions.retain(|question| self.judgements.contains_key(&question.id));
        Ok(Some(questions))
    }

    /// Document and grade of every judged answer to a question.
    pub fn grades(&self, question: &Text) -> Option<&HashMap<String, i32>> {
        self.judgements.get(&question.id)
    }
}

/// The folder itself if it is a set, else the sets in it.
pub fn sets_in(folder: &Path) -> Result<Vec<PathBuf>> {
    if folder.join(ANSWERS).is_file() {
        return Ok(vec![folder.to_path_buf()]);
    }
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut sets: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|set| set.join(ANSWERS).is_file())
        .collect();
    sets.sort();
    anyhow::ensure!(!sets.is_empty(), "{} holds no {ANSWERS}", folder.display());
    Ok(sets)
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

#[cfg(test)]
mod tests {
    use super::{super::Scratch, *};

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
