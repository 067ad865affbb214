//! Which language a text is in. Two texts without a common language cannot share words, so
//! the lack of them must not count against the pair.

use super::{
    prose::prose,
    sentences::sentences,
    vietnamese::{Token, tokens},
};

/// Which of the two languages a text is in; both, where it holds a part of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    Vietnamese,
    Other,
    Both,
}

/// Where the words of a question can meet those of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meeting {
    /// In a language both have.
    Shared,
    /// Only in a translation of the question.
    Across,
}

impl Tongue {
    /// Where a question in this language meets a document in that one.
    pub fn meets(self, document: Self) -> Meeting {
        match (self, document) {
            (Self::Vietnamese, Self::Other) | (Self::Other, Self::Vietnamese) => Meeting::Across,
            _ => Meeting::Shared,
        }
    }
}

/// Judges sentence by sentence: most Vietnamese syllables carry a mark, English ones never do; and where the marks were
/// left out, nearly every word still has the shape of a syllable.
pub fn tongue(text: &str) -> Tongue {
    judged([text], |sentence| Count::of(&tokens(sentence)))
}

/// How many tokens a sentence has, how many of them carry a mark, and how many have the shape of a syllable.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    pub words: usize,
    pub marked: usize,
    pub syllables: usize,
}

impl Count {
    fn of(tokens: &[Token]) -> Self {
        Self {
            words: tokens.len(),
            marked: tokens.iter().filter(|token| token.marked()).count(),
            syllables: tokens.iter().filter(|token| token.could_be_syllable()).count(),
        }
    }

    /// Of 3,000 Vietnamese questions without their marks 94 % are known by their syllables, of 5,000 English ones none;
    /// two words alone tell nothing.
    fn is_vietnamese(self) -> bool {
        self.marked * 4 >= self.words || self.words >= 3 && self.syllables * 3 >= self.words * 2
    }
}

/// The language of several texts together, by whoever counts best.
pub fn judged<'a>(texts: impl IntoIterator<Item = &'a str>, mut count: impl FnMut(&str) -> Count) -> Tongue {
    let (mut vietnamese, mut other) = (0_usize, 0_usize);
    for text in texts {
        let text = prose(text);
        for sentence in sentences(&text) {
            let count = count(&text[sentence]);
            if count.is_vietnamese() {
                vietnamese += count.words;
            } else {
                other += count.words;
            }
        }
    }
    let all = vietnamese + other;
    if vietnamese * 5 >= all && other * 5 >= all {
        Tongue::Both
    } else if vietnamese > other {
        Tongue::Vietnamese
    } else {
        Tongue::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_knows_its_language() {
        assert_eq!(
            tongue("Phát hiện sâu bệnh trên lúa từ ảnh chụp."),
            Tongue::Vietnamese
        );
        assert_eq!(tongue("Detects rice diseases in photographs."), Tongue::Other);
        let both = "Phát hiện sâu bệnh trên lúa từ ảnh chụp. Detects rice diseases in photographs.";
        assert_eq!(tongue(both), Tongue::Both);
    }

    #[test]
    fn vietnamese_without_its_marks_is_vietnamese_still() {
        for text in [
            "phat hien sau benh tren la lua tu anh chup",
            "cam bien cho may CNC va loi phai dung may",
        ] {
            assert_eq!(tongue(text), Tongue::Vietnamese, "{text}");
        }
        for text in ["AI", "chat bot", "an app that can sort photos on the phone"] {
            assert_eq!(tongue(text), Tongue::Other, "{text}");
        }
    }
}
