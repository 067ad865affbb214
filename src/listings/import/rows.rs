//! A sheet of rows, each a listing of its own.

use super::columns::{Field, understand};
use super::row::Row;
use super::{Reading, refused};
use crate::kit::fault::Fault;
use crate::kit::table::Table;
use crate::listings::Kind;

/// What the template shows; kept short, so that nobody brings them in by mistake unnoticed.
pub(super) const EXAMPLES: [&[(Field, &str)]; 2] = [
    &[
        (Field::Kind, "need"),
        (Field::Title, "Đếm bao gạo khi xuống hàng"),
        (
            Field::Body,
            "Mỗi ngày xưởng nhận khoảng 4.000 bao gạo từ ghe. Hai người đếm tay và ghi sổ, cuối ngày thường lệch 20–30 bao. Chúng tôi muốn biết đúng số bao của từng ghe ngay khi xuống hàng.",
        ),
        (Field::Organisation, "Công ty mẫu (xóa dòng này)"),
        (Field::Sector, "logistics"),
        (Field::Budget, "100m_500m"),
        (Field::Deadline, "31/12/2026"),
    ],
    &[
        (Field::Kind, "offer"),
        (Field::Title, "Counting objects on conveyor belts by camera"),
        (
            Field::Body,
            "We count and classify goods on moving belts with one fixed camera and a small computer on site. Measured on three lines: 99.2 % of 41,000 items, at up to 40 items a second.",
        ),
        (Field::Organisation, "Viện mẫu (xóa dòng này)"),
        (Field::OrgKind, "institute"),
        (Field::Sector, "logistics"),
        (Field::Capability, "cv.detect; cv.video"),
        (Field::Trl, "7"),
        (Field::OfferKind, "technology"),
    ],
];

pub(super) fn read(table: &Table, otherwise: Option<Kind>) -> Result<Reading, Fault> {
    let numbers: Vec<usize> = (0..table.rows.len()).map(Table::row_number).collect();
    read_numbered(table, &numbers, otherwise)
}

pub(super) fn read_numbered(
    table: &Table,
    numbers: &[usize],
    otherwise: Option<Kind>,
) -> Result<Reading, Fault> {
    let columns = understand(&table.columns);
    let has = |field| columns.iter().any(|column| column.field == Some(field));
    if !has(Field::Title) && !has(Field::Body) {
        return Err(refused(
            "Không nhận ra cột tiêu đề hay mô tả. Hãy đặt tên cột như trong tệp mẫu.",
            "No column for the title or the description was recognised. Please name the columns as in the template.",
        ));
    }
    let mut reading = Reading {
        columns,
        ..Reading::default()
    };
    for (cells, number) in table.rows.iter().zip(numbers) {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        reading.rows += 1;
        let mut row = Row {
            columns: &reading.columns,
            cells,
            found: Vec::new(),
        };
        let entry = row.entry(*number, otherwise);
        let found = row.found;
        let grave = found.iter().any(|(_, grave, _)| *grave);
        for (column, grave, said) in found {
            reading.find(*number, &column, grave, said);
        }
        if !grave {
            reading.entries.push(entry);
        }
    }
    Ok(reading)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn reading(text: &str) -> Reading {
        Reading::of(text.as_bytes(), None).unwrap()
    }

    const BODY: &str = "Chúng tôi nhận 4.000 bao mỗi ngày và đếm bằng tay, cuối ngày hay lệch.";

    #[test]
    fn a_vietnamese_sheet_becomes_listings() {
        let text = format!(
            "Loại;Tên;Mô tả;Đơn vị;Lĩnh vực;Kinh phí;Hạn chót\nnhu cầu;Đếm bao gạo;{BODY};Công ty Gạo Sông Xanh;Logistics;100–500 triệu ₫;31/12/2026\n"
        );
        let reading = reading(&text);
        let [entry] = reading.entries.as_slice() else {
            panic!("{:?}", reading.findings)
        };
        assert_eq!(entry.kind, Kind::Need);
        assert_eq!(entry.org.name_vi, "Công ty Gạo Sông Xanh");
        assert_eq!(entry.content.budget.as_deref(), Some("100m_500m"));
        assert_eq!(entry.content.vi.as_ref().unwrap().title, "Đếm bao gạo");
        assert!(entry.content.deadline.is_some() && entry.content.en.is_none());
        assert_eq!(reading.verdict(2), Verdict::Warning);
    }

    #[test]
    fn all_faults_of_a_row_are_told_at_once() {
        let reading = reading("kind,title,description,organisation,anonymous\nthing,,short,,maybe\n");
        assert!(reading.entries.is_empty());
        let columns: Vec<&str> = reading
            .findings
            .iter()
            .filter(|finding| finding.grave)
            .map(|finding| finding.column.as_str())
            .collect();
        assert_eq!(
            columns,
            ["kind", "organisation", "title", "description", "anonymous"]
        );
        assert_eq!(reading.verdict(2), Verdict::Error);
    }

    #[test]
    fn the_same_row_twice_comes_in_once() {
        let row = format!("need,A title,\"{BODY}\",Firm\n");
        let reading = reading(&format!("kind,title,description,organisation\n{row}{row}"));
        assert_eq!((reading.entries.len(), reading.known), (1, 1));
        assert!(
            reading
                .findings
                .iter()
                .any(|finding| finding.said.en.contains("row 2"))
        );
    }

    #[test]
    fn both_languages_stand_side_by_side() {
        let text = format!(
            "kind,title (vi),title (en),description vi,description en,organisation\noffer,Đọc số,Reading meters,\"{BODY}\",We read the figures of water meters from photographs.,Lab\n"
        );
        let reading = reading(&text);
        let content = &reading.entries[0].content;
        assert!(content.vi.is_some() && content.en.is_some());
    }

    #[test]
    fn the_template_can_be_brought_in_as_it_is() {
        let table = super::super::template();
        let reading = Reading::of(&table.to_csv().unwrap(), None).unwrap();
        assert_eq!(
            (reading.rows, reading.entries.len()),
            (2, 2),
            "{:?}",
            reading.findings
        );
        assert!(reading.columns.iter().all(|column| column.field.is_some()));
    }
}
