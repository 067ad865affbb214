//! Rows on their way from one database to the other: read from either, written to one, compared in one form.

use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use uuid::Uuid;

/// So much is sent at a time.
const ROWS: usize = 500;
const BYTES: usize = 4 << 20;

/// What a column holds on the side that tells its types apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Id,
    Bytes,
    Number,
    Truth,
    Json,
    Text,
    Real,
}

impl Kind {
    pub(super) fn of(data_type: &str) -> Option<Kind> {
        Some(match data_type {
            "uuid" => Kind::Id,
            "bytea" => Kind::Bytes,
            "bigint" => Kind::Number,
            "boolean" => Kind::Truth,
            "jsonb" => Kind::Json,
            "text" => Kind::Text,
            "double precision" => Kind::Real,
            _ => return None,
        })
    }

    /// As a list of it is sent; JSON travels as it is written, and the database reads it.
    fn sent_as(self) -> &'static str {
        match self {
            Kind::Id => "uuid",
            Kind::Bytes => "bytea",
            Kind::Number => "bigint",
            Kind::Truth => "boolean",
            Kind::Json | Kind::Text => "text",
            Kind::Real => "double precision",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Id(Uuid),
    Bytes(Vec<u8>),
    Number(i64),
    Truth(bool),
    Json(String),
    Text(String),
    Real(f64),
}

/// A table's columns, by name.
#[derive(Debug, Default)]
pub(super) struct Shape(Vec<(String, Kind)>);

impl Shape {
    pub(super) fn push(&mut self, column: String, kind: Kind) {
        self.0.push((column, kind));
        self.0.sort_by(|(one, _), (other, _)| one.cmp(other));
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(name, _)| name)
    }

    pub(super) fn select_sqlite(&self, table: &str) -> String {
        let columns = self.listed(|name, _| format!("\"{name}\""));
        format!("select {columns} from \"{table}\"")
    }

    pub(super) fn select_postgres(&self, table: &str) -> String {
        let columns = self.listed(|name, kind| match kind {
            Kind::Json => format!("cast(\"{name}\" as text)"),
            _ => format!("\"{name}\""),
        });
        format!("select {columns} from \"{table}\"")
    }

    /// Takes one list for each column.
    pub(super) fn insert(&self, table: &str) -> String {
        let names = self.listed(|name, _| format!("\"{name}\""));
        let read = self.listed(|name, kind| match kind {
            Kind::Json => format!("cast(\"{name}\" as jsonb)"),
            _ => format!("\"{name}\""),
        });
        let lists: Vec<String> = (1..)
            .zip(&self.0)
            .map(|(at, (_, kind))| format!("cast(${at} as {}[])", kind.sent_as()))
            .collect();
        let lists = lists.join(", ");
        format!("insert into \"{table}\" ({names}) select {read} from unnest({lists}) as sent ({names})")
    }

    fn listed(&self, write: impl Fn(&str, Kind) -> String) -> String {
        let each: Vec<String> = self.0.iter().map(|(name, kind)| write(name, *kind)).collect();
        each.join(", ")
    }

    pub(super) fn read_sqlite(&self, row: &SqliteRow) -> anyhow::Result<Vec<Cell>> {
        let read = |(at, (_, kind)): (usize, &(String, Kind))| {
            Ok(match kind {
                Kind::Id => row.try_get::<Option<Uuid>, _>(at)?.map(Cell::Id),
                Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(at)?.map(Cell::Bytes),
                Kind::Number => row.try_get::<Option<i64>, _>(at)?.map(Cell::Number),
                Kind::Truth => row
                    .try_get::<Option<i64>, _>(at)?
                    .map(|truth| Cell::Truth(truth != 0)),
                Kind::Json => row.try_get::<Option<String>, _>(at)?.map(Cell::Json),
                Kind::Text => row.try_get::<Option<String>, _>(at)?.map(Cell::Text),
                Kind::Real => row.try_get::<Option<f64>, _>(at)?.map(Cell::Real),
            }
            .unwrap_or(Cell::Null))
        };
        self.0.iter().enumerate().map(read).collect()
    }

    pub(super) fn read_postgres(&self, row: &PgRow) -> anyhow::Result<Vec<Cell>> {
        let read = |(at, (_, kind)): (usize, &(String, Kind))| {
            Ok(match kind {
                Kind::Id => row.try_get::<Option<Uuid>, _>(at)?.map(Cell::Id),
                Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(at)?.map(Cell::Bytes),
                Kind::Number => row.try_get::<Option<i64>, _>(at)?.map(Cell::Number),
                Kind::Truth => row.try_get::<Option<bool>, _>(at)?.map(Cell::Truth),
                Kind::Json => row.try_get::<Option<String>, _>(at)?.map(Cell::Json),
                Kind::Text => row.try_get::<Option<String>, _>(at)?.map(Cell::Text),
                Kind::Real => row.try_get::<Option<f64>, _>(at)?.map(Cell::Real),
            }
            .unwrap_or(Cell::Null))
        };
        self.0.iter().enumerate().map(read).collect()
    }
}

/// Rows on their way.
#[derive(Default)]
pub(super) struct Batch {
    rows: Vec<Vec<Cell>>,
    bytes: usize,
}

impl Batch {
    pub(super) fn push(&mut self, cells: Vec<Cell>) {
        self.bytes += cells.iter().map(weight).sum::<usize>();
        self.rows.push(cells);
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= ROWS || self.bytes >= BYTES
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Writes them, and is empty again.
    pub(super) async fn send(
        &mut self,
        target: &mut PgConnection,
        insert: &str,
        shape: &Shape,
    ) -> anyhow::Result<()> {
        let rows = std::mem::take(self).rows;
        let mut query = sqlx::query(AssertSqlSafe(insert.to_owned()));
        for (at, (_, kind)) in shape.0.iter().enumerate() {
            macro_rules! list {
                ($($form:ident)|+: $type:ty) => {{
                    let list = rows.iter().map(|row| match &row[at] {
                        $(Cell::$form(value) => Some(value.clone()),)+
                        _ => None,
                    });
                    query.bind(list.collect::<Vec<Option<$type>>>())
                }};
            }
            query = match kind {
                Kind::Id => list!(Id: Uuid),
                Kind::Bytes => list!(Bytes: Vec<u8>),
                Kind::Number => list!(Number: i64),
                Kind::Truth => list!(Truth: bool),
                Kind::Json | Kind::Text => list!(Json | Text: String),
                Kind::Real => list!(Real: f64),
            };
        }
        query.execute(target).await?;
        Ok(())
    }
}

fn weight(cell: &Cell) -> usize {
    match cell {
        Cell::Bytes(bytes) => bytes.len(),
        Cell::Json(text) | Cell::Text(text) => text.len(),
        _ => 16,
    }
}

/// How many rows, and the sum of what each of them comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Digest {
    pub(super) rows: u64,
    sum: u128,
}

impl Digest {
    pub(super) fn take(&mut self, cells: &[Cell]) -> anyhow::Result<()> {
        let mut row = Sha256::new();
        for cell in cells {
            let (mark, bytes) = in_one_form(cell)?;
            row.update([mark]);
            row.update((bytes.len() as u64).to_le_bytes());
            row.update(bytes);
        }
        let mut half = [0; 16];
        half.copy_from_slice(&row.finalize()[..16]);
        self.rows += 1;
        self.sum = self.sum.wrapping_add(u128::from_le_bytes(half));
        Ok(())
    }

    pub(super) fn checksum(&self) -> String {
        format!("{:032x}", self.sum)
    }
}

fn in_one_form(cell: &Cell) -> anyhow::Result<(u8, Vec<u8>)> {
    Ok(match cell {
        Cell::Null => (b'-', Vec::new()),
        Cell::Id(id) => (b'u', id.as_bytes().to_vec()),
        Cell::Bytes(bytes) => (b'b', bytes.clone()),
        Cell::Number(number) => (b'i', number.to_le_bytes().to_vec()),
        Cell::Truth(truth) => (b'?', vec![u8::from(*truth)]),
        Cell::Json(text) => (b'j', canonical(&serde_json::from_str(text)?).into_bytes()),
        Cell::Text(text) => (b't', text.clone().into_bytes()),
        Cell::Real(number) => (b'r', number.to_le_bytes().to_vec()),
    })
}

/// JSON with its names in order and each number in one writing: PostgreSQL orders names anew and writes 1e3 as 1000.
fn canonical(value: &serde_json::Value) -> String {
    use serde_json::Value;
    let joined = |parts: Vec<String>| parts.join(",");
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(0.0) => "0".to_owned(),
            Some(float) if float.fract() == 0.0 && float.abs() < 1e19 => format!("{float:.0}"),
            Some(float) if number.is_f64() => format!("{float:?}"),
            _ => number.to_string(),
        },
        Value::Array(items) => format!("[{}]", joined(items.iter().map(canonical).collect())),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            let fields = fields
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), canonical(value)));
            format!("{{{}}}", joined(fields.collect()))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[Vec<Cell>]) -> Digest {
        let mut digest = Digest::default();
        rows.iter().for_each(|row| digest.take(row).unwrap());
        digest
    }

    #[test]
    fn what_json_means_counts_not_how_it_is_written() {
        let one = vec![Cell::Json(r#"{"b": 1e3, "a": [0.10, "\u1ea7"]}"#.to_owned())];
        let same = vec![Cell::Json(r#"{"a":[0.1,"ầ"],"b":1000}"#.to_owned())];
        let other = vec![Cell::Json(r#"{"a":[0.1,"ầ"],"b":1001}"#.to_owned())];
        assert_eq!(sum(&[one]), sum(std::slice::from_ref(&same)));
        assert_ne!(sum(&[same]), sum(&[other]));
    }

    #[test]
    fn rows_count_in_any_order_and_cells_in_theirs() {
        let row = |one: &str, other: &str| vec![Cell::Text(one.to_owned()), Cell::Text(other.to_owned())];
        let (first, second) = (row("a", "bc"), row("d", ""));
        assert_eq!(
            sum(&[first.clone(), second.clone()]),
            sum(&[second.clone(), first.clone()])
        );
        assert_ne!(
            sum(&[row("ab", "c"), second.clone()]),
            sum(&[first.clone(), second])
        );
        assert_ne!(sum(&[first.clone(), first.clone()]), sum(&[first]));
    }
}
