//! What the index keeps of a document: six views of its text, its codes and numbers, its id.

use std::collections::BTreeMap;

use anyhow::Context as _;
use tantivy::{
    TantivyDocument,
    schema::{FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{PreTokenizedString, Token as IndexToken},
};

use super::{
    Doc, Layout, Result,
    tongue::{Tongue, tongue},
    vietnamese::{self, Token, fold},
};

/// Columns that are read after a search. The id stands there in two halves, since numbers are
/// read a hundred times faster than texts.
pub const ID_HIGH: &str = "id_high";
pub const ID_LOW: &str = "id_low";
pub const TONGUE: &str = "tongue";

/// Between the plain and the marked half of a spelling; no token contains it.
const SPELT: char = '|';

pub struct Fields {
    /// The id as one term, to delete by.
    pub id: Field,
    id_halves: [Field; 2],
    tongue: Field,
    pub words: Field,
    pub pairs: Field,
    pub plain: Field,
    pub plain_pairs: Field,
    /// Every spelling under its plain form: the teacher of marks.
    pub spelled: Field,
    pub spelled_pairs: Field,
    keywords: BTreeMap<&'static str, Field>,
    numbers: BTreeMap<&'static str, Field>,
}

impl Fields {
    pub fn keyword(&self, name: &str) -> Result<Field> {
        self.keywords
            .get(name)
            .copied()
            .with_context(|| format!("the layout declares no keyword {name}"))
    }

    pub fn number(&self, name: &str) -> Result<Field> {
        self.numbers
            .get(name)
            .copied()
            .with_context(|| format!("the layout declares no number {name}"))
    }

    pub fn document(&self, doc: &Doc) -> Result<TantivyDocument> {
        let mut out = TantivyDocument::default();
        out.add_text(self.id, doc.id.simple().to_string());
        let (high, low) = doc.id.as_u64_pair();
        for (field, half) in self.id_halves.into_iter().zip([high, low]) {
            out.add_u64(field, half);
        }
        out.add_u64(self.tongue, tongue_code(tongue_of_doc(doc)));
        for (name, code) in &doc.keywords {
            out.add_text(self.keyword(name)?, code);
        }
        for (name, number) in &doc.numbers {
            out.add_i64(self.number(name)?, *number);
        }
        let title = vietnamese::tokens(&doc.title);
        // A title says twice what a body says once.
        for tokens in [&title, &title, &vietnamese::tokens(&doc.text)] {
            self.add_tokens(&mut out, tokens);
        }
        Ok(out)
    }

    fn add_tokens(&self, out: &mut TantivyDocument, tokens: &[Token]) {
        let mut add = |field, terms: Vec<String>| {
            if !terms.is_empty() {
                out.add_pre_tokenized_text(field, pre_tokenized(terms));
            }
        };
        let syllables = tokens.iter().filter(|token| token.could_be_syllable());
        add(
            self.words,
            tokens.iter().map(|token| token.word.clone()).collect(),
        );
        add(
            self.plain,
            tokens.iter().map(|token| token.plain.clone()).collect(),
        );
        add(self.spelled, syllables.map(spelling_term).collect());
        add(self.pairs, pairs(tokens, |token| &token.word).collect());
        add(self.plain_pairs, pairs(tokens, |token| &token.plain).collect());
        add(
            self.spelled_pairs,
            pairs(tokens, |token| &token.spelled).collect(),
        );
    }
}

/// Two tokens of one clause, as one term.
pub fn pairs<'a>(
    tokens: &'a [Token],
    form: impl Fn(&'a Token) -> &'a String + 'a,
) -> impl Iterator<Item = String> + 'a {
    tokens
        .windows(2)
        .filter(|pair| pair[1].joined)
        .map(move |pair| pair_of(form(&pair[0]), form(&pair[1])))
}

pub fn pair_of(one: &str, next: &str) -> String {
    format!("{one} {next}")
}

/// The terms of all spellings of a plain syllable begin with this.
pub fn spellings_of(plain: &str) -> String {
    format!("{plain}{SPELT}")
}

fn spelling_term(token: &Token) -> String {
    spellings_of(&fold(&token.spelled)) + &token.spelled
}

pub fn tongue_of(code: u64) -> Tongue {
    match code {
        1 => Tongue::Vietnamese,
        2 => Tongue::Other,
        _ => Tongue::Both,
    }
}

fn tongue_code(tongue: Tongue) -> u64 {
    match tongue {
        Tongue::Vietnamese => 1,
        Tongue::Other => 2,
        Tongue::Both => 3,
    }
}

/// The language its author wrote in: the text may also carry labels in both.
fn tongue_of_doc(doc: &Doc) -> Tongue {
    if doc.passages.is_empty() {
        tongue(&format!("{}\n{}", doc.title, doc.text))
    } else {
        tongue(&doc.passages.join("\n"))
    }
}

/// Our own analyser has done the work, the index only counts.
fn pre_tokenized(terms: Vec<String>) -> PreTokenizedString {
    let tokens = terms.into_iter().enumerate().map(|(position, text)| IndexToken {
        position,
        text,
        ..IndexToken::default()
    });
    PreTokenizedString {
        text: String::new(),
        tokens: tokens.collect(),
    }
}

pub fn schema(layout: &Layout) -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let counted = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::WithFreqs),
    );
    let id = schema.add_text_field("id", STRING);
    let mut text = |name: &str| schema.add_text_field(name, counted.clone());
    let (words, pairs) = (text("words"), text("pairs"));
    let (plain, plain_pairs) = (text("plain"), text("plain_pairs"));
    let (spelled, spelled_pairs) = (text("spelled"), text("spelled_pairs"));
    let keywords = layout.keywords.iter();
    let keywords = keywords
        .map(|name| (*name, schema.add_text_field(&column(name), STRING | FAST)))
        .collect();
    let numbers = layout.numbers.iter();
    let numbers = numbers
        .map(|name| (*name, schema.add_i64_field(&column(name), INDEXED | FAST)))
        .collect();
    let id_halves = [ID_HIGH, ID_LOW].map(|name| schema.add_u64_field(name, FAST));
    let tongue = schema.add_u64_field(TONGUE, FAST);
    let fields = Fields {
        id,
        id_halves,
        tongue,
        words,
        pairs,
        plain,
        plain_pairs,
        spelled,
        spelled_pairs,
        keywords,
        numbers,
    };
    (schema.build(), fields)
}

/// The stored name of a declared keyword or number, apart from our own names.
pub fn column(name: &str) -> String {
    format!("by_{name}")
}
