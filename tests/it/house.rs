//! The house keeps its floors: no room uses what stands beside or above it.

use std::collections::HashMap;
use std::path::Path;

/// Floors from the top, as `src/lib.rs` draws them.
fn floors() -> Vec<Vec<String>> {
    let map = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")).unwrap();
    let mut floors = vec![Vec::new()];
    for line in map.lines().map(str::trim) {
        if line.is_empty() {
            floors.push(Vec::new());
        } else if let Some(room) = line
            .strip_prefix("pub mod ")
            .and_then(|rest| rest.strip_suffix(';'))
        {
            floors.last_mut().unwrap().push(room.to_owned());
        }
    }
    floors.retain(|floor| !floor.is_empty());
    floors
}

/// Rooms that a file names after `crate::`.
fn used_rooms(text: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        if text[..at].ends_with('$') {
            continue;
        }
        let rest = &text[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            // `use crate::{flow, vocab::label}`: the names right after the brace and each top-level comma.
            let mut depth = 0;
            let mut name = String::new();
            let mut taking = true;
            for letter in list.chars() {
                match letter {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        rooms.push(std::mem::take(&mut name));
                        taking = true;
                        continue;
                    }
                    _ => {}
                }
                if taking && (letter.is_alphanumeric() || letter == '_') {
                    name.push(letter);
                } else if !letter.is_whitespace() {
                    taking = false;
                }
            }
            rooms.push(name);
        } else {
            rooms.push(
                rest.chars()
                    .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                    .collect(),
            );
        }
    }
    rooms
}

pub fn each_file(folder: &Path, visit: &mut impl FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            each_file(&path, visit);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            visit(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn no_room_reaches_up_or_sideways() {
    let floors = floors();
    let level: HashMap<&str, usize> = floors
        .iter()
        .enumerate()
        .flat_map(|(level, rooms)| rooms.iter().map(move |room| (room.as_str(), level)))
        .collect();
    assert!(level.len() > 8, "the map was not understood: {floors:?}");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    each_file(&source, &mut |path, text| {
        let inside = path.strip_prefix(&source).unwrap();
        let own = inside
            .iter()
            .next()
            .unwrap()
            .to_str()
            .unwrap()
            .trim_end_matches(".rs")
            .to_owned();
        let Some(&own_level) = level.get(own.as_str()) else {
            return;
        };
        for used in used_rooms(text) {
            if let Some(&used_level) = level.get(used.as_str())
                && used != own
                && used_level <= own_level
            {
                wrong.push(format!("{} uses {used}", inside.display()));
            }
        }
    });
    assert!(
        wrong.is_empty(),
        "arrows that point up or sideways:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn a_wrong_arrow_would_be_seen() {
    assert_eq!(
        used_rooms("use crate::{flow, kit::{Cx, db::sql}};\ncrate::desk::x()"),
        ["flow", "kit", "desk"]
    );
}

#[test]
fn sql_stands_in_stores_and_search_engines_in_their_room() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    each_file(&source, &mut |path, text| {
        let inside = path.strip_prefix(&source).unwrap().to_str().unwrap().to_owned();
        let a_store = inside.contains("store") || inside.starts_with("kit/") || inside == "events.rs";
        if !a_store && (text.contains("sql(\"") || text.contains("sql(format!")) {
            wrong.push(format!("{inside} holds SQL"));
        }
        for engine in ["tantivy::", "fastembed::"] {
            if text.contains(engine) && !inside.starts_with("kit/search/") {
                wrong.push(format!("{inside} uses {engine}"));
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
