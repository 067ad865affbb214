//! Who may read what. Asked once for a reader, answered for any number of listings.

use std::collections::{HashMap, HashSet};

use crate::accounts::{Actor, Reader};
use crate::ids::{ListingId, OrgId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::orgs::{self, Org};

use super::{Listing, Visibility, store};

/// What decides whether a reader may see a listing.
#[derive(Debug, Clone, Default)]
pub struct Sight {
    actor: Option<Actor>,
    orgs: HashSet<OrgId>,
    of_verified_org: bool,
}

impl Sight {
    pub async fn of(cx: &Cx, reader: &Reader) -> Result<Sight, Fault> {
        let Some(actor) = reader.actor() else {
            return Ok(Sight::default());
        };
        let orgs = orgs::of_person(&cx.db, actor.id).await?;
        Ok(Sight {
            actor: Some(actor.clone()),
            of_verified_org: orgs.iter().any(|membership| membership.org.is_verified()),
            orgs: orgs.iter().map(|membership| membership.org.id).collect(),
        })
    }

    /// Theirs to work on: their organisation's, or their own where it stands in no organisation's name. Who wrote it and
    /// left the organisation since is a reader like any other.
    pub fn owns(&self, listing: &Listing) -> bool {
        match (listing.org_id, &self.actor) {
            (Some(org), _) => self.orgs.contains(&org),
            (None, Some(actor)) => listing.owner_id == Some(actor.id),
            (None, None) => false,
        }
    }

    pub fn coordinates(&self) -> bool {
        self.actor.as_ref().is_some_and(Actor::coordinates)
    }

    /// Restricted listings of the *members* kind are open to people of organisations that were checked.
    pub fn is_member(&self) -> bool {
        self.of_verified_org
    }

    fn may_read(&self, listing: &Listing, guests: &[OrgId]) -> bool {
        if self.owns(listing) || self.coordinates() {
            return true;
        }
        listing.shown().is_some()
            && match listing.visibility {
                Visibility::Public => true,
                Visibility::Members => self.of_verified_org,
                Visibility::Invited => guests.iter().any(|org| self.orgs.contains(org)),
            }
    }

    /// Those of the listings that the reader may see, in the same order.
    pub async fn readable(&self, cx: &Cx, listings: Vec<Listing>) -> Result<Vec<Listing>, Fault> {
        let invited: Vec<ListingId> = listings
            .iter()
            .filter(|listing| listing.visibility == Visibility::Invited)
            .map(|listing| listing.id)
            .collect();
        let guests = guests_of(cx, &invited).await?;
        let none = Vec::new();
        Ok(listings
            .into_iter()
            .filter(|listing| self.may_read(listing, guests.get(&listing.id).unwrap_or(&none)))
            .collect())
    }

    /// Whether the organisation behind the listing is named to this reader.
    pub fn may_name(&self, listing: &Listing) -> bool {
        !listing.anonymous || self.owns(listing) || self.coordinates()
    }
}

/// Whether the reader may see the listing; where not, it must look as if it did not exist.
pub async fn may_read(cx: &Cx, reader: &Reader, listing: &Listing) -> Result<bool, Fault> {
    let guests = if listing.visibility == Visibility::Invited {
        guests_of(cx, &[listing.id])
            .await?
            .remove(&listing.id)
            .unwrap_or_default()
    } else {
        Vec::new()
    };
    Ok(Sight::of(cx, reader).await?.may_read(listing, &guests))
}

/// The organisation behind a listing, unless it asked not to be named to this reader.
pub async fn shown_org(cx: &Cx, reader: &Reader, listing: &Listing) -> Result<Option<Org>, Fault> {
    let Some(org) = listing.org_id else {
        return Ok(None);
    };
    if !Sight::of(cx, reader).await?.may_name(listing) {
        return Ok(None);
    }
    orgs::get(&cx.db, org).await.map(Some)
}

/// The organisations named for an invited listing.
pub async fn guests(cx: &Cx, listing: &Listing) -> Result<Vec<Org>, Fault> {
    let invited = guests_of(cx, &[listing.id])
        .await?
        .remove(&listing.id)
        .unwrap_or_default();
    orgs::many(&cx.db, &invited).await
}

async fn guests_of(cx: &Cx, listings: &[ListingId]) -> Result<HashMap<ListingId, Vec<OrgId>>, Fault> {
    let mut guests: HashMap<ListingId, Vec<OrgId>> = HashMap::new();
    if listings.is_empty() {
        return Ok(guests);
    }
    for (listing, org) in store::guests(&cx.db, listings).await? {
        guests.entry(listing).or_default().push(org);
    }
    Ok(guests)
}
