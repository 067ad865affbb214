//! Each node follows the change feed into its own index and vectors; nodes share nothing but the database.
//!
//! Words come first and at once; vectors come from the database where some node computed them before, and
//! are computed here where they are few. Many at a time (an import, a new model) are filled in behind.

use std::collections::{BTreeSet, HashMap, HashSet};

use uuid::Uuid;

use super::index::{document, is_public};
use super::store::indexing as store;
use crate::events::{self, Event};
use crate::ids::{ListingId, OrgId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::search::{Change, Doc, Search};
use crate::orgs::{self, Org};

mod meaning;
pub use meaning::{fill, key_of, remember, tidy};

/// Events taken at a time, and listings put into the index at a time.
const EVENTS: i64 = 500;
const LISTINGS: usize = 1_000;
/// While everything is built anew, so many of these parts show at a time.
const PARTS_A_COMMIT: usize = 10;
/// Passages computed on the way in; more than this are left to [`fill`].
const AT_ONCE: usize = 48;

/// The number of the last event that both indexes have taken in.
pub fn position(cx: &Cx) -> i64 {
    cx.search.position().min(cx.search_all.position())
}

/// Takes the next events into the index. `false`: the index is up to date.
pub async fn step(cx: &Cx) -> Result<bool, Fault> {
    let position = position(cx);
    if position == 0 {
        return rebuild(cx).await;
    }
    let happened = events::after(&cx.db, position, EVENTS).await?;
    let Some(last) = happened.last() else {
        return Ok(false);
    };
    if happened
        .iter()
        .any(|happened| happened.event == Event::ReindexAsked)
    {
        return rebuild(cx).await;
    }
    let mut ids = BTreeSet::new();
    for happened in &happened {
        if let Some(id) = listing_of(&happened.event) {
            ids.insert(id);
        }
        if let Some(org) = org_of(&happened.event) {
            ids.extend(store::ids_of_org(&cx.db, org).await?);
        }
    }
    let ids: Vec<ListingId> = ids.into_iter().collect();
    put(cx, &mut Orgs::new(), &ids, last.number).await?;
    Ok(true)
}

/// Everything anew, from the database, while the old index goes on serving.
async fn rebuild(cx: &Cx) -> Result<bool, Fault> {
    let upto = events::last(&cx.db).await?;
    if upto == 0 {
        return Ok(false);
    }
    let ids = store::all_ids(&cx.db).await?;
    tracing::info!(listings = ids.len(), "index: building from the database");
    // Its old position holds until the last part is in: cut short, the building begins again.
    let held = position(cx);
    let _turn = cx.search_all.meaning().turn().await;
    for search in [&cx.search, &cx.search_all] {
        // What is being merged would stand on the disk again after it has been replaced, and somebody's words with it.
        search.aside(Search::settle).await?;
    }
    merge(cx, false).await?;
    let built = take_anew(cx, &ids, held, upto).await;
    // Whatever happened, later changes find the indexes as they were.
    merge(cx, true).await?;
    built?;
    tracing::info!(listings = ids.len(), "index: built");
    Ok(true)
}

/// Takes in all listings, part by part; the last one is shown with `upto`.
async fn take_anew(cx: &Cx, ids: &[ListingId], held: i64, upto: i64) -> Result<(), Fault> {
    let mut orgs = Orgs::new();
    let mut parts = ids.chunks(LISTINGS);
    let mut part = prepared(cx, &mut orgs, parts.next().unwrap_or_default()).await?;
    for (taken, next) in (1..).zip(parts) {
        let shown = (taken % PARTS_A_COMMIT == 0).then_some(held);
        // The next part is read and worked out while this one is written.
        let (written, next) = tokio::join!(write(cx, part, shown), prepared(cx, &mut orgs, next));
        written?;
        part = next?;
    }
    // The last commit is the one after which merges are looked for.
    merge(cx, true).await?;
    write(cx, part, Some(upto)).await
}

/// Lets both indexes merge their segments, or wait.
async fn merge(cx: &Cx, now: bool) -> Result<(), Fault> {
    for search in [&cx.search, &cx.search_all] {
        search.aside(move |search| search.merge(now)).await?;
    }
    Ok(())
}

/// Puts or drops these listings in both indexes.
async fn put(cx: &Cx, orgs: &mut Orgs, ids: &[ListingId], upto: i64) -> Result<(), Fault> {
    let _turn = cx.search_all.meaning().turn().await;
    let changes = prepared(cx, orgs, ids).await?;
    write(cx, changes, Some(upto)).await
}

/// What is to change in each index.
struct Changes {
    public: Vec<Change>,
    all: Vec<Change>,
}

/// Reads listings, tells the meaning what it does not know of them, and works out what the indexes take in.
async fn prepared(cx: &Cx, orgs: &mut Orgs, ids: &[ListingId]) -> Result<Changes, Fault> {
    let known = cx.search_all.meaning();
    let read = read(cx, orgs, ids).await?;
    let mut allowance = AT_ONCE;
    for space in known.spaces() {
        meaning::learn(cx, &space, &read.docs, &mut allowance).await?;
    }
    for id in &read.unseen {
        known.forget(id.0);
    }
    let drops: Vec<Change> = read.unseen.iter().map(|id| Change::Drop(id.0)).collect();
    let mut changes = Changes {
        public: drops.clone(),
        all: drops,
    };
    let (docs, public): (Vec<Doc>, Vec<bool>) = read.docs.into_iter().unzip();
    // Both indexes take in the same, so it is worked out once.
    let ready = cx.search_all.aside(move |search| search.prepare(&docs)).await?;
    for (doc, is_public) in ready.into_iter().zip(public) {
        changes.public.push(if is_public {
            Change::Ready(doc.clone())
        } else {
            Change::Drop(doc.id())
        });
        changes.all.push(Change::Ready(doc));
    }
    Ok(changes)
}

/// Writes to both indexes, and shows it where a number is to be remembered with it.
async fn write(cx: &Cx, changes: Changes, upto: Option<i64>) -> Result<(), Fault> {
    let act = |changes: Vec<Change>| {
        move |search: &Search| match upto {
            Some(upto) => search.apply(changes, upto),
            None => search.take(changes),
        }
    };
    let public = cx.search.aside(act(changes.public));
    let all = cx.search_all.aside(act(changes.all));
    let (public, all) = tokio::join!(public, all);
    public?;
    all?;
    Ok(())
}

/// Listings as the index sees them.
struct Read {
    /// Each with whether it is public.
    docs: Vec<(Doc, bool)>,
    /// Gone, or shown to nobody.
    unseen: Vec<ListingId>,
}

/// The organisations met so far.
type Orgs = HashMap<OrgId, Org>;

async fn read(cx: &Cx, orgs: &mut Orgs, ids: &[ListingId]) -> Result<Read, Fault> {
    let listings = super::many(&cx.db, ids).await?;
    let mut unknown: Vec<OrgId> = listings
        .iter()
        .filter_map(|listing| listing.org_id)
        .filter(|id| !orgs.contains_key(id))
        .collect();
    unknown.sort_unstable();
    unknown.dedup();
    if !unknown.is_empty() {
        orgs.extend(
            orgs::many(&cx.db, &unknown)
                .await?
                .into_iter()
                .map(|org| (org.id, org)),
        );
    }
    let docs: Vec<(Doc, bool)> = listings
        .iter()
        .filter_map(|listing| {
            let org = listing.org_id.and_then(|id| orgs.get(&id));
            Some((document(listing, org)?, is_public(listing)))
        })
        .collect();
    let seen: HashSet<Uuid> = docs.iter().map(|(doc, _)| doc.id).collect();
    let unseen = ids.iter().filter(|id| !seen.contains(&id.0)).copied().collect();
    Ok(Read { docs, unseen })
}

fn listing_of(event: &Event) -> Option<ListingId> {
    match event {
        Event::ListingPublished { listing }
        | Event::ListingChanged { listing }
        | Event::ListingEnded { listing } => Some(*listing),
        _ => None,
    }
}

fn org_of(event: &Event) -> Option<OrgId> {
    match event {
        Event::OrganisationChanged { org } | Event::OrganisationVerified { org } => Some(*org),
        _ => None,
    }
}
