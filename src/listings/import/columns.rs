//! Which column holds what: people name columns in either language, with or without marks, in their own words.

use crate::kit::db::codes;
use crate::kit::lang::Lang;
use crate::kit::search::fold;

mod names;

use names::NAMES;

codes! {
    /// What a column can hold. The codes are the column names of the template file.
    pub enum Field {
        Title = "title", Summary = "summary", Body = "description", Partner = "partner", Technical = "technical",
        Today = "today", Success = "success", Advantage = "advantage", Economics = "economics",
        Kind = "kind", Reference = "reference", Organisation = "organisation", OrgKind = "organisation_kind",
        Website = "website", Sector = "sector", Capability = "capability", Cooperation = "cooperation", Industry = "industry", Sdg = "sdg",
        Place = "place", Budget = "budget", Data = "data", PersonalData = "personal_data", Trl = "trl",
        Deadline = "deadline", OfferKind = "offer_kind", Capacity = "capacity", Visibility = "visibility",
        Anonymous = "anonymous",
    }
}

/// A column of the file as it was understood; `None` where it was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub field: Option<Field>,
    /// The language its name says it is in: "title (en)", "Tiêu đề tiếng Việt".
    pub lang: Option<Lang>,
}

/// Understands the names of all columns; of two that mean the same, the first holds.
pub fn understand(names: &[String]) -> Vec<Column> {
    let mut taken = Vec::new();
    names
        .iter()
        .map(|name| {
            let (field, lang) = guess(name);
            let field = field.filter(|field| !taken.contains(&(*field, lang)));
            if let Some(field) = field {
                taken.push((field, lang));
            }
            Column {
                name: name.trim().to_owned(),
                field,
                lang,
            }
        })
        .collect()
}

fn guess(name: &str) -> (Option<Field>, Option<Lang>) {
    let words = key(name);
    // The whole name first: "Đơn vị" ends in "vi" and names no language.
    if let Some(field) = field_of(&words) {
        return (Some(field), None);
    }
    let (words, lang) = without_language(&words);
    (field_of(words), lang)
}

fn field_of(words: &str) -> Option<Field> {
    let named = NAMES.iter().find(|(_, names)| names.contains(&words));
    named
        .map(|(field, _)| *field)
        .or_else(|| Field::from_code(&words.replace(' ', "_")))
}

/// Lower case, without marks and signs: "Tiêu đề (EN)" becomes "tieu de en".
pub(super) fn key(text: &str) -> String {
    let plain: String = fold(text)
        .to_lowercase()
        .chars()
        .map(|letter| if letter.is_alphanumeric() { letter } else { ' ' })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_language(words: &str) -> (&str, Option<Lang>) {
    const ENDS: [(&str, Lang); 8] = [
        (" bang tieng viet", Lang::Vi),
        (" bang tieng anh", Lang::En),
        (" tieng viet", Lang::Vi),
        (" tieng anh", Lang::En),
        (" vietnamese", Lang::Vi),
        (" english", Lang::En),
        (" vi", Lang::Vi),
        (" en", Lang::En),
    ];
    ENDS.iter()
        .find_map(|(end, lang)| words.strip_suffix(end).map(|rest| (rest, Some(*lang))))
        .unwrap_or((words, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str) -> (Option<Field>, Option<Lang>) {
        guess(name)
    }

    #[test]
    fn columns_are_known_in_both_languages() {
        assert_eq!(one(" Tiêu đề "), (Some(Field::Title), None));
        assert_eq!(one("TITLE_EN"), (Some(Field::Title), Some(Lang::En)));
        assert_eq!(one("Mô tả (tiếng Việt)"), (Some(Field::Body), Some(Lang::Vi)));
        assert_eq!(one("Lĩnh vực"), (Some(Field::Sector), None));
        assert_eq!(one("Đơn vị"), (Some(Field::Organisation), None));
        assert_eq!(one("Ghi chú nội bộ"), (None, None));
    }

    #[test]
    fn the_template_names_every_field() {
        for field in Field::ALL {
            assert_eq!(one(field.code()).0, Some(*field), "{field}");
        }
    }

    #[test]
    fn the_first_of_two_same_columns_holds() {
        let columns = understand(&["Tên".to_owned(), "Title".to_owned(), "Title (en)".to_owned()]);
        let fields: Vec<_> = columns.iter().map(|column| column.field).collect();
        assert_eq!(fields, [Some(Field::Title), None, Some(Field::Title)]);
    }
}
