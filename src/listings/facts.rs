//! The short facts of a listing in the reader's words: for its page, the check of answers and the review.

use super::steps::Step;
use super::{Content, Kind, Weight};
use crate::kit::lang::Lang;
use crate::vocab::{self, Scheme};

#[derive(Debug, Clone)]
pub struct Fact {
    /// The step where its author says it.
    pub step: Step,
    pub icon: &'static str,
    pub label: &'static str,
    pub value: String,
    /// Belongs in the strip below the title; the rest stands further down.
    pub in_strip: bool,
}

#[expect(
    clippy::too_many_lines,
    reason = "one fact after the other; a list reads best in one piece"
)]
pub fn of(kind: Kind, content: &Content, lang: Lang) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |step, in_strip, icon, label, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push(Fact {
                step,
                icon,
                label,
                value,
                in_strip,
            });
        }
    };
    let code = |scheme, code: &Option<String>| code.as_deref().map(|code| vocab::label(scheme, code, lang));
    let tags = |scheme| Some(labels(content, scheme, lang));
    fact(
        Step::Fit,
        true,
        "layers",
        lang.t("Lĩnh vực", "Sector"),
        tags(Scheme::Sector),
    );
    fact(
        Step::Fit,
        true,
        "cpu",
        lang.t("Năng lực AI", "AI capability"),
        tags(Scheme::Capability),
    );
    fact(
        Step::Fit,
        true,
        "handshake",
        lang.t("Cách hợp tác", "Cooperation"),
        tags(Scheme::Cooperation),
    );
    fact(
        Step::Fit,
        false,
        "layers",
        lang.t("Ngành kinh tế", "Industry"),
        tags(Scheme::Industry),
    );
    fact(
        Step::Fit,
        false,
        "target",
        lang.t("Mục tiêu phát triển bền vững", "Sustainable development goals"),
        tags(Scheme::Sdg),
    );
    fact(
        Step::Fit,
        false,
        "x",
        lang.t("Không nhận", "Not wanted"),
        Some(excluded(content, lang)),
    );
    fact(
        Step::Details,
        true,
        "tag",
        lang.t("Loại năng lực", "Kind of offer"),
        code(Scheme::OfferKind, &content.offer_kind),
    );
    fact(
        Step::Details,
        true,
        "wallet",
        lang.t("Kinh phí", "Budget"),
        code(Scheme::Budget, &content.budget),
    );
    fact(
        Step::Details,
        true,
        "database",
        lang.t("Dữ liệu đang có", "Data at hand"),
        code(Scheme::Data, &content.data),
    );
    if content.personal_data {
        fact(
            Step::Details,
            false,
            "lock",
            lang.t("Dữ liệu cá nhân", "Personal data"),
            Some(lang.t("Có", "Yes").to_owned()),
        );
    }
    let trl = content
        .trl
        .map(|trl| vocab::label(Scheme::Trl, &trl.to_string(), lang));
    let trl_label = match kind {
        Kind::Need => lang.t("Mức sẵn sàng tối thiểu", "Readiness wanted"),
        Kind::Offer => lang.t("Mức sẵn sàng", "Readiness"),
    };
    fact(Step::Details, true, "gauge", trl_label, trl);
    fact(
        Step::Details,
        true,
        "calendar",
        lang.t("Hạn", "Deadline"),
        content.deadline.map(|at| lang.date(at)),
    );
    fact(
        Step::Details,
        false,
        "calendar",
        lang.t("Ngày quyết định", "Date of decision"),
        content.decision_at.map(|at| lang.date(at)),
    );
    fact(
        Step::Details,
        true,
        "map-pin",
        lang.t("Nơi", "Place"),
        code(Scheme::Place, &content.place),
    );
    let capacity = content
        .capacity
        .map(|most| lang.fill("{} đối tác một lúc", "{} partners at a time", &[&most]));
    fact(
        Step::Details,
        false,
        "users",
        lang.t("Nhận được", "Can take"),
        capacity,
    );
    facts
}

/// "Phân loại ảnh (bắt buộc), Phát hiện đối tượng".
fn labels(content: &Content, scheme: Scheme, lang: Lang) -> String {
    let label = |tag: &super::Tag| {
        let label = vocab::label(scheme, &tag.code, lang);
        if tag.weight == Weight::Must {
            format!("{label} ({})", lang.t("bắt buộc", "required"))
        } else {
            label
        }
    };
    let wanted = content
        .tags
        .iter()
        .filter(|tag| tag.scheme == scheme && tag.weight != Weight::Not);
    wanted.map(label).collect::<Vec<_>>().join(", ")
}

fn excluded(content: &Content, lang: Lang) -> String {
    let not = content.tags.iter().filter(|tag| tag.weight == Weight::Not);
    not.map(|tag| vocab::label(tag.scheme, &tag.code, lang))
        .collect::<Vec<_>>()
        .join(", ")
}
