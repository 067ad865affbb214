//! The sample people, their organisations and what they post, in both languages.

use serde::Deserialize;

use crate::accounts::{self, Actor, Newcomer, Role};
use crate::ids::{ListingId, OrgId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::listings::import::{Ready, enter};
use crate::listings::{Content, Kind, Origin, Visibility};
use crate::orgs::import::Named;
use crate::orgs::{self, MemberRole, OrgKind};

/// Who plays, in one language.
pub(super) struct Cast {
    pub lang: Lang,
    pub coordinator: Actor,
    pub buyer: Actor,
    pub maker: Actor,
    pub firm: OrgId,
    pub need: ListingId,
    pub lab: OrgId,
}

impl Cast {
    pub async fn gather(cx: &Cx, lang: Lang) -> Result<Cast, Fault> {
        let sample = Sampled::read()?;
        let name = |vi: &'static str, en: &'static str| lang.t(vi, en);
        let coordinator = person(
            cx,
            lang,
            name("Trần Thu Hà", "Helen Carter"),
            "coordinator",
            Role::Coordinator,
        )
        .await?;
        let buyer = person(
            cx,
            lang,
            name("Nguyễn Thị Lan", "Laura Brown"),
            "buyer",
            Role::Member,
        )
        .await?;
        let maker = person(
            cx,
            lang,
            name("Lê Quang Minh", "Michael Hall"),
            "maker",
            Role::Member,
        )
        .await?;
        let firm = organisation(cx, lang, OrgKind::Business, &buyer).await?;
        let lab = organisation(cx, lang, OrgKind::Institute, &maker).await?;
        let need = posted(cx, Kind::Need, firm, &buyer, sample.need).await?;
        Ok(Cast {
            lang,
            coordinator,
            buyer,
            maker,
            firm,
            need,
            lab,
        })
    }
}

/// The texts of the sample need and the sample offer, in both languages.
#[derive(Deserialize)]
pub(super) struct Sampled {
    pub need: Content,
    pub offer: Content,
}

impl Sampled {
    pub fn read() -> Result<Sampled, Fault> {
        Ok(serde_json::from_str(include_str!("sample.json"))?)
    }
}

pub(super) fn address(lang: Lang, who: &str) -> String {
    format!("{who}-{lang}@sample.example")
}

pub(super) fn newcomer(lang: Lang, name: &str, who: &str) -> Newcomer {
    Newcomer {
        email: address(lang, who),
        name: name.to_owned(),
        phone: Some("0900 000 000".to_owned()),
        password: None,
        lang,
        letters: true,
    }
}

async fn person(cx: &Cx, lang: Lang, name: &str, who: &str, role: Role) -> Result<Actor, Fault> {
    let newcomer = newcomer(lang, name, who);
    let mut tx = cx.db.begin().await?;
    accounts::demo_person(cx, &mut tx, &newcomer, role, "").await?;
    tx.commit().await?;
    accounts::sample_actor(cx, &newcomer.email).await
}

async fn organisation(cx: &Cx, lang: Lang, kind: OrgKind, owner: &Actor) -> Result<OrgId, Fault> {
    let (vi, en) = match kind {
        OrgKind::Business => ("Hợp tác xã Sông Xanh", "Green River Co-operative"),
        OrgKind::Institute => ("Viện Thị giác Nam", "Southern Vision Institute"),
    };
    let named = Named {
        name_vi: format!("{vi} {}", lang.t("", "(en)")).trim().to_owned(),
        name_en: en.to_owned(),
        kind,
        place: "outside".to_owned(),
        size: "small".to_owned(),
        website: None,
        tax_code: None,
        about_vi: String::new(),
        about_en: String::new(),
        capacity: 9,
        verified: false,
        foreign_sample: false,
    };
    let mut tx = cx.db.begin().await?;
    let (org, _) = orgs::import::find_or_enter(cx, &mut tx, owner.by(), &named, cx.now()).await?;
    orgs::import::enrol(&mut tx, org, owner.id, MemberRole::Owner, cx.now()).await?;
    tx.commit().await?;
    Ok(org)
}

pub(super) async fn posted(
    cx: &Cx,
    kind: Kind,
    org: OrgId,
    owner: &Actor,
    content: Content,
) -> Result<ListingId, Fault> {
    let ready = Ready {
        kind,
        org,
        owner: Some(owner.id),
        origin: Origin::Owner,
        visibility: Visibility::Public,
        anonymous: false,
        open_for_interest: true,
        content,
        published_at: cx.now(),
    };
    let mut tx = cx.db.begin().await?;
    let listing = enter(cx, &mut tx, owner.by(), &ready).await?;
    tx.commit().await?;
    Ok(listing)
}
