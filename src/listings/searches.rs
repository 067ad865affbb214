//! Searches a person keeps. What is published after they were last told of is news, and goes into a letter.

use super::question::Question;
use super::{Listing, Visibility, follow, many, store};
use crate::accounts::Actor;
use crate::events;
use crate::ids::{ListingId, PersonId, SearchId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx};
use crate::kit::fault::Fault;
use crate::kit::search::{Filter, Query, Sort};
use crate::kit::web::Params;
use crate::orgs;

/// Whoever keeps more reads none of their letters.
pub const MOST: usize = 20;
/// News beyond so many is not looked through at a time.
const MOST_NEWS: usize = 50;

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Search {
    pub id: SearchId,
    pub person_id: PersonId,
    /// As the address of the search page writes it.
    pub query: String,
    pub told_at: At,
    pub created_at: At,
}

impl Search {
    pub fn question(&self) -> Question {
        Question::of(&Params::parse(&self.query), None)
    }

    /// Its page, below the language.
    pub fn path(&self) -> String {
        format!("search?{}", self.query)
    }
}

// Acts of people ---------------------------------------------------------------------------------

/// Keeps a question; asking twice is as well.
pub async fn keep(cx: &Cx, actor: &Actor, question: &Question) -> Result<(), Fault> {
    let query = question.address();
    if query.is_empty() {
        return Err(Fault::flaw(
            "q",
            "Hãy nhập từ tìm kiếm hoặc chọn một bộ lọc trước khi lưu.",
            "Type something or choose a filter before you save it.",
        ));
    }
    let mut tx = cx.db.begin().await?;
    if store::searches_of(&mut tx, actor.id).await?.len() >= MOST {
        return Err(Fault::stale(
            "Bạn đã lưu 20 tìm kiếm. Hãy bỏ bớt một tìm kiếm cũ trước.",
            "You keep 20 searches already. Remove an old one first.",
        ));
    }
    store::add_search(&mut tx, actor.id, &query, cx.now()).await?;
    tx.commit().await
}

pub async fn remove(cx: &Cx, actor: &Actor, id: SearchId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    if !store::remove_search(&mut tx, actor.id, id).await? {
        return Err(Fault::Missing);
    }
    tx.commit().await
}

/// The newest first.
pub async fn of_person(on: impl Reads, person: PersonId) -> Result<Vec<Search>, Fault> {
    store::searches_of(on, person).await
}

// Acts of the service ----------------------------------------------------------------------------

/// Everyone who keeps a search.
pub async fn keepers(on: impl Reads) -> Result<Vec<PersonId>, Fault> {
    store::search_keepers(on).await
}

/// Whether anything at all was published since the moment; asked before any search is made.
pub async fn anything_since(on: impl Reads, since: At) -> Result<bool, Fault> {
    store::published_since(on, since).await
}

/// The index has come as far as the database: what it does not find is not there.
pub async fn is_index_level(cx: &Cx) -> Result<bool, Fault> {
    let last = events::last(&cx.db).await?;
    Ok(follow::position(cx) >= last)
}

/// What was published since its keeper was last told, that they may read and did not post themselves; the newest
/// first. Members-only listings show to people of checked organisations alone.
pub async fn news(cx: &Cx, search: &Search) -> Result<Vec<Listing>, Fault> {
    let is_member = orgs::is_verified_member(&cx.db, search.person_id).await?;
    let audience = [Visibility::Public, Visibility::Members].map(|open| open.code().to_owned());
    let audience = is_member.then(|| Filter::AnyOf("audience", audience.into()));
    let mut query: Query = search.question().query(audience, cx.now());
    query
        .filters
        .push(Filter::AtLeast("created", search.told_at.0 + 1));
    query.sort = Sort::Newest;
    (query.offset, query.limit, query.facets) = (0, MOST_NEWS, Vec::new());
    let index = if is_member { &cx.search_all } else { &cx.search };
    let found = index.aside(move |index| index.find(&query)).await?;
    let ids: Vec<ListingId> = found.hits.iter().map(|hit| ListingId(hit.id)).collect();
    let own: Vec<_> = orgs::of_person(&cx.db, search.person_id)
        .await?
        .into_iter()
        .map(|membership| membership.org.id)
        .collect();
    let mut news = many(&cx.db, &ids).await?;
    news.retain(|listing| {
        let theirs = listing.owner_id == Some(search.person_id)
            || listing.org_id.is_some_and(|org| own.contains(&org));
        listing.shown().is_some() && !theirs
    });
    Ok(news)
}

/// Its keeper was told of everything until now.
pub async fn told(tx: &mut Tx, id: SearchId, now: At) -> Result<(), Fault> {
    store::told_of_search(tx, id, now).await
}
