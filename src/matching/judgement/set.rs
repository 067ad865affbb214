//! All judged pairs as a set of questions with known answers, in the shape the search is measured by.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::{Grade, grade};
use crate::accounts;
use crate::ids::{ListingId, PairingId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::listings::{self, Kind, Listing, State, Visibility, contacts, index};
use crate::matching::store::judging::{self as store, Decided};
use crate::orgs;

/// Needs are the questions, offers the documents; every offer that is listed stands among them, judged or not, so
/// that a ranking has the whole catalogue to go wrong in.
#[derive(Debug, Default)]
pub struct Set {
    pub needs: Vec<Text>,
    pub offers: Vec<Text>,
    pub judged: Vec<Heard>,
    /// Judged pairs left out, because a side of theirs was never public.
    pub restricted: usize,
}

/// A listing as everybody can read it, under its reference.
#[derive(Debug, Clone, Serialize)]
pub struct Text {
    pub id: String,
    pub title: String,
    pub text: String,
}

/// A judged pair, and what its score was made of.
#[derive(Debug, Clone, Serialize)]
pub struct Heard {
    pub need: String,
    pub offer: String,
    pub grade: Grade,
    /// Who had the idea: a set of the service's own suggestions is blind to what it never suggested.
    pub origin: String,
    pub score: f64,
    pub model: String,
    pub words: Option<f64>,
    pub meaning: Option<f64>,
    pub words_rank: Option<i64>,
}

pub async fn gather(cx: &Cx) -> Result<Set, Fault> {
    let graded = graded(cx).await?;
    let judged: HashSet<ListingId> = graded
        .iter()
        .flat_map(|(pair, _)| [pair.need_id, pair.offer_id])
        .collect();
    let mut set = Set::default();
    let mut names: HashMap<ListingId, String> = HashMap::new();
    for listing in listings::export::all(cx).await? {
        let listed = listing.kind == Kind::Offer && listing.shown().is_some();
        if !(listed || judged.contains(&listing.id)) {
            continue;
        }
        let Some(text) = text_of(cx, &listing).await? else {
            continue;
        };
        names.insert(listing.id, text.id.clone());
        match listing.kind {
            Kind::Need => set.needs.push(text),
            Kind::Offer => set.offers.push(text),
        }
    }
    for (pair, grade) in graded {
        match (names.get(&pair.need_id), names.get(&pair.offer_id)) {
            (Some(need), Some(offer)) => set.judged.push(heard(pair, grade, need, offer)),
            _ => set.restricted += 1,
        }
    }
    let asked: HashSet<&str> = set.judged.iter().map(|pair| pair.need.as_str()).collect();
    set.needs.retain(|need| asked.contains(need.id.as_str()));
    Ok(set)
}

async fn graded(cx: &Cx) -> Result<Vec<(Decided, Grade)>, Fault> {
    let mut steps: HashMap<PairingId, Vec<(String, Option<String>)>> = HashMap::new();
    for (pairing, step, reason) in store::steps(&cx.db).await? {
        steps.entry(pairing).or_default().push((step, reason));
    }
    let decided = store::decided(&cx.db).await?.into_iter();
    let graded = decided.filter_map(|pair| {
        let steps = steps.get(&pair.id)?.iter();
        let grade = grade(steps.map(|(step, reason)| (step.as_str(), reason.as_deref())))?;
        Some((pair, grade))
    });
    Ok(graded.collect())
}

fn heard(pair: Decided, grade: Grade, need: &str, offer: &str) -> Heard {
    Heard {
        need: need.to_owned(),
        offer: offer.to_owned(),
        grade,
        origin: pair.origin,
        score: pair.score,
        model: pair.model,
        words: pair.heard_words,
        meaning: pair.heard_meaning,
        words_rank: pair.words_rank,
    }
}

/// `None` where the listing was never open to everybody. A need that was met has closed, but its text was public and
/// what was learnt from it stays true.
async fn text_of(cx: &Cx, listing: &Listing) -> Result<Option<Text>, Fault> {
    let public = listing.visibility == Visibility::Public && listing.state != State::Archived;
    let (Some(content), Some(id)) = (&listing.live, &listing.reference) else {
        return Ok(None);
    };
    if !public {
        return Ok(None);
    }
    let names = unnamed(cx, listing).await?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (title, text) = match listing.kind {
        Kind::Need => index::as_question(content),
        Kind::Offer => index::as_document(content),
    };
    Ok(Some(Text {
        id: id.clone(),
        title: contacts::hidden(&title, &names),
        text: contacts::hidden(&text, &names),
    }))
}

/// What the text must not say: its author's full name, and its organisation's where that asked not to be named.
async fn unnamed(cx: &Cx, listing: &Listing) -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    if let Some(owner) = listing.owner_id {
        let name = accounts::person(&cx.db, owner).await?.name;
        // A given name alone is a syllable like any other.
        names.extend(Some(name).filter(|name| name.contains(' ')));
    }
    if let Some(org) = listing.org_id.filter(|_| listing.anonymous) {
        let org = orgs::get(&cx.db, org).await?;
        names.extend([org.name_vi, org.name_en]);
    }
    Ok(names)
}
