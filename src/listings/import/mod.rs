//! Listings from a file: CSV, XLSX, or JSON lines. First read and judged row by row, nothing written;
//! then, when somebody has looked at the verdicts, brought in.
//!
//! An imported listing is published at once and closed for interest: it was checked by whoever handed over
//! the list, and nobody here has yet agreed to answer for it.

use sha2::{Digest as _, Sha256};

use super::{Content, Kind, Visibility};
use crate::kit::db::codes;
use crate::kit::fault::{Fault, Flaw, Said};
use crate::kit::table::{Table, limits};
use crate::orgs::import::Named;

mod cells;
mod columns;
mod enter;
mod foreign;
mod lines;
pub mod pages;
mod row;
mod rows;
mod uploads;

pub use columns::{Column, Field};
pub use enter::{Done, Ready, already_here, bring_in, enter};
pub use uploads::{Upload, forget_upload, judge, keep, kept};

codes! {
    /// What is said of a row as a whole.
    pub enum Verdict { Good = "good", Warning = "warning", Error = "error" }
}

/// A file as it was understood, before anything is written.
#[derive(Debug, Default)]
pub struct Reading {
    pub columns: Vec<Column>,
    /// Rows that hold something.
    pub rows: usize,
    pub entries: Vec<Entry>,
    pub findings: Vec<Finding>,
    /// Entries that came in before, or stand twice in the file; they are left out.
    pub known: usize,
}

/// A listing that can be brought in.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The number the spreadsheet shows beside its row.
    pub row: usize,
    pub kind: Kind,
    pub org: Named,
    pub content: Content,
    pub visibility: Visibility,
    pub anonymous: bool,
    /// As its list numbers it; empty where it does not.
    pub reference: String,
    /// The same entry again has the same mark, by its own reference where it has one, else by what it says.
    pub mark: Vec<u8>,
}

/// Something a person should know about a row.
#[derive(Debug, Clone)]
pub struct Finding {
    pub row: usize,
    pub column: String,
    /// The row cannot be brought in.
    pub grave: bool,
    pub said: Said,
}

impl Reading {
    /// Reads a file. `otherwise`: what its rows are where they do not say it themselves.
    pub fn of(bytes: &[u8], otherwise: Option<Kind>) -> Result<Reading, Fault> {
        if bytes.len() > limits::BYTES {
            return Err(Fault::TooLarge);
        }
        let mut reading = if lines::are_json(bytes) {
            lines::read(bytes, otherwise)?
        } else {
            rows::read(&Table::read(bytes)?, otherwise)?
        };
        reading.leave_out_repeated();
        Ok(reading)
    }

    /// The verdict on one row and all its reasons.
    pub fn verdict(&self, row: usize) -> Verdict {
        let mut verdict = Verdict::Good;
        for finding in self.findings.iter().filter(|finding| finding.row == row) {
            if finding.grave {
                return Verdict::Error;
            }
            verdict = Verdict::Warning;
        }
        verdict
    }

    pub fn refused_rows(&self) -> usize {
        let mut rows: Vec<usize> = self
            .findings
            .iter()
            .filter(|finding| finding.grave)
            .map(|finding| finding.row)
            .collect();
        rows.dedup();
        rows.len()
    }

    /// Row, column and reason of everything found: to mend the file with.
    pub fn findings_table(&self) -> Table {
        let mut table = Table::new(["row", "column", "verdict", "lý do", "reason"]);
        for finding in &self.findings {
            let verdict = if finding.grave {
                Verdict::Error
            } else {
                Verdict::Warning
            };
            table.push([
                finding.row.to_string(),
                finding.column.clone(),
                verdict.to_string(),
                finding.said.vi.to_string(),
                finding.said.en.to_string(),
            ]);
        }
        table
    }

    fn find(&mut self, row: usize, column: &str, grave: bool, said: Said) {
        self.findings.push(Finding {
            row,
            column: column.to_owned(),
            grave,
            said,
        });
    }

    /// A row that stands twice in one file comes in once.
    fn leave_out_repeated(&mut self) {
        let mut seen = std::collections::HashMap::new();
        let mut repeated = Vec::new();
        self.entries
            .retain(|entry| match seen.insert(entry.mark.clone(), entry.row) {
                None => true,
                Some(first) => {
                    repeated.push((entry.row, first));
                    false
                }
            });
        self.known += repeated.len();
        for (row, first) in repeated {
            self.find(
                row,
                "",
                false,
                crate::kit::fault::said(
                    format!("Trùng với dòng {first}; được bỏ qua."),
                    format!("The same as row {first}; it is left out."),
                ),
            );
        }
        self.findings.sort_by_key(|finding| finding.row);
    }
}

/// An empty table to fill in, with one example of each kind.
pub fn template() -> Table {
    let mut table = Table::new(Field::ALL.iter().map(|field| field.code()));
    for example in rows::EXAMPLES {
        table.push(Field::ALL.iter().map(|field| {
            example
                .iter()
                .find(|(name, _)| name == field)
                .map_or_else(String::new, |(_, text)| (*text).to_owned())
        }));
    }
    table
}

fn mark_of_reference(kind: Kind, org: &str, reference: &str) -> Vec<u8> {
    mark_of(&["reference", kind.code(), org, reference])
}

fn mark_of(parts: &[&str]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().to_vec()
}

fn refused(
    vi: impl Into<std::borrow::Cow<'static, str>>,
    en: impl Into<std::borrow::Cow<'static, str>>,
) -> Fault {
    Fault::Invalid(vec![Flaw {
        field: "file".into(),
        said: crate::kit::fault::said(vi, en),
    }])
}
