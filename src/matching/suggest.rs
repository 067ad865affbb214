//! The service seeks who fits whom: candidates by words and by meaning, what forbids a pairing, the fit, the reasons.
//! Nobody is written to here; a coordinator decides.

use std::collections::{HashMap, HashSet};

use super::judge::{heard_in, org_of, party_of};
use super::score::{self, MOST, Party};
use super::shares::{self, Candidate, Provider, Rehearsal};
use super::{decide, room, store, thresholds};
use crate::ids::{ListingId, OrgId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::search::{Filter, Hit, Like};
use crate::listings::{self, Content, Kind, Listing, Visibility, index};
use crate::orgs::{self, Org};

mod by_words;
mod laying;
mod terminal;

use laying::lay;
pub use terminal::suggest_for_terminal;

/// So many listings of the other kind are looked at closely.
const CANDIDATES: usize = 60;
/// So many imported listings are matched in one go.
const A_FEW: i64 = 5;

/// Seeks matches for a listing and lays them before the coordinators. Done twice it only brings the suggestions up
/// to date; what a person decided is never touched.
pub async fn suggest(cx: &Cx, id: ListingId) -> Result<usize, Fault> {
    match seek(cx, id, Among::Tended).await? {
        Some(sought) => lay(cx, &sought, &sought.of_the_day()).await,
        None => Ok(0),
    }
}

/// Seeks matches for the next few imported listings that nobody has taken yet, the first ones or those behind
/// `beyond`: only where someone asked for it. Their needs choose in turns. Gives the last of them, or `None` where
/// none was left.
pub async fn suggest_imported(cx: &Cx, beyond: Option<ListingId>) -> Result<Option<ListingId>, Fault> {
    let few = listings::without_owner(&cx.db, beyond, A_FEW).await?;
    let mut all = Vec::new();
    for id in &few {
        all.extend(seek(cx, *id, Among::All).await?);
    }
    let (needs, offers): (Vec<Sought>, Vec<Sought>) = all
        .into_iter()
        .partition(|sought| sought.listing.kind == Kind::Need);
    for (sought, given) in needs.iter().zip(in_turns(&needs)) {
        lay(cx, sought, &given).await?;
    }
    for sought in &offers {
        lay(cx, sought, &sought.of_the_day()).await?;
    }
    Ok(few.last().copied())
}

/// How the suggestions of all open needs would spread if each were given up to `most` above a floor of its own, or the
/// one that holds: nothing is written down.
pub async fn rehearse_shares(cx: &Cx, most: usize, floor: Option<f64>) -> Result<Rehearsal, Fault> {
    let floor = match floor {
        Some(floor) => floor,
        None => thresholds::read(&cx.db).await?.floor(),
    };
    let mut needs = listings::export::all(cx).await?;
    needs.retain(|need| need.kind == Kind::Need && need.shown().is_some());
    needs.sort_by_key(|need| (need.published_at, need.id));
    let mut candidates = Vec::with_capacity(needs.len());
    for need in &needs {
        let fitting = fitting(cx, need, Among::Tended, floor).await?;
        candidates.push(fitting.iter().map(Fitting::candidate).collect());
    }
    Ok(shares::rehearse(&candidates, most))
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

/// A listing, and all of the other kind that fit it well enough: the best first.
struct Sought {
    listing: Listing,
    fitting: Vec<Fitting>,
}

struct Fitting {
    other: Listing,
    hit: Hit,
    fit: f64,
    /// What the provider has open beside this. An offer seeks needs for itself: there it makes no difference.
    load: i64,
    /// The two stand beside each other already; what was suggested is not taken back.
    known: bool,
}

impl Fitting {
    /// The fit by which today's suggestions are put in order.
    fn of_today(&self) -> f64 {
        if self.known {
            self.fit
        } else {
            self.fit - shares::gives_way(self.load)
        }
    }

    fn candidate(&self) -> Candidate {
        Candidate {
            provider: Provider::of(&self.other),
            fit: self.fit,
        }
    }
}

impl Sought {
    /// Whom it is given today, by their numbers: the best, but who has much open gives way.
    fn of_the_day(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.fitting.len()).collect();
        let of_today = |at: &usize| self.fitting[*at].of_today();
        order.sort_by(|one, other| of_today(other).total_cmp(&of_today(one)));
        order.truncate(MOST);
        order
    }
}

/// Whom each of several needs is given where they choose in turns.
fn in_turns(needs: &[Sought]) -> Vec<Vec<usize>> {
    let candidates: Vec<Vec<Candidate>> = needs
        .iter()
        .map(|need| need.fitting.iter().map(Fitting::candidate).collect())
        .collect();
    let loads: HashMap<Provider, i64> = needs
        .iter()
        .flat_map(|need| &need.fitting)
        .map(|one| (one.candidate().provider, one.load))
        .collect();
    shares::pick(&candidates, MOST, &shares::room(&candidates, MOST, &loads))
}

/// Who fits a listing; `None` where the listing is open no longer.
async fn seek(cx: &Cx, id: ListingId, among: Among) -> Result<Option<Sought>, Fault> {
    let listing = listings::get(&cx.db, id).await?;
    if listing.shown().is_none() {
        decide::end_of_listing(cx, id).await?;
        return Ok(None);
    }
    let fitting = if among.admits(&listing) && takes_more(cx, &listing).await? {
        let floor = thresholds::read(&cx.db).await?.floor();
        fitting(cx, &listing, among, floor).await?
    } else {
        Vec::new()
    };
    Ok(Some(Sought { listing, fitting }))
}

/// The listings of the other kind worth suggesting, the best first, with what the search heard.
async fn fitting(cx: &Cx, listing: &Listing, among: Among, floor: f64) -> Result<Vec<Fitting>, Fault> {
    let hits = candidates(cx, listing).await?;
    let ids: Vec<ListingId> = hits.iter().map(|hit| ListingId(hit.id)).collect();
    let heard: HashMap<ListingId, Hit> = hits.into_iter().map(|hit| (ListingId(hit.id), hit)).collect();
    let others = listings::many(&cx.db, &ids).await?;
    let barred = barred_orgs(cx, listing).await?;
    let loads = loads(cx, listing).await?;
    let known = counterparts(cx, listing).await?;
    let own = org_of(cx, listing).await?;
    let orgs = orgs_of(cx, &others).await?;
    let mut fitting = Vec::new();
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
        fitting.push(Fitting {
            load: loads.get(&Provider::of(&other)).copied().unwrap_or(0),
            known: known.contains(&other.id),
            other,
            hit,
            fit,
        });
    }
    fitting.sort_by(|one, other| {
        other
            .fit
            .total_cmp(&one.fit)
            .then(one.other.id.cmp(&other.other.id))
    });
    Ok(fitting)
}

/// What each provider has open beside what it has with this need.
async fn loads(cx: &Cx, listing: &Listing) -> Result<HashMap<Provider, i64>, Fault> {
    if listing.kind == Kind::Offer {
        return Ok(HashMap::new());
    }
    let mut loads: HashMap<Provider, i64> = HashMap::new();
    for (offer, org, open) in store::loads(&cx.db, listing.id).await? {
        *loads.entry(Provider::new(offer, org)).or_default() += open;
    }
    Ok(loads)
}

/// Listings that stand beside this one already, whatever became of it.
async fn counterparts(cx: &Cx, listing: &Listing) -> Result<HashSet<ListingId>, Fault> {
    let known = store::of_listing(&cx.db, listing.id).await?;
    Ok(known
        .into_iter()
        .flat_map(|one| [one.need_id, one.offer_id])
        .collect())
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
        filters: vec![Filter::Is("kind", listing.kind.other().code().to_owned())],
        limit: CANDIDATES,
        ..Like::default()
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
