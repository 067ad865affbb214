//! Gives a question typed without marks its marks back: `nhan dien bien so` → `nhận diện biển số`.
//!
//! The index itself is the teacher: it counts how each plain syllable is spelled in our texts
//! and which syllables follow each other, so the trade's own words come out right and no
//! further model is needed. The likeliest path through the spellings is found by Viterbi.

use super::vietnamese::{Token, fold};

/// How the texts of the index spell.
pub trait Spellings {
    /// The spellings of a plain syllable and in how many documents each stands, most frequent first.
    fn of(&self, plain: &str) -> Vec<(String, f64)>;
    /// In how many documents the two stand side by side.
    fn together(&self, one: &str, next: &str) -> f64;
    fn documents(&self) -> f64;
}

/// A spelling beyond these was never the right one.
const MOST_SPELLINGS: usize = 8;
/// How far we trust a pair of syllables against a syllable alone.
const TRUST_IN_PAIRS: f64 = 0.75;

/// One step on a path: the spelling, the best score to get here, and from which spelling before.
struct Step {
    spelling: String,
    count: f64,
    score: f64,
    before: usize,
}

/// The question with its marks restored; `None` if it has marks of its own, is not Vietnamese,
/// or would stay the same.
pub fn restored(text: &str, tokens: &[Token], spellings: &impl Spellings) -> Option<String> {
    let syllables = tokens.iter().filter(|token| token.could_be_syllable()).count();
    let marked = tokens.iter().any(Token::marked);
    if marked || syllables == 0 || syllables * 5 < tokens.len() * 3 {
        return None;
    }
    let path = likeliest(tokens, spellings);
    let changed = path
        .iter()
        .zip(tokens)
        .any(|(spelling, token)| *spelling != token.spelled);
    changed.then(|| respelled(text, tokens, &path))
}

fn likeliest(tokens: &[Token], spellings: &impl Spellings) -> Vec<String> {
    let documents = spellings.documents().max(1.0);
    let mut columns: Vec<Vec<Step>> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let column = candidates(token, spellings).into_iter().map(|(spelling, count)| {
            let alone = (count + 0.1) / documents;
            let (before, score) = match columns.last() {
                Some(previous) if token.joined => best_before(previous, &spelling, alone, spellings),
                Some(previous) => best_so_far(previous, alone),
                None => (0, alone.ln()),
            };
            Step {
                spelling,
                count,
                score,
                before,
            }
        });
        columns.push(column.collect());
    }
    let mut at = columns.last().map_or(0, |last| best_so_far(last, 1.0).0);
    let mut path = Vec::with_capacity(columns.len());
    for column in columns.iter_mut().rev() {
        let step = column.swap_remove(at);
        at = step.before;
        path.push(step.spelling);
    }
    path.reverse();
    path
}

fn candidates(token: &Token, spellings: &impl Spellings) -> Vec<(String, f64)> {
    let mut known = if token.could_be_syllable() {
        spellings.of(&fold(&token.spelled))
    } else {
        Vec::new()
    };
    known.truncate(MOST_SPELLINGS);
    if known.is_empty() {
        known.push((token.spelled.clone(), 0.0));
    }
    known
}

fn best_before(previous: &[Step], spelling: &str, alone: f64, spellings: &impl Spellings) -> (usize, f64) {
    let scores = previous.iter().map(|step| {
        let pair = spellings.together(&step.spelling, spelling) / (step.count + 0.5);
        step.score + (TRUST_IN_PAIRS * pair + (1.0 - TRUST_IN_PAIRS) * alone).ln()
    });
    highest(scores)
}

fn best_so_far(previous: &[Step], alone: f64) -> (usize, f64) {
    highest(previous.iter().map(|step| step.score + alone.ln()))
}

fn highest(scores: impl Iterator<Item = f64>) -> (usize, f64) {
    scores.enumerate().fold(
        (0, f64::MIN),
        |best, (at, score)| if score > best.1 { (at, score) } else { best },
    )
}

/// Puts the new spellings in the places of the old, with the writer's capitals and punctuation kept.
fn respelled(text: &str, tokens: &[Token], path: &[String]) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut done = 0;
    for (token, spelling) in tokens.iter().zip(path) {
        out.push_str(&text[done..token.from]);
        let written = &text[token.from..token.to];
        let capitals = written.chars().filter(|c| c.is_uppercase()).count();
        let mut letters = spelling.chars();
        match letters.next() {
            _ if *spelling == token.spelled => out.push_str(written),
            _ if capitals > 1 => out.push_str(&spelling.to_uppercase()),
            Some(first) if capitals == 1 => {
                out.extend(first.to_uppercase());
                out.push_str(letters.as_str());
            }
            _ => out.push_str(spelling),
        }
        done = token.to;
    }
    out.push_str(&text[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::{super::vietnamese::tokens, *};

    /// A teacher who has read two sentences.
    struct TwoSentences;

    impl Spellings for TwoSentences {
        fn of(&self, plain: &str) -> Vec<(String, f64)> {
            let known: &[(&str, f64)] = match plain {
                "nhan" => &[("nhân", 9.0), ("nhận", 4.0)],
                "dien" => &[("điện", 9.0), ("diện", 3.0)],
                "bien" => &[("biến", 5.0), ("biển", 3.0)],
                "so" => &[("số", 9.0), ("so", 1.0)],
                _ => &[],
            };
            known
                .iter()
                .map(|(spelling, count)| ((*spelling).to_owned(), *count))
                .collect()
        }
        fn together(&self, one: &str, next: &str) -> f64 {
            match (one, next) {
                ("nhận", "diện") | ("biển", "số") => 3.0,
                _ => 0.0,
            }
        }
        fn documents(&self) -> f64 {
            20.0
        }
    }

    fn restore(text: &str) -> Option<String> {
        restored(text, &tokens(text), &TwoSentences)
    }

    #[test]
    fn neighbours_decide_between_spellings() {
        assert_eq!(restore("Nhan dien bien so").as_deref(), Some("Nhận diện biển số"));
    }

    #[test]
    fn marks_that_were_typed_are_respected() {
        assert_eq!(restore("nhân dien bien so"), None);
    }

    #[test]
    fn english_is_left_alone() {
        assert_eq!(restore("licence plate recognition so far"), None);
    }
}
