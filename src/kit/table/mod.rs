//! Tables in and out: CSV and XLSX, bounded, so that a file can be large but never too large.
//!
//! What comes in is text, whatever program wrote it. What goes out opens in a spreadsheet with its
//! Vietnamese letters whole and with no cell that the spreadsheet would run as a formula.

use super::fault::Fault;

mod csv;
mod xlsx;
mod zip;

/// The most a file may hold. A sheet past this is not a list that people wrote.
pub mod limits {
    pub const BYTES: usize = 20 * 1024 * 1024;
    pub const ROWS: usize = 20_000;
    pub const COLUMNS: usize = 200;
    pub const CELL: usize = 32_000;
    /// All cells together, in bytes: a workbook may point at one long text from every cell.
    pub const TEXT: usize = 64 * 1024 * 1024;
    /// An XLSX file is a zip archive: its parts, their size unpacked, and how far they may be packed.
    pub const PARTS: usize = 200;
    pub const UNPACKED: u64 = 100 * 1024 * 1024;
    pub const RATIO: u64 = 400;
}

/// Named columns, and rows of as many cells or fewer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new<'a>(columns: impl IntoIterator<Item = &'a str>) -> Table {
        Table {
            columns: columns.into_iter().map(str::to_owned).collect(),
            rows: Vec::new(),
        }
    }

    pub fn push(&mut self, row: impl IntoIterator<Item = String>) {
        self.rows.push(row.into_iter().collect());
    }

    /// The cell of a row, trimmed; empty where the row is shorter.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        self.rows
            .get(row)
            .and_then(|cells| cells.get(column))
            .map_or("", |cell| cell.trim())
    }

    /// The number a spreadsheet shows beside a row; the names of the columns stand in row 1.
    pub fn row_number(row: usize) -> usize {
        row + 2
    }

    /// Reads a CSV or XLSX file; which of the two, its first bytes say.
    pub fn read(bytes: &[u8]) -> Result<Table, Fault> {
        if bytes.len() > limits::BYTES {
            return Err(too_large());
        }
        let mut gathered = if bytes.starts_with(b"PK\x03\x04") {
            xlsx::read(bytes)?
        } else {
            csv::read(bytes)?
        };
        gathered.table.trim();
        if gathered.table.columns.is_empty() {
            return Err(refused(
                "Tệp trống: cần một dòng tên cột và ít nhất một dòng dữ liệu.",
                "The file is empty: it needs a line of column names and at least one row.",
            ));
        }
        Ok(gathered.table)
    }

    /// UTF-8 with a mark at its head, without which spreadsheets misread Vietnamese letters.
    pub fn to_csv(&self) -> Result<Vec<u8>, Fault> {
        csv::write(self)
    }

    pub fn to_xlsx(&self, sheet: &str) -> Result<Vec<u8>, Fault> {
        xlsx::write(self, sheet)
    }

    /// Takes away empty columns at the right and empty rows at the end: a sheet often has thousands.
    fn trim(&mut self) {
        let is_blank = |cells: &[String]| cells.iter().all(|cell| cell.trim().is_empty());
        while self.rows.last().is_some_and(|row| is_blank(row)) {
            self.rows.pop();
        }
        while self.columns.last().is_some_and(|name| name.trim().is_empty()) {
            self.columns.pop();
        }
    }
}

/// Named tables as CSV files in one zip archive.
pub fn archive(tables: &[(String, Table)]) -> Result<Vec<u8>, Fault> {
    zip::write(tables)
}

/// A table while it is being read, which refuses what is too much before it is kept.
#[derive(Default)]
struct Gathered {
    table: Table,
    bytes: usize,
}

impl Gathered {
    fn put(&mut self, row: usize, column: usize, text: String) -> Result<(), Fault> {
        if text.is_empty() {
            return Ok(());
        }
        if column >= limits::COLUMNS {
            return Err(too_many("cột", "columns", limits::COLUMNS));
        }
        if row > limits::ROWS {
            return Err(too_many("dòng", "rows", limits::ROWS));
        }
        self.bytes += text.len();
        if self.bytes > limits::TEXT {
            return Err(too_large());
        }
        let letters = text.chars().count();
        if letters > limits::CELL {
            return Err(refused(
                format!(
                    "Dòng {}, cột {}: ô dài {letters} ký tự; tối đa {}.",
                    row + 1,
                    column + 1,
                    limits::CELL
                ),
                format!(
                    "Row {}, column {}: the cell has {letters} characters; {} is the most.",
                    row + 1,
                    column + 1,
                    limits::CELL
                ),
            ));
        }
        let cells = match row.checked_sub(1) {
            None => &mut self.table.columns,
            Some(at) => {
                if self.table.rows.len() <= at {
                    self.table.rows.resize_with(at + 1, Vec::new);
                }
                &mut self.table.rows[at]
            }
        };
        if cells.len() <= column {
            cells.resize_with(column + 1, String::new);
        }
        cells[column] = text;
        Ok(())
    }
}

fn refused(
    vi: impl Into<std::borrow::Cow<'static, str>>,
    en: impl Into<std::borrow::Cow<'static, str>>,
) -> Fault {
    Fault::flaw("file", vi, en)
}

fn too_large() -> Fault {
    refused(
        "Tệp quá lớn. Hãy chia thành nhiều tệp nhỏ hơn.",
        "The file is too large. Please split it into smaller ones.",
    )
}

fn too_many(vi: &str, en: &str, most: usize) -> Fault {
    refused(
        format!("Tệp có quá nhiều {vi}: tối đa {most}. Hãy chia thành nhiều tệp."),
        format!("The file has too many {en}: {most} is the most. Please split it."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_survives_both_forms() {
        let mut table = Table::new(["Tiêu đề", "Note"]);
        table.push([
            "Kiểm đếm thùng hàng, \"nhanh\"".to_owned(),
            "two\nlines".to_owned(),
        ]);
        table.push(["=1+1".to_owned(), "-5".to_owned()]);
        assert_eq!(Table::read(&table.to_csv().unwrap()).unwrap(), table);
        assert_eq!(Table::read(&table.to_xlsx("Sheet").unwrap()).unwrap(), table);
    }

    #[test]
    fn too_many_rows_are_refused() {
        let mut text = "a\n".to_owned();
        text.push_str(&"x\n".repeat(limits::ROWS + 1));
        assert!(matches!(Table::read(text.as_bytes()), Err(Fault::Invalid(_))));
    }

    #[test]
    fn an_overlong_cell_is_named() {
        let text = format!("a,b\n1,{}\n", "x".repeat(limits::CELL + 1));
        let Err(Fault::Invalid(flaws)) = Table::read(text.as_bytes()) else {
            panic!("taken")
        };
        assert!(flaws[0].said.en.starts_with("Row 2, column 2"));
    }

    #[test]
    fn an_empty_file_is_refused() {
        assert!(matches!(Table::read(b" \n"), Err(Fault::Invalid(_))));
    }
}
