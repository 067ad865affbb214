//! The few lines of a text that show why it was found.

use std::{collections::HashSet, ops::Range};

use super::{
    Search, query, sentences,
    vietnamese::{self, Token, is_function_word},
};

/// A snippet fills about two lines.
const SNIPPET: usize = 240;
/// What a reader needs before a marked word to understand it.
const RUN_UP: usize = 60;
/// A piece of the original text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    pub hit: bool,
}

impl Search {
    /// The part of a text that answers the query best, with the query's words marked, also
    /// where they were typed without marks. Joined together the spans are that part of the text.
    pub fn snippet(&self, text: &str, query: &str) -> Vec<Span> {
        let asked = query::typed_tokens(query);
        let only_function_words = asked.iter().all(is_function_word);
        let meant: HashSet<&str> = asked
            .iter()
            .filter(|token| token.marked())
            .map(|token| token.word.as_str())
            .collect();
        let plain: HashSet<&str> = asked
            .iter()
            .filter(|token| !token.marked())
            .map(|token| token.plain.as_str())
            .collect();
        let tokens = vietnamese::tokens(text);
        let hits: Vec<&Token> = tokens
            .iter()
            .filter(|token| meant.contains(token.word.as_str()) || plain.contains(token.plain.as_str()))
            .filter(|token| only_function_words || !is_function_word(token))
            .collect();
        let window = best_window(text, &tokens, &hits);
        spans(text, &window, &hits)
    }
}

/// The stretch of text with the most different marked words; its beginning where there are none.
fn best_window(text: &str, tokens: &[Token], hits: &[&Token]) -> Range<usize> {
    let sentences = sentences::sentences(text);
    let first = sentences.first().map_or(0, |sentence| sentence.start);
    let starts = hits.iter().map(|hit| {
        let opening = sentences
            .iter()
            .rev()
            .find(|sentence| sentence.start <= hit.from)
            .map_or(0, |s| s.start);
        if text[opening..hit.from].chars().count() <= RUN_UP {
            return opening;
        }
        let near =
            |token: &&Token| token.from >= opening && text[token.from..hit.from].chars().count() <= RUN_UP;
        tokens
            .iter()
            .take_while(|token| token.from < hit.from)
            .find(near)
            .map_or(hit.from, |token| token.from)
    });
    let mut best = (0, window_from(text, tokens, first));
    for start in starts {
        let window = window_from(text, tokens, start);
        let inside = hits
            .iter()
            .filter(|hit| window.start <= hit.from && hit.to <= window.end);
        let different = inside.map(|hit| hit.word.as_str()).collect::<HashSet<_>>().len();
        if different > best.0 {
            best = (different, window);
        }
    }
    best.1
}

/// From a place on for the length of a snippet, ending with a whole token.
fn window_from(text: &str, tokens: &[Token], from: usize) -> Range<usize> {
    let Some((length, _)) = text[from..].char_indices().nth(SNIPPET) else {
        return from..text.len();
    };
    let fits = tokens
        .iter()
        .rev()
        .find(|token| token.to <= from + length && token.from >= from);
    from..fits.map_or(from + length, |token| token.to)
}

fn spans(text: &str, window: &Range<usize>, hits: &[&Token]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut push = |piece: &str, hit: bool| {
        if !piece.is_empty() {
            spans.push(Span {
                text: piece.to_owned(),
                hit,
            });
        }
    };
    if !text[..window.start].trim().is_empty() {
        push("… ", false);
    }
    let mut done = window.start;
    for hit in hits
        .iter()
        .filter(|hit| hit.from >= window.start && hit.to <= window.end)
    {
        push(&text[done..hit.from], false);
        push(&text[hit.from..hit.to], true);
        done = hit.to;
    }
    push(&text[done..window.end], false);
    if !text[window.end..].trim().is_empty() {
        push(" …", false);
    }
    spans
}
