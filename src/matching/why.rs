//! Why two listings were put beside each other, kept as codes and places in texts, never as finished sentences:
//! each reader sees the reasons in their own language.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::stage::Side;
use crate::kit::clock::At;
use crate::kit::lang::Lang;
use crate::vocab::{self, Scheme};

/// Everything the service can say for, against and about a pairing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Why {
    pub for_need: Vec<Reason>,
    pub for_offer: Vec<Reason>,
    /// What a side has not said and the other will ask.
    pub unknown: Vec<Unknown>,
    /// What a side demands and the other does not show.
    pub unmet: Vec<Lack>,
    pub evidence: Evidence,
}

/// Something that speaks for the pairing, with what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    Capability {
        codes: Vec<String>,
    },
    Sector {
        codes: Vec<String>,
    },
    Cooperation {
        codes: Vec<String>,
    },
    /// Words that stand in both texts.
    Terms {
        terms: Vec<String>,
    },
    /// So many sentences of the need are answered by sentences of the offer.
    Answers {
        sentences: usize,
    },
    Readiness {
        offered: i64,
        wanted: i64,
    },
    Proof {
        kinds: Vec<String>,
        checked: bool,
    },
    Budget {
        band: String,
    },
    Data {
        data: String,
    },
    Place {
        place: String,
    },
    Deadline {
        at: At,
    },
    Verified,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    Budget,
    Price,
    Readiness,
    Data,
    Proof,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Lack {
    /// One side marked a term as a must; the other does not name it.
    Must {
        by: Side,
        scheme: Scheme,
        term: String,
    },
    /// One side excludes what the other names.
    Excluded {
        by: Side,
        scheme: Scheme,
        term: String,
    },
    Readiness {
        offered: i64,
        wanted: i64,
    },
    Budget {
        offered: String,
        wanted: String,
    },
}

/// Both texts in sentences, and which sentence of the offer answers which of the need.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    pub need: Vec<Sentence>,
    pub offer: Vec<Sentence>,
    pub links: Vec<Link>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sentence {
    pub text: String,
    /// Where the other text's words stand in it, as byte ranges in order.
    pub marks: Vec<(usize, usize)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Link {
    pub need: usize,
    pub offer: usize,
    pub score: f32,
}

impl Why {
    pub fn reasons_for(&self, side: Side) -> &[Reason] {
        match side {
            Side::Need => &self.for_need,
            Side::Offer => &self.for_offer,
        }
    }

    /// One line for a card: the two strongest reasons.
    pub fn line(&self, side: Side, lang: Lang) -> String {
        let told: Vec<String> = self
            .reasons_for(side)
            .iter()
            .take(2)
            .map(|reason| reason.told(lang))
            .collect();
        told.join(" · ")
    }
}

impl Reason {
    pub fn told(&self, lang: Lang) -> String {
        match self {
            Reason::Capability { codes } => lang.fill(
                "Cùng một việc của AI: {}",
                "The same kind of AI work: {}",
                &[&labels(Scheme::Capability, codes, lang)],
            ),
            Reason::Sector { codes } => lang.fill(
                "Cùng lĩnh vực: {}",
                "The same sector: {}",
                &[&labels(Scheme::Sector, codes, lang)],
            ),
            Reason::Cooperation { codes } => lang.fill(
                "Cùng muốn: {}",
                "Both want: {}",
                &[&labels(Scheme::Cooperation, codes, lang)],
            ),
            Reason::Terms { terms } => lang.fill(
                "Hai bên cùng nói đến: {}",
                "Both speak of: {}",
                &[&terms.join(", ")],
            ),
            Reason::Answers { sentences: 1 } => lang
                .t(
                    "Một câu của nhu cầu được năng lực này trả lời",
                    "One sentence of the need is answered by the offer",
                )
                .to_owned(),
            Reason::Answers { sentences } => lang.fill(
                "{} câu của nhu cầu được năng lực này trả lời",
                "{} sentences of the need are answered by the offer",
                &[sentences],
            ),
            Reason::Readiness { offered, wanted } => lang.fill(
                "Công nghệ ở mức sẵn sàng {}, đạt mức cần là {}",
                "Readiness level {} reaches the wanted level {}",
                &[offered, wanted],
            ),
            Reason::Proof {
                kinds,
                checked: false,
            } => lang.fill(
                "Có minh chứng: {}",
                "Shows evidence: {}",
                &[&labels(Scheme::Evidence, kinds, lang)],
            ),
            Reason::Proof { kinds, checked: true } => lang.fill(
                "Có minh chứng đã kiểm tra: {}",
                "Shows checked evidence: {}",
                &[&labels(Scheme::Evidence, kinds, lang)],
            ),
            Reason::Budget { band } => lang.fill(
                "Kinh phí đủ cho mức chào: {}",
                "The budget covers what is asked: {}",
                &[&vocab::label(Scheme::Budget, band, lang)],
            ),
            Reason::Data { data } => lang.fill(
                "Dữ liệu bên cần đang có: {}",
                "Data at the need side: {}",
                &[&vocab::label(Scheme::Data, data, lang)],
            ),
            Reason::Place { place } => lang.fill(
                "Cùng ở {}",
                "Both are in {}",
                &[&vocab::label(Scheme::Place, place, lang)],
            ),
            Reason::Deadline { at } => lang.fill(
                "Có hạn rõ ràng: {}",
                "There is a clear deadline: {}",
                &[&lang.date(*at)],
            ),
            Reason::Verified => lang
                .t(
                    "Tổ chức đã được điều phối viên kiểm tra",
                    "The organisation was checked by a coordinator",
                )
                .to_owned(),
        }
    }
}

impl Unknown {
    pub fn told(self, lang: Lang) -> &'static str {
        match self {
            Unknown::Budget => lang.t("Kinh phí của bên cần", "The budget of the need side"),
            Unknown::Price => lang.t(
                "Chi phí hoặc điều khoản của bên cung",
                "The price or terms of the offer",
            ),
            Unknown::Readiness => lang.t("Mức sẵn sàng của công nghệ", "How ready the technology is"),
            Unknown::Data => lang.t("Bên cần đang có dữ liệu gì", "What data the need side has"),
            Unknown::Proof => lang.t("Đã từng triển khai ở đâu", "Where it has been used before"),
        }
    }
}

impl Lack {
    pub fn told(&self, lang: Lang) -> String {
        match self {
            Lack::Must {
                by: Side::Need,
                scheme,
                term,
            } => lang.fill(
                "Nhu cầu bắt buộc “{}”, năng lực chưa nói đến",
                "The need requires “{}”, the offer does not mention it",
                &[&vocab::label(*scheme, term, lang)],
            ),
            Lack::Must {
                by: Side::Offer,
                scheme,
                term,
            } => lang.fill(
                "Năng lực đòi hỏi “{}”, nhu cầu chưa nói đến",
                "The offer requires “{}”, the need does not mention it",
                &[&vocab::label(*scheme, term, lang)],
            ),
            Lack::Excluded {
                by: Side::Need,
                scheme,
                term,
            } => lang.fill(
                "Nhu cầu không muốn “{}”",
                "The need excludes “{}”",
                &[&vocab::label(*scheme, term, lang)],
            ),
            Lack::Excluded {
                by: Side::Offer,
                scheme,
                term,
            } => lang.fill(
                "Năng lực không nhận “{}”",
                "The offer excludes “{}”",
                &[&vocab::label(*scheme, term, lang)],
            ),
            Lack::Readiness { offered, wanted } => lang.fill(
                "Công nghệ mới ở mức sẵn sàng {}, nhu cầu mong từ mức {}",
                "Readiness is at level {}, the need asks for level {} or more",
                &[offered, wanted],
            ),
            Lack::Budget { offered, wanted } => lang.fill(
                "Kinh phí {} thấp hơn mức chào {}",
                "The budget ({}) is below what is asked ({})",
                &[
                    &vocab::label(Scheme::Budget, offered, lang),
                    &vocab::label(Scheme::Budget, wanted, lang),
                ],
            ),
        }
    }
}

impl Evidence {
    /// Of each side: the text, where its sentences stand in it, and where the words both texts use.
    pub fn of(
        need: (&str, &[Range<usize>], &[Range<usize>]),
        offer: (&str, &[Range<usize>], &[Range<usize>]),
        links: Vec<Link>,
    ) -> Evidence {
        Evidence {
            need: marked(need),
            offer: marked(offer),
            links,
        }
    }
}

impl Sentence {
    /// The sentence in pieces, each with whether it is marked.
    pub fn pieces(&self) -> Vec<(&str, bool)> {
        let mut pieces = Vec::new();
        let mut done = 0;
        for (from, to) in &self.marks {
            let (Some(before), Some(mark)) = (self.text.get(done..*from), self.text.get(*from..*to)) else {
                continue;
            };
            pieces.push((before, false));
            pieces.push((mark, true));
            done = *to;
        }
        pieces.push((self.text.get(done..).unwrap_or_default(), false));
        pieces.retain(|(piece, _)| !piece.is_empty());
        pieces
    }

    /// The beginning, for a picture where a line is short.
    pub fn brief(&self, most: usize) -> String {
        if self.text.chars().count() <= most {
            return self.text.clone();
        }
        let cut: String = self.text.chars().take(most).collect();
        let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
        format!("{whole}…")
    }
}

fn marked((text, sentences, terms): (&str, &[Range<usize>], &[Range<usize>])) -> Vec<Sentence> {
    let mut terms = terms.to_vec();
    terms.sort_by_key(|term| (term.start, std::cmp::Reverse(term.end)));
    sentences
        .iter()
        .map(|sentence| {
            let mut marks: Vec<(usize, usize)> = Vec::new();
            for term in &terms {
                let inside = term.start >= sentence.start && term.end <= sentence.end;
                let (from, to) = (
                    term.start.saturating_sub(sentence.start),
                    term.end.saturating_sub(sentence.start),
                );
                if inside && marks.last().is_none_or(|(_, end)| from >= *end) {
                    marks.push((from, to));
                }
            }
            Sentence {
                text: text.get(sentence.clone()).unwrap_or_default().to_owned(),
                marks,
            }
        })
        .collect()
}

fn labels(scheme: Scheme, codes: &[String], lang: Lang) -> String {
    let labels: Vec<String> = codes
        .iter()
        .map(|code| vocab::label(scheme, code, lang))
        .collect();
    labels.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_shown_with_its_words_marked() {
        let text = "Cần phát hiện bệnh. Mạng yếu.";
        let bệnh = text.find("bệnh").unwrap();
        let cut = [0..text.find(' ').unwrap(), 0..text.find("Mạng").unwrap() - 1];
        let shown = marked((
            text,
            &cut[1..],
            std::slice::from_ref(&(bệnh..bệnh + "bệnh".len())),
        ));
        assert_eq!(
            shown[0].pieces(),
            [("Cần phát hiện ", false), ("bệnh", true), (".", false)]
        );
    }

    #[test]
    fn overlapping_terms_are_marked_once() {
        let shown = marked(("abcdef", std::slice::from_ref(&(0..6)), &[1..4, 2..5, 4..6]));
        assert_eq!(shown[0].marks, [(1, 4), (4, 6)]);
    }

    #[test]
    fn reasons_are_kept_as_codes_and_told_in_either_language() {
        let reason = Reason::Sector {
            codes: vec!["health".to_owned()],
        };
        let json = serde_json::to_value(&reason).unwrap();
        assert_eq!(json["code"], "sector");
        assert!(reason.told(Lang::Vi).starts_with("Cùng lĩnh vực"));
        assert!(reason.told(Lang::En).starts_with("The same sector"));
        assert_eq!(serde_json::from_value::<Reason>(json).unwrap(), reason);
    }
}
