//! Organisations: businesses and institutes, who belongs to them, and whether a coordinator has checked them.

use std::borrow::Borrow;

use crate::accounts::{Actor, Person};
use crate::ids::{OrgId, PersonId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::{Reads, codes};
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;

pub mod export;
pub mod import;
mod joining;
mod letters;
mod names;
mod pages;
mod review;
mod store;
mod tax;

pub use joining::{forget, invite};
pub use letters::{tell_asked, tell_granted, tell_refused, tell_verified};
pub use pages::configure;
pub use review::{count_waiting, verify};

codes! {
    pub enum OrgKind { Business = "business", Institute = "institute" }
}

impl OrgKind {
    pub fn label(self, lang: impl Borrow<Lang>) -> &'static str {
        let lang = *lang.borrow();
        match self {
            OrgKind::Business => lang.t("Doanh nghiệp", "Business"),
            OrgKind::Institute => lang.t(
                "Viện, trường, phòng nghiên cứu",
                "Institute, university, laboratory",
            ),
        }
    }
}

codes! {
    /// An owner looks after what is said of the organisation and who belongs to it.
    pub enum MemberRole { Owner = "owner", Member = "member" }
}

codes! {
    pub enum MemberState { Active = "active", Asked = "asked" }
}

impl MemberRole {
    pub fn label(self, lang: impl Borrow<Lang>) -> &'static str {
        let lang = *lang.borrow();
        match self {
            MemberRole::Owner => lang.t("Phụ trách", "In charge"),
            MemberRole::Member => lang.t("Thành viên", "Member"),
        }
    }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Org {
    pub id: OrgId,
    pub slug: String,
    pub kind: OrgKind,
    pub name_vi: String,
    pub name_en: String,
    pub place: String,
    pub size: String,
    pub website: Option<String>,
    pub tax_code: Option<String>,
    pub about_vi: String,
    pub about_en: String,
    pub capacity: i64,
    pub verified_at: Option<At>,
    pub verified_by: Option<PersonId>,
    pub foreign_sample: bool,
    pub created_at: At,
}

impl Org {
    /// The name in the reader's language, or the one there is.
    pub fn name(&self, lang: impl Borrow<Lang>) -> &str {
        either(*lang.borrow(), &self.name_vi, &self.name_en)
    }

    pub fn about(&self, lang: impl Borrow<Lang>) -> &str {
        either(*lang.borrow(), &self.about_vi, &self.about_en)
    }

    pub fn is_verified(&self) -> bool {
        self.verified_at.is_some()
    }
}

/// An organisation someone belongs to.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Membership {
    #[sqlx(flatten)]
    pub org: Org,
    #[sqlx(rename = "member_role")]
    pub role: MemberRole,
}

/// A person of an organisation, or one who asks to be.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Belonging {
    #[sqlx(flatten)]
    pub person: Person,
    #[sqlx(rename = "member_role")]
    pub role: MemberRole,
    #[sqlx(rename = "member_state")]
    pub state: MemberState,
    pub since: At,
}

pub async fn get(on: impl Reads, id: OrgId) -> Result<Org, Fault> {
    store::get(on, id).await
}

pub async fn many(on: impl Reads, ids: &[OrgId]) -> Result<Vec<Org>, Fault> {
    store::many(on, ids).await
}

pub async fn by_slug(on: impl Reads, slug: &str) -> Result<Org, Fault> {
    store::by_slug(on, slug).await
}

/// The organisations a person belongs to, the one they joined first in front.
pub async fn of_person(on: impl Reads, person: PersonId) -> Result<Vec<Membership>, Fault> {
    store::of_person(on, person).await
}

/// Everyone who belongs to an organisation and whose account is open.
pub async fn members(on: impl Reads, org: OrgId) -> Result<Vec<Person>, Fault> {
    store::members(on, org).await
}

pub async fn is_member(on: impl Reads, org: OrgId, person: PersonId) -> Result<bool, Fault> {
    store::is_member(on, org, person).await
}

/// Whether someone may change what is said of an organisation and let people in: its owners, coordinators.
pub async fn may_manage(cx: &Cx, actor: &Actor, org: OrgId) -> Result<bool, Fault> {
    let belongs = store::members::belonging(&cx.db, org, actor.id).await?;
    Ok(actor.coordinates() || belongs == Some((MemberRole::Owner, MemberState::Active)))
}

/// Which organisations a person belongs to or asks to, for them to take away.
pub async fn data_of(cx: &Cx, person: PersonId) -> Result<serde_json::Value, Fault> {
    let memberships = store::of_person(&cx.db, person).await?;
    let asked = store::members::asked_by(&cx.db, person).await?;
    let belongs = memberships.iter().map(|membership| {
        serde_json::json!({
            "organisation": membership.org.name(Lang::Vi),
            "role": membership.role,
        })
    });
    let asks = asked
        .iter()
        .map(|org| serde_json::json!({ "organisation": org.name(Lang::Vi), "role": "asked" }));
    Ok(belongs.chain(asks).collect())
}

/// Whether a person belongs to an organisation that a coordinator has checked.
pub async fn is_verified_member(on: impl Reads, person: PersonId) -> Result<bool, Fault> {
    store::is_verified_member(on, person).await
}

/// Organisations that shall not be suggested to this one, nor it to them.
pub async fn blocked_with(on: impl Reads, org: OrgId) -> Result<Vec<OrgId>, Fault> {
    store::blocked_with(on, org).await
}

/// Organisations whose names hold all words of `text`, with or without diacritics.
pub async fn find_by_name(on: impl Reads, text: &str, limit: i64) -> Result<Vec<Org>, Fault> {
    store::find_by_name(on, text, limit).await
}

fn either<'a>(lang: Lang, vi: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Vi if !vi.is_empty() => vi,
        Lang::En if !en.is_empty() => en,
        _ if vi.is_empty() => en,
        _ => vi,
    }
}
