//! Code lists: always scheme, version and code, with a label in each language. Built in, and overlaid by
//! `<data>/vocab/*.json` of the same shape, where an operator may add terms or reword them.

use std::path::Path;
use std::sync::OnceLock;

use anyhow::Context as _;
use serde::Deserialize;

use crate::kit::db::codes;
use crate::kit::lang::Lang;

codes! {
    pub enum Scheme {
        Sector = "sector", Capability = "capability", Cooperation = "cooperation",
        Industry = "industry", Sdg = "sdg", Place = "place",
        Budget = "budget", Data = "data", OfferKind = "offer_kind", Size = "size", Trl = "trl",
        Decline = "decline", Close = "close", Outcome = "outcome", Evidence = "evidence",
    }
}

/// The place of those who are not in the city.
pub const OUTSIDE: &str = "outside";
/// The sector of what fits none of the plan's ten.
pub const OTHER: &str = "other";

#[derive(Debug, Clone, Deserialize)]
pub struct Term {
    pub code: String,
    pub vi: String,
    pub en: String,
    /// Needs a second look by a coordinator (biometrics).
    #[serde(default)]
    pub flagged: bool,
}

impl Term {
    pub fn label(&self, lang: &Lang) -> &str {
        lang.t(&self.vi, &self.en)
    }
}

#[derive(Debug, Clone, Deserialize)]
pub struct List {
    pub scheme: Scheme,
    pub version: String,
    pub source: String,
    pub terms: Vec<Term>,
}

static LISTS: OnceLock<Vec<List>> = OnceLock::new();

/// Reads the built-in lists and the overlay of a data folder. Later calls change nothing.
pub fn load(data: &Path) -> anyhow::Result<()> {
    let mut lists = built_in()?;
    let folder = data.join("vocab");
    if folder.is_dir() {
        for entry in std::fs::read_dir(&folder).context("vocab folder")? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "json") {
                let text = std::fs::read_to_string(&path)?;
                let overlay: Vec<List> =
                    serde_json::from_str(&text).with_context(|| path.display().to_string())?;
                overlay.into_iter().for_each(|list| lay_over(&mut lists, list));
            }
        }
    }
    let _already_loaded = LISTS.set(lists);
    Ok(())
}

pub fn lists() -> &'static [List] {
    // The built-in text is compiled in and covered by a test, so it can be read.
    LISTS.get_or_init(|| built_in().unwrap_or_default())
}

pub fn terms(scheme: Scheme) -> &'static [Term] {
    lists()
        .iter()
        .find(|list| list.scheme == scheme)
        .map_or(&[], |list| &list.terms)
}

pub fn term(scheme: Scheme, code: &str) -> Option<&'static Term> {
    terms(scheme).iter().find(|term| term.code == code)
}

pub fn knows(scheme: Scheme, code: &str) -> bool {
    term(scheme, code).is_some()
}

/// The label of a code; the code itself where the list no longer has it.
pub fn label(scheme: Scheme, code: &str, lang: Lang) -> String {
    term(scheme, code).map_or_else(|| code.to_owned(), |term| term.label(&lang).to_owned())
}

fn built_in() -> anyhow::Result<Vec<List>> {
    let mut lists: Vec<List> =
        serde_json::from_str(include_str!("lists.json")).context("built-in code lists")?;
    let mut places: Vec<Term> = include_str!("places.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .map(|(code, name)| Term {
            code: code.to_owned(),
            vi: name.to_owned(),
            en: english_place(name),
            flagged: false,
        })
        .collect();
    places.sort_by(|one, other| one.vi.cmp(&other.vi));
    places.push(Term {
        code: OUTSIDE.to_owned(),
        vi: "Ngoài Thành phố Hồ Chí Minh".to_owned(),
        en: "Outside Ho Chi Minh City".to_owned(),
        flagged: false,
    });
    lists.push(List {
        scheme: Scheme::Place,
        version: "2025-07".to_owned(),
        source: "thanglequoc/vietnamese-provinces-database (MIT)".to_owned(),
        terms: places,
    });
    Ok(lists)
}

fn english_place(name: &str) -> String {
    [
        ("Phường ", "Ward"),
        ("Xã ", "Commune"),
        ("Đặc khu ", "Special Zone"),
    ]
    .iter()
    .find_map(|(prefix, kind)| name.strip_prefix(prefix).map(|own| format!("{own} {kind}")))
    .unwrap_or_else(|| name.to_owned())
}

fn lay_over(lists: &mut Vec<List>, overlay: List) {
    let Some(list) = lists.iter_mut().find(|list| list.scheme == overlay.scheme) else {
        lists.push(overlay);
        return;
    };
    list.version = overlay.version;
    for term in overlay.terms {
        match list.terms.iter_mut().find(|known| known.code == term.code) {
            Some(known) => *known = term,
            None => list.terms.push(term),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_lists_are_whole() {
        let count = |scheme| terms(scheme).len();
        assert_eq!(count(Scheme::Sector), 11);
        assert_eq!(count(Scheme::Capability), 28);
        assert_eq!(count(Scheme::Place), 169);
        assert_eq!(count(Scheme::Industry), 22);
        assert_eq!(count(Scheme::Sdg), 17);
        for scheme in Scheme::ALL {
            assert!(
                terms(*scheme)
                    .iter()
                    .all(|term| !term.vi.is_empty() && !term.en.is_empty()),
                "{scheme}"
            );
        }
        assert_eq!(label(Scheme::Place, "27541", Lang::En), "Phú Hòa Đông Commune");
    }
}
