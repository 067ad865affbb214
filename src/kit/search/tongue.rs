//! Which language a text is in. Two texts without a common language cannot share words, so
//! the lack of them must not count against the pair.

use super::{
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

impl Tongue {
    /// Two texts can share words only if they share a language.
    pub fn meets(self, other: Self) -> bool {
        self == other || self == Self::Both || other == Self::Both
    }
}

/// Judges sentence by sentence: most Vietnamese syllables carry a mark, English ones never do.
pub fn tongue(text: &str) -> Tongue {
    judged([text], |sentence| Count::of(&tokens(sentence)))
}

/// How many tokens a sentence has, and how many of them carry a mark.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    pub words: usize,
    pub marked: usize,
}

impl Count {
    fn of(tokens: &[Token]) -> Self {
        Self {
            words: tokens.len(),
            marked: tokens.iter().filter(|token| token.marked()).count(),
        }
    }
}

/// The language of several texts together, by whoever counts best.
pub fn judged<'a>(texts: impl IntoIterator<Item = &'a str>, mut count: impl FnMut(&str) -> Count) -> Tongue {
    let (mut vietnamese, mut other) = (0_usize, 0_usize);
    for text in texts {
        for sentence in sentences(text) {
            let Count { words, marked } = count(&text[sentence]);
            if marked * 4 >= words {
                vietnamese += words;
            } else {
                other += words;
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
}
