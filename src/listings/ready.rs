//! Is it ready? What a listing must have before a coordinator reads it; what would make it better is [`quality`].

use super::steps::Step;
use super::{Content, Kind, Text};
use crate::kit::fault::{Flaw, said};
use crate::kit::lang::Lang;
use crate::vocab::Scheme;

mod quality;
pub use quality::{Point, Quality, quality};

/// Shorter titles and stories cannot be matched by anyone.
const SHORTEST_TITLE: usize = 12;
const SHORTEST_SUMMARY: usize = 30;
const SHORTEST_BODY: usize = 80;

/// What is missing, with the step where it is asked for.
#[expect(
    clippy::too_many_lines,
    reason = "one question a field; a list reads best in one piece"
)]
pub fn missing(kind: Kind, content: &Content, has_org: bool) -> Vec<(Step, Flaw)> {
    let mut flaws = Vec::new();
    let mut miss = |step: Step, field: &'static str, vi: &'static str, en: &'static str| {
        flaws.push((
            step,
            Flaw {
                field: field.into(),
                said: said(vi, en),
            },
        ));
    };
    let empty = Text::default();
    let text = content.text(content.first_lang(Lang::Vi)).unwrap_or(&empty);
    let shorter = |text: &str, than: usize| text.chars().count() < than;
    if shorter(&text.title, SHORTEST_TITLE) {
        miss(
            Step::Story,
            "title",
            "Hãy viết tên dài hơn một chút: ít nhất 12 ký tự.",
            "Please make the title longer: at least 12 characters.",
        );
    }
    if shorter(&text.summary, SHORTEST_SUMMARY) {
        miss(
            Step::Story,
            "summary",
            "Hãy tóm tắt trong ít nhất 30 ký tự.",
            "Please summarise it in at least 30 characters.",
        );
    }
    if shorter(&text.body, SHORTEST_BODY) {
        miss(
            Step::Story,
            "body",
            "Hãy kể rõ hơn: ít nhất 80 ký tự.",
            "Please tell more: at least 80 characters.",
        );
    }
    if content.codes(Scheme::Sector).next().is_none() {
        miss(
            Step::Fit,
            "sector",
            "Hãy chọn ít nhất một lĩnh vực.",
            "Choose at least one sector.",
        );
    }
    if content.codes(Scheme::Cooperation).next().is_none() {
        miss(
            Step::Fit,
            "cooperation",
            "Hãy chọn ít nhất một cách hợp tác.",
            "Choose at least one way to cooperate.",
        );
    }
    match kind {
        Kind::Need => {
            if text.success.is_empty() {
                miss(
                    Step::Details,
                    "success",
                    "Hãy cho biết thế nào là thành công.",
                    "Say what success would look like.",
                );
            }
            if content.data.is_none() {
                miss(
                    Step::Details,
                    "data",
                    "Hãy cho biết đang có dữ liệu gì.",
                    "Say what data there is.",
                );
            }
        }
        Kind::Offer => {
            if content.codes(Scheme::Capability).next().is_none() {
                miss(
                    Step::Fit,
                    "capability",
                    "Hãy chọn ít nhất một năng lực AI.",
                    "Choose at least one AI capability.",
                );
            }
            if content.offer_kind.is_none() {
                miss(
                    Step::Details,
                    "offer_kind",
                    "Hãy chọn loại năng lực.",
                    "Choose the kind of offer.",
                );
            }
            if text.advantage.is_empty() {
                miss(
                    Step::Details,
                    "advantage",
                    "Hãy cho biết năng lực này hơn ở điểm nào.",
                    "Say what it does better.",
                );
            }
            if content.trl.is_none() {
                miss(
                    Step::Details,
                    "trl",
                    "Hãy chọn mức sẵn sàng công nghệ.",
                    "Choose the technology readiness level.",
                );
            }
        }
    }
    if !has_org {
        miss(
            Step::Contact,
            "org",
            "Hãy chọn tổ chức đứng tên.",
            "Choose the organisation in whose name it stands.",
        );
    }
    flaws
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_need_misses_everything_at_once() {
        let flaws = missing(Kind::Need, &Content::default(), false);
        let fields: Vec<&str> = flaws.iter().map(|(_, flaw)| flaw.field.as_ref()).collect();
        assert_eq!(
            fields,
            [
                "title",
                "summary",
                "body",
                "sector",
                "cooperation",
                "success",
                "data",
                "org"
            ]
        );
        assert_eq!(quality(Kind::Need, &Content::default()).score, 0);
    }
}
