//! The texts of both sides in sentences: which answers which, and where the shared words stand.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Both texts in sentences, and which sentence of the offer answers which of the need.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    pub need: Vec<Sentence>,
    pub offer: Vec<Sentence>,
    pub links: Vec<Link>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sentence {
    pub text: String,
    /// Where the other text's words stand in it, as byte ranges in order.
    pub marks: Vec<(usize, usize)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Link {
    pub need: usize,
    pub offer: usize,
    pub score: f32,
}

impl Evidence {
    /// Of each side: the text, where its sentences stand in it, and where the words both texts use.
    pub fn of(
        need: (&str, &[Range<usize>], &[Range<usize>]),
        offer: (&str, &[Range<usize>], &[Range<usize>]),
        links: Vec<Link>,
    ) -> Evidence {
        Evidence {
            need: marked(need),
            offer: marked(offer),
            links,
        }
    }
}

impl Sentence {
    /// The sentence in pieces, each with whether it is marked.
    pub fn pieces(&self) -> Vec<(&str, bool)> {
        let mut pieces = Vec::new();
        let mut done = 0;
        for (from, to) in &self.marks {
            let (Some(before), Some(mark)) = (self.text.get(done..*from), self.text.get(*from..*to)) else {
                continue;
            };
            pieces.push((before, false));
            pieces.push((mark, true));
            done = *to;
        }
        pieces.push((self.text.get(done..).unwrap_or_default(), false));
        pieces.retain(|(piece, _)| !piece.is_empty());
        pieces
    }

    /// The beginning, for a picture where a line is short.
    pub fn brief(&self, most: usize) -> String {
        if self.text.chars().count() <= most {
            return self.text.clone();
        }
        let cut: String = self.text.chars().take(most).collect();
        let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
        format!("{whole}…")
    }
}

fn marked((text, sentences, terms): (&str, &[Range<usize>], &[Range<usize>])) -> Vec<Sentence> {
    let mut terms = terms.to_vec();
    terms.sort_by_key(|term| (term.start, std::cmp::Reverse(term.end)));
    sentences
        .iter()
        .map(|sentence| {
            let mut marks: Vec<(usize, usize)> = Vec::new();
            for term in &terms {
                let inside = term.start >= sentence.start && term.end <= sentence.end;
                let (from, to) = (
                    term.start.saturating_sub(sentence.start),
                    term.end.saturating_sub(sentence.start),
                );
                if inside && marks.last().is_none_or(|(_, end)| from >= *end) {
                    marks.push((from, to));
                }
            }
            Sentence {
                text: text.get(sentence.clone()).unwrap_or_default().to_owned(),
                marks,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_shown_with_its_words_marked() {
        let text = "Cần phát hiện bệnh. Mạng yếu.";
        let bệnh = text.find("bệnh").unwrap();
        let cut = [0..text.find(' ').unwrap(), 0..text.find("Mạng").unwrap() - 1];
        let shown = marked((
            text,
            &cut[1..],
            std::slice::from_ref(&(bệnh..bệnh + "bệnh".len())),
        ));
        assert_eq!(
            shown[0].pieces(),
            [("Cần phát hiện ", false), ("bệnh", true), (".", false)]
        );
    }

    #[test]
    fn overlapping_terms_are_marked_once() {
        let shown = marked(("abcdef", std::slice::from_ref(&(0..6)), &[1..4, 2..5, 4..6]));
        assert_eq!(shown[0].marks, [(1, 4), (4, 6)]);
    }
}
