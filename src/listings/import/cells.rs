//! What a cell means: codes or labels in either language, dates as people write them, yes and no.

use super::columns::key;
use crate::kit::clock::At;
use crate::vocab::{self, Scheme};

/// The code of a list that a cell names, by code or by label in either language.
pub(super) fn code(scheme: Scheme, cell: &str) -> Option<&'static str> {
    let wanted = key(cell);
    let terms = vocab::terms(scheme).iter();
    let exact = terms.clone().find(|term| {
        term.code == cell.trim()
            || key(&term.code) == wanted
            || key(&term.vi) == wanted
            || key(&term.en) == wanted
    });
    // "Phường Sài Gòn" is a place's whole name; people write "Sài Gòn".
    let loose = || {
        terms.clone().find(|term| {
            ["phuong ", "xa ", "dac khu "]
                .iter()
                .any(|kind| key(&term.vi).strip_prefix(kind) == Some(wanted.as_str()))
        })
    };
    exact
        .or_else(|| (scheme == Scheme::Place).then(loose).flatten())
        .map(|term| term.code.as_str())
}

/// All codes of a cell with several, and the parts that no list knows.
pub(super) fn code_list(scheme: Scheme, cell: &str) -> (Vec<&'static str>, Vec<String>) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    let mut take = |part: &str| match code(scheme, part) {
        Some(code) if !known.contains(&code) => known.push(code),
        Some(_) => {}
        None => unknown.push(part.trim().to_owned()),
    };
    if cell.trim().is_empty() {
        return (known, unknown);
    }
    // Labels may hold commas themselves, so a comma separates only where the whole is no label.
    for part in cell
        .split([';', '|', '\n'])
        .filter(|part| !part.trim().is_empty())
    {
        if code(scheme, part).is_some() || !part.contains(',') {
            take(part);
        } else {
            part.split(',')
                .filter(|part| !part.trim().is_empty())
                .for_each(&mut take);
        }
    }
    (known, unknown)
}

/// 2026-12-31, 31/12/2026, 31.12.2026.
pub(super) fn date(cell: &str) -> Option<At> {
    let cell = cell.trim();
    let day = cell.split_once(['T', ' ']).map_or(cell, |(day, _)| day);
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let [first, month, last] = parts.as_slice() else {
        return None;
    };
    let (year, day) = if first.len() == 4 {
        (first, last)
    } else {
        (last, first)
    };
    At::of_date(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// Yes or no as people write it; `None` where it is neither.
pub(super) fn yes(cell: &str) -> Option<bool> {
    match key(cell).as_str() {
        "yes" | "y" | "co" | "true" | "1" | "x" | "dung" => Some(true),
        "" | "no" | "n" | "khong" | "false" | "0" | "sai" => Some(false),
        _ => None,
    }
}

/// "TRL 6", "6", "6.0".
pub(super) fn number(cell: &str, least: i64, most: i64) -> Option<i64> {
    let words = key(cell);
    let digits = words.trim_start_matches("trl").split_whitespace().next()?;
    digits
        .parse()
        .ok()
        .filter(|number| (least..=most).contains(number))
}

/// The first sentences of a text, as a summary for one that has none.
pub(super) fn beginning(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut end = 0;
    for (at, letter) in line.char_indices() {
        if matches!(letter, '.' | '!' | '?') && line[at + 1..].starts_with(' ') {
            if line[..=at].chars().count() > most {
                break;
            }
            end = at + 1;
        }
    }
    if line.chars().count() <= most {
        return line;
    }
    if end > 0 {
        line[..end].to_owned()
    } else {
        clipped(&line, most)
    }
}

/// At most `most` characters, cut at a word, with an ellipsis where something is missing.
pub(super) fn clipped(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let start: String = text.chars().take(most.saturating_sub(1)).collect();
    let whole = start
        .rsplit_once(char::is_whitespace)
        .map_or(start.as_str(), |(whole, _)| whole);
    format!("{}…", whole.trim_end())
}

/// Whether an address or a telephone number stands in a public text, where it may not.
pub(super) fn holds_contact(text: &str) -> bool {
    let address = text
        .split(|letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | '(' | ')' | ',' | ';'));
    let mailed = address.clone().any(|word| {
        word.split_once('@')
            .is_some_and(|(name, domain)| !name.is_empty() && domain.trim_end_matches('.').contains('.'))
    });
    mailed || phone_in(text)
}

/// Nine to twelve digits that begin as numbers of the country do, however they are grouped.
fn phone_in(text: &str) -> bool {
    let mut run = String::new();
    for letter in text.chars().chain(['\n']) {
        match letter {
            '0'..='9' | '+' => run.push(letter),
            ' ' | '.' | '-' | '(' | ')' if !run.is_empty() => {}
            _ => {
                let digits = run.trim_start_matches('+').len();
                if (run.starts_with('0') && (10..=11).contains(&digits))
                    || (run.starts_with("+84") && (11..=12).contains(&digits))
                {
                    return true;
                }
                run.clear();
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_by_its_labels() {
        assert_eq!(code(Scheme::Sector, "y tế"), Some("health"));
        assert_eq!(code(Scheme::Sector, "Education and training"), Some("education"));
        assert_eq!(code(Scheme::Capability, "cv.ocr"), Some("cv.ocr"));
        assert_eq!(
            code(Scheme::Capability, "Tối ưu, lập lịch, điều phối"),
            Some("opt.plan")
        );
        assert_eq!(code(Scheme::Place, "phú hòa đông"), Some("27541"));
        assert_eq!(code(Scheme::Sector, "astrology"), None);
    }

    #[test]
    fn several_codes_stand_in_one_cell() {
        let (known, unknown) = code_list(Scheme::Sector, "Y tế; Văn hóa, du lịch | astrology");
        assert_eq!(known, ["health", "culture", "tourism"]);
        assert_eq!(unknown, ["astrology"]);
        assert_eq!(
            code_list(Scheme::Capability, "Tối ưu, lập lịch, điều phối").0,
            ["opt.plan"]
        );
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        let new_years_eve = At::of_date(2026, 12, 31);
        for text in ["2026-12-31", "31/12/2026", "31.12.2026", "2026-12-31T00:00:00"] {
            assert_eq!(date(text), new_years_eve, "{text}");
        }
        assert_eq!(date("31.2.2026"), None);
    }

    #[test]
    fn a_missing_summary_is_the_beginning_of_the_text() {
        assert_eq!(beginning("One. Two is longer. Three.", 12), "One.");
        assert_eq!(beginning("a text with no end in sight", 12), "a text…");
        assert_eq!(beginning("Short.", 12), "Short.");
    }

    #[test]
    fn contacts_are_seen_and_other_numbers_are_not() {
        assert!(holds_contact("Liên hệ lan@xuong.example nhé"));
        assert!(holds_contact("gọi 0903 123 456."));
        assert!(holds_contact("(+84) 28 3822 1234"));
        assert!(!holds_contact(
            "12.000 ảnh, 640 x 480, 2024-2026, 1.500.000.000 đồng"
        ));
    }
}
