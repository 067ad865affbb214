//! Listings a reader keeps an eye on, and listings a reader thinks are wrong.

use super::{Listing, store};
use crate::accounts::{Actor, Reader};
use crate::events::{self, Event};
use crate::ids::{By, ListingId, PersonId, ReportId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::{Reads, codes};
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;

codes! {
    pub enum Wrong {
        Untrue = "untrue", Contact = "contact", Duplicate = "duplicate", Unlawful = "unlawful", Spam = "spam",
        Other = "other",
    }
}

impl Wrong {
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Wrong::Untrue => lang.t("Thông tin không đúng", "The information is not true"),
            Wrong::Contact => lang.t(
                "Lộ thông tin cá nhân hay bí mật",
                "It reveals personal or confidential data",
            ),
            Wrong::Duplicate => lang.t("Trùng với tin khác", "It duplicates another listing"),
            Wrong::Unlawful => lang.t("Trái pháp luật hoặc gây hại", "It is unlawful or harmful"),
            Wrong::Spam => lang.t(
                "Quảng cáo, không phải nhu cầu hay năng lực AI",
                "Advertising, not an AI need or offer",
            ),
            Wrong::Other => lang.t("Lý do khác", "Another reason"),
        }
    }
}

/// Something a reader thinks is wrong with a listing.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Report {
    pub id: ReportId,
    pub listing_id: ListingId,
    pub person_id: Option<PersonId>,
    pub reason: Wrong,
    pub body: String,
    pub created_at: At,
}

pub async fn save(cx: &Cx, actor: &Actor, listing: &Listing) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    store::keep_an_eye(&mut tx, actor.id, listing.id, cx.now()).await?;
    tx.commit().await
}

pub async fn let_go(cx: &Cx, actor: &Actor, id: ListingId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    store::let_go(&mut tx, actor.id, id).await?;
    tx.commit().await
}

pub async fn is_saved(cx: &Cx, reader: &Reader, id: ListingId) -> Result<bool, Fault> {
    match reader.actor() {
        Some(actor) => store::is_saved(&cx.db, actor.id, id).await,
        None => Ok(false),
    }
}

/// Newest first.
pub async fn list(cx: &Cx, actor: &Actor) -> Result<Vec<Listing>, Fault> {
    let ids = store::saved_by(&cx.db, actor.id).await?;
    super::many(&cx.db, &ids).await
}

pub async fn report(
    cx: &Cx,
    reader: &Reader,
    listing: &Listing,
    wrong: Wrong,
    body: &str,
) -> Result<(), Fault> {
    let actor = reader.actor();
    let mut tx = cx.db.begin().await?;
    store::add_report(
        &mut tx,
        listing.id,
        actor.map(|actor| actor.id),
        wrong.code(),
        body,
        cx.now(),
    )
    .await?;
    let by = actor.map_or(By::Service, Actor::by);
    events::record(cx, &mut tx, by, &Event::ListingReported { listing: listing.id }).await?;
    tx.commit().await
}

pub async fn open_reports(on: impl Reads) -> Result<Vec<Report>, Fault> {
    store::open_reports(on).await
}

/// A coordinator has looked into it.
pub async fn resolve_report(cx: &Cx, id: ReportId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    if !store::resolve_report(&mut tx, id, cx.now()).await? {
        return Err(Fault::stale(
            "Đã có người xử lý.",
            "Someone has dealt with it already.",
        ));
    }
    tx.commit().await
}
