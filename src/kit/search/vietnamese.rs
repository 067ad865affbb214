//! How a text becomes tokens, for Vietnamese and English at once.
//!
//! A Vietnamese word is written as one to four syllables with spaces between
//! them, each syllable carries its tone as a mark, and people type the marks in
//! several orders or leave them out. So every token is kept in three spellings:
//! as a *word* (one form for one syllable, English stemmed), *plain* (all marks
//! gone) and *spelled* (as a reader expects to see it).

use std::{cell::RefCell, collections::HashSet, sync::LazyLock};

use tantivy::tokenizer::{Language, RawTokenizer, Stemmer, TextAnalyzer, TokenStream as _};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Longer tokens are addresses and noise: nobody searches for them.
const LONGEST_TOKEN: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What two spellings of the same thing have in common.
    pub word: String,
    /// `word` without any mark: what someone without a Vietnamese keyboard types.
    pub plain: String,
    /// Lower case, composed, otherwise as written.
    pub spelled: String,
    /// Bytes of the original text.
    pub from: usize,
    pub to: usize,
    /// Follows the token before it inside one clause, so the two may form a word.
    pub joined: bool,
}

impl Token {
    /// Typed with at least one Vietnamese mark, so the marks were meant.
    pub fn marked(&self) -> bool {
        !self.spelled.is_ascii() && fold(&self.spelled) != self.spelled
    }

    pub fn could_be_syllable(&self) -> bool {
        is_syllable(&fold(&self.spelled))
    }
}

/// Cuts a text into tokens. A combining mark belongs to its letter, so a text in
/// decomposed form gives the same tokens as its composed twin; `1.234` and `1,234`
/// are one number, whichever language grouped its digits.
pub fn tokens(text: &str) -> Vec<Token> {
    let read = |cut: Cut| token(&text[cut.from..cut.to], cut.from, cut.to, cut.joined);
    cuts(text).into_iter().map(read).collect()
}

/// Where a token stands, before anything is made of it.
pub struct Cut {
    pub from: usize,
    pub to: usize,
    pub joined: bool,
}

/// The places of a text's tokens.
pub fn cuts(text: &str) -> Vec<Cut> {
    let mut found: Vec<Cut> = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((from, first)) = rest.next() {
        if !belongs(first) {
            continue;
        }
        let mut to = from + first.len_utf8();
        let mut last = first;
        while let Some(&(at, next)) = rest.peek() {
            let groups_digits = matches!(next, '.' | ',')
                && last.is_ascii_digit()
                && text[at + 1..].starts_with(|c: char| c.is_ascii_digit());
            if !belongs(next) && !groups_digits {
                break;
            }
            to = at + next.len_utf8();
            last = next;
            rest.next();
        }
        let joined = found.last().is_some_and(|before| joins(&text[before.to..from]));
        if to - from <= LONGEST_TOKEN {
            found.push(Cut { from, to, joined });
        }
    }
    found
}

/// Takes every mark off: `Đắk Lắk` becomes `Dak Lak`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| match c {
            'đ' | 'ð' => 'd',
            'Đ' | 'Ð' => 'D',
            other => other,
        })
        .collect()
}

/// Whether a word without marks has the shape of a Vietnamese syllable.
pub fn is_syllable(plain: &str) -> bool {
    SYLLABLES.contains(plain)
}

/// Words that hold a sentence together and say nothing about its subject.
pub fn is_function_word(token: &Token) -> bool {
    FUNCTION_WORDS.contains(token.spelled.as_str())
}

fn belongs(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// One space or hyphen keeps two tokens in one clause; a comma, a full stop or a line end does not.
fn joins(gap: &str) -> bool {
    matches!(gap, " " | "-" | "\u{a0}" | "\u{2011}")
}

/// The token that was written so, at a place of its text.
pub fn token(written: &str, from: usize, to: usize, joined: bool) -> Token {
    let spelled: String = if written.is_ascii() {
        written.to_ascii_lowercase()
    } else {
        written
            .nfc()
            .flat_map(char::to_lowercase)
            .map(|c| if c == 'ð' { 'đ' } else { c })
            .nfc()
            .collect()
    };
    let spelled: String = spelled.chars().filter(|c| !matches!(c, '.' | ',')).collect();
    let word = stem(one_form(&spelled));
    let plain = fold(&word);
    Token {
        word,
        plain,
        spelled,
        from,
        to,
        joined,
    }
}

/// One form for one syllable: the tone mark moves to the end, since writers disagree on its
/// vowel (`hoà`, `hòa`), and a final `y` after a single consonant becomes `i` (`kỹ`, `kĩ`).
fn one_form(spelled: &str) -> String {
    let mut tones = Vec::new();
    let mut base: String = if spelled.is_ascii() {
        spelled.to_owned()
    } else {
        let toneless = spelled.nfd().filter(|c| !keep_if_tone(*c, &mut tones));
        toneless.nfc().collect()
    };
    // Two tones are no Vietnamese syllable: leave what we do not understand.
    if tones.len() > 1 {
        return spelled.to_owned();
    }
    if let [b'h' | b'k' | b'l' | b'm' | b's' | b't', b'y'] = base.as_bytes() {
        base.replace_range(1.., "i");
    }
    base.extend(tones);
    base
}

fn keep_if_tone(c: char, tones: &mut Vec<char>) -> bool {
    let tone = matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
    if tone {
        tones.push(c);
    }
    tone
}

/// English endings come off only where the token cannot be Vietnamese, so that one index
/// serves both languages.
fn stem(word: String) -> String {
    thread_local!(static ENGLISH: RefCell<TextAnalyzer> = RefCell::new(
        TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(Language::English)).build()
    ));
    if word.len() <= 3 || !word.bytes().all(|b| b.is_ascii_alphabetic()) || is_syllable(&word) {
        return word;
    }
    ENGLISH.with_borrow_mut(|english| {
        let mut stream = english.token_stream(&word);
        if stream.advance() {
            stream.token().text.clone()
        } else {
            word.clone()
        }
    })
}

static SYLLABLES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let onsets = " b c ch d g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x".split(' ');
    onsets
        .flat_map(|onset| {
            RHYMES
                .split_whitespace()
                .map(move |rhyme| format!("{onset}{rhyme}"))
        })
        .collect()
});

const RHYMES: &str = "
    a ac ach ai am an ang anh ao ap at au ay
    e ec ech em en eng enh eo ep et eu
    i ia ich iec iem ien ieng iep iet ieu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oen oeo oet oi om on ong ooc oong op ot
    u ua uac uan uang uap uat uay uc ue uech uen uenh ui um un ung uo uoc uoi uom uon uong uop uot uou up ut uu
    uy uya uych uyen uyet uynh uyt uyu y yem yen yet yeu";

static FUNCTION_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    "a about after all also an and any are as at be been but by can could do does each for from had has have
     how if in into is it its may more most must need needs new no not of on one or other our over shall should so some
     such than that the their them then there these they this those through to under up use used using very was
     we were what when where which who will with within without would you your
     ai anh ấy bạn bằng bị bởi cả các cái cần chỉ cho chúng chưa có còn của cũng cùng do đã đang đây để đến đều
     điều đó được gì giữa hay hiện họ hoặc hơn khi không khác là làm lại lên mà mình mỗi mọi một muốn này nay nào nên
     nếu ngay ngoài nhất như nhưng những nhằm nhiều nó nơi ở phải qua ra rằng rất rồi sau sẽ so sự tại theo thì tôi trên
     trong trước từ từng tuy và vẫn vào về vì việc với vừa xin"
        .split_whitespace()
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn two_ways_to_place_a_tone_are_one_word() {
        for (one, other) in [
            ("hoà", "hòa"),
            ("thuỵ", "thụy"),
            ("kỹ", "kĩ"),
            ("ty", "ti"),
            ("Lý", "lí"),
        ] {
            assert_eq!(words(one), words(other), "{one} and {other}");
        }
        assert_ne!(words("ma"), words("má"));
    }

    #[test]
    fn a_decomposed_text_gives_the_same_tokens() {
        let composed = "Nhận dạng bệnh trên lá lúa";
        let decomposed: String = composed.nfd().collect();
        assert_eq!(words(composed), words(&decomposed));
        let last = tokens(&decomposed).pop().unwrap();
        assert_eq!(&decomposed[last.from..last.to].nfc().collect::<String>(), "lúa");
    }

    #[test]
    fn ai_is_not_found_inside_retail() {
        assert!(!words("retail").contains(&"ai".to_owned()));
        assert_eq!(words("AI"), ["ai"]);
    }

    #[test]
    fn english_is_stemmed_and_vietnamese_is_not() {
        assert_eq!(words("forecasting forecasts"), ["forecast", "forecast"]);
        assert_eq!(words("thanh"), ["thanh"]);
    }

    #[test]
    fn numbers_keep_their_digits_whoever_grouped_them() {
        assert_eq!(words("1.234 m3"), words("1,234 m3"));
        assert_eq!(words("IEC 61508-3."), ["iec", "61508", "3"]);
    }

    #[test]
    fn a_word_never_crosses_a_comma() {
        let joined: Vec<bool> = tokens("học sâu, máy học")
            .iter()
            .map(|token| token.joined)
            .collect();
        assert_eq!(joined, [false, true, false, true]);
    }

    #[test]
    fn marks_come_off_for_those_who_type_without() {
        let plain: Vec<String> = tokens("Đường thuỷ")
            .into_iter()
            .map(|token| token.plain)
            .collect();
        assert_eq!(plain, ["duong", "thuy"]);
    }
}
