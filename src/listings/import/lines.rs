//! JSON, one record a line: our own columns by name, or records of a list known by its shape.

use serde_json::{Map, Value};

use super::{Reading, foreign, refused, rows};
use crate::kit::fault::{Fault, said};
use crate::kit::table::{Table, limits};
use crate::listings::Kind;

pub(super) fn are_json(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
}

pub(super) fn read(bytes: &[u8], otherwise: Option<Kind>) -> Result<Reading, Fault> {
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
        .map_err(|_| refused("Tệp không phải UTF-8.", "The file is not UTF-8."))?;
    let mut torn = Vec::new();
    let mut records = Vec::new();
    for (number, line) in (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty())
    {
        match serde_json::from_str::<Map<String, Value>>(line) {
            Ok(record) => records.push((number, record)),
            Err(why) => torn.push((number, why.to_string())),
        }
    }
    if records.len() + torn.len() > limits::ROWS {
        return Err(refused(
            format!("Tệp có quá nhiều dòng: tối đa {}.", limits::ROWS),
            format!("The file has too many lines: {} is the most.", limits::ROWS),
        ));
    }
    let mut reading = if records.iter().any(|(_, record)| foreign::is_record(record)) {
        foreign::read(&records)
    } else {
        from_columns(&records, otherwise)?
    };
    reading.rows += torn.len();
    for (number, why) in torn {
        reading.find(
            number,
            "",
            true,
            said(
                "Dòng này không phải là JSON đúng.",
                format!("This line is not sound JSON: {why}"),
            ),
        );
    }
    Ok(reading)
}

/// Records whose keys are named like the columns of a sheet.
fn from_columns(records: &[(usize, Map<String, Value>)], otherwise: Option<Kind>) -> Result<Reading, Fault> {
    let mut table = Table::default();
    for (_, record) in records {
        for name in record.keys() {
            if !table.columns.contains(name) && table.columns.len() < limits::COLUMNS {
                table.columns.push(name.clone());
            }
        }
    }
    for (_, record) in records {
        let cells = table
            .columns
            .iter()
            .map(|name| record.get(name).map_or_else(String::new, words_of));
        let cells: Vec<String> = cells.collect();
        table.rows.push(cells);
    }
    let numbers: Vec<usize> = records.iter().map(|(number, _)| *number).collect();
    rows::read_numbered(&table, &numbers, otherwise)
}

fn words_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.chars().take(limits::CELL).collect(),
        Value::Array(parts) => parts.iter().map(words_of).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}
