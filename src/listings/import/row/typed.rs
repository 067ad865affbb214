//! The cells of a row as values; what cannot be read is noted under its column's own name.

use std::borrow::Cow;

use super::Row;
use crate::kit::clock::At;
use crate::kit::fault::said;
use crate::kit::lang::Lang;
use crate::listings::import::cells;
use crate::listings::import::columns::{Column, Field};
use crate::vocab::Scheme;

impl Row<'_> {
    pub(super) fn code(&mut self, field: Field, scheme: Scheme) -> Option<String> {
        let cell = self.get(field).to_owned();
        let code = cells::code(scheme, &cell).filter(|_| !cell.is_empty());
        if code.is_none() && !cell.is_empty() {
            self.unlisted(field, &cell);
        }
        code.map(str::to_owned)
    }

    pub(super) fn unlisted(&mut self, field: Field, word: &str) {
        let word = cells::clipped(word, 60);
        self.warn(
            field,
            format!("Không có “{word}” trong danh mục; được bỏ qua."),
            format!("“{word}” is not in the list; it is left out."),
        );
    }

    pub(super) fn number(&mut self, field: Field, least: i64, most: i64) -> Option<i64> {
        let cell = self.get(field).to_owned();
        let number = cells::number(&cell, least, most);
        if number.is_none() && !cell.is_empty() {
            self.warn(
                field,
                format!("Không phải số từ {least} đến {most}; được bỏ qua."),
                format!("Not a number from {least} to {most}; it is left out."),
            );
        }
        number
    }

    pub(super) fn date(&mut self, field: Field) -> Option<At> {
        let cell = self.get(field).to_owned();
        let date = cells::date(&cell);
        if date.is_none() && !cell.is_empty() {
            self.warn(
                field,
                "Không đọc được ngày (ví dụ 31/12/2026); được bỏ qua.",
                "The date cannot be read (31/12/2026 would do); it is left out.",
            );
        }
        date
    }

    pub(super) fn yes(&mut self, field: Field) -> bool {
        let answer = cells::yes(self.get(field));
        if answer.is_none() {
            // What someone wanted hidden or flagged must not come out plain because of a spelling.
            self.grave(field, "Chỉ nhận: có hoặc không.", "Only yes or no can be taken.");
        }
        answer.unwrap_or(true)
    }

    pub(super) fn bounded(&mut self, field: Field, text: &str, most: usize) -> String {
        let length = text.chars().count();
        if length > most {
            self.warn(
                field,
                format!("Dài {length} ký tự: cắt còn {most}."),
                format!("{length} characters long: cut to {most}."),
            );
        }
        cells::clipped(text, most)
    }

    pub(super) fn get(&self, field: Field) -> &str {
        self.cell(field, None)
    }

    pub(super) fn cell(&self, field: Field, lang: Option<Lang>) -> &str {
        let is_it = |column: &Column| column.field == Some(field) && column.lang == lang;
        let at = self.columns.iter().position(is_it);
        at.and_then(|at| self.cells.get(at))
            .map_or("", |cell| cell.trim())
    }

    pub(super) fn warn(
        &mut self,
        field: Field,
        vi: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) {
        self.found.push((self.name_of(field), false, said(vi, en)));
    }

    pub(super) fn grave(&mut self, field: Field, vi: &'static str, en: &'static str) {
        self.found.push((self.name_of(field), true, said(vi, en)));
    }

    /// The column as the file calls it, or as the template would.
    fn name_of(&self, field: Field) -> String {
        let own = self.columns.iter().find(|column| column.field == Some(field));
        own.map_or_else(|| field.code().to_owned(), |column| column.name.clone())
    }
}
