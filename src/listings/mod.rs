//! Needs (cầu) and offers (cung): one record, two kinds.
//!
//! A listing has a working copy (`draft`) and what readers see (`live`). An edited listing goes through
//! review again; until the new text passes, readers go on seeing the old one.

use std::collections::HashMap;
use std::sync::LazyLock;

use sqlx::types::Json;

use crate::ids::{ListingId, OrgId, PersonId};
use crate::kit::clock::At;
use crate::kit::db::{Reads, codes};
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;

pub mod card;
pub mod clock;
pub mod contacts;
mod content;
pub mod diff;
pub mod drafts;
pub mod escalation;
mod evidence;
pub mod export;
pub mod facts;
pub mod fields;
pub mod findings;
pub mod follow;
pub mod hints;
pub mod import;
pub mod index;
pub mod letters;
pub mod life;
pub mod pages;
pub mod question;
pub mod ready;
pub mod review;
mod rights;
pub mod saved;
pub mod searches;
mod sight;
pub mod steps;
mod store;
pub mod writer;

pub use card::{Card, cards};
pub use content::{Content, Evidence, Tag, Text, Weight, limits};
pub use evidence::set_checked;
pub use rights::{data_of, forget};
pub use sight::{Sight, guests, may_read, shown_org};

codes! {
    pub enum Kind { Need = "need", Offer = "offer" }
}

codes! {
    pub enum State {
        Draft = "draft", Review = "review", Changes = "changes", Published = "published",
        Paused = "paused", Expired = "expired", Closed = "closed", Archived = "archived",
    }
}

codes! {
    pub enum Origin { Owner = "owner", Coordinator = "coordinator", Import = "import", Interest = "interest" }
}

codes! {
    pub enum Visibility { Public = "public", Members = "members", Invited = "invited" }
}

codes! {
    pub enum Severity { Blocker = "blocker", Major = "major", Minor = "minor" }
}

impl Severity {
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Severity::Blocker => lang.t("phải sửa", "must be mended"),
            Severity::Major => lang.t("nên sửa", "should be mended"),
            Severity::Minor => lang.t("góp ý", "a remark"),
        }
    }
}

impl State {
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            State::Draft => lang.t("bản nháp", "draft"),
            State::Review => lang.t("chờ duyệt", "in review"),
            State::Changes => lang.t("cần sửa", "to be mended"),
            State::Published => lang.t("đang đăng", "published"),
            State::Paused => lang.t("tạm dừng", "paused"),
            State::Expired => lang.t("hết hạn", "expired"),
            State::Closed => lang.t("đã đóng", "closed"),
            State::Archived => lang.t("đã lưu trữ", "archived"),
        }
    }
}

impl Kind {
    pub fn other(self) -> Kind {
        match self {
            Kind::Need => Kind::Offer,
            Kind::Offer => Kind::Need,
        }
    }

    /// The plural noun of its addresses: `needs`, `offers`.
    pub fn path(self) -> &'static str {
        match self {
            Kind::Need => "needs",
            Kind::Offer => "offers",
        }
    }

    /// NC (nhu cầu) or NL (năng lực), the series of its references.
    pub fn series(self) -> &'static str {
        match self {
            Kind::Need => "NC",
            Kind::Offer => "NL",
        }
    }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Listing {
    pub id: ListingId,
    pub reference: Option<String>,
    pub kind: Kind,
    pub org_id: Option<OrgId>,
    pub owner_id: Option<PersonId>,
    pub coordinator_id: Option<PersonId>,
    pub state: State,
    pub origin: Origin,
    pub visibility: Visibility,
    pub anonymous: bool,
    pub open_for_interest: bool,
    pub version: i64,
    /// The working copy, where it says something else than what readers see: nobody reads one text twice.
    draft: Option<Json<Content>>,
    pub live: Option<Json<Content>>,
    pub live_version: Option<i64>,
    pub confirmed_version: Option<i64>,
    pub submitted_at: Option<At>,
    pub published_at: Option<At>,
    pub refreshed_at: Option<At>,
    pub expires_at: Option<At>,
    pub closed_reason: Option<String>,
    pub searched_at: Option<At>,
    pub created_at: At,
    pub updated_at: At,
}

impl Listing {
    /// What readers see, where they may see anything: a published text of a listing that has not ended.
    pub fn shown(&self) -> Option<&Content> {
        let open = !matches!(
            self.state,
            State::Paused | State::Expired | State::Closed | State::Archived
        );
        self.live.as_deref().filter(|_| open)
    }

    /// It came with a list, and nobody has agreed to answer for it yet.
    pub fn awaits_owner(&self) -> bool {
        self.origin == Origin::Import && self.owner_id.is_none()
    }

    /// The published text where there is one, else the working copy: for the people who work on it.
    pub fn best(&self) -> &Content {
        self.live.as_deref().unwrap_or_else(|| self.draft())
    }

    /// The working copy.
    pub fn draft(&self) -> &Content {
        static NOTHING: LazyLock<Content> = LazyLock::new(Content::default);
        self.draft.as_deref().or(self.live.as_deref()).unwrap_or(&NOTHING)
    }

    /// `/vi/needs/<id>` without the language.
    pub fn path(&self) -> String {
        format!("{}/{}", self.kind.path(), self.id)
    }

    /// Whether its working copy may be changed now.
    pub fn is_editable(&self) -> bool {
        matches!(self.state, State::Draft | State::Changes | State::Published)
    }

    /// Whether the working copy says something else than what readers see.
    pub fn has_unseen_changes(&self) -> bool {
        self.live.as_deref().is_some_and(|live| live != self.draft())
    }

    /// A coordinator wrote it: the firm confirms this very version before it may be published.
    pub fn needs_confirmation(&self) -> bool {
        self.origin == Origin::Coordinator && self.confirmed_version != Some(self.version)
    }

    pub fn reference(&self) -> &str {
        self.reference.as_deref().unwrap_or("–")
    }
}

// Looking up -------------------------------------------------------------------------------------

pub async fn get(on: impl Reads, id: ListingId) -> Result<Listing, Fault> {
    store::get(on, id).await
}

/// In the order of the ids; one that is gone is left out.
pub async fn many(on: impl Reads, ids: &[ListingId]) -> Result<Vec<Listing>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let place: HashMap<ListingId, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let mut found = store::many(on, ids).await?;
    found.sort_by_key(|listing| place.get(&listing.id).copied());
    Ok(found)
}

/// By `NC-2026-0042`, however it was typed.
pub async fn by_reference(on: impl Reads, reference: &str) -> Result<Listing, Fault> {
    store::by_reference(on, &reference.trim().to_uppercase()).await
}

/// All of an organisation's, newest change first, whatever their state.
pub async fn of_org(on: impl Reads, org: OrgId) -> Result<Vec<Listing>, Fault> {
    store::of_org(on, org).await
}

/// A person's own and those of their organisations, newest change first, whatever their state.
pub async fn of_person(on: impl Reads, person: PersonId, orgs: &[OrgId]) -> Result<Vec<Listing>, Fault> {
    store::of_person(on, person, orgs).await
}

/// Imported listings that nobody has taken yet, in their order of coming, from the first or from behind one.
pub async fn without_owner(
    on: impl Reads,
    beyond: Option<ListingId>,
    limit: i64,
) -> Result<Vec<ListingId>, Fault> {
    store::without_owner(on, beyond.unwrap_or(ListingId(uuid::Uuid::nil())), limit).await
}
