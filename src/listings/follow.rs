//! Each node follows the change feed into its own index and vectors; nodes share nothing but the database.
//!
//! Words come first and at once; vectors come from the database where some node computed them before, and
//! are computed here where they are few. Many at a time (an import, a new model) are filled in behind.

use std::collections::{BTreeSet, HashMap};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Listing;
use super::index::{document, is_public};
use super::store::indexing as store;
use crate::events::{self, Event};
use crate::ids::{ListingId, OrgId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::search::{Change, Doc};
use crate::orgs::{self, Org};

/// Events taken at a time, and listings put into the index at a time.
const EVENTS: i64 = 500;
const LISTINGS: usize = 200;
/// Passages computed on the way in; more than this are left to [`fill`].
const AT_ONCE: usize = 48;

/// Takes the next events into the index. `false`: the index is up to date.
pub async fn step(cx: &Cx) -> Result<bool, Fault> {
    let position = cx.search.position().min(cx.search_all.position());
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
    put(cx, &ids, last.number).await?;
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
    let held = cx.search.position().min(cx.search_all.position());
    let mut parts = ids.chunks(LISTINGS).peekable();
    if parts.peek().is_none() {
        put(cx, &[], upto).await?;
    }
    while let Some(part) = parts.next() {
        put(cx, part, if parts.peek().is_none() { upto } else { held }).await?;
    }
    tracing::info!(listings = ids.len(), "index: built");
    Ok(true)
}

/// Puts or drops these listings in both indexes, as one commit each.
async fn put(cx: &Cx, ids: &[ListingId], upto: i64) -> Result<(), Fault> {
    let listings = super::many(&cx.db, ids).await?;
    let mut orgs = HashMap::new();
    let (mut open, mut all) = (Vec::new(), Vec::new());
    let mut to_compute = AT_ONCE;
    let found: BTreeSet<ListingId> = listings.iter().map(|listing| listing.id).collect();
    for gone in ids.iter().filter(|id| !found.contains(*id)) {
        open.push(Change::Drop(gone.0));
        all.push(Change::Drop(gone.0));
    }
    for listing in &listings {
        let Some(doc) = document(listing, org(cx, &mut orgs, listing).await?.as_ref()) else {
            open.push(Change::Drop(listing.id.0));
            all.push(Change::Drop(listing.id.0));
            continue;
        };
        let vectors = vectors_of(cx, &doc, &mut to_compute).await?;
        if is_public(listing) {
            open.push(Change::Put(doc.clone(), vectors.clone()));
        } else {
            open.push(Change::Drop(listing.id.0));
        }
        all.push(Change::Put(doc, vectors));
    }
    cx.search.aside(move |search| search.apply(open, upto)).await?;
    cx.search_all.aside(move |search| search.apply(all, upto)).await?;
    Ok(())
}

async fn org(cx: &Cx, known: &mut HashMap<OrgId, Org>, listing: &Listing) -> Result<Option<Org>, Fault> {
    let Some(id) = listing.org_id else { return Ok(None) };
    if let Some(org) = known.get(&id) {
        return Ok(Some(org.clone()));
    }
    let org = orgs::get(&cx.db, id).await?;
    known.insert(id, org.clone());
    Ok(Some(org))
}

/// The vectors of a document's passages: from the database where the text is the same, else computed while
/// the allowance lasts. Empty: none yet.
async fn vectors_of(cx: &Cx, doc: &Doc, allowance: &mut usize) -> Result<Vec<Vec<f32>>, Fault> {
    let Some(model) = cx.search_all.model().map(str::to_owned) else {
        return Ok(Vec::new());
    };
    let hashes: Vec<Vec<u8>> = doc
        .passages
        .iter()
        .map(|passage| Sha256::digest(passage.as_bytes()).to_vec())
        .collect();
    let stored = store::vectors(&cx.db, ListingId(doc.id), &model).await?;
    if stored.len() == hashes.len()
        && stored
            .iter()
            .zip(&hashes)
            .all(|((hash, _), wanted)| hash == wanted)
    {
        return Ok(stored.into_iter().map(|(_, vector)| floats(&vector)).collect());
    }
    if doc.passages.len() > *allowance {
        return Ok(Vec::new());
    }
    *allowance -= doc.passages.len();
    let passages = doc.passages.clone();
    let vectors = cx.search_all.aside(move |search| search.embed(&passages)).await?;
    let rows: Vec<(Vec<u8>, Vec<u8>)> = hashes
        .into_iter()
        .zip(&vectors)
        .map(|(hash, vector)| (hash, bytes(vector)))
        .collect();
    store::keep_vectors(cx, ListingId(doc.id), &model, rows).await?;
    Ok(vectors)
}

/// Computes the vectors of one listing that has none of this model yet. `false`: none is missing.
pub async fn fill(cx: &Cx) -> Result<bool, Fault> {
    let Some(model) = cx.search_all.model().map(str::to_owned) else {
        return Ok(false);
    };
    let Some(id) = store::without_vectors(&cx.db, &model).await? else {
        return Ok(false);
    };
    let listing = super::get(&cx.db, id).await?;
    let org = org(cx, &mut HashMap::new(), &listing).await?;
    let Some(doc) = document(&listing, org.as_ref()) else {
        return Ok(false);
    };
    let vectors = vectors_of(cx, &doc, &mut { usize::MAX }).await?;
    if vectors.is_empty() {
        return Ok(false);
    }
    if is_public(&listing) {
        cx.search.remember([(listing.id.0, vectors.clone())]);
    }
    cx.search_all.remember([(listing.id.0, vectors)]);
    Ok(true)
}

/// After a start: the vectors of what the index on disk already holds.
pub async fn remember(cx: &Cx) -> Result<usize, Fault> {
    let Some(model) = cx.search_all.model().map(str::to_owned) else {
        return Ok(0);
    };
    let rows = store::all_vectors(&cx.db, &model).await?;
    let mut open: HashMap<Uuid, Vec<Vec<f32>>> = HashMap::new();
    let mut all: HashMap<Uuid, Vec<Vec<f32>>> = HashMap::new();
    for (id, public, vector) in rows {
        let vector = floats(&vector);
        if public {
            open.entry(id.0).or_default().push(vector.clone());
        }
        all.entry(id.0).or_default().push(vector);
    }
    let count = all.len();
    cx.search.remember(open);
    cx.search_all.remember(all);
    Ok(count)
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

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes
        .chunks_exact(4)
        .map(|part| f32::from_le_bytes([part[0], part[1], part[2], part[3]]))
        .collect()
}

fn bytes(floats: &[f32]) -> Vec<u8> {
    floats.iter().flat_map(|float| float.to_le_bytes()).collect()
}
