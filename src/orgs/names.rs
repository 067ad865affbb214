//! Names as people look for them, without marks or case, and as an address shows them.

use unicode_normalization::UnicodeNormalization as _;

use crate::kit::search::fold;

/// The words of a name in lower case and without marks: "Đại học Bách khoa" → "dai hoc bach khoa".
pub(super) fn key(text: &str) -> String {
    let bare: String = fold(text)
        .chars()
        .flat_map(char::to_lowercase)
        .map(|letter| if letter.is_alphanumeric() { letter } else { ' ' })
        .collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The name as the last part of an address: "dai-hoc-bach-khoa". Never empty.
pub(super) fn slug(name: &str) -> String {
    let plain: String = key(name)
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == ' ')
        .take(60)
        .collect();
    let slug = plain.split_whitespace().collect::<Vec<_>>().join("-");
    // "new" is the address of the form for one.
    if slug.is_empty() || slug == "new" {
        "to-chuc".to_owned()
    } else {
        slug
    }
}

/// Whether a word of the name holds letters that look Latin and are none, among those that are: `Ѕông` with a
/// Cyrillic first letter would pass for another organisation's name.
pub(super) fn is_disguised(name: &str) -> bool {
    let is_latin = |letter: char| {
        letter.is_ascii_alphabetic() || matches!(letter, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
    };
    let is_twin = |letter: char| matches!(letter, '\u{370}'..='\u{52f}' | '\u{1f00}'..='\u{1fff}');
    // Bold, full-width and other dresses of the plain letters.
    let is_dressed = |letter: char| {
        let plain = letter.nfkc().next();
        letter.is_alphabetic() && !letter.is_ascii() && plain.is_some_and(|plain| plain.is_ascii_alphabetic())
    };
    name.nfc().any(is_dressed)
        || name
            .split(|letter: char| !letter.is_alphanumeric())
            .any(|word| word.chars().any(is_latin) && word.chars().any(is_twin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_without_its_marks() {
        assert_eq!(key("Công ty CP Đường Biển & Sông"), "cong ty cp duong bien song");
        assert_eq!(
            slug("Viện Nghiên cứu Ứng dụng – AI"),
            "vien-nghien-cuu-ung-dung-ai"
        );
        assert_eq!(slug("研究所"), "to-chuc");
    }
}
