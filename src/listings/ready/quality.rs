//! How clear a listing is, and what would make it clearer.

use super::{SHORTEST_SUMMARY, SHORTEST_TITLE};
use crate::kit::fault::{Said, said};
use crate::kit::lang::Lang;
use crate::listings::hints::Hints;
use crate::listings::{Content, Kind, Text};
use crate::vocab::Scheme;

/// How clear a listing is, 0 to 100, with what would make it clearer.
#[derive(Debug, Clone)]
pub struct Quality {
    pub score: u32,
    pub points: Vec<Point>,
}

/// Something a good listing has, and whether this one does.
#[derive(Debug, Clone)]
pub struct Point {
    pub done: bool,
    /// What it would be worth, where it is missing.
    pub worth: u32,
    pub said: Said,
}

impl Quality {
    pub fn word(&self, lang: &Lang) -> &'static str {
        match self.score {
            0..40 => lang.t("còn ít thông tin", "little to go on"),
            40..75 => lang.t("khá", "fair"),
            _ => lang.t("rõ", "clear"),
        }
    }

    /// What is missing first, the weightiest on top; then what is there.
    pub fn in_order(&self) -> Vec<&Point> {
        let mut points: Vec<&Point> = self.points.iter().collect();
        points.sort_by_key(|point| (point.done, std::cmp::Reverse(point.worth)));
        points
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "one hint a field; a list reads best in one piece"
)]
pub fn quality(kind: Kind, content: &Content) -> Quality {
    let empty = Text::default();
    let text = content.text(content.first_lang(Lang::Vi)).unwrap_or(&empty);
    let mut points = Vec::new();
    let mut point = |worth: u32, done: bool, vi: &'static str, en: &'static str| {
        points.push(Point {
            done,
            worth,
            said: said(vi, en),
        });
    };
    let long = |text: &str, than: usize| text.chars().count() >= than;
    let has_number = |text: &str| text.chars().any(|letter| letter.is_ascii_digit());
    point(
        15,
        long(&text.title, SHORTEST_TITLE) && long(&text.summary, SHORTEST_SUMMARY),
        "Tên và tóm tắt nói rõ điều muốn xảy ra",
        "Title and summary say what should happen",
    );
    point(
        15,
        long(&text.body, 300),
        "Kể bối cảnh và quy mô trong vài đoạn",
        "Tell context and scale in a few paragraphs",
    );
    point(
        10,
        has_number(&text.body) || has_number(&text.summary),
        "Nêu quy mô bằng con số: bao nhiêu ảnh, hồ sơ, người, mỗi ngày",
        "Give the scale in numbers: how many pictures, files, people, a day",
    );
    point(
        10,
        content.codes(Scheme::Capability).next().is_some() || !Hints::of(&text.body).capabilities.is_empty(),
        "Chọn năng lực AI gần nhất",
        "Choose the closest AI capability",
    );
    match kind {
        Kind::Need => {
            point(
                15,
                has_number(&text.success),
                "Một con số để biết thế nào là thành công",
                "A number that tells success",
            );
            point(
                10,
                long(&text.today, 40),
                "Hiện nay đang làm thế nào",
                "How it is done today",
            );
            point(
                10,
                content.data.is_some(),
                "Đang có dữ liệu gì",
                "What data there is",
            );
            point(
                5,
                content.budget.as_deref().is_some_and(|band| band != "unknown"),
                "Khoảng kinh phí",
                "A budget band",
            );
            point(
                5,
                content.deadline.is_some() || content.decision_at.is_some(),
                "Hạn chót hay ngày quyết định",
                "A deadline or a date of decision",
            );
        }
        Kind::Offer => {
            point(
                15,
                !content.evidence.is_empty(),
                "Ít nhất một minh chứng: công bố, triển khai, kiểm định",
                "At least one piece of evidence: publication, deployment, test",
            );
            point(
                10,
                has_number(&text.advantage),
                "Một con số cho điểm mạnh",
                "A number for the advantage",
            );
            point(
                10,
                !text.economics.is_empty(),
                "Giá hay cách tính giá",
                "A price, or how it is reckoned",
            );
            point(
                5,
                content.trl.is_some(),
                "Mức sẵn sàng công nghệ",
                "The technology readiness level",
            );
            point(
                5,
                content.capacity.is_some(),
                "Nhận được bao nhiêu đối tác một lúc",
                "How many partners it can take at a time",
            );
        }
    }
    point(
        5,
        content.vi.is_some() && content.en.is_some(),
        "Bản thứ hai bằng tiếng Anh hoặc tiếng Việt",
        "A second version in Vietnamese or English",
    );
    let total: u32 = points.iter().map(|point| point.worth).sum();
    let got: u32 = points
        .iter()
        .filter(|point| point.done)
        .map(|point| point.worth)
        .sum();
    Quality {
        score: got * 100 / total.max(1),
        points,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_for_success_is_worth_more_than_a_second_language() {
        let with = |success: &str| {
            let text = Text {
                success: success.to_owned(),
                ..Text::default()
            };
            quality(
                Kind::Need,
                &Content {
                    vi: Some(text),
                    ..Content::default()
                },
            )
            .score
        };
        assert!(with("đúng 9 trên 10 ảnh") > with("đúng gần hết"));
    }
}
