//! Why a listing was found: the sentence that holds most of the question's words, with those words marked,
//! or that it says nearly the same. A word is marked only where it stands in the question, or says a word of the
//! question in the other language.

use std::ops::Range;

use crate::kit::search::{Against, Hit, Result, Shared, sentences};
use crate::kit::web::text::escaped;

/// Below this likeness "close in meaning" would be a guess.
const NEAR: f32 = 0.5;
/// A sentence longer than this is cut around its first mark.
const MOST_LETTERS: usize = 220;
const LETTERS_BEFORE: usize = 60;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A passage, as safe HTML.
    Passage(String),
    /// Words of the title and summary, as safe HTML.
    Words(String),
    Meaning,
    Nothing,
}

pub fn is_near(hit: &Hit) -> bool {
    hit.meaning.is_some_and(|meaning| meaning >= NEAR)
}

/// `head` stands on the card already, so a passage of `rest` says more; where only the head holds words of
/// the question, they are named.
pub fn why(asked: &mut Against<'_>, head: &str, rest: &str, near: bool) -> Result<Why> {
    if let Some(passage) = best_passage(rest, &asked.shared_with(rest)?) {
        return Ok(Why::Passage(passage));
    }
    let named: Vec<String> = asked
        .shared_with(head)?
        .iter()
        .filter_map(|term| term.in_b.first())
        .map(|range| format!("<mark>{}</mark>", escaped(&head[range.clone()])))
        .collect();
    Ok(match named.is_empty() {
        false => Why::Words(named.join(", ")),
        true if near => Why::Meaning,
        true => Why::Nothing,
    })
}

/// The sentence that holds the most telling words of the question.
fn best_passage(text: &str, shared: &[Shared]) -> Option<String> {
    let mut marks: Vec<(Range<usize>, f32)> = shared
        .iter()
        .flat_map(|term| term.in_b.iter().map(|range| (range.clone(), term.weight)))
        .collect();
    marks.sort_by_key(|(range, _)| range.start);
    sentences(text)
        .into_iter()
        .map(|sentence| {
            let inside = marks.iter().filter(|(range, _)| within(range, &sentence));
            let weight: f32 = inside.clone().map(|(_, weight)| weight).sum();
            let ranges: Vec<Range<usize>> = inside.map(|(range, _)| range.clone()).collect();
            (weight, sentence, ranges)
        })
        .filter(|(weight, ..)| *weight > 0.0)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, sentence, ranges)| marked(text, &sentence, &ranges))
}

fn within(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The passage as HTML; overlapping marks are drawn once.
fn marked(text: &str, sentence: &Range<usize>, marks: &[Range<usize>]) -> String {
    let passage = cut(text, sentence, marks);
    let mut html = String::new();
    if passage.start > sentence.start {
        html.push('…');
    }
    let mut at = passage.start;
    for mark in marks.iter().filter(|mark| within(mark, &passage)) {
        if mark.start < at {
            continue;
        }
        html.push_str(&escaped(&text[at..mark.start]));
        html.push_str("<mark>");
        html.push_str(&escaped(&text[mark.clone()]));
        html.push_str("</mark>");
        at = mark.end;
    }
    html.push_str(&escaped(&text[at..passage.end]));
    if passage.end < sentence.end {
        html.push('…');
    }
    html
}

/// The part of a sentence to show, on whole characters.
fn cut(text: &str, sentence: &Range<usize>, marks: &[Range<usize>]) -> Range<usize> {
    if text[sentence.clone()].chars().count() <= MOST_LETTERS {
        return sentence.clone();
    }
    let first = marks.first().map_or(sentence.start, |mark| mark.start);
    let start = text[sentence.start..first]
        .char_indices()
        .rev()
        .nth(LETTERS_BEFORE - 1)
        .map_or(sentence.start, |(at, _)| sentence.start + at);
    let end = text[start..sentence.end]
        .char_indices()
        .nth(MOST_LETTERS)
        .map_or(sentence.end, |(at, _)| start + at);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_drawn_once_and_the_rest_is_escaped() {
        let text = "Ảnh <lá> lúa bị bệnh.";
        let at = |word: &str| {
            let start = text.find(word).unwrap();
            start..start + word.len()
        };
        let html = marked(text, &(0..text.len()), &[at("lá"), at("lá"), at("bệnh")]);
        assert_eq!(html, "Ảnh &lt;<mark>lá</mark>&gt; lúa bị <mark>bệnh</mark>.");
    }

    #[test]
    fn a_long_sentence_is_cut_around_its_first_mark() {
        let text = format!("{}bệnh{}", "đ ".repeat(200), " ả".repeat(300));
        let start = text.find("bệnh").unwrap();
        let place = start..start + "bệnh".len();
        let html = marked(&text, &(0..text.len()), std::slice::from_ref(&place));
        assert!(html.starts_with('…') && html.ends_with('…') && html.contains("<mark>bệnh</mark>"));
        assert!(html.chars().count() < 260);
    }
}
