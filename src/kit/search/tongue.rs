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
    let (mut vietnamese, mut other) = (0_usize, 0_usize);
    for sentence in sentences(text) {
        let words: Vec<Token> = tokens(&text[sentence]);
        let marked = words.iter().filter(|token| token.marked()).count();
        if marked * 4 >= words.len() {
            vietnamese += words.len();
        } else {
            other += words.len();
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
