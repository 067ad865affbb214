//! A listing as the search sees it. The index is derived: ids, words, codes; what a reader may see is
//! decided where the rows are.

use crate::kit::clock::At;
use crate::kit::lang::Lang;
use crate::kit::search::{Doc, Layout, passages};
use crate::orgs::Org;
use crate::vocab::{self, Scheme};

use super::{Content, Listing, Text, Visibility};

/// Keywords to filter and count by; numbers to sort by. `deadline` is far away where there is none.
pub const LAYOUT: Layout = Layout {
    keywords: &[
        "kind",
        "sector",
        "capability",
        "cooperation",
        "industry",
        "sdg",
        "place",
        "org",
        "audience",
        "data",
        "budget",
        "offer_kind",
        "lang",
        "org_kind",
        "size",
        "trl",
        "origin",
    ],
    numbers: &["created", "deadline", "readiness"],
};

const NO_DEADLINE: i64 = i64::MAX / 2;

/// The document of a listing, or `None` where nobody but its own people may see it.
pub fn document(listing: &Listing, org: Option<&Org>) -> Option<Doc> {
    let content = listing.shown()?;
    let texts = [(Lang::Vi, &content.vi), (Lang::En, &content.en)];
    let written: Vec<(Lang, &Text)> = texts
        .into_iter()
        .filter_map(|(lang, text)| text.as_ref().map(|text| (lang, text)))
        .collect();
    let mut keywords: Vec<(&'static str, String)> = vec![
        ("kind", listing.kind.code().to_owned()),
        ("audience", listing.visibility.code().to_owned()),
        ("origin", listing.origin.code().to_owned()),
    ];
    let mut put = |name: &'static str, code: Option<&str>| {
        keywords.extend(
            code.filter(|code| !code.is_empty())
                .map(|code| (name, code.to_owned())),
        );
    };
    for scheme in [
        Scheme::Sector,
        Scheme::Capability,
        Scheme::Cooperation,
        Scheme::Industry,
        Scheme::Sdg,
    ] {
        content
            .codes(scheme)
            .for_each(|code| put(scheme.code(), Some(code)));
    }
    put("place", content.place.as_deref());
    put("data", content.data.as_deref());
    put("budget", content.budget.as_deref());
    put("offer_kind", content.offer_kind.as_deref());
    put("trl", content.trl.map(|trl| trl.to_string()).as_deref());
    written
        .iter()
        .for_each(|(lang, _)| put("lang", Some(lang.code())));
    if let Some(org) = org {
        put("org_kind", Some(org.kind.code()));
        put("size", Some(&org.size));
        // Whose an anonymous listing is must not be found by asking the index for an organisation.
        if !listing.anonymous {
            put("org", Some(&org.id.to_string()));
        }
    }
    let name = org
        .filter(|_| !listing.anonymous)
        .map(|org| format!("{} {}", org.name_vi, org.name_en));
    let (title, text) = as_document(content);
    Some(Doc {
        id: listing.id.0,
        title,
        text: joined([text.as_str(), name.as_deref().unwrap_or_default()]),
        keywords,
        numbers: vec![
            ("created", listing.published_at.unwrap_or_default().0),
            ("deadline", content.deadline.map_or(NO_DEADLINE, |At(at)| at)),
            ("readiness", content.trl.unwrap_or(0)),
        ],
        passages: written
            .iter()
            .flat_map(|(_, text)| passages(&text.title, &text.summary, &rest(text)))
            .collect(),
    })
}

/// Title and text as they are found: both languages, and what the tags are called. Whose it is, is no part of it.
pub fn as_document(content: &Content) -> (String, String) {
    let (title, text) = as_question(content);
    (title, joined([text.as_str(), &labels(content)]))
}

/// Title and text as they are asked, where a listing looks for its counterpart.
pub fn as_question(content: &Content) -> (String, String) {
    let written = || [&content.vi, &content.en].into_iter().flatten();
    let texts: Vec<String> = written().map(whole).collect();
    (
        joined(written().map(|text| text.title.as_str())),
        joined(texts.iter().map(String::as_str)),
    )
}

/// Only public listings stand in the index that anyone's search, suggestions and counts come from.
pub fn is_public(listing: &Listing) -> bool {
    listing.visibility == Visibility::Public
}

/// The whole text in one language, summary first.
pub fn whole(text: &Text) -> String {
    joined([text.summary.as_str(), &rest(text)])
}

/// All but title and summary.
pub fn rest(text: &Text) -> String {
    joined([
        text.body.as_str(),
        &text.today,
        &text.success,
        &text.advantage,
        &text.technical,
        &text.partner,
        &text.economics,
    ])
}

/// What its tags are called, so that a search for a sector's name finds it.
fn labels(content: &Content) -> String {
    let mut labels = Vec::new();
    for scheme in [Scheme::Sector, Scheme::Capability] {
        for code in content.codes(scheme).filter(|code| *code != vocab::OTHER) {
            labels.extend(vocab::term(scheme, code).map(|term| format!("{}. {}", term.vi, term.en)));
        }
    }
    labels.join(". ")
}

fn joined<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    parts
        .into_iter()
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}
