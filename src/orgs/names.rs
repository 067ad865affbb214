//! Names as people look for them, without marks or case, and as an address shows them.

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
