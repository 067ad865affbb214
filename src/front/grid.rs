//! Open needs by sector and by the readiness they ask for: a picture of dots and the table it is drawn from.

use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::search::{Filter, Query, Search};
use crate::listings::Kind;
use crate::vocab::{self, Scheme};

/// Columns: nothing said, then three stretches of the nine levels.
const COLUMNS: usize = 4;
const ROW_HEIGHT: i32 = 28;
const FIRST_ROW: i32 = 46;
const FIRST_COLUMN: i32 = 196;
const COLUMN_WIDTH: i32 = 56;
const SMALLEST_DOT: f64 = 3.5;
const LARGEST_DOT: f64 = 12.0;

pub(super) struct Grid {
    pub rows: Vec<Row>,
    pub total: usize,
    pub height: i32,
}

pub(super) struct Row {
    pub code: String,
    pub label: String,
    pub y: i32,
    pub dots: Vec<Dot>,
    pub total: usize,
}

pub(super) struct Dot {
    pub x: i32,
    pub radius: String,
    pub count: usize,
}

impl Grid {
    pub async fn of_open_needs(cx: &Cx, lang: Lang) -> Result<Grid, Fault> {
        let counts = cx.search.aside(count).await?;
        Ok(Grid::drawn(&counts, lang))
    }

    fn drawn(counts: &[(String, [usize; COLUMNS])], lang: Lang) -> Grid {
        let most = counts.iter().flat_map(|(_, row)| row).max().copied().unwrap_or(0);
        let rows: Vec<Row> = counts
            .iter()
            .zip(0..)
            .map(|((code, row), at)| Row {
                code: code.clone(),
                label: vocab::label(Scheme::Sector, code, lang),
                y: FIRST_ROW + at * ROW_HEIGHT,
                dots: row
                    .iter()
                    .zip(0..)
                    .map(|(&count, column)| dot(count, most, column))
                    .collect(),
                total: row.iter().sum(),
            })
            .collect();
        Grid {
            total: rows.iter().map(|row| row.total).sum(),
            height: FIRST_ROW - ROW_HEIGHT / 2 + ROW_HEIGHT * i32::try_from(rows.len()).unwrap_or(0),
            rows,
        }
    }

    /// The heads of the columns with their places.
    pub fn heads(lang: Lang) -> Vec<(i32, &'static str)> {
        [lang.t("chưa nêu", "not said"), "TRL 1–3", "TRL 4–6", "TRL 7–9"]
            .into_iter()
            .zip(0..)
            .map(|(head, column)| (column_x(column), head))
            .collect()
    }

    /// The picture in one sentence.
    pub fn words(&self, lang: Lang) -> String {
        let fullest = self
            .rows
            .iter()
            .max_by_key(|row| row.total)
            .filter(|row| row.total > 0);
        match fullest {
            Some(row) => lang.fill(
                "{} nhu cầu đang mở; nhiều nhất ở lĩnh vực {} ({}).",
                "{} open needs; most of them in {} ({}).",
                &[&self.total, &row.label, &row.total],
            ),
            None => lang
                .t("Chưa có nhu cầu nào đang mở.", "No need is open yet.")
                .to_owned(),
        }
    }
}

/// A need of two sectors counts in both, as it does in the search behind each row.
fn count(search: &Search) -> crate::kit::search::Result<Vec<(String, [usize; COLUMNS])>> {
    vocab::terms(Scheme::Sector)
        .iter()
        .map(|sector| {
            let found = search.find(&Query {
                filters: vec![
                    Filter::Is("kind", Kind::Need.code().to_owned()),
                    Filter::Is("sector", sector.code.clone()),
                ],
                facets: vec!["trl"],
                ..Query::default()
            })?;
            let mut row = [0; COLUMNS];
            for level in found.facets.iter().flat_map(|(_, levels)| levels) {
                row[column_of(&level.code)] += level.count;
            }
            row[0] += found.total.saturating_sub(row.iter().sum());
            Ok((sector.code.clone(), row))
        })
        .collect()
}

fn column_of(level: &str) -> usize {
    match level.parse() {
        Ok(1..=3) => 1,
        Ok(4..=6) => 2,
        Ok(7..=9) => 3,
        _ => 0,
    }
}

fn column_x(column: i32) -> i32 {
    FIRST_COLUMN + column * COLUMN_WIDTH
}

/// The dot's area, not its width, grows with the number.
#[expect(clippy::cast_precision_loss, reason = "a picture forgives")]
fn dot(count: usize, most: usize, column: i32) -> Dot {
    let share = if most == 0 {
        0.0
    } else {
        count as f64 / most as f64
    };
    let radius = SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * share.sqrt();
    Dot {
        x: column_x(column),
        radius: format!("{radius:.1}"),
        count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fullest_sector_is_named() {
        let grid = Grid::drawn(
            &[
                ("health".to_owned(), [1, 0, 2, 0]),
                ("sport".to_owned(), [0, 0, 0, 9]),
            ],
            Lang::En,
        );
        assert_eq!(grid.words(Lang::En), "12 open needs; most of them in Sport (9).");
        assert_eq!(grid.rows[1].dots[3].radius, "12.0");
        assert_eq!(grid.rows[0].dots[1].count, 0);
    }
}
