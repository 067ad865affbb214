//! A document as tables, so that nothing of it is left out: each list becomes a table, each thing a row; a list inside
//! a thing becomes a table of its own, whose first column says to which row it belongs.

use serde_json::Value;

use crate::kit::table::Table;

/// The first column of a table that hangs on another.
const OF: &str = "of";

pub(super) fn tables(document: &Value) -> Vec<(String, Table)> {
    let mut tables = Vec::new();
    lay("my_data", document, None, &mut tables);
    tables
}

fn lay(name: &str, value: &Value, of: Option<&str>, tables: &mut Vec<(String, Table)>) {
    let things: Vec<&Value> = match value {
        Value::Array(things) => things.iter().collect(),
        thing => vec![thing],
    };
    for (at, thing) in things.into_iter().enumerate() {
        let mut row = vec![];
        if let Some(of) = of {
            row.push((OF.to_owned(), of.to_owned()));
        }
        let mut lists = Vec::new();
        spread("", thing, &mut row, &mut lists);
        let number = (at + 1).to_string();
        let key = ["id", "reference"]
            .iter()
            .find_map(|key| thing.get(key)?.as_str());
        put(tables, name, row);
        for (below, list) in lists {
            let own = if of.is_none() && name == "my_data" {
                below
            } else {
                format!("{name}_{below}")
            };
            lay(&own, list, Some(key.unwrap_or(&number)), tables);
        }
    }
}

/// The plain values of a thing as cells, those of things inside it under dotted names; its lists aside.
fn spread<'a>(
    before: &str,
    value: &'a Value,
    row: &mut Vec<(String, String)>,
    lists: &mut Vec<(String, &'a Value)>,
) {
    let Value::Object(fields) = value else {
        row.push(("value".to_owned(), plain(value)));
        return;
    };
    for (name, value) in fields {
        let name = if before.is_empty() {
            name.clone()
        } else {
            format!("{before}.{name}")
        };
        match value {
            Value::Object(_) => spread(&name, value, row, lists),
            Value::Array(all) if all.iter().any(|one| one.is_object() || one.is_array()) => {
                lists.push((name.replace('.', "_"), value));
            }
            Value::Array(all) => row.push((name, all.iter().map(plain).collect::<Vec<_>>().join(" | "))),
            _ => row.push((name, plain(value))),
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Adds a row; a column that no row before it had comes last.
fn put(tables: &mut Vec<(String, Table)>, name: &str, row: Vec<(String, String)>) {
    let at = tables
        .iter()
        .position(|(known, _)| known == name)
        .unwrap_or_else(|| {
            tables.push((name.to_owned(), Table::default()));
            tables.len() - 1
        });
    let table = &mut tables[at].1;
    let mut cells = vec![String::new(); table.columns.len()];
    for (column, cell) in row {
        if let Some(place) = table.columns.iter().position(|known| *known == column) {
            cells[place] = cell;
        } else {
            table.columns.push(column);
            cells.push(cell);
        }
    }
    table.rows.push(cells);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_finds_a_cell() {
        let document = serde_json::json!({
            "exported": "2026",
            "account": { "name": "Lan", "consents": [{ "purpose": "terms" }, { "purpose": "letters", "given": 1 }] },
            "pairings": [{ "id": "p1", "ours": { "title": "Lúa" }, "messages": [{ "text": "Chào" }], "tags": ["a", "b"] }],
            "none": [],
        });
        let tables = tables(&document);
        let of = |name: &str| {
            let table = tables.iter().find(|(known, _)| known == name);
            &table.unwrap_or_else(|| panic!("no {name} among {tables:?}")).1
        };
        assert_eq!(of("my_data").columns, ["account.name", "exported", "none"]);
        assert_eq!(of("my_data").rows, [["Lan", "2026", ""]]);
        assert_eq!(of("account_consents").columns, ["of", "purpose", "given"]);
        assert_eq!(
            of("account_consents").rows,
            [vec!["1", "terms"], vec!["1", "letters", "1"]]
        );
        assert_eq!(of("pairings").rows, [["1", "p1", "Lúa", "a | b"]]);
        assert_eq!(of("pairings_messages").rows, [["p1", "Chào"]]);
    }
}
