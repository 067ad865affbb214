//! The places of offers where a need's words alone are asked: what the score has to beat. A place is kept with each
//! suggestion, so that people's decisions can tell whether it does.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use uuid::Uuid;

use super::question;
use crate::ids::ListingId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::search::Like;
use crate::listings::Listing;

/// So far down offers are counted; what words find deeper, or not at all, stands one below.
const LOOK: usize = 200;

/// Whichever side a search for matches began from, it is the need that asks here; each need once.
#[derive(Default)]
pub(super) struct ByWords(HashMap<ListingId, HashMap<Uuid, i64>>);

impl ByWords {
    pub(super) async fn place(&mut self, cx: &Cx, need: &Listing, offer: &Listing) -> Result<i64, Fault> {
        let places = match self.0.entry(need.id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(places(cx, need).await?),
        };
        let place = places.get(&offer.id.0).copied();
        Ok(place.unwrap_or_else(|| i64::try_from(LOOK + 1).unwrap_or(i64::MAX)))
    }
}

async fn places(cx: &Cx, need: &Listing) -> Result<HashMap<Uuid, i64>, Fault> {
    let Some(content) = need.shown() else {
        return Ok(HashMap::new());
    };
    let like = Like {
        // Given no vector, the search goes by words.
        passages_vectors: Some(Vec::new()),
        limit: LOOK,
        ..question(need, content)
    };
    let hits = cx.search_all.aside(move |search| search.like(&like)).await?;
    let found = hits.into_iter().filter(|hit| hit.words > 0.0);
    Ok((1..).zip(found).map(|(place, hit)| (hit.id, place)).collect())
}
