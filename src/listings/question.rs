//! A question as its address writes it, and as the index understands it.

use super::Kind;
use crate::kit::clock::At;
use crate::kit::db::codes;
use crate::kit::lang::Lang;
use crate::kit::search::{self, Filter, Query};
use crate::kit::web::Params;
use crate::orgs::OrgKind;
use crate::vocab::{self, Scheme};

pub const PER_PAGE: usize = 12;
/// Nobody ticks more; a machine that does is asking something else.
const MOST_CODES: usize = 20;
const MOST_LETTERS: usize = 400;

codes! {
    pub enum Sort { Fit = "fit", Newest = "newest", Closing = "closing" }
}

impl Sort {
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Sort::Fit => lang.t("Phù hợp nhất", "Best fit"),
            Sort::Newest => lang.t("Mới nhất", "Newest"),
            Sort::Closing => lang.t("Sắp hết hạn", "Closing soon"),
        }
    }
}

/// Something to narrow by. Its name is the word in the address and the keyword of the index.
#[derive(Debug)]
pub struct Facet {
    pub name: &'static str,
    vi: &'static str,
    en: &'static str,
    scheme: Option<Scheme>,
    /// Makes sense for listings of this kind alone.
    only: Option<Kind>,
}

/// In the order people ask.
pub const FACETS: &[Facet] = &[
    facet("sector", "Lĩnh vực", "Sector", Some(Scheme::Sector), None),
    facet(
        "capability",
        "Năng lực AI",
        "AI capability",
        Some(Scheme::Capability),
        None,
    ),
    facet(
        "cooperation",
        "Hình thức hợp tác",
        "Cooperation",
        Some(Scheme::Cooperation),
        None,
    ),
    facet(
        "offer_kind",
        "Loại năng lực",
        "Kind of offer",
        Some(Scheme::OfferKind),
        Some(Kind::Offer),
    ),
    facet(
        "data",
        "Dữ liệu đang có",
        "Data at hand",
        Some(Scheme::Data),
        Some(Kind::Need),
    ),
    facet("budget", "Kinh phí", "Budget", Some(Scheme::Budget), None),
    facet("trl", "Mức sẵn sàng", "Readiness", Some(Scheme::Trl), None),
    facet("org_kind", "Bên đăng", "Posted by", None, None),
    facet("place", "Địa bàn", "Place", Some(Scheme::Place), None),
    facet("lang", "Ngôn ngữ", "Language", None, None),
];

const fn facet(
    name: &'static str,
    vi: &'static str,
    en: &'static str,
    scheme: Option<Scheme>,
    only: Option<Kind>,
) -> Facet {
    Facet {
        name,
        vi,
        en,
        scheme,
        only,
    }
}

impl Facet {
    pub fn label(&self, lang: Lang) -> &'static str {
        lang.t(self.vi, self.en)
    }

    pub fn label_of(&self, code: &str, lang: Lang) -> String {
        match (self.scheme, self.name) {
            (Some(scheme), _) => vocab::label(scheme, code, lang),
            (None, "org_kind") => match OrgKind::from_code(code) {
                Some(OrgKind::Business) => lang.t("Doanh nghiệp", "Business").to_owned(),
                Some(OrgKind::Institute) => lang.t("Viện, trường", "Institute").to_owned(),
                None => code.to_owned(),
            },
            (None, _) => match Lang::from_code(code) {
                Some(Lang::Vi) => lang.t("Có tiếng Việt", "In Vietnamese").to_owned(),
                Some(Lang::En) => lang.t("Có tiếng Anh", "In English").to_owned(),
                None => code.to_owned(),
            },
        }
    }

    fn suits(&self, kind: Option<Kind>) -> bool {
        self.only.is_none() || kind.is_none() || self.only == kind
    }
}

#[derive(Debug, Clone)]
pub struct Question {
    pub text: String,
    pub kind: Option<Kind>,
    pub chosen: Vec<(&'static Facet, String)>,
    pub sort: Sort,
    pub page: usize,
}

impl Question {
    /// A kind named by the address's path stands above one in its query.
    pub fn of(params: &Params, fixed: Option<Kind>) -> Question {
        let text: String = params
            .text("q")
            .unwrap_or_default()
            .chars()
            .take(MOST_LETTERS)
            .collect();
        let chosen = FACETS
            .iter()
            .flat_map(|facet| {
                let codes = params.values(facet.name).filter(|code| !code.is_empty());
                codes
                    .take(MOST_CODES)
                    .map(move |code| (facet, code.to_owned()))
                    .collect::<Vec<_>>()
            })
            .collect();
        Question {
            kind: fixed.or_else(|| Kind::from_code(params.value("kind"))),
            chosen,
            sort: Sort::from_code(params.value("sort")).unwrap_or(Sort::Fit),
            page: params.page(),
            text,
        }
    }

    pub fn facets(&self) -> impl Iterator<Item = &'static Facet> {
        let kind = self.kind;
        FACETS.iter().filter(move |facet| facet.suits(kind))
    }

    pub fn has(&self, name: &str, code: &str) -> bool {
        self.chosen
            .iter()
            .any(|(facet, chosen)| facet.name == name && chosen == code)
    }

    #[must_use]
    pub fn without(&self, name: &str, code: &str) -> Question {
        let mut other = self.clone();
        other
            .chosen
            .retain(|(facet, chosen)| !(facet.name == name && chosen == code));
        other
    }

    #[must_use]
    pub fn without_text(&self) -> Question {
        Question {
            text: String::new(),
            ..self.clone()
        }
    }

    /// The address of the question, order and page left aside: what is kept of it.
    pub fn address(&self) -> String {
        let kind = self.kind.map_or("", Kind::code);
        let named = [("q", self.text.as_str()), ("kind", kind)];
        let asked: Vec<(&str, &str)> = named
            .into_iter()
            .filter(|(name, value)| !value.is_empty() && (*name != "kind" || self.asks_something()))
            .chain(
                self.chosen
                    .iter()
                    .map(|(facet, code)| (facet.name, code.as_str())),
            )
            .collect();
        serde_html_form::to_string(&asked).unwrap_or_default()
    }

    /// More than “all needs” or “all offers”.
    pub fn asks_something(&self) -> bool {
        !self.text.is_empty() || !self.chosen.is_empty()
    }

    /// In words, for a list of kept questions: what was typed and what was chosen.
    pub fn told(&self, lang: Lang) -> String {
        let kind = self.kind.map(|kind| match kind {
            Kind::Need => lang.t("nhu cầu", "needs").to_owned(),
            Kind::Offer => lang.t("năng lực", "offers").to_owned(),
        });
        let text = (!self.text.is_empty()).then(|| self.text.clone());
        let chosen = self.chosen.iter().map(|(facet, code)| facet.label_of(code, lang));
        let parts: Vec<String> = text.into_iter().chain(kind).chain(chosen).collect();
        parts.join(" · ")
    }

    /// The address of the question without its filters.
    pub fn bare_query(&self) -> String {
        let kind = self.kind.map_or("", Kind::code);
        let bare = Params::parse("").with_value("q", &self.text);
        Params::parse(&bare).with_value("kind", kind)
    }

    /// As the index understands it: `audience` is what the reader may see at all.
    pub fn query(&self, audience: Option<Filter>, now: At) -> Query {
        let mut filters: Vec<Filter> = audience.into_iter().collect();
        filters.extend(self.kind.map(|kind| Filter::Is("kind", kind.code().to_owned())));
        for facet in FACETS {
            let codes: Vec<String> = self
                .chosen
                .iter()
                .filter(|(on, _)| on.name == facet.name)
                .map(|(_, code)| code.clone())
                .collect();
            if !codes.is_empty() {
                filters.push(Filter::AnyOf(facet.name, codes));
            }
        }
        if self.sort == Sort::Closing {
            filters.push(Filter::AtLeast("deadline", now.0));
        }
        Query {
            text: self.text.clone(),
            filters,
            sort: match self.sort {
                Sort::Fit => search::Sort::Fit,
                Sort::Newest => search::Sort::Newest,
                Sort::Closing => search::Sort::Number("deadline", search::Order::Asc),
            },
            offset: (self.page - 1) * PER_PAGE,
            limit: PER_PAGE,
            facets: std::iter::once("kind")
                .chain(self.facets().map(|facet| facet.name))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_question() {
        let params =
            Params::parse("q=b%E1%BB%87nh+l%C3%BAa&sector=agriculture&sector=health&sort=closing&page=2&x=1");
        let question = Question::of(&params, Some(Kind::Need));
        assert_eq!(question.text, "bệnh lúa");
        assert_eq!(question.chosen.len(), 2);
        assert_eq!(
            question.address(),
            "q=b%E1%BB%87nh+l%C3%BAa&kind=need&sector=agriculture&sector=health"
        );
        assert_eq!(
            Question::of(&Params::parse("kind=need&page=3"), None).address(),
            ""
        );
        assert_eq!(question.bare_query(), "q=b%E1%BB%87nh+l%C3%BAa&kind=need");
        let query = question.query(None, At(5));
        assert_eq!(query.offset, PER_PAGE);
        assert!(query.facets.contains(&"data") && !query.facets.contains(&"offer_kind"));
        assert!(matches!(&query.filters[1], Filter::AnyOf("sector", codes) if codes.len() == 2));
        assert!(matches!(query.filters[2], Filter::AtLeast("deadline", 5)));
        assert!(!question.without("sector", "health").has("sector", "health"));
    }
}
