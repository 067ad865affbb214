//! The reasons said in the reader's language.

use super::{Lack, Reason, Unknown};
use crate::kit::lang::Lang;
use crate::matching::stage::Side;
use crate::vocab::{self, Scheme};

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
