//! The directory of checked organisations, and the page of one: what it offers with what proves it, what it
//! needs, and how it answers. Never who its people are: that is told at an introduction.

use std::collections::HashMap;

use actix_web::web as routes;
use askama::Template;

use super::store;
use crate::accounts::Reader;
use crate::ids::{ListingId, OrgId};
use crate::kit::Cx;
use crate::kit::clock::{At, DAY, HOUR};
use crate::kit::fault::{Fault, Said, said};
use crate::kit::lang::Lang;
use crate::kit::search::fold;
use crate::kit::web::{self, Answer, Params, Shell};
use crate::listings::{self, Card, Kind, Listing, Sight, cards};
use crate::orgs::{self, Org, OrgKind};
use crate::vocab::{self, Scheme};

const PER_PAGE: u32 = 24;
const MOST_WORDS: usize = 8;
/// Fewer questions than this say nothing about how someone answers.
const ENOUGH_ASKED: usize = 3;

pub fn configure(pages: &mut routes::ServiceConfig) {
    pages
        .route("/organisations", routes::get().to(directory))
        .route("/organisations/{slug}", routes::get().to(show));
}

// The directory --------------------------------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "front/organisations.html")]
struct DirectoryPage {
    shell: Shell,
    params: Params,
    kind: Option<OrgKind>,
    entries: Vec<Entry>,
    total: i64,
    page: usize,
    pages: usize,
}

struct Entry {
    org: Org,
    place: String,
    needs: i64,
    offers: i64,
}

async fn directory(cx: Cx, shell: Shell, params: Params) -> Answer {
    let kind = OrgKind::from_code(params.value("kind"));
    let words: Vec<String> = fold(params.value("q"))
        .split_whitespace()
        .take(MOST_WORDS)
        .map(like_word)
        .collect();
    let page = params.page();
    let offset = i64::try_from(page - 1).unwrap_or(0) * i64::from(PER_PAGE);
    let (total, ids) = store::directory(&cx.db, kind, &words, offset, i64::from(PER_PAGE)).await?;
    let entries = entries(&cx, shell.lang, &ids).await?;
    let pages = usize::try_from((total + i64::from(PER_PAGE) - 1) / i64::from(PER_PAGE)).unwrap_or(0);
    web::page(&DirectoryPage {
        shell,
        params,
        kind,
        entries,
        total,
        page,
        pages,
    })
}

/// Letters and digits alone: a wildcard typed by someone is no wildcard.
fn like_word(word: &str) -> String {
    word.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

async fn entries(cx: &Cx, lang: Lang, ids: &[OrgId]) -> Result<Vec<Entry>, Fault> {
    let found = orgs::many(&cx.db, ids).await?;
    let counts = store::named_listings(&cx.db, ids).await?;
    let count = |org: OrgId, kind: Kind| {
        counts
            .iter()
            .find(|(id, of, _)| *id == org && *of == kind)
            .map_or(0, |(_, _, count)| *count)
    };
    let mut entries: Vec<Entry> = found
        .into_iter()
        .map(|org| Entry {
            place: vocab::label(Scheme::Place, &org.place, lang),
            needs: count(org.id, Kind::Need),
            offers: count(org.id, Kind::Offer),
            org,
        })
        .collect();
    entries.sort_by_key(|entry| ids.iter().position(|id| *id == entry.org.id));
    Ok(entries)
}

// One organisation -----------------------------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "front/organisation.html")]
struct OrganisationPage {
    shell: Shell,
    org: Org,
    place: String,
    size: String,
    offers: Vec<Shown>,
    needs: Vec<Shown>,
    answers: Option<Answers>,
    /// For its own people and coordinators: what the profile still lacks.
    checklist: Option<Vec<Point>>,
    own: bool,
}

struct Shown {
    card: Card,
    evidence: Vec<Proof>,
}

struct Proof {
    kind: String,
    what: String,
    reference: String,
    checked: Option<At>,
}

/// How the organisation answered what was put before it.
struct Answers {
    asked: usize,
    answered: usize,
    /// Half of the answers came within this many milliseconds.
    median: Option<i64>,
}

struct Point {
    done: bool,
    said: Said,
}

async fn show(cx: Cx, shell: Shell, reader: Reader, slug: routes::Path<(String, String)>) -> Answer {
    let (_, slug) = slug.into_inner();
    let org = orgs::by_slug(&cx.db, &slug).await?;
    let sight = Sight::of(&cx, &reader).await?;
    let own = match reader.actor() {
        Some(actor) => orgs::is_member(&cx.db, org.id, actor.id).await?,
        None => false,
    };
    let listings = named(&cx, &sight, org.id).await?;
    if !org.is_verified() && listings.is_empty() && !own && !sight.coordinates() {
        return Err(Fault::Missing);
    }
    let checklist = (own || sight.coordinates()).then(|| checklist(&org, &listings));
    let (needs, offers) = listings
        .into_iter()
        .partition(|listing| listing.kind == Kind::Need);
    web::page(&OrganisationPage {
        place: vocab::label(Scheme::Place, &org.place, shell.lang),
        size: vocab::label(Scheme::Size, &org.size, shell.lang),
        offers: shown(&cx, &reader, shell.lang, offers).await?,
        needs: shown(&cx, &reader, shell.lang, needs).await?,
        answers: Answers::of(&store::answers(&cx.db, org.id).await?),
        checklist,
        own,
        org,
        shell,
    })
}

/// What is open, may be read and names the organisation to this reader. Whoever works on a listing meets
/// its unpublished state among their own, not here.
async fn named(cx: &Cx, sight: &Sight, org: OrgId) -> Result<Vec<Listing>, Fault> {
    let all = listings::of_org(&cx.db, org).await?;
    let open = all
        .into_iter()
        .filter(|listing| listing.shown().is_some() && !listing.anonymous)
        .collect();
    sight.readable(cx, open).await
}

async fn shown(cx: &Cx, reader: &Reader, lang: Lang, listings: Vec<Listing>) -> Result<Vec<Shown>, Fault> {
    let mut evidence: HashMap<ListingId, Vec<Proof>> = listings
        .iter()
        .map(|listing| (listing.id, proofs(listing, lang)))
        .collect();
    let cards = cards(cx, reader, lang, listings).await?;
    Ok(cards
        .into_iter()
        .map(|card| Shown {
            evidence: evidence.remove(&card.id).unwrap_or_default(),
            card,
        })
        .collect())
}

fn proofs(listing: &Listing, lang: Lang) -> Vec<Proof> {
    let evidence = listing.shown().map_or(&[][..], |content| &content.evidence);
    evidence
        .iter()
        .map(|proof| Proof {
            kind: vocab::label(Scheme::Evidence, &proof.kind, lang),
            what: proof.what.clone(),
            reference: proof.reference.clone(),
            checked: proof.checked.map(|(_, at)| at),
        })
        .collect()
}

impl Answers {
    fn of(rows: &[(At, Option<At>)]) -> Option<Answers> {
        let mut waits: Vec<i64> = rows
            .iter()
            .filter_map(|(asked, answered)| Some(answered.as_ref()?.since(*asked).max(0)))
            .collect();
        waits.sort_unstable();
        (rows.len() >= ENOUGH_ASKED).then(|| Answers {
            asked: rows.len(),
            answered: waits.len(),
            median: waits.get(waits.len() / 2).copied(),
        })
    }

    fn rate(&self, lang: Lang) -> String {
        lang.fill(
            "{} trong {} lần",
            "{} of {} times",
            &[&self.answered, &self.asked],
        )
    }

    fn time(&self, lang: Lang) -> Option<String> {
        let median = self.median?;
        Some(if median < DAY {
            lang.fill("{} giờ", "{} hours", &[&(median / HOUR).max(1)])
        } else {
            lang.fill("{} ngày", "{} days", &[&(median / DAY)])
        })
    }
}

fn checklist(org: &Org, listings: &[Listing]) -> Vec<Point> {
    let point = |done: bool, vi: &'static str, en: &'static str| Point {
        done,
        said: said(vi, en),
    };
    let proven = listings.iter().any(|listing| {
        listing
            .shown()
            .is_some_and(|content| !content.evidence.is_empty())
    });
    vec![
        point(
            org.is_verified(),
            "Được điều phối viên xác minh",
            "Verified by a coordinator",
        ),
        point(
            !org.name_vi.is_empty() && !org.name_en.is_empty(),
            "Tên bằng cả hai thứ tiếng",
            "A name in both languages",
        ),
        point(
            !org.about_vi.is_empty(),
            "Giới thiệu bằng tiếng Việt",
            "An introduction in Vietnamese",
        ),
        point(
            !org.about_en.is_empty(),
            "Giới thiệu bằng tiếng Anh",
            "An introduction in English",
        ),
        point(org.website.is_some(), "Trang web", "A website"),
        point(
            !listings.is_empty(),
            "Ít nhất một tin đang mở, có nêu tên",
            "At least one open listing in its name",
        ),
        point(proven, "Ít nhất một minh chứng", "At least one piece of evidence"),
    ]
}

impl OrganisationPage {
    /// What its people typed is a link only where it leads to the web.
    fn may_link(&self) -> bool {
        let website = self.org.website.as_deref().unwrap_or_default();
        website.starts_with("https://") || website.starts_with("http://")
    }

    fn done(&self) -> usize {
        self.checklist.iter().flatten().filter(|point| point.done).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_questions_say_nothing_and_three_say_half() {
        let asked = |hours: Option<i64>| (At(0), hours.map(|hours| At(hours * HOUR)));
        assert!(Answers::of(&[asked(Some(1)), asked(None)]).is_none());
        let answers = Answers::of(&[asked(Some(50)), asked(None), asked(Some(2)), asked(Some(30))]).unwrap();
        assert_eq!(answers.rate(Lang::En), "3 of 4 times");
        assert_eq!(answers.time(Lang::Vi).unwrap(), "1 ngày");
    }
}
