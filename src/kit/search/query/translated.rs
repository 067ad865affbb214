//! A question in the words of the other language, as the lexicon has them.

use std::collections::BTreeMap;

use super::super::{Result, lexicon, schema::pairs, tongue::Tongue, vietnamese::Token};
use super::asked::Asked;
use super::{Question, Reading, TELLING_PAIRS, TELLING_TERMS, counted, often};

/// Of what a typed question is called in the other language.
const TYPED_TRANSLATIONS: usize = 24;

impl Reading<'_> {
    /// A typed question in the words of the other language; `None` where the index holds none of them.
    pub fn typed_translated(self, tokens: &[Token], tongue: Tongue) -> Result<Question> {
        self.translated(tokens, tongue, (TYPED_TRANSLATIONS, TYPED_TRANSLATIONS))
    }

    /// As `typed_translated`, of a whole text.
    pub fn long_translated(self, tokens: &[Token], tongue: Tongue) -> Result<Question> {
        self.translated(tokens, tongue, (TELLING_TERMS, TELLING_PAIRS))
    }

    /// Each term of the other language weighs what the question's terms that it may stand for give it, each by the
    /// chance that it does. A pair gives as much as a word: it is the surer of the two.
    fn translated(
        self,
        tokens: &[Token],
        tongue: Tongue,
        (words, joined): (usize, usize),
    ) -> Result<Question> {
        let mut terms = counted(tokens.iter().map(|token| token.word.clone()));
        terms.append(&mut counted(pairs(tokens, |token| &token.word)));
        let mut meant: [BTreeMap<String, f32>; 2] = Default::default();
        for (term, count) in terms {
            for (translation, chance) in lexicon::out_of(tongue).iter().flat_map(|list| list.of(&term)) {
                let kind = usize::from(translation.contains(' '));
                *meant[kind].entry(translation.to_owned()).or_default() += often(count) * chance;
            }
        }
        let [words_meant, pairs_meant] = meant;
        let mut asked = Asked::of(self);
        for (field, meant, most) in [
            (self.fields.words, words_meant, words),
            (self.fields.pairs, pairs_meant, joined),
        ] {
            for (_, holding, weight) in self.telling(field, meant, most)? {
                asked.add_held(holding, weight);
            }
        }
        Ok(asked.query())
    }
}
