//! A co-operative with sick rice and a laboratory that knows leaves: where most stories begin.

use caunoi::accounts::{self, Newcomer, Role};
use caunoi::ids::{By, ListingId, PersonId};
use caunoi::kit::lang::Lang;
use caunoi::listings::import::{Ready, enter};
use caunoi::listings::{Content, Kind, Origin, Tag, Text, Visibility, Weight};
use caunoi::matching::stage::Stage;
use caunoi::matching::{self, Pairing};
use caunoi::orgs::import::Named;
use caunoi::orgs::{self, MemberRole, OrgKind};
use caunoi::vocab::Scheme;

use crate::world::{Browser, World};

pub const PASSWORD: &str = "ruộng lúa cò bay";
pub const FARM: &str = "lan@htx.example";
pub const LAB: &str = "minh@vien.example";

pub struct Scene {
    pub world: World,
    pub need: ListingId,
    pub offer: ListingId,
    pub farmer: Browser,
    pub scientist: Browser,
    pub coordinator: Browser,
}

/// Who posts something, on behalf of which organisation.
pub struct Poster<'a> {
    pub kind: Kind,
    pub org: &'a str,
    pub email: &'a str,
    pub name: &'a str,
    pub lang: Lang,
}

impl<'a> Poster<'a> {
    /// Somebody who writes Vietnamese.
    pub fn new(kind: Kind, org: &'a str, email: &'a str, name: &'a str) -> Poster<'a> {
        Poster {
            kind,
            org,
            email,
            name,
            lang: Lang::Vi,
        }
    }
}

impl Scene {
    pub async fn set(world: World) -> Scene {
        Scene::set_in(world, Lang::Vi).await
    }

    /// As `set`, with people who are written to in this language.
    pub async fn set_in(world: World, lang: Lang) -> Scene {
        let farm = Poster {
            lang,
            ..Poster::new(Kind::Need, "Hợp tác xã Sông Xanh", FARM, "Lan")
        };
        let lab = Poster {
            lang,
            ..Poster::new(Kind::Offer, "Viện Thị giác Nam", LAB, "Minh")
        };
        let (need, farmer) = posted(&world, &farm, sick_rice()).await;
        let (offer, scientist) = posted(&world, &lab, knows_leaves()).await;
        let coordinator = world.coordinator().await;
        world.settle().await;
        Scene {
            world,
            need,
            offer,
            farmer,
            scientist,
            coordinator,
        }
    }

    pub async fn pairing(&self) -> Pairing {
        let found = self.pairing_of(self.need).await;
        found.expect("the two were put beside each other")
    }

    /// The pairing of a need with the laboratory's offer.
    pub async fn pairing_of(&self, need: ListingId) -> Option<Pairing> {
        let found = matching::of_listing(&self.world.cx.db, need).await.unwrap();
        found.into_iter().find(|one| one.offer_id == self.offer)
    }

    /// The pairing of the farm's need with another offer.
    pub async fn pairing_with(&self, offer: ListingId) -> Pairing {
        let found = matching::of_listing(&self.world.cx.db, self.need).await.unwrap();
        let pairing = found.into_iter().find(|one| one.offer_id == offer);
        pairing.expect("the two were put beside each other")
    }

    /// The farmer chooses letters; everything else stays as it was.
    pub async fn wish(&self, fields: &[(&str, &str)]) {
        let wish: Vec<(&str, &str)> = [("letters", "yes")]
            .into_iter()
            .chain(fields.iter().copied())
            .collect();
        self.farmer.post("/vi/settings/letters", &wish).await.is(303);
    }

    /// Sessions end after a while; whoever comes back signs in.
    pub async fn sign_in_again(&self, email: &str) -> Browser {
        let browser = self.world.visitor();
        browser
            .post("/vi/session", &[("email", email), ("password", PASSWORD)])
            .await
            .is(303);
        browser
    }

    pub async fn approved(&self) -> Pairing {
        let pairing = self.pairing().await;
        let path = format!("/vi/pairings/{}/approval", pairing.id);
        self.coordinator
            .post(&path, &[("words", "Hai bên rất hợp nhau.")])
            .await
            .is(303);
        pairing
    }

    /// Approved, and both sides said yes on the page.
    pub async fn introduced(&self) -> Pairing {
        let pairing = self.approved().await;
        let yes = format!("/vi/pairings/{}/acceptance", pairing.id);
        self.farmer.post(&yes, &[]).await.is(303);
        self.scientist.post(&yes, &[]).await.is(303);
        assert_eq!(self.stage().await, Stage::Introduced);
        pairing
    }

    pub async fn stage(&self) -> Stage {
        self.pairing().await.stage
    }
}

pub fn sick_rice() -> Content {
    let vi = Text {
        title: "Phát hiện bệnh trên lá lúa từ ảnh điện thoại".to_owned(),
        summary: "Nông dân chụp ảnh lá lúa và muốn biết ngay bệnh gì, cả khi mạng yếu.".to_owned(),
        body: "Mỗi vụ chúng tôi mất khoảng 8 % sản lượng vì phát hiện bệnh trên lá lúa muộn. Có 12.000 ảnh lá lúa \
               chưa gán nhãn."
            .to_owned(),
        ..Text::default()
    };
    let en = Text {
        title: "Spotting disease on rice leaves from a phone picture".to_owned(),
        summary: "Farmers photograph a rice leaf and want to know the disease at once, even on a weak line."
            .to_owned(),
        body: "Each season we lose about 8% of the crop because disease on rice leaves is seen too late. We have \
               12,000 unlabelled pictures of leaves."
            .to_owned(),
        ..Text::default()
    };
    Content {
        vi: Some(vi),
        en: Some(en),
        trl: Some(5),
        data: Some("raw".to_owned()),
        ..tagged("agriculture", "cv.class")
    }
}

pub fn knows_leaves() -> Content {
    let vi = Text {
        title: "Nhận dạng bệnh cây trồng từ ảnh lá, chạy ngoại tuyến".to_owned(),
        summary: "Mô hình phát hiện bệnh trên lá lúa và rau từ ảnh điện thoại, không cần mạng.".to_owned(),
        body: "Đã thử với ảnh lá lúa ở ba huyện, đúng 91 %.".to_owned(),
        ..Text::default()
    };
    let en = Text {
        title: "Recognising crop diseases from leaf pictures, offline".to_owned(),
        summary:
            "A model that finds disease on rice and vegetable leaves in phone pictures, without a network."
                .to_owned(),
        body: "Tried on pictures of rice leaves in three districts, right in 91% of them.".to_owned(),
        ..Text::default()
    };
    Content {
        vi: Some(vi),
        en: Some(en),
        trl: Some(6),
        ..tagged("agriculture", "cv.class")
    }
}

pub fn tagged(sector: &str, capability: &str) -> Content {
    let tag = |scheme, code: &str| Tag {
        scheme,
        code: code.to_owned(),
        weight: Weight::Nice,
    };
    Content {
        tags: vec![tag(Scheme::Sector, sector), tag(Scheme::Capability, capability)],
        ..Content::default()
    }
}

/// Enters a published listing with its organisation and its person, who has signed in.
pub async fn posted(world: &World, poster: &Poster<'_>, content: Content) -> (ListingId, Browser) {
    let cx = &world.cx;
    let password = accounts::hash_password(PASSWORD).await.unwrap();
    let newcomer = Newcomer {
        email: poster.email.to_owned(),
        name: poster.name.to_owned(),
        phone: Some("0901 234 567".to_owned()),
        password: None,
        lang: poster.lang,
        letters: true,
    };
    let named = Named {
        name_vi: poster.org.to_owned(),
        kind: if poster.kind == Kind::Need {
            OrgKind::Business
        } else {
            OrgKind::Institute
        },
        place: "outside".to_owned(),
        size: "small".to_owned(),
        verified: true,
        ..Named::default()
    };
    let mut tx = cx.db.begin().await.unwrap();
    let id: PersonId = accounts::demo_person(cx, &mut tx, &newcomer, Role::Member, &password)
        .await
        .unwrap();
    let by = By::Person(id);
    let (org, _) = orgs::import::find_or_enter(cx, &mut tx, by, &named, cx.now())
        .await
        .unwrap();
    orgs::import::enrol(&mut tx, org, id, MemberRole::Owner, cx.now())
        .await
        .unwrap();
    let ready = Ready {
        kind: poster.kind,
        org,
        owner: Some(id),
        origin: Origin::Owner,
        visibility: Visibility::Public,
        anonymous: false,
        open_for_interest: true,
        content,
        published_at: cx.now(),
    };
    let listing = enter(cx, &mut tx, by, &ready).await.unwrap();
    tx.commit().await.unwrap();
    let browser = world.visitor();
    browser
        .post("/vi/session", &[("email", poster.email), ("password", PASSWORD)])
        .await
        .is(303);
    (listing, browser)
}

/// Many needs of another trade, so that a word of two listings tells something.
pub async fn crowd(world: &World, number: usize) {
    let cx = &world.cx;
    let mut tx = cx.db.begin().await.unwrap();
    let named = Named {
        name_vi: "Hội Cơ khí Bến Nước".to_owned(),
        ..Named::default()
    };
    let (org, _) = orgs::import::find_or_enter(cx, &mut tx, By::Service, &named, cx.now())
        .await
        .unwrap();
    for at in 0..number {
        let vi = Text {
            title: format!("Đo rung trục máy tiện số {at}"),
            summary: "Xưởng muốn biết trước khi vòng bi hỏng.".to_owned(),
            ..Text::default()
        };
        let ready = Ready {
            kind: Kind::Need,
            org,
            owner: None,
            origin: Origin::Import,
            visibility: Visibility::Public,
            anonymous: false,
            open_for_interest: false,
            content: Content {
                vi: Some(vi),
                ..tagged("other", "ts.anomaly")
            },
            published_at: cx.now(),
        };
        enter(cx, &mut tx, By::Service, &ready).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// What publishing sends: the version that was read, and every point of the list ticked.
pub fn all_looked_at(version: &str) -> Vec<(&str, &str)> {
    let ticks = ["clear", "safe", "true", "fit", "lawful"].map(|code| ("check", code));
    [("version", version)].into_iter().chain(ticks).collect()
}
