//! What the index takes in of a text: six views of it, each as lines of terms.
//!
//! The same words come again and again, and each costs several normalisations and a stemming: so an [`Analyst`]
//! remembers them, for as long as one batch of documents.

use std::{collections::HashMap, rc::Rc};

use super::{
    lines::push_line,
    schema::{pair_of, spelling_term},
    tongue::{Count, Tongue, judged},
    vietnamese::{cuts, token},
};

#[derive(Default)]
pub struct Analyst {
    known: HashMap<String, Rc<Forms>>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Views {
    pub words: String,
    pub pairs: String,
    pub plain: String,
    pub plain_pairs: String,
    pub spelled: String,
    pub spelled_pairs: String,
}

/// What is to be known of a token wherever it stands.
struct Forms {
    word: String,
    plain: String,
    spelled: String,
    /// Its term in the view of spellings, where it could be a syllable.
    spelling: Option<String>,
    marked: bool,
}

impl Analyst {
    pub fn views(&mut self, text: &str) -> Views {
        let mut views = Views::default();
        let mut before: Option<Rc<Forms>> = None;
        for cut in cuts(text) {
            let forms = self.forms(&text[cut.from..cut.to]);
            push_line(&mut views.words, &forms.word);
            push_line(&mut views.plain, &forms.plain);
            if let Some(spelling) = &forms.spelling {
                push_line(&mut views.spelled, spelling);
            }
            if let Some(before) = before.filter(|_| cut.joined) {
                push_line(&mut views.pairs, &pair_of(&before.word, &forms.word));
                push_line(&mut views.plain_pairs, &pair_of(&before.plain, &forms.plain));
                push_line(
                    &mut views.spelled_pairs,
                    &pair_of(&before.spelled, &forms.spelled),
                );
            }
            before = Some(forms);
        }
        views
    }

    /// As [`super::tongue::tongue`], of several texts together.
    pub fn tongue<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) -> Tongue {
        judged(texts, |sentence| self.count(sentence))
    }

    fn count(&mut self, text: &str) -> Count {
        let mut count = Count::default();
        for cut in cuts(text) {
            count.words += 1;
            let forms = self.forms(&text[cut.from..cut.to]);
            count.marked += usize::from(forms.marked);
            count.syllables += usize::from(forms.spelling.is_some());
        }
        count
    }

    fn forms(&mut self, written: &str) -> Rc<Forms> {
        if let Some(forms) = self.known.get(written) {
            return forms.clone();
        }
        let token = token(written, 0, written.len(), false);
        let forms = Rc::new(Forms {
            spelling: token.could_be_syllable().then(|| spelling_term(&token)),
            marked: token.marked(),
            word: token.word,
            plain: token.plain,
            spelled: token.spelled,
        });
        self.known.insert(written.to_owned(), forms.clone());
        forms
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{schema::pairs, tongue::tongue, vietnamese::tokens},
        *,
    };

    const TEXTS: [&str; 7] = [
        "Nhận dạng bệnh trên lá lúa, từ ảnh chụp. Nhận dạng bệnh trên lá lúa!",
        "Hoà và hòa; kỹ-thuật, Kĩ thuật, thuỵ thụy. Đường Đắk Lắk",
        "Lu\u{301}a ga\u{323}o vie\u{323}\u{302}t",
        "Forecasting forecasts: retail-analytics with 1.234,5 m3 of IEC 61508-3.",
        "Detects rice diseases. Phát hiện sâu bệnh trên lúa. Rice diseases, AI and ai.",
        "a b a\u{a0}b\na b aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b a",
        "",
    ];

    /// The views as one would write them down without a thought for time.
    fn plainly(text: &str) -> Views {
        let tokens = tokens(text);
        let lines = |terms: Vec<String>| terms.iter().map(|term| format!("{term}\n")).collect();
        let syllables = tokens.iter().filter(|token| token.could_be_syllable());
        Views {
            words: lines(tokens.iter().map(|token| token.word.clone()).collect()),
            pairs: lines(pairs(&tokens, |token| &token.word).collect()),
            plain: lines(tokens.iter().map(|token| token.plain.clone()).collect()),
            plain_pairs: lines(pairs(&tokens, |token| &token.plain).collect()),
            spelled: lines(syllables.map(spelling_term).collect()),
            spelled_pairs: lines(pairs(&tokens, |token| &token.spelled).collect()),
        }
    }

    #[test]
    fn a_remembered_word_gives_the_same_terms() {
        let mut analyst = Analyst::default();
        // The second time everything is remembered.
        for text in TEXTS.into_iter().chain(TEXTS) {
            assert_eq!(analyst.views(text), plainly(text), "{text}");
        }
    }

    #[test]
    fn a_remembered_word_is_in_the_same_language() {
        let mut analyst = Analyst::default();
        for text in TEXTS.into_iter().chain(TEXTS) {
            assert_eq!(analyst.tongue([text]), tongue(text), "{text}");
        }
        assert_eq!(analyst.tongue(TEXTS), tongue(&TEXTS.join("\n")));
    }
}
