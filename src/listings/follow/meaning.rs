//! What listings mean: vectors from the database where some node computed them before, else computed here.

use std::collections::HashMap;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::{LISTINGS, Orgs, read};
use crate::ids::ListingId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::search::{Doc, Key, Space};
use crate::listings::store::indexing as store;

/// After so many days nobody will go back to a former model; each minute so many listings lose its vectors.
const UNUSED_DAYS: i64 = 7;
const TIDIED: i64 = 500;
/// Listings filled in at a time.
const FILLED: usize = 32;

/// A text's passages, and what their vectors are known by.
struct Wanted<'a> {
    id: ListingId,
    passages: &'a [String],
    hashes: Vec<Vec<u8>>,
    key: Key,
}

impl<'a> Wanted<'a> {
    fn of(doc: &'a Doc) -> Self {
        let hash = |passage: &String| Sha256::digest(passage.as_bytes()).to_vec();
        let hashes: Vec<Vec<u8>> = doc.passages.iter().map(hash).collect();
        Self {
            id: ListingId(doc.id),
            passages: &doc.passages,
            key: Key::of(&hashes),
            hashes,
        }
    }
}

/// What the vectors of a document's text are known by.
pub fn key_of(doc: &Doc) -> Key {
    Wanted::of(doc).key
}

/// Tells a model's space what it does not know of these documents: from the database where the text is the same, else
/// computed while the allowance of passages lasts. What is left over has no vectors until [`fill`] comes to it.
pub(super) async fn learn(
    cx: &Cx,
    space: &Arc<Space>,
    docs: &[(Doc, bool)],
    allowance: &mut usize,
) -> Result<(), Fault> {
    let wanted: Vec<Wanted> = docs
        .iter()
        .map(|(doc, _)| Wanted::of(doc))
        .filter(|wanted| !space.knows(wanted.id.0, wanted.key))
        .collect();
    let missing = recall(cx, space, wanted).await?;
    let (now, later): (Vec<Wanted>, Vec<Wanted>) = missing.into_iter().partition(|wanted| {
        let fits = wanted.passages.len() <= *allowance;
        *allowance -= if fits { wanted.passages.len() } else { 0 };
        fits
    });
    for wanted in later {
        // Vectors of an older text would be worse than none.
        space.forget(wanted.id.0);
    }
    let computed = compute(cx, space, &now).await?;
    for (wanted, vectors) in now.iter().zip(computed) {
        space.remember(wanted.id.0, wanted.key, &vectors);
    }
    Ok(())
}

/// Remembers what the database holds of the very texts; gives back the rest.
async fn recall<'a>(cx: &Cx, space: &Arc<Space>, wanted: Vec<Wanted<'a>>) -> Result<Vec<Wanted<'a>>, Fault> {
    let ids: Vec<ListingId> = wanted.iter().map(|wanted| wanted.id).collect();
    let stored = stored(cx, space, &ids).await?;
    let mut missing = Vec::new();
    for wanted in wanted {
        match stored.get(&wanted.id) {
            Some(stored) if stored.hashes == wanted.hashes => {
                space.remember(wanted.id.0, wanted.key, &stored.vectors);
            }
            _ => missing.push(wanted),
        }
    }
    Ok(missing)
}

/// The vectors of these texts, written to the database for every node.
async fn compute(cx: &Cx, space: &Arc<Space>, wanted: &[Wanted<'_>]) -> Result<Vec<Vec<Vec<f32>>>, Fault> {
    let texts: Vec<String> = wanted
        .iter()
        .flat_map(|wanted| wanted.passages)
        .cloned()
        .collect();
    let (model, reader) = (space.model().unwrap_or_default(), space.clone());
    let mut vectors = if texts.is_empty() {
        Vec::new().into_iter()
    } else {
        cx.search_all
            .aside(move |_| reader.embed_many(&texts))
            .await?
            .into_iter()
    };
    let of_each: Vec<Vec<Vec<f32>>> = wanted
        .iter()
        .map(|wanted| vectors.by_ref().take(wanted.passages.len()).collect())
        .collect();
    let rows = wanted.iter().zip(&of_each).map(|(wanted, vectors)| {
        let rows = wanted
            .hashes
            .iter()
            .cloned()
            .zip(vectors.iter().map(|vector| bytes(vector)));
        (wanted.id, rows.collect())
    });
    store::keep_vectors(cx, model, rows.collect()).await?;
    Ok(of_each)
}

/// What the database holds of a listing.
#[derive(Default)]
struct Stored {
    hashes: Vec<Vec<u8>>,
    vectors: Vec<Vec<f32>>,
}

async fn stored(cx: &Cx, space: &Space, ids: &[ListingId]) -> Result<HashMap<ListingId, Stored>, Fault> {
    let mut stored: HashMap<ListingId, Stored> = HashMap::new();
    if let Some(model) = space.model().filter(|_| !ids.is_empty()) {
        for (id, hash, vector) in store::vectors(&cx.db, ids, model).await? {
            let of = stored.entry(id).or_default();
            of.hashes.push(hash);
            of.vectors.push(floats(&vector));
        }
    }
    Ok(stored)
}

/// Computes the vectors of the next listings that have none: after an import, and of a model on its way in, which
/// serves as soon as it knows all of them. `false`: none is missing.
pub async fn fill(cx: &Cx) -> Result<bool, Fault> {
    let meaning = cx.search_all.meaning();
    for space in meaning.spaces() {
        let asked = space.clone();
        let missing = cx
            .search_all
            .aside(move |search| search.without_meaning(&asked, FILLED))
            .await?;
        if missing.is_empty() {
            if meaning.flip_to(&space) {
                return Ok(true);
            }
            continue;
        }
        let ids: Vec<ListingId> = missing.into_iter().map(ListingId).collect();
        let mut orgs = Orgs::new();
        let docs = read(cx, &mut orgs, &ids).await?.docs;
        // The long part happens out of turn, and into the database only …
        let stored = stored(cx, &space, &ids).await?;
        let wanted = docs.iter().map(|(doc, _)| Wanted::of(doc)).filter(|wanted| {
            stored
                .get(&wanted.id)
                .is_none_or(|stored| stored.hashes != wanted.hashes)
        });
        compute(cx, &space, &wanted.collect::<Vec<_>>()).await?;
        // … so that a text changed meanwhile is not given the vectors it had before.
        let _turn = meaning.turn().await;
        let read = read(cx, &mut orgs, &ids).await?;
        learn(cx, &space, &read.docs, &mut 0).await?;
        for id in read.unseen {
            space.remember(id.0, Key::default(), &[]);
        }
        return Ok(true);
    }
    Ok(false)
}

/// After a start: the vectors of what the index holds and the file beside it does not. How many documents.
pub async fn remember(cx: &Cx) -> Result<usize, Fault> {
    let mut count = 0;
    for space in cx.search_all.meaning().spaces() {
        let asked = space.clone();
        let missing = cx
            .search_all
            .aside(move |search| search.without_meaning(&asked, usize::MAX))
            .await?;
        let ids: Vec<ListingId> = missing.into_iter().map(ListingId).collect();
        for ids in ids.chunks(LISTINGS) {
            for (id, stored) in stored(cx, &space, ids).await? {
                space.remember(id.0, Key::of(&stored.hashes), &stored.vectors);
                count += 1;
            }
        }
    }
    cx.search_all
        .aside(|search| {
            search.meaning().sync();
            Ok(())
        })
        .await?;
    Ok(count)
}

/// Vectors of a model that no node has used for a week are thrown away, a part at a time.
pub async fn tidy(cx: &Cx) -> Result<(), Fault> {
    for space in cx.search_all.meaning().spaces() {
        store::model_used(cx, space.model().unwrap_or_default()).await?;
    }
    store::drop_vectors_unused_since(cx, cx.now().plus_days(-UNUSED_DAYS), TIDIED).await?;
    Ok(())
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
