//! XLSX: a zip archive of XML parts. The reader behind it knows no bounds, so the archive is measured
//! first, and cells are then taken one by one, never as the rectangle that the file claims to span.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};
use rust_xlsxwriter::{Format, Workbook};
use zip::ZipArchive;

use super::{Gathered, Table, limits, refused, too_large};
use crate::kit::fault::Fault;

pub(super) fn read(bytes: &[u8]) -> Result<Gathered, Fault> {
    measure(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let sheet = workbook.sheet_names().into_iter().next().ok_or_else(unreadable)?;
    let mut cells = workbook
        .worksheet_cells_reader(&sheet)
        .map_err(|_| unreadable())?;
    let mut gathered = Gathered::default();
    while let Some(cell) = cells.next_cell().map_err(|_| unreadable())? {
        let (row, column) = cell.get_position();
        gathered.put(row as usize, column as usize, words_of(cell.get_value()))?;
    }
    Ok(gathered)
}

pub(super) fn write(table: &Table, sheet: &str) -> Result<Vec<u8>, Fault> {
    let mut workbook = Workbook::new();
    let page = workbook.add_worksheet();
    let bold = Format::new().set_bold();
    page.set_name(sheet).map_err(Fault::broken)?;
    page.set_freeze_panes(1, 0).map_err(Fault::broken)?;
    for (column, name) in (0_u16..).zip(&table.columns) {
        page.write_string_with_format(0, column, name, &bold)
            .map_err(Fault::broken)?;
        page.set_column_width(column, 24).map_err(Fault::broken)?;
    }
    for (row, cells) in (1_u32..).zip(&table.rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            // Always a string cell: a spreadsheet shows it and never runs it.
            if !cell.is_empty() {
                page.write_string(row, column, clipped(cell))
                    .map_err(Fault::broken)?;
            }
        }
    }
    workbook.save_to_buffer().map_err(Fault::broken)
}

/// The form itself allows no more in a cell.
fn clipped(cell: &str) -> String {
    cell.chars().take(limits::CELL).collect()
}

/// Counts the parts and unpacks each once into nothing, since an archive may lie about its sizes.
fn measure(bytes: &[u8]) -> Result<(), Fault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    if archive.len() > limits::PARTS {
        return Err(too_large());
    }
    let most = limits::UNPACKED.min(limits::RATIO * bytes.len() as u64 + 1_000_000);
    let mut total = 0;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| unreadable())?;
        if part.size() > most - total {
            return Err(too_large());
        }
        let mut bounded = part.take(most - total + 1);
        total += std::io::copy(&mut bounded, &mut std::io::sink()).map_err(|_| unreadable())?;
        if total > most {
            return Err(too_large());
        }
    }
    Ok(())
}

fn words_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => plain(text),
        DataRef::SharedString(text) => plain(text),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(at) if at.is_datetime() => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTime(span) => span.as_f64().to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\0', "")
}

fn unreadable() -> Fault {
    refused(
        "Không đọc được tệp .xlsx. Hãy mở bằng bảng tính và lưu lại, không đặt mật khẩu.",
        "The .xlsx file cannot be read. Open it in a spreadsheet and save it again, without a password.",
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use rust_xlsxwriter::ExcelDateTime;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(parts: usize, size: usize) -> Vec<u8> {
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        let zeros = vec![0; size];
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        for part in 0..parts {
            out.start_file(format!("xl/{part}.xml"), options).unwrap();
            out.write_all(&zeros).unwrap();
        }
        out.finish().unwrap().into_inner()
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_opened() {
        let bomb = archive(1, 24 * 1024 * 1024);
        assert!(bomb.len() < 64 * 1024, "it is a bomb");
        assert_eq!(
            Table::read(&bomb).unwrap_err().to_string(),
            too_large().to_string()
        );
    }

    #[test]
    fn too_many_parts_are_refused() {
        assert_eq!(
            Table::read(&archive(limits::PARTS + 1, 1))
                .unwrap_err()
                .to_string(),
            too_large().to_string()
        );
    }

    #[test]
    fn a_bomb_that_lies_about_its_size_is_refused_too() {
        let mut bomb = archive(1, 24 * 1024 * 1024);
        // The central directory's uncompressed size stands 24 bytes after its signature.
        let at = bomb.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
        bomb[at + 24..at + 28].copy_from_slice(&10_u32.to_le_bytes());
        assert!(matches!(Table::read(&bomb), Err(Fault::Invalid(_))));
    }

    #[test]
    fn a_cell_far_away_costs_nothing() {
        let mut workbook = Workbook::new();
        let page = workbook.add_worksheet();
        page.write_string(0, 0, "a").unwrap();
        page.write_string(1_048_575, 16_383, "far").unwrap();
        let bytes = workbook.save_to_buffer().unwrap();
        assert!(matches!(Table::read(&bytes), Err(Fault::Invalid(_))));
    }

    #[test]
    fn dates_and_numbers_come_as_people_read_them() {
        let mut workbook = Workbook::new();
        let page = workbook.add_worksheet();
        let date = Format::new().set_num_format("yyyy-mm-dd");
        page.write_string(0, 0, "deadline").unwrap();
        page.write_string(0, 1, "trl").unwrap();
        page.write_datetime_with_format(1, 0, ExcelDateTime::from_ymd(2026, 12, 31).unwrap(), &date)
            .unwrap();
        page.write_number(1, 1, 7).unwrap();
        let table = Table::read(&workbook.save_to_buffer().unwrap()).unwrap();
        assert_eq!(table.rows, [["2026-12-31", "7"]]);
    }
}
