//! A listing as lists show it: built for many at once, with only what the reader may know.

use std::collections::HashMap;

use crate::accounts::Reader;
use crate::ids::{ListingId, OrgId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::orgs::{self, Org, OrgKind};
use crate::vocab::{self, Scheme};

use super::sight::Sight;
use super::{Content, Kind, Listing};

#[derive(Debug, Clone)]
pub struct Card {
    pub id: ListingId,
    pub kind: Kind,
    pub reference: String,
    pub title: String,
    pub summary: String,
    /// The language of title and summary: the other one where there is no text in the reader's.
    pub lang: Lang,
    pub by: Behind,
    pub sectors: Vec<String>,
    pub capabilities: Vec<String>,
    pub trl: Option<i64>,
    pub place: Option<String>,
    pub deadline: Option<At>,
    pub refreshed_at: Option<At>,
    pub open_for_interest: bool,
}

/// The organisation behind a listing, as far as it may be told.
#[derive(Debug, Clone)]
pub struct Behind {
    pub org_kind: Option<OrgKind>,
    /// `None`: it asked not to be named.
    pub name: Option<String>,
    pub slug: Option<String>,
    pub size: String,
    pub place: String,
    pub verified: bool,
}

impl Behind {
    pub fn new(org: Option<&Org>, named: bool, lang: Lang) -> Behind {
        Behind {
            org_kind: org.map(|org| org.kind),
            name: org.filter(|_| named).map(|org| org.name(lang).to_owned()),
            slug: org.filter(|_| named).map(|org| org.slug.clone()),
            size: org.map_or_else(String::new, |org| vocab::label(Scheme::Size, &org.size, lang)),
            place: org.map_or_else(String::new, |org| vocab::label(Scheme::Place, &org.place, lang)),
            verified: org.is_some_and(Org::is_verified),
        }
    }

    /// The name, or what may be said instead of it.
    pub fn words(&self, lang: &Lang) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        let kind = match self.org_kind {
            Some(OrgKind::Business) => lang.t("Doanh nghiệp ẩn danh", "Anonymous business"),
            Some(OrgKind::Institute) => lang.t("Viện, trường ẩn danh", "Anonymous institute"),
            None => lang.t("Chưa có tổ chức", "No organisation yet"),
        };
        if self.size.is_empty() {
            kind.to_owned()
        } else {
            format!("{kind} · {}", self.size)
        }
    }

    pub fn is_institute(&self) -> bool {
        self.org_kind == Some(OrgKind::Institute)
    }
}

impl Card {
    pub fn new(listing: &Listing, content: &Content, by: Behind, lang: Lang) -> Card {
        Card {
            id: listing.id,
            kind: listing.kind,
            reference: listing.reference().to_owned(),
            title: content.title(lang).to_owned(),
            summary: content.summary(lang).to_owned(),
            lang: content.shown_lang(lang),
            by,
            sectors: labels(content, Scheme::Sector, lang),
            capabilities: labels(content, Scheme::Capability, lang),
            trl: content.trl,
            place: content
                .place
                .as_deref()
                .map(|code| vocab::label(Scheme::Place, code, lang)),
            deadline: content.deadline,
            refreshed_at: listing.refreshed_at,
            open_for_interest: listing.open_for_interest,
        }
    }

    pub fn path(&self) -> String {
        format!("{}/{}", self.kind.path(), self.id)
    }

    pub fn is_need(&self) -> bool {
        self.kind == Kind::Need
    }
}

/// Cards of the listings the reader may see, in the order given; the others are left out.
pub async fn cards(cx: &Cx, reader: &Reader, lang: Lang, listings: Vec<Listing>) -> Result<Vec<Card>, Fault> {
    let sight = Sight::of(cx, reader).await?;
    let listings = sight.readable(cx, listings).await?;
    let orgs = Orgs::of(cx, &listings).await?;
    Ok(listings
        .iter()
        .map(|listing| orgs.card(&sight, listing, lang))
        .collect())
}

/// The organisations behind some listings, asked for at once.
pub(super) struct Orgs(HashMap<OrgId, Org>);

impl Orgs {
    pub(super) async fn of(cx: &Cx, listings: impl IntoIterator<Item = &Listing>) -> Result<Orgs, Fault> {
        let mut ids: Vec<OrgId> = listings
            .into_iter()
            .filter_map(|listing| listing.org_id)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let orgs = orgs::many(&cx.db, &ids).await?;
        Ok(Orgs(orgs.into_iter().map(|org| (org.id, org)).collect()))
    }

    /// What the reader may know of the organisation behind one of the listings.
    pub(super) fn behind(&self, sight: &Sight, listing: &Listing, lang: Lang) -> Behind {
        let org = listing.org_id.and_then(|org| self.0.get(&org));
        Behind::new(org, sight.may_name(listing), lang)
    }

    pub(super) fn card(&self, sight: &Sight, listing: &Listing, lang: Lang) -> Card {
        Card::new(listing, listing.best(), self.behind(sight, listing, lang), lang)
    }
}

pub fn labels(content: &Content, scheme: Scheme, lang: Lang) -> Vec<String> {
    content
        .codes(scheme)
        .map(|code| vocab::label(scheme, code, lang))
        .collect()
}
