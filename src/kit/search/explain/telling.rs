//! How much a term tells: high where few documents hold it.

use super::super::{
    Result,
    query::Reading,
    schema::pairs,
    vietnamese::{Token, fold, is_function_word, is_syllable},
};

/// The rarity of a run: of its rarest pair where it has one, since a Vietnamese word is a
/// pair of syllables that may each be common.
pub(super) fn weight(reading: Reading<'_>, run: &[Token]) -> Result<f32> {
    let fields = reading.fields;
    let mut weight: f32 = 0.0;
    match run {
        // A lone syllable is a splinter of a word; a lone English word, name or number is not.
        [one] if one.could_be_syllable() && !is_acronym(one) => {}
        [one] => weight = reading.rarity(fields.words, &one.word)?,
        _ => {
            for pair in pairs(run, |token| &token.word) {
                weight = weight.max(reading.rarity(fields.pairs, &pair)?);
            }
        }
    }
    Ok(weight)
}

/// The rarity of a translation, as the lexicon writes it.
pub(super) fn weight_of_said(reading: Reading<'_>, said: &str) -> Result<f32> {
    if said.contains(' ') {
        reading.rarity(reading.fields.pairs, said)
    } else if is_syllable(&fold(said)) {
        Ok(0.0)
    } else {
        reading.rarity(reading.fields.words, said)
    }
}

/// `ai`, `an`, `hr`: two letters that only look like a syllable are told by being no function word.
fn is_acronym(token: &Token) -> bool {
    token.spelled.len() <= 3 && token.spelled.is_ascii() && !is_function_word(token)
}
