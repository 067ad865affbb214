//! The two databases hold the same tables with the same columns.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The schema of one of the two, as its migrations leave it.
pub fn tables(folder: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut open: Option<String> = None;
    for line in files.iter().flat_map(|file| {
        std::fs::read_to_string(file)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    }) {
        let line = line.split("--").next().unwrap().trim().to_owned();
        if let Some(name) = line.strip_prefix("create table ") {
            open = Some(name.split([' ', '(']).next().unwrap().to_owned());
        } else if line.starts_with(')') {
            open = None;
        } else if let Some(added) = line.strip_prefix("alter table ") {
            let words: Vec<&str> = added.split_whitespace().collect();
            if words.get(1..3) == Some(&["add", "column"]) {
                tables
                    .entry(words[0].to_owned())
                    .or_default()
                    .insert(words[3].to_owned());
            }
        } else if let (Some(table), Some(column)) = (&open, line.split_whitespace().next())
            && !["primary", "unique", "check", "foreign"].contains(&column)
        {
            tables.entry(table.clone()).or_default().insert(column.to_owned());
        }
    }
    tables
}

#[test]
fn both_schemas_have_the_same_tables_and_columns() {
    let (sqlite, postgres) = (tables("sqlite"), tables("postgres"));
    assert!(
        sqlite.len() > 20,
        "the schema was not understood: {:?}",
        sqlite.keys()
    );
    assert_eq!(sqlite, postgres);
}
