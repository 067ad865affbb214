//! What a machine can see before a coordinator reads: help, never a verdict.

use super::contacts;
use super::index::whole;
use super::{Content, Kind, Listing, Severity, Visibility, many, ready};
use crate::ids::ListingId;
use crate::kit::Cx;
use crate::kit::fault::{Fault, Said, said};
use crate::kit::lang::Lang;
use crate::kit::search::{Filter, Like};
use crate::vocab::{self, Scheme};

/// Two listings of one kind this near in meaning are probably one.
const SAME_MEANING: f32 = 0.93;
const SHORT_STORY: usize = 200;

#[derive(Debug, Clone)]
pub struct Finding {
    pub severity: Severity,
    pub said: Said,
    /// The listing it may duplicate.
    pub other: Option<(String, String)>,
}

/// What can be seen in the text alone.
pub fn of(kind: Kind, content: &Content, has_org: bool) -> Vec<Finding> {
    let plain = |severity, said| Finding {
        severity,
        said,
        other: None,
    };
    let mut findings: Vec<Finding> = ready::missing(kind, content, has_org)
        .into_iter()
        .map(|(_, flaw)| plain(Severity::Blocker, flaw.said))
        .collect();
    let texts = [&content.vi, &content.en].into_iter().flatten();
    let all: Vec<String> = texts
        .map(|text| format!("{}\n{}", text.title, whole(text)))
        .collect();
    if let Some(contact) = all.iter().find_map(|text| contacts::first_in(text)) {
        findings.push(plain(
            Severity::Blocker,
            said(
                format!("Có thông tin liên hệ trong bài: “{contact}”."),
                format!("Contact details in the text: “{contact}”."),
            ),
        ));
    }
    if all.iter().all(|text| text.chars().count() < SHORT_STORY) {
        findings.push(plain(
            Severity::Minor,
            said("Bài còn ngắn, khó ghép.", "The text is short and hard to match."),
        ));
    }
    for code in content.codes(Scheme::Capability) {
        if let Some(term) = vocab::term(Scheme::Capability, code).filter(|term| term.flagged) {
            findings.push(plain(
                Severity::Major,
                said(
                    format!(
                        "“{}”: năng lực cần xem kỹ (quyền riêng tư, dữ liệu nhạy cảm).",
                        term.vi
                    ),
                    format!(
                        "“{}”: a capability to look at twice (privacy, sensitive data).",
                        term.en
                    ),
                ),
            ));
        }
    }
    if content.personal_data {
        findings.push(plain(
            Severity::Minor,
            said(
                "Có dữ liệu cá nhân: hỏi cách bảo vệ.",
                "Personal data: ask how it will be protected.",
            ),
        ));
    }
    let lacking = match (&content.vi, &content.en) {
        (Some(_), None) => Some(said("Chưa có bản tiếng Anh.", "No English version yet.")),
        (None, Some(_)) => Some(said("Chưa có bản tiếng Việt.", "No Vietnamese version yet.")),
        _ => None,
    };
    findings.extend(lacking.map(|said| plain(Severity::Minor, said)));
    findings
}

/// Other listings of the same kind that say almost the same.
pub async fn duplicates(cx: &Cx, listing: &Listing) -> Result<Vec<Finding>, Fault> {
    let lang = listing.draft().first_lang(Lang::Vi);
    let Some(text) = listing.draft().text(lang) else {
        return Ok(Vec::new());
    };
    let like = Like {
        title: text.title.clone(),
        text: whole(text),
        filters: vec![Filter::Is("kind", listing.kind.code().to_owned())],
        limit: 5,
        ..Like::default()
    };
    let hits = cx.search_all.aside(move |search| search.like(&like)).await?;
    let near: Vec<ListingId> = hits
        .iter()
        .filter(|hit| hit.id != listing.id.0 && hit.meaning.is_some_and(|meaning| meaning >= SAME_MEANING))
        .map(|hit| ListingId(hit.id))
        .collect();
    Ok(many(&cx.db, &near)
        .await?
        .iter()
        .map(|other| Finding {
            severity: Severity::Major,
            said: said("Rất giống một tin đã có:", "Very much like an existing listing:"),
            other: Some((
                other.path(),
                format!("{} · {}", other.reference(), other.best().title(lang)),
            )),
        })
        .collect())
}

/// Whether anyone but its own people may find it: what the reviewer sees on top.
pub fn audience(visibility: Visibility, lang: Lang) -> &'static str {
    match visibility {
        Visibility::Public => lang.t("mọi người", "everyone"),
        Visibility::Members => lang.t(
            "người của tổ chức đã xác minh",
            "people of verified organisations",
        ),
        Visibility::Invited => lang.t("tổ chức được mời", "invited organisations"),
    }
}
