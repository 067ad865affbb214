//! By what a person can be known in a text that somebody typed.

use serde_json::Value;

use crate::accounts::Person;
use crate::ids::PersonId;

/// What stands where it stood.
const STRUCK: &str = "—";

/// A person who is being forgotten, and the words to look for.
#[derive(Debug)]
pub struct Trace {
    pub id: PersonId,
    needles: Vec<String>,
}

impl Trace {
    pub(super) fn of(person: &Person) -> Trace {
        let mut needles = vec![person.email.clone()];
        // "Lan" alone names nobody, and stands in many words; a family name and a given name do.
        if person.name.split_whitespace().count() > 1 {
            needles.push(person.name.clone());
        }
        needles.extend(person.phone.as_deref().map(spellings).unwrap_or_default());
        Trace {
            id: person.id,
            needles,
        }
    }

    /// The address, the full name, the number as people write it.
    pub fn needles(&self) -> &[String] {
        &self.needles
    }

    /// Strikes them out of every text of a document.
    pub fn strike_from_json(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                for needle in &self.needles {
                    if text.contains(needle.as_str()) {
                        *text = text.replace(needle.as_str(), STRUCK);
                    }
                }
            }
            Value::Array(all) => all.iter_mut().for_each(|one| self.strike_from_json(one)),
            Value::Object(all) => all.values_mut().for_each(|one| self.strike_from_json(one)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// A number as it is kept, and as it is usually grouped.
fn spellings(phone: &str) -> Vec<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let mut all = vec![phone.to_owned(), digits.clone()];
    if let (10, Some(rest)) = (digits.len(), digits.strip_prefix('0')) {
        let (a, b, c) = (&digits[..4], &digits[4..7], &digits[7..]);
        all.extend([' ', '.', '-'].map(|gap| format!("{a}{gap}{b}{gap}{c}")));
        all.push(format!("+84{rest}"));
        all.push(format!("+84 {} {b} {c}", &digits[1..4]));
    }
    all.sort_unstable();
    all.dedup();
    all.retain(|one| !one.is_empty());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_known_however_it_is_grouped() {
        let all = spellings("0901234567");
        for spelled in [
            "0901234567",
            "0901 234 567",
            "0901.234.567",
            "+84901234567",
            "+84 901 234 567",
        ] {
            assert!(
                all.iter().any(|one| one == spelled),
                "{spelled} is not among {all:?}"
            );
        }
        assert_eq!(spellings("zalo"), ["zalo"]);
    }

    #[test]
    fn words_are_struck_wherever_they_stand_in_a_document() {
        let trace = Trace {
            id: PersonId::new(),
            needles: vec!["lan@x.vn".to_owned(), "Trần Lan".to_owned()],
        };
        let mut value = serde_json::json!({ "a": ["Hỏi Trần Lan", { "b": "lan@x.vn, lan@x.vn" }], "n": 1 });
        trace.strike_from_json(&mut value);
        assert_eq!(
            value,
            serde_json::json!({ "a": ["Hỏi —", { "b": "—, —" }], "n": 1 })
        );
    }
}
