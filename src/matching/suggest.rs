//! The service seeks who fits whom: candidates by words and by meaning, what forbids a pairing, the fit, the reasons.
//! Nobody is written to here; a coordinator decides.

use std::collections::{HashMap, HashSet};

use super::judge::{heard_in, judge, maker, org_of, party_of};
use super::score::{self, Party, Strength};
use super::stage::{Side, Stage};
use super::{Origin, Pairing, begin, decide, room, store, thresholds};
use crate::ids::{By, ListingId, OrgId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::search::{Filter, Hit, Like};
use crate::listings::{self, Content, Kind, Listing, Visibility, index};
use crate::orgs::{self, Org};

mod by_words;
use by_words::ByWords;

/// So many listings of the other kind are looked at closely.
const CANDIDATES: usize = 60;
/// So many imported listings are matched in one go.
const A_FEW: i64 = 5;
/// An organisation that stands in many suggestions gives way to others that fit nearly as well.
const SHARE: f64 = 0.03;

/// Seeks matches for a listing and lays them before the coordinators. Done twice it only brings the suggestions up
/// to date; what a person decided is never touched.
pub async fn suggest(cx: &Cx, id: ListingId) -> Result<usize, Fault> {
    seek_for(cx, id, Among::Tended).await
}

/// Seeks matches for the next few imported listings that nobody has taken yet, the first ones or those behind
/// `beyond`: only where someone asked for it. Gives the last of them, or `None` where none was left.
pub async fn suggest_imported(cx: &Cx, beyond: Option<ListingId>) -> Result<Option<ListingId>, Fault> {
    let few = listings::without_owner(&cx.db, beyond, A_FEW).await?;
    for id in &few {
        seek_for(cx, *id, Among::All).await?;
    }
    Ok(few.last().copied())
}

/// Whose listings are looked at: those that somebody answers for, or imported ones without an owner too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Among {
    Tended,
    All,
}

impl Among {
    fn admits(self, listing: &Listing) -> bool {
        self == Among::All || !listing.awaits_owner()
    }
}

async fn seek_for(cx: &Cx, id: ListingId, among: Among) -> Result<usize, Fault> {
    let listing = listings::get(&cx.db, id).await?;
    if listing.shown().is_none() {
        decide::end_of_listing(cx, id).await?;
        return Ok(0);
    }
    let model = maker(cx);
    let mut laid = 0;
    let mut found = Vec::new();
    let mut by_words = ByWords::default();
    let fitting = if among.admits(&listing) && takes_more(cx, &listing).await? {
        ranked(cx, &listing, among).await?
    } else {
        Vec::new()
    };
    for (other, hit) in fitting {
        let (need, offer) = in_order(&listing, &other);
        if is_up_to_date(cx, need, offer, &model).await? {
            continue;
        }
        let judged = judge(cx, need, offer, Some(hit)).await?;
        let words_rank = Some(by_words.place(cx, need, offer).await?);
        found.push(Pairing {
            words_rank,
            ..judged.pairing(cx, need, offer, Origin::System, None)
        });
    }
    let mut tx = cx.db.begin().await?;
    for pairing in found {
        if begin(cx, &mut tx, By::Service, &pairing, "suggest").await? {
            laid += 1;
        } else if let Some(known) = store::of_pair(&mut tx, pairing.need_id, pairing.offer_id).await? {
            store::refresh(&mut tx, known.id, &pairing).await?;
        }
    }
    store::searched(&mut tx, id, cx.now()).await?;
    tx.commit().await?;
    Ok(laid)
}

/// The pair was judged by the same maker since either side last changed, or somebody has decided about it.
async fn is_up_to_date(cx: &Cx, need: &Listing, offer: &Listing, model: &str) -> Result<bool, Fault> {
    let known = store::of_pair(&cx.db, need.id, offer.id).await?;
    Ok(known.is_some_and(|known| {
        let changed = need.updated_at.max(offer.updated_at);
        known.stage != Stage::Suggested || (known.model == model && known.updated_at >= changed)
    }))
}

/// What the command line prints: the same search and the same reasons, nothing written down.
pub async fn suggest_for_terminal(cx: &Cx, reference: &str) -> Result<String, Fault> {
    let listing = listings::by_reference(&cx.db, reference).await?;
    let mut out = format!("{}  {}\n", listing.reference(), listing.best().title(Lang::Vi));
    let ranked = ranked(cx, &listing, Among::All).await?;
    if ranked.is_empty() {
        out.push_str("  Chưa có ai đủ hợp. Nobody fits well enough yet.\n");
    }
    for (other, hit) in ranked {
        let (need, offer) = in_order(&listing, &other);
        let judged = judge(cx, need, offer, Some(hit)).await?;
        let side = Side::of(listing.kind);
        out.push_str(&format!(
            "  {:.2} {:<6} {}  {}\n         {}\n",
            judged.score,
            Strength::of(judged.score).label(Lang::Vi),
            other.reference(),
            other.best().title(Lang::Vi),
            judged.why.line(side, Lang::Vi),
        ));
    }
    Ok(out)
}

/// The listings of the other kind worth suggesting, the best first, with what the search heard.
async fn ranked(cx: &Cx, listing: &Listing, among: Among) -> Result<Vec<(Listing, Hit)>, Fault> {
    let hits = candidates(cx, listing).await?;
    let ids: Vec<ListingId> = hits.iter().map(|hit| ListingId(hit.id)).collect();
    let heard: HashMap<ListingId, Hit> = hits.into_iter().map(|hit| (ListingId(hit.id), hit)).collect();
    let others = listings::many(&cx.db, &ids).await?;
    let barred = barred_orgs(cx, listing).await?;
    let loads: HashMap<OrgId, i64> = store::loads(&cx.db).await?.into_iter().collect();
    let own = org_of(cx, listing).await?;
    let orgs = orgs_of(cx, &others).await?;
    let floor = thresholds::read(&cx.db).await?.floor();
    let mut ranked = Vec::new();
    for other in others {
        let org = other.org_id.and_then(|org| orgs.get(&org));
        let meet = admits(cx, listing, org).await? && admits(cx, &other, own.as_ref()).await?;
        if !meet || !among.admits(&other) || other.org_id.is_some_and(|org| barred.contains(&org)) {
            continue;
        }
        let Some(hit) = heard.get(&other.id).copied() else {
            continue;
        };
        let (Some(mine), Some(theirs)) = (party(listing, own.as_ref()), party(&other, org)) else {
            continue;
        };
        let (need, offer) = if listing.kind == Kind::Need {
            (mine, theirs)
        } else {
            (theirs, mine)
        };
        let fit = score::fit(&need, &offer, heard_in(&hit), cx.now());
        if fit < floor || score::bar(&need, &offer, cx.now()).is_some() || !takes_more(cx, &other).await? {
            continue;
        }
        let load = other.org_id.and_then(|org| loads.get(&org)).copied().unwrap_or(0);
        let load = f64::from(u32::try_from(load).unwrap_or(0));
        ranked.push((fit - SHARE * load.ln_1p(), other, hit));
    }
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.id.cmp(&other.1.id)));
    ranked.truncate(score::MOST);
    Ok(ranked.into_iter().map(|(_, other, hit)| (other, hit)).collect())
}

async fn candidates(cx: &Cx, listing: &Listing) -> Result<Vec<Hit>, Fault> {
    match listing.shown().map(|content| question(listing, content)) {
        Some(like) => Ok(cx.search_all.aside(move |search| search.like(&like)).await?),
        None => Ok(Vec::new()),
    }
}

/// A listing's whole text, asked among listings of the other kind.
fn question(listing: &Listing, content: &Content) -> Like {
    let (title, text) = index::as_question(content);
    Like {
        title,
        text,
        passages_vectors: None,
        filters: vec![Filter::Is("kind", listing.kind.other().code().to_owned())],
        limit: CANDIDATES,
    }
}

/// A provider that has as many introductions as it can take is not suggested for now.
async fn takes_more(cx: &Cx, listing: &Listing) -> Result<bool, Fault> {
    Ok(listing.kind == Kind::Need || room::has_room(cx, listing).await?)
}

/// Members-only and invited listings meet only those who may read them.
async fn admits(cx: &Cx, listing: &Listing, visitor: Option<&Org>) -> Result<bool, Fault> {
    Ok(match (listing.visibility, visitor) {
        (Visibility::Public, _) => true,
        (Visibility::Members, visitor) => visitor.is_some_and(Org::is_verified),
        (Visibility::Invited, None) => false,
        (Visibility::Invited, Some(visitor)) => store::is_guest(&cx.db, listing.id, visitor.id).await?,
    })
}

async fn barred_orgs(cx: &Cx, listing: &Listing) -> Result<HashSet<OrgId>, Fault> {
    let Some(org) = listing.org_id else {
        return Ok(HashSet::new());
    };
    let mut barred: HashSet<OrgId> = orgs::blocked_with(&cx.db, org).await?.into_iter().collect();
    barred.insert(org);
    Ok(barred)
}

fn party<'a>(listing: &'a Listing, org: Option<&'a Org>) -> Option<Party<'a>> {
    listing.shown().map(|content| party_of(listing, content, org))
}

async fn orgs_of(cx: &Cx, listings: &[Listing]) -> Result<HashMap<OrgId, Org>, Fault> {
    let ids: HashSet<OrgId> = listings.iter().filter_map(|one| one.org_id).collect();
    let found = orgs::many(&cx.db, &ids.into_iter().collect::<Vec<_>>()).await?;
    Ok(found.into_iter().map(|org| (org.id, org)).collect())
}

fn in_order<'a>(listing: &'a Listing, other: &'a Listing) -> (&'a Listing, &'a Listing) {
    match listing.kind {
        Kind::Need => (listing, other),
        Kind::Offer => (other, listing),
    }
}
