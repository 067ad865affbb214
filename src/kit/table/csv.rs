//! CSV as spreadsheets really write it: commas, semicolons or tabs; UTF-8 or UTF-16.

use std::borrow::Cow;

use super::{Gathered, Table, refused};
use crate::kit::fault::Fault;

const MARK: &str = "\u{feff}";

pub(super) fn read(bytes: &[u8]) -> Result<Gathered, Fault> {
    let text = decoded(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter_of(&text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut gathered = Gathered::default();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|why| {
            refused(
                format!("Không đọc được tệp CSV ở dòng {}.", row + 1),
                format!("The CSV file cannot be read at row {}: {why}", row + 1),
            )
        })?;
        for (column, cell) in record.iter().enumerate() {
            gathered.put(row, column, disarmed(cell).to_owned())?;
        }
    }
    Ok(gathered)
}

pub(super) fn write(table: &Table) -> Result<Vec<u8>, Fault> {
    let mut out = csv::WriterBuilder::new()
        .flexible(true)
        .from_writer(MARK.as_bytes().to_vec());
    let mut put = |cells: &[String]| {
        let cells = cells.iter().map(|cell| armed(cell));
        out.write_record(cells.map(|cell| cell.as_bytes().to_vec()))
    };
    put(&table.columns).map_err(Fault::broken)?;
    for row in &table.rows {
        put(row).map_err(Fault::broken)?;
    }
    out.into_inner().map_err(|why| Fault::broken(why.error()))
}

/// A cell that a spreadsheet would run as a formula is written with an apostrophe before it.
fn armed(cell: &str) -> Cow<'_, str> {
    if looks_like_formula(cell) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Takes back the apostrophe that [`armed`] set.
fn disarmed(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if looks_like_formula(rest) => rest,
        _ => cell,
    }
}

/// A plain number is none, or a negative one could not be added up.
fn looks_like_formula(cell: &str) -> bool {
    cell.parse::<f64>().is_err() && cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(std::str::from_utf8(rest).map_err(|_| unreadable())?),
        _ => Cow::Borrowed(std::str::from_utf8(bytes).map_err(|_| unreadable())?),
    };
    if text.contains('\0') {
        return Err(unreadable());
    }
    Ok(text)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Fault> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(unreadable());
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<String, _>>()
        .map_err(|_| unreadable())
}

fn unreadable() -> Fault {
    refused(
        "Tệp không phải là CSV mã hóa UTF-8 hoặc tệp .xlsx. Trong bảng tính, hãy lưu lại dạng “CSV UTF-8”.",
        "The file is neither CSV in UTF-8 nor .xlsx. In your spreadsheet, save it as “CSV UTF-8”.",
    )
}

/// What stands most often between the columns' names, outside quotation marks; of two that tie, the
/// one rarer in prose.
fn delimiter_of(text: &str) -> u8 {
    let mut counts = [(b'\t', 0), (b';', 0), (b',', 0)];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => {
                for (delimiter, count) in &mut counts {
                    *count += i32::from(byte == *delimiter);
                }
            }
        }
    }
    let (mut best, mut most) = counts[0];
    for (delimiter, count) in counts {
        if count > most {
            (best, most) = (delimiter, count);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_delimiter_and_encoding_gives_the_same_table() {
        let expected = Table {
            columns: vec!["Tên".to_owned(), "Tiêu đề, mô tả".to_owned()],
            rows: vec![vec!["Xưởng gỗ".to_owned(), "a;b".to_owned()]],
        };
        let comma = "Tên,\"Tiêu đề, mô tả\"\nXưởng gỗ,a;b\n";
        let semicolon = "Tên;\"Tiêu đề, mô tả\"\r\nXưởng gỗ;\"a;b\"\r\n";
        let tab = "\u{feff}Tên\tTiêu đề, mô tả\nXưởng gỗ\ta;b";
        let utf16: Vec<u8> = tab.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [comma.as_bytes(), semicolon.as_bytes(), tab.as_bytes(), &utf16] {
            assert_eq!(Table::read(bytes).unwrap(), expected);
        }
    }

    #[test]
    fn no_cell_goes_out_as_a_formula() {
        let mut table = Table::new(["name"]);
        for cell in [
            "=HYPERLINK(\"http://x\")",
            "+84 28",
            "-1+2",
            "@sum",
            "\tx",
            "\rx",
            "plain",
        ] {
            table.push([cell.to_owned()]);
        }
        let text = String::from_utf8(table.to_csv().unwrap()).unwrap();
        let mut reader = csv::Reader::from_reader(text.trim_start_matches(MARK).as_bytes());
        for record in reader.records() {
            let record = record.unwrap();
            assert!(!looks_like_formula(&record[0]), "{record:?}");
        }
        assert!(text.ends_with("plain\n"));
    }

    #[test]
    fn other_encodings_are_refused_with_a_way_out() {
        let Err(Fault::Invalid(flaws)) = Table::read(b"t\xean,x\n1,2\n") else {
            panic!("taken")
        };
        assert!(flaws[0].said.en.contains("CSV UTF-8"));
    }
}
