//! What the service thinks of one need beside one offer: how well they fit, and why.

use sqlx::types::Json;

use super::score::{self, Heard, Party};
use super::stage::{Side, Stage};
use super::why::{Evidence, Link, Why};
use super::{Origin, Pairing};
use crate::ids::PairingId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::search::{Hit, Search, Shared, sentences};
use crate::listings::{Content, Listing, Text, Visibility, index};
use crate::orgs::{self, Org};

/// Explanations beyond so many sentences a side are not read.
const MOST_SENTENCES: usize = 10;
/// Two sentences answer each other from here on.
const ANSWERS: f32 = 0.42;

/// What the service thinks of a pair.
pub(super) struct Judged {
    pub score: f64,
    pub why: Why,
    pub heard: Heard,
}

impl Judged {
    /// A pairing nobody has decided about yet.
    pub(super) fn pairing(
        self,
        cx: &Cx,
        need: &Listing,
        offer: &Listing,
        origin: Origin,
        interested: Option<Side>,
    ) -> Pairing {
        let now = cx.now();
        Pairing {
            id: PairingId::new(),
            need_id: need.id,
            offer_id: offer.id,
            origin,
            interested,
            stage: Stage::Suggested,
            score: self.score,
            why: Json(self.why),
            model: maker(cx),
            heard_words: self.heard.words,
            heard_meaning: self.heard.meaning,
            words_rank: None,
            coordinator_id: None,
            words: None,
            reason: None,
            note: None,
            asked_at: None,
            due_at: None,
            nudged_at: None,
            introduced_at: None,
            followed_up: 0,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Score and reasons of a pair; without a hit of a search the two texts are compared directly.
pub(super) async fn judge(
    cx: &Cx,
    need: &Listing,
    offer: &Listing,
    hit: Option<Hit>,
) -> Result<Judged, Fault> {
    let (need_org, offer_org) = (org_of(cx, need).await?, org_of(cx, offer).await?);
    let (need_text, offer_text) = readable(need, offer);
    let wholes = [need, offer].map(|listing| whole_of(listing.best()));
    let read = cx
        .search_all
        .aside(move |search| {
            let heard = match hit {
                Some(hit) => heard_in(&hit),
                None => compare(search, &wholes)?,
            };
            Ok((heard, explain(search, &need_text, &offer_text)?))
        })
        .await?;
    let (heard, (terms, evidence)) = read;
    let now = cx.now();
    let (need, offer) = (
        party_of(need, need.best(), need_org.as_ref()),
        party_of(offer, offer.best(), offer_org.as_ref()),
    );
    Ok(Judged {
        score: score::fit(&need, &offer, heard, now),
        why: score::why(&need, &offer, &terms, evidence),
        heard,
    })
}

/// What made the scores of this process: the rule and the model of meanings.
pub(super) fn maker(cx: &Cx) -> String {
    format!(
        "{}+{}",
        score::MODEL,
        cx.search_all.model().as_deref().unwrap_or("words")
    )
}

/// The words both texts use and the sentences that answer each other, from what both sides may read.
pub(super) fn explain(search: &Search, need: &str, offer: &str) -> anyhow::Result<(Vec<String>, Evidence)> {
    let cut = |text: &str| {
        let mut cut = sentences(text);
        cut.truncate(MOST_SENTENCES);
        cut
    };
    let (need_cut, offer_cut) = (cut(need), cut(offer));
    // A word is only marked where its like can be seen, too.
    let shown = |cut: &[std::ops::Range<usize>]| cut.last().map_or(0, |last| last.end);
    let (need, offer) = (&need[..shown(&need_cut)], &offer[..shown(&offer_cut)]);
    let owned = |text: &str, cut: &[std::ops::Range<usize>]| -> Vec<String> {
        cut.iter().map(|range| text[range.clone()].to_owned()).collect()
    };
    let shared = search.shared_terms(need, offer)?;
    let links = search
        .alignment(&owned(need, &need_cut), &owned(offer, &offer_cut))?
        .into_iter()
        .filter(|pair| pair.score >= ANSWERS)
        .take(5)
        .map(|pair| Link {
            need: pair.a,
            offer: pair.b,
            score: pair.score,
        })
        .collect();
    let places = |of: fn(&Shared) -> &Vec<std::ops::Range<usize>>| {
        shared.iter().flat_map(of).cloned().collect::<Vec<_>>()
    };
    let terms = shared.iter().map(Shared::named).take(8).collect();
    let evidence = Evidence::of(
        (need, &need_cut, &places(|shared| &shared.in_a)),
        (offer, &offer_cut, &places(|shared| &shared.in_b)),
        links,
    );
    Ok((terms, evidence))
}

fn compare(search: &Search, wholes: &[String; 2]) -> anyhow::Result<Heard> {
    let vectors = search.embed(wholes)?;
    let meaning = match vectors.as_slice() {
        [one, other] => Some(one.iter().zip(other).map(|(a, b)| f64::from(a * b)).sum()),
        _ => None,
    };
    Ok(Heard {
        words: None,
        meaning,
        across_languages: true,
    })
}

pub(super) fn heard_in(hit: &Hit) -> Heard {
    Heard {
        words: Some(f64::from(hit.words)),
        meaning: hit.meaning.map(f64::from),
        across_languages: hit.across_languages,
    }
}

/// The two texts in a language both have, where there is one. Of a restricted listing only the summary is shown.
fn readable(need: &Listing, offer: &Listing) -> (String, String) {
    let both = |lang| {
        [need, offer]
            .iter()
            .all(|one| one.best().shown_lang(lang) == lang)
    };
    let lang = if both(Lang::Vi) || !both(Lang::En) {
        Lang::Vi
    } else {
        Lang::En
    };
    let text = |listing: &Listing| {
        listing
            .best()
            .text(lang)
            .map_or_else(String::new, |text| match listing.visibility {
                Visibility::Public => format!("{}\n{}", text.title, index::whole(text)),
                Visibility::Members | Visibility::Invited => format!("{}\n{}", text.title, text.summary),
            })
    };
    (text(need), text(offer))
}

fn whole_of(content: &Content) -> String {
    written(content)
        .next()
        .map_or_else(String::new, |text| format!("{}. {}", text.title, text.summary))
}

pub(super) fn written(content: &Content) -> impl Iterator<Item = &Text> {
    [&content.vi, &content.en].into_iter().flatten()
}

pub(super) fn party_of<'a>(listing: &'a Listing, content: &'a Content, org: Option<&'a Org>) -> Party<'a> {
    Party {
        content,
        org: listing.org_id,
        org_place: org.map(|org| org.place.as_str()),
        verified: org.is_some_and(Org::is_verified),
        refreshed_at: listing.refreshed_at,
    }
}

pub(super) async fn org_of(cx: &Cx, listing: &Listing) -> Result<Option<Org>, Fault> {
    match listing.org_id {
        Some(org) => orgs::get(&cx.db, org).await.map(Some),
        None => Ok(None),
    }
}
