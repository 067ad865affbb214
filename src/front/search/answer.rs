//! What the index answers, as the page shows it.

use std::collections::HashMap;

use super::marks::{self, Why};
use crate::accounts::Reader;
use crate::ids::ListingId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::search::{Filter, Found, Hit, Search};
use crate::kit::web::{Params, Shell};
use crate::listings::Sight;
use crate::listings::card::{Card, cards};
use crate::listings::question::{Facet, PER_PAGE, Question};
use crate::listings::{self, Kind, Listing, Visibility};

/// A list longer than this folds.
const CODES_SHOWN: usize = 8;

/// Which listings the reader may find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// What anyone may read.
    Public,
    /// People of checked organisations also find what is for members.
    Members,
    /// Coordinators find everything.
    Everything,
}

impl Audience {
    pub async fn of(cx: &Cx, reader: &Reader) -> Result<Audience, Fault> {
        let sight = Sight::of(cx, reader).await?;
        Ok(if sight.coordinates() {
            Audience::Everything
        } else if sight.is_member() {
            Audience::Members
        } else {
            Audience::Public
        })
    }

    /// What is not public stands in an index of its own, which visitors never reach.
    pub fn index(self, cx: &Cx) -> &Search {
        match self {
            Audience::Public => &cx.search,
            Audience::Members | Audience::Everything => &cx.search_all,
        }
    }

    pub fn filter(self) -> Option<Filter> {
        let open = [Visibility::Public, Visibility::Members].map(|visibility| visibility.code().to_owned());
        (self == Audience::Members).then(|| Filter::AnyOf("audience", open.into()))
    }
}

pub struct Answered {
    pub results: Vec<Shown>,
    pub total: usize,
    pub facets: Vec<FacetShown>,
    pub chips: Vec<Chip>,
    /// The question with its marks put back.
    pub restored: Option<String>,
    /// What was typed, and what it was taken for.
    pub expanded: Vec<(String, String)>,
    /// Ranked by words alone.
    pub degraded: bool,
    kinds: Vec<(String, usize)>,
}

pub struct Shown {
    pub card: Card,
    pub why: Why,
}

pub struct FacetShown {
    pub label: &'static str,
    pub codes: Vec<CodeShown>,
    pub more: Vec<CodeShown>,
    pub open: bool,
}

pub struct CodeShown {
    pub label: String,
    pub count: usize,
    pub query: String,
    pub on: bool,
}

/// A filter in force, and the address without it.
pub struct Chip {
    pub label: String,
    pub query: String,
}

impl Answered {
    pub fn pages(&self) -> usize {
        self.total.div_ceil(PER_PAGE)
    }

    pub fn of_kind(&self, kind: Option<Kind>) -> usize {
        self.kinds
            .iter()
            .filter(|(code, _)| kind.is_none_or(|kind| kind.code() == code))
            .map(|(_, count)| count)
            .sum()
    }
}

pub async fn ask(
    cx: &Cx,
    reader: &Reader,
    audience: Audience,
    shell: &Shell,
    params: &Params,
    question: &Question,
) -> Result<Answered, Fault> {
    let query = question.query(audience.filter(), cx.now());
    let teacher = cx.search.clone();
    let found = audience
        .index(cx)
        .aside(move |search| search.find_taught_by(&teacher, &query))
        .await?;
    let results = shown(cx, reader, audience, shell, question, &found).await?;
    Ok(Answered {
        results,
        total: found.total,
        facets: question
            .facets()
            .filter_map(|facet| facet_shown(facet, shell, params, question, &found))
            .collect(),
        chips: chips(shell, params, question),
        kinds: counts_of(&found, "kind")
            .map(|(code, count)| (code.to_owned(), count))
            .collect(),
        restored: found.restored,
        expanded: found
            .expanded
            .into_iter()
            .map(|guess| (guess.typed, guess.meant.join(", ")))
            .collect(),
        degraded: found.degraded && !question.text.is_empty(),
    })
}

async fn shown(
    cx: &Cx,
    reader: &Reader,
    audience: Audience,
    shell: &Shell,
    question: &Question,
    found: &Found,
) -> Result<Vec<Shown>, Fault> {
    let listings = of_hits(cx, &found.hits).await?;
    let asked = found.restored.clone().unwrap_or_else(|| question.text.clone());
    let mut whys = whys(cx, audience, shell, asked, &listings, &found.hits).await?;
    let cards = cards(cx, reader, shell.lang, listings).await?;
    Ok(cards
        .into_iter()
        .map(|card| Shown {
            why: whys.remove(&card.id).unwrap_or(Why::Nothing),
            card,
        })
        .collect())
}

/// The listings of hits, best first.
pub async fn of_hits(cx: &Cx, hits: &[Hit]) -> Result<Vec<Listing>, Fault> {
    let ids: Vec<ListingId> = hits.iter().map(|hit| ListingId(hit.id)).collect();
    listings::many(&cx.db, &ids).await
}

async fn whys(
    cx: &Cx,
    audience: Audience,
    shell: &Shell,
    asked: String,
    listings: &[Listing],
    hits: &[Hit],
) -> Result<HashMap<ListingId, Why>, Fault> {
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let texts: Vec<(ListingId, String, String)> = listings
        .iter()
        .filter_map(|listing| {
            let text = listing.shown()?.text(shell.lang)?;
            let head = format!("{}\n{}", text.title, text.summary);
            Some((listing.id, head, listings::index::rest(text)))
        })
        .collect();
    let near: HashMap<ListingId, bool> = hits
        .iter()
        .map(|hit| (ListingId(hit.id), marks::is_near(hit)))
        .collect();
    let found = audience.index(cx).aside(move |search| {
        let mut asked = search.against(&asked);
        texts
            .into_iter()
            .map(|(id, head, rest)| {
                let near = near.get(&id) == Some(&true);
                Ok((id, marks::why(&mut asked, &head, &rest, near)?))
            })
            .collect()
    });
    Ok(found.await?)
}

fn facet_shown(
    facet: &'static Facet,
    shell: &Shell,
    params: &Params,
    question: &Question,
    found: &Found,
) -> Option<FacetShown> {
    let mut codes: Vec<CodeShown> = counts_of(found, facet.name)
        .map(|(code, count)| CodeShown {
            label: facet.label_of(code, shell.lang),
            count,
            query: params.toggled(facet.name, code),
            on: question.has(facet.name, code),
        })
        .collect();
    // What is chosen stays in sight, even where nothing is left of it.
    codes.sort_by_key(|code| !code.on);
    let more = codes.split_off(codes.len().min(CODES_SHOWN));
    let open =
        codes.iter().any(|code| code.on) || matches!(facet.name, "sector" | "capability" | "cooperation");
    (!codes.is_empty()).then(|| FacetShown {
        label: facet.label(shell.lang),
        codes,
        more,
        open,
    })
}

fn chips(shell: &Shell, params: &Params, question: &Question) -> Vec<Chip> {
    question
        .chosen
        .iter()
        .map(|(facet, code)| Chip {
            label: facet.label_of(code, shell.lang),
            query: params.toggled(facet.name, code),
        })
        .collect()
}

fn counts_of<'f>(found: &'f Found, name: &'f str) -> impl Iterator<Item = (&'f str, usize)> {
    found
        .facets
        .iter()
        .filter(move |(facet, _)| *facet == name)
        .flat_map(|(_, counts)| counts.iter().map(|count| (count.code.as_str(), count.count)))
}
