//! Sector and capability from what people write, in either language, with or without diacritics.
//!
//! A list of phrases with weights decides first: it can be read, argued about and mended by anyone. Only
//! where it finds nothing does the meaning of the text decide, if a model is at hand. Hints are shown to
//! the author, who changes them; nothing rests on them alone.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use crate::kit::search::fold;
use crate::vocab::Scheme;

static PHRASES: LazyLock<Vec<Phrase>> =
    LazyLock::new(|| include_str!("hints.tsv").lines().flat_map(read_line).collect());

/// A code needs this much to be suggested at all, and half as much as the best one.
const FLOOR: u32 = 2;
const MOST_SECTORS: usize = 2;
const MOST_CAPABILITIES: usize = 4;

/// What the author may mean, likeliest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    pub sectors: Vec<String>,
    pub capabilities: Vec<String>,
}

impl Hints {
    pub fn of(text: &str) -> Hints {
        let text = Words::of(text);
        Hints {
            sectors: likeliest(&text, Scheme::Sector, MOST_SECTORS),
            capabilities: likeliest(&text, Scheme::Capability, MOST_CAPABILITIES),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.sectors.is_empty() && self.capabilities.is_empty()
    }
}

/// The phrases that stand for a code, as one text: what a model compares a sentence with.
pub fn wording(scheme: Scheme, code: &str) -> String {
    PHRASES
        .iter()
        .filter(|phrase| phrase.scheme == scheme && phrase.code == code && phrase.parts.len() == 1)
        .map(|phrase| phrase.parts[0].marked.join(" "))
        .collect::<Vec<_>>()
        .join(", ")
}

fn likeliest(text: &Words, scheme: Scheme, most: usize) -> Vec<String> {
    let mut scores: BTreeMap<&str, u32> = BTreeMap::new();
    for phrase in PHRASES.iter().filter(|phrase| phrase.scheme == scheme) {
        // Two parts that stand in one text vouch for each other, however short.
        let alone = phrase.parts.len() == 1;
        if phrase.parts.iter().all(|part| text.holds(part, alone)) {
            *scores.entry(phrase.code).or_default() += phrase.weight;
        }
    }
    let mut ranked: Vec<(&str, u32)> = scores.into_iter().filter(|(_, score)| *score >= FLOOR).collect();
    ranked.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
    let best = ranked.first().map_or(0, |(_, score)| *score);
    ranked
        .into_iter()
        .filter(|(_, score)| score * 2 >= best)
        .take(most)
        .map(|(code, _)| code.to_owned())
        .collect()
}

struct Phrase {
    scheme: Scheme,
    code: &'static str,
    weight: u32,
    /// All must stand in the text.
    parts: Vec<Part>,
}

struct Part {
    marked: Vec<String>,
    folded: Vec<String>,
}

impl Part {
    fn of(text: &str) -> Part {
        let marked = tokens(&text.to_lowercase());
        let folded = marked.iter().map(|token| fold(token)).collect();
        Part { marked, folded }
    }

    /// A lone short syllable means too many things once its marks are gone ("tôm", "tóm", "tom").
    fn is_plain_enough(&self) -> bool {
        self.marked == self.folded || self.folded.len() > 1
    }
}

fn read_line(line: &'static str) -> Vec<Phrase> {
    let fields: Vec<&'static str> = line.split('\t').collect();
    let [scheme, code, weight, phrases] = fields.as_slice() else {
        return Vec::new();
    };
    let (Some(scheme), Ok(weight)) = (Scheme::from_code(scheme), weight.parse()) else {
        return Vec::new();
    };
    phrases
        .split(',')
        .map(|phrase| Phrase {
            scheme,
            code,
            weight,
            parts: phrase.split('+').map(|part| Part::of(part.trim())).collect(),
        })
        .collect()
}

/// A text ready to be looked at: its words in order. Written with marks, only marked words count; typed
/// without them, the folded ones do.
struct Words {
    tokens: Vec<String>,
    known: HashSet<String>,
    has_marks: bool,
}

impl Words {
    fn of(text: &str) -> Words {
        let lower = text.to_lowercase();
        let has_marks = fold(&lower) != lower;
        let tokens = tokens(&lower);
        Words {
            known: tokens.iter().cloned().collect(),
            tokens,
            has_marks,
        }
    }

    fn holds(&self, part: &Part, alone: bool) -> bool {
        if self.has_marks {
            self.holds_run(&part.marked)
        } else {
            (!alone || part.is_plain_enough()) && self.holds_run(&part.folded)
        }
    }

    fn holds_run(&self, run: &[String]) -> bool {
        let Some((last, first)) = run.split_last() else {
            return false;
        };
        // Most phrases fail here, without a walk through the text.
        if !first.iter().all(|word| self.known.contains(word)) {
            return false;
        }
        self.tokens.windows(run.len()).any(|window| {
            let (end, start) = (&window[run.len() - 1], &window[..run.len() - 1]);
            start == first && (end == last || is_plural(end, last))
        })
    }
}

fn is_plural(word: &str, of: &str) -> bool {
    word.strip_prefix(of)
        .is_some_and(|rest| rest == "s" || rest == "es")
}

fn tokens(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|token| !token.is_empty())
        .map(one_spelling)
        .collect()
}

/// Tone marks may stand on either vowel of "hoà" and "hòa"; one spelling for both.
fn one_spelling(token: &str) -> String {
    const TWINS: [(&str, &str); 15] = [
        ("oà", "òa"),
        ("oá", "óa"),
        ("oả", "ỏa"),
        ("oã", "õa"),
        ("oạ", "ọa"),
        ("oè", "òe"),
        ("oé", "óe"),
        ("oẻ", "ỏe"),
        ("oẽ", "õe"),
        ("oẹ", "ọe"),
        ("uỳ", "ùy"),
        ("uý", "úy"),
        ("uỷ", "ủy"),
        ("uỹ", "ũy"),
        ("uỵ", "ụy"),
    ];
    TWINS
        .iter()
        .find_map(|(new, old)| token.strip_suffix(new).map(|stem| format!("{stem}{old}")))
        .unwrap_or_else(|| token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab;

    fn hints(text: &str) -> (String, String) {
        let hints = Hints::of(text);
        (hints.sectors.join(" "), hints.capabilities.join(" "))
    }

    #[test]
    fn every_code_has_words_and_every_line_a_code() {
        for scheme in [Scheme::Sector, Scheme::Capability] {
            for term in vocab::terms(scheme) {
                assert!(!wording(scheme, &term.code).is_empty(), "{}", term.code);
            }
        }
        for line in include_str!("hints.tsv")
            .lines()
            .filter(|line| !line.starts_with('#'))
        {
            assert!(!read_line(line).is_empty(), "{line}");
        }
        assert!(
            PHRASES
                .iter()
                .all(|phrase| vocab::knows(phrase.scheme, phrase.code))
        );
    }

    #[test]
    fn what_people_write_is_understood() {
        let cases = [
            (
                "ảnh chụp lá lúa bị đốm, muốn biết bệnh gì",
                "agriculture",
                "cv.class",
            ),
            (
                "anh chup la lua bi dom, muon biet benh gi",
                "agriculture",
                "cv.class",
            ),
            (
                "Rice leaf photos with spots: which disease is it?",
                "agriculture",
                "cv.class",
            ),
            (
                "Hàng nghìn đơn thuốc viết tay cần nhập vào máy tính ở bệnh viện",
                "health",
                "cv.ocr",
            ),
            (
                "Xếp tuyến giao hàng cho 40 xe tải để tiết kiệm xăng",
                "logistics",
                "opt.plan",
            ),
            (
                "Count vehicles at junctions from traffic cameras",
                "transport",
                "cv.detect",
            ),
            (
                "Trợ lý ảo trả lời người dân về thủ tục hành chính",
                "administration",
                "text.gen",
            ),
            ("Nhận dạng giọng nói để gỡ băng cuộc họp", "", "speech.asr"),
            (
                "Dự báo lượng khách sạn cần phòng theo tuần cho du lịch",
                "tourism",
                "ts.forecast",
            ),
            ("Máy chấm công nhận diện khuôn mặt ở nhà máy", "other", "bio.id"),
            (
                "Phân tích động tác của vận động viên bơi lội qua video",
                "sport",
                "cv.pose",
            ),
            (
                "Thuyết minh tự động bằng nhiều ngôn ngữ cho bảo tàng",
                "culture",
                "speech.tts",
            ),
        ];
        let mut wrong = Vec::new();
        for (text, sector, capability) in cases {
            let (sectors, capabilities) = hints(text);
            let right_sector = sector.is_empty() || sectors.split(' ').next() == Some(sector);
            if !right_sector || !capabilities.split(' ').any(|code| code == capability) {
                wrong.push(format!("{text}: {sectors} / {capabilities}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn words_that_only_look_alike_say_nothing() {
        assert!(Hints::of("Lụa tơ tằm cao cấp").is_empty());
        assert!(Hints::of("").is_empty());
        // "ai" inside another word is no capability, and retail is not artificial intelligence.
        assert!(Hints::of("retail").capabilities.is_empty());
    }
}
