//! What the index keeps of a document: six views of its text, its codes and numbers, its id.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Context as _;
use tantivy::{
    TantivyDocument,
    schema::{FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions},
};

use super::{
    Doc, Layout, Prepared, Result,
    analysis::{Analyst, Views},
    lines::{LINES, SPELLINGS},
    tongue::Tongue,
    vietnamese::{Token, fold},
};

/// Columns that are read after a search. The id stands there in two halves, since numbers are
/// read a hundred times faster than texts.
pub const ID_HIGH: &str = "id_high";
pub const ID_LOW: &str = "id_low";
pub const TONGUE: &str = "tongue";

/// Between the plain and the marked half of a spelling; no token contains it.
const SPELT: char = '|';

pub struct Fields {
    pub layout: Layout,
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

    /// A document as every index of this layout takes it in.
    pub fn prepared(&self, doc: &Doc, analyst: &mut Analyst) -> Result<Prepared> {
        let mut out = TantivyDocument::default();
        out.add_text(self.id, doc.id.simple().to_string());
        let (high, low) = doc.id.as_u64_pair();
        for (field, half) in self.id_halves.into_iter().zip([high, low]) {
            out.add_u64(field, half);
        }
        out.add_u64(self.tongue, tongue_code(tongue_of_doc(doc, analyst)));
        for (name, code) in &doc.keywords {
            out.add_text(self.keyword(name)?, code);
        }
        for (name, number) in &doc.numbers {
            out.add_i64(self.number(name)?, *number);
        }
        let title = analyst.views(&doc.title);
        // A title says twice what a body says once.
        for views in [&title, &title, &analyst.views(&doc.text)] {
            self.add(&mut out, views);
        }
        Ok(Prepared {
            id: doc.id,
            layout: self.layout,
            terms: Arc::new(out),
        })
    }

    fn add(&self, out: &mut TantivyDocument, views: &Views) {
        let columns = [
            (self.words, &views.words),
            (self.plain, &views.plain),
            (self.spelled, &views.spelled),
            (self.pairs, &views.pairs),
            (self.plain_pairs, &views.plain_pairs),
            (self.spelled_pairs, &views.spelled_pairs),
        ];
        for (field, lines) in columns {
            if !lines.is_empty() {
                out.add_text(field, lines);
            }
        }
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

/// A spelling under its plain form.
pub fn spelling_term(token: &Token) -> String {
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
fn tongue_of_doc(doc: &Doc, analyst: &mut Analyst) -> Tongue {
    if doc.passages.is_empty() {
        analyst.tongue([doc.title.as_str(), &doc.text])
    } else {
        analyst.tongue(doc.passages.iter().map(String::as_str))
    }
}

pub fn schema(layout: &Layout) -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let id = schema.add_text_field("id", STRING);
    let mut counted = |name: &str, reader: &str| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(reader)
            .set_index_option(IndexRecordOption::WithFreqs);
        schema.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
    };
    let (words, pairs) = (counted("words", LINES), counted("pairs", LINES));
    let (plain, plain_pairs) = (counted("plain", LINES), counted("plain_pairs", LINES));
    let (spelled, spelled_pairs) = (counted("spelled", SPELLINGS), counted("spelled_pairs", SPELLINGS));
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
        layout: *layout,
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
