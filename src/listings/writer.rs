//! Who holds the pen: a signed-in person, or a visitor who is known only by the cookie of their draft.

use std::future::{Ready, ready};

use actix_web::cookie::{Cookie, time::Duration};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use sha2::{Digest as _, Sha256};

use super::{Listing, Origin, State, store};
use crate::accounts::{Actor, Reader};
use crate::ids::{By, ListingId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::web::cookies;
use crate::orgs;

const COOKIE: &str = "draft";

#[derive(Debug, Clone, Default)]
pub struct Writer {
    pub actor: Option<Actor>,
    token: Option<String>,
}

impl FromRequest for Writer {
    type Error = Fault;
    type Future = Ready<Result<Writer, Fault>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let actor = match request.extensions().get::<Reader>() {
            Some(Reader::Person(actor)) => Some(actor.clone()),
            _ => None,
        };
        let cx = request.app_data::<web::Data<Cx>>();
        let token = cx.and_then(|cx| cookies::value_of(cx, request, COOKIE));
        ready(Ok(Writer { actor, token }))
    }
}

impl Writer {
    /// Someone who writes without a page: a sample person.
    pub fn of(actor: &Actor) -> Writer {
        Writer {
            actor: Some(actor.clone()),
            token: None,
        }
    }

    pub fn by(&self) -> By {
        self.actor.as_ref().map_or(By::Service, Actor::by)
    }

    /// The hash under which a visitor's drafts are kept; the cookie itself is never stored.
    pub(super) fn hash(&self) -> Option<Vec<u8>> {
        self.token.as_deref().map(hash)
    }
}

pub(super) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Kept for a month, like the draft itself.
pub(super) fn cookie(cx: &Cx, token: &str) -> Cookie<'static> {
    let cookie = cookies::build(cx, COOKIE, token.to_owned());
    cookie
        .max_age(Duration::days(super::drafts::VISITORS_DAYS))
        .finish()
}

/// The listing, if this writer may work on it; otherwise it does not exist for them.
pub async fn open(cx: &Cx, writer: &Writer, id: ListingId) -> Result<Listing, Fault> {
    let listing = store::get(&cx.db, id).await?;
    if may_write(cx, writer, &listing).await? {
        Ok(listing)
    } else {
        Err(Fault::Missing)
    }
}

/// The listing, if this person may act for it.
pub async fn own(cx: &Cx, actor: &Actor, id: ListingId) -> Result<Listing, Fault> {
    let listing = store::get(&cx.db, id).await?;
    if owns(cx, actor, &listing).await? {
        Ok(listing)
    } else {
        Err(Fault::Missing)
    }
}

/// As [`super::Sight::owns`], for one listing.
pub async fn owns(cx: &Cx, actor: &Actor, listing: &Listing) -> Result<bool, Fault> {
    match listing.org_id {
        Some(org) => orgs::is_member(&cx.db, org, actor.id).await,
        None => Ok(listing.owner_id == Some(actor.id)),
    }
}

async fn may_write(cx: &Cx, writer: &Writer, listing: &Listing) -> Result<bool, Fault> {
    if let Some(actor) = &writer.actor {
        // A coordinator writes only what was told in an interview or came by import, never in an owner's stead.
        let on_behalf = matches!(listing.origin, Origin::Coordinator | Origin::Import) && actor.coordinates();
        if on_behalf || owns(cx, actor, listing).await? {
            return Ok(true);
        }
    }
    is_visitors(cx, writer, listing).await
}

/// A draft nobody has signed for yet, in the browser that began it.
pub(super) async fn is_visitors(cx: &Cx, writer: &Writer, listing: &Listing) -> Result<bool, Fault> {
    let unclaimed = listing.owner_id.is_none() && listing.org_id.is_none() && listing.state == State::Draft;
    match writer.hash() {
        Some(hash) if unclaimed => store::is_visitors(&cx.db, listing.id, hash).await,
        _ => Ok(false),
    }
}

/// Drafts this browser began before its reader signed in; the first save makes them theirs.
pub(super) async fn begun_here(cx: &Cx, writer: &Writer) -> Result<Vec<Listing>, Fault> {
    let Some(hash) = writer.hash() else {
        return Ok(Vec::new());
    };
    let ids = store::visitors_drafts(&cx.db, hash).await?;
    super::many(&cx.db, &ids).await
}
