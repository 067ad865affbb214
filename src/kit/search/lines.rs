//! Terms on their way into the index, each on a line of its own. The analysis has found them; the
//! index only counts. tantivy's own way to hand over finished tokens writes them down as JSON and
//! reads that again.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// The names under which an index knows how to read its fields: the words, and how they are spelled.
pub const LINES: &str = "lines";
pub const SPELLINGS: &str = "spellings";

/// No term contains a line end: none is a letter, a digit or a mark.
const END: char = '\n';

pub fn push_line(lines: &mut String, term: &str) {
    lines.push_str(term);
    lines.push(END);
}

/// Reads what [`push_line`] wrote.
#[derive(Clone, Default)]
pub struct Lines {
    token: Token,
    deaf: bool,
}

impl Lines {
    /// Reads nothing.
    pub fn deaf() -> Self {
        Self {
            deaf: true,
            ..Self::default()
        }
    }
}

impl Tokenizer for Lines {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        self.token.reset();
        Stream {
            rest: if self.deaf { "" } else { text },
            token: &mut self.token,
        }
    }
}

pub struct Stream<'a> {
    rest: &'a str,
    token: &'a mut Token,
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        let Some((term, rest)) = self.rest.split_once(END) else {
            return false;
        };
        self.rest = rest;
        self.token.text.clear();
        self.token.text.push_str(term);
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_arrive_as_they_were_sent_however_often() {
        let terms = ["lúa", "máy học", "hoc|học", ""];
        let mut text = String::new();
        terms.iter().for_each(|term| push_line(&mut text, term));
        let mut lines = Lines::default();
        for _ in 0..2 {
            let mut read: Vec<(usize, String)> = Vec::new();
            lines
                .token_stream(&text)
                .process(&mut |token| read.push((token.position, token.text.clone())));
            let sent = terms.into_iter().map(str::to_owned).enumerate();
            assert_eq!(read, sent.collect::<Vec<_>>());
        }
        assert!(!lines.token_stream("").advance());
        assert!(!Lines::deaf().token_stream(&text).advance());
    }
}
