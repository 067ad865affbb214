//! How a need becomes an introduction, and all the ways it does not.

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

use crate::world::{Browser, World, story};

const PASSWORD: &str = "ruộng lúa cò bay";
const FARM: &str = "lan@htx.example";
const LAB: &str = "minh@vien.example";

/// A co-operative with sick rice and a laboratory that knows leaves.
pub struct Scene {
    pub world: World,
    pub need: ListingId,
    pub offer: ListingId,
    pub farmer: Browser,
    pub scientist: Browser,
    pub coordinator: Browser,
}

impl Scene {
    pub async fn set(world: World) -> Scene {
        let need = Content {
            vi: Some(Text {
                title: "Phát hiện bệnh trên lá lúa từ ảnh điện thoại".to_owned(),
                summary: "Nông dân chụp ảnh lá lúa và muốn biết ngay bệnh gì, cả khi mạng yếu.".to_owned(),
                body: "Mỗi vụ chúng tôi mất khoảng 8 % sản lượng vì phát hiện bệnh trên lá lúa muộn. Có 12.000 ảnh lá lúa chưa gán nhãn.".to_owned(),
                ..Text::default()
            }),
            trl: Some(5),
            data: Some("raw".to_owned()),
            ..tagged("agriculture", "cv.class")
        };
        let offer = Content {
            vi: Some(Text {
                title: "Nhận dạng bệnh cây trồng từ ảnh lá, chạy ngoại tuyến".to_owned(),
                summary: "Mô hình phát hiện bệnh trên lá lúa và rau từ ảnh điện thoại, không cần mạng."
                    .to_owned(),
                body: "Đã thử với ảnh lá lúa ở ba huyện, đúng 91 %.".to_owned(),
                ..Text::default()
            }),
            trl: Some(6),
            ..tagged("agriculture", "cv.class")
        };
        let (need, farmer) = posted(&world, Kind::Need, "Hợp tác xã Sông Xanh", FARM, "Lan", need).await;
        let (offer, scientist) = posted(&world, Kind::Offer, "Viện Thị giác Nam", LAB, "Minh", offer).await;
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
        let found = matching::of_listing(&self.world.cx.db, self.need).await.unwrap();
        let pairing = found.into_iter().find(|one| one.offer_id == self.offer);
        pairing.expect("the two were put beside each other")
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

    pub async fn stage(&self) -> Stage {
        self.pairing().await.stage
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

pub async fn posted(
    world: &World,
    kind: Kind,
    name: &str,
    email: &str,
    person: &str,
    content: Content,
) -> (ListingId, Browser) {
    let cx = &world.cx;
    let password = accounts::hash_password(PASSWORD).await.unwrap();
    let newcomer = Newcomer {
        email: email.to_owned(),
        name: person.to_owned(),
        phone: Some("0901 234 567".to_owned()),
        password: None,
        lang: Lang::Vi,
        letters: true,
    };
    let named = Named {
        name_vi: name.to_owned(),
        name_en: String::new(),
        kind: if kind == Kind::Need {
            OrgKind::Business
        } else {
            OrgKind::Institute
        },
        place: "outside".to_owned(),
        size: "small".to_owned(),
        website: None,
        tax_code: None,
        about_vi: String::new(),
        about_en: String::new(),
        capacity: 3,
        verified: true,
        foreign_sample: false,
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
        kind,
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
        .post("/vi/session", &[("email", email), ("password", PASSWORD)])
        .await
        .is(303);
    (listing, browser)
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in one go")]
fn two_sides_that_say_yes_are_introduced() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        let pairing = scene.pairing().await;
        assert_eq!(pairing.stage, Stage::Suggested);
        scene
            .farmer
            .get("/vi/inbox")
            .await
            .is(200)
            .hides("Nhận dạng bệnh cây trồng");
        scene
            .farmer
            .get(&format!("/vi/pairings/{}", pairing.id))
            .await
            .is(404);
        scene
            .coordinator
            .get("/vi/desk/suggestions")
            .await
            .is(200)
            .shows("Phát hiện bệnh trên lá lúa");
        scene
            .coordinator
            .get(&format!("/vi/pairings/{}/letter", pairing.id))
            .await
            .is(200)
            .shows("Chào Lan");
        scene.approved().await;

        let letters = scene.world.letters().await;
        let to = |address: &str| {
            letters
                .iter()
                .find(|one| one.to.contains(address) && one.plain.contains("/pairings/"))
                .expect("a letter that asks")
                .clone()
        };
        let (to_farm, to_lab) = (to(FARM), to(LAB));
        assert!(
            to_farm.subject.starts_with("Nhận dạng bệnh"),
            "{}",
            to_farm.subject
        );
        assert!(
            to_farm.plain.contains("Nhận dạng bệnh cây trồng"),
            "{}",
            to_farm.plain
        );
        assert!(to_farm.plain.contains("Hai bên rất hợp nhau."));
        for secret in [LAB, "0901", "Minh"] {
            assert!(!to_farm.plain.contains(secret), "{secret} before both said yes");
        }

        // A link that is opened changes nothing; the button behind it does, without a sign-in.
        let visitor = scene.world.visitor();
        let link = to_farm.link("answer=yes");
        visitor
            .get(&link)
            .await
            .is(200)
            .shows("Vâng, chúng tôi đồng ý")
            .hides(LAB);
        assert_eq!(scene.stage().await, Stage::Proposed);
        let token = link.split("token=").nth(1).unwrap().split('&').next().unwrap();
        let yes = format!("/vi/pairings/{}/acceptance", pairing.id);
        visitor.post(&yes, &[("token", token)]).await.is(303);
        assert_eq!(scene.stage().await, Stage::NeedAccepted);
        visitor.post(&yes, &[("token", token)]).await.is(409);
        scene
            .farmer
            .get(&format!("/vi/pairings/{}/thread", pairing.id))
            .await
            .is(404);

        scene
            .scientist
            .get("/vi/inbox")
            .await
            .is(200)
            .shows("Đồng ý gặp")
            .hides(FARM);
        assert!(to_lab.subject.starts_with("Phát") && to_lab.plain.contains("lá lúa"));
        scene.scientist.post(&yes, &[]).await.is(303);
        assert_eq!(scene.stage().await, Stage::Introduced);
        let letter = scene.world.letter_to(FARM).await;
        assert!(letter.plain.contains(LAB) && letter.plain.contains("0901 234 567"));

        let thread = format!("/vi/pairings/{}/thread", pairing.id);
        scene.farmer.get(&thread).await.is(200).shows(LAB);
        scene.world.visitor().get(&thread).await.is(303);
        let words = "Chào anh Minh, mình gặp tuần sau nhé?";
        scene
            .farmer
            .post(
                &format!("/vi/pairings/{}/messages", pairing.id),
                &[("message", words)],
            )
            .await
            .is(303);
        assert!(scene.world.letter_to(LAB).await.plain.contains(words));
        scene
            .scientist
            .post(
                &format!("/vi/pairings/{}/steps", pairing.id),
                &[("stage", "negotiating")],
            )
            .await
            .is(303);
        scene
            .scientist
            .post(
                &format!("/vi/pairings/{}/steps", pairing.id),
                &[("stage", "meeting")],
            )
            .await
            .is(409);
        scene
            .farmer
            .get(&format!("/vi/pairings/{}/meeting.ics", pairing.id))
            .await
            .is(200)
            .shows("BEGIN:VEVENT");
        let outcome = [
            ("kind", "pilot"),
            ("amount", "50.000.000"),
            ("body", "Thử trên 20 ha."),
        ];
        scene
            .farmer
            .post(&format!("/vi/pairings/{}/outcomes", pairing.id), &outcome)
            .await
            .is(303);
        scene
            .farmer
            .get(&thread)
            .await
            .shows("Thử trên 20 ha.")
            .shows("50.000.000");

        scene.world.letters().await;
        scene.world.days_pass(15).await;
        let asked = scene.world.letters().await;
        assert!(
            asked
                .iter()
                .any(|one| one.to.contains(FARM) && one.plain.contains("Cho biết kết quả"))
        );
    });
}

#[test]
fn a_no_needs_a_reason_and_the_other_side_reads_it() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        let pairing = scene.approved().await;
        scene
            .farmer
            .post(&format!("/vi/pairings/{}/acceptance", pairing.id), &[])
            .await
            .is(303);
        scene.world.letters().await;
        let no = format!("/vi/pairings/{}/refusal", pairing.id);
        scene
            .scientist
            .post(&no, &[])
            .await
            .is(422)
            .shows("Hãy chọn một lý do");
        scene
            .scientist
            .post(&no, &[("reason", "no_capacity"), ("note", "Nhóm đang kẹt.")])
            .await
            .is(303);
        assert_eq!(scene.stage().await, Stage::Declined);
        let letter = scene.world.letter_to(FARM).await;
        assert!(letter.plain.contains("Không đủ nguồn lực") && !letter.plain.contains("Nhóm đang kẹt"));
    });
}

#[test]
fn who_does_not_answer_is_reminded_once_and_then_left_in_peace() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        scene.approved().await;
        scene.world.letters().await;
        scene.world.days_pass(6).await;
        assert!(
            scene
                .world
                .letters()
                .await
                .iter()
                .all(|one| !one.subject.contains("Nhắc"))
        );
        scene.world.days_pass(2).await;
        let reminders = scene.world.letters().await;
        assert_eq!(
            reminders
                .iter()
                .filter(|one| one.subject.contains("Nhắc"))
                .count(),
            2
        );
        scene.world.days_pass(3).await;
        assert_eq!(scene.stage().await, Stage::Lapsed);
    });
}

#[test]
fn what_was_dismissed_does_not_come_back_by_itself() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        let pairing = scene.pairing().await;
        scene
            .farmer
            .post(&format!("/vi/pairings/{}/approval", pairing.id), &[])
            .await
            .is(403);
        scene
            .coordinator
            .post(&format!("/vi/pairings/{}/dismissal", pairing.id), &[])
            .await
            .is(303);
        matching::suggest(&scene.world.cx, scene.need).await.unwrap();
        assert_eq!(scene.stage().await, Stage::Dismissed);
        scene
            .coordinator
            .post(&format!("/vi/pairings/{}/reopening", pairing.id), &[])
            .await
            .is(303);
        assert_eq!(scene.stage().await, Stage::Suggested);
    });
}

#[test]
fn interest_in_a_few_sentences_asks_the_other_side_only() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        let form = format!("/vi/offers/{}/interest", scene.offer);
        scene
            .farmer
            .get(&form)
            .await
            .is(200)
            .shows("Nhận dạng bệnh cây trồng");
        scene
            .farmer
            .post(&form, &[("message", "Quá ngắn.")])
            .await
            .is(422)
            .shows("Quá ngắn.");
        let words = "Hợp tác xã chúng tôi trồng 300 ha lúa ở ngoại thành và muốn thử mô hình của viện trong vụ tới. \
                     Chúng tôi có ảnh, có cán bộ kỹ thuật, và sẵn sàng cho nhóm nghiên cứu đến đồng.";
        scene.farmer.post(&form, &[("message", words)]).await.is(303);
        let all = matching::of_listing(&scene.world.cx.db, scene.offer)
            .await
            .unwrap();
        let pairing = all
            .into_iter()
            .find(|one| one.interested.is_some())
            .expect("an expression of interest");
        scene
            .farmer
            .get("/vi/inbox?list=theirs")
            .await
            .is(200)
            .shows("Nhận dạng bệnh cây trồng");
        scene.world.letters().await;
        scene
            .coordinator
            .post(&format!("/vi/pairings/{}/approval", pairing.id), &[])
            .await
            .is(303);
        let letters = scene.world.letters().await;
        let asked: Vec<_> = letters
            .iter()
            .filter(|one| one.plain.contains("answer=yes"))
            .collect();
        assert_eq!(asked.len(), 1);
        assert!(asked[0].to.contains(LAB));
    });
}

#[test]
fn similar_listings_show_while_typing_with_a_why() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        let typed = [
            ("title", "Nhận biết bệnh trên lá lúa qua ảnh"),
            ("summary", ""),
            ("body", ""),
        ];
        let fragment = scene.world.visitor().post("/vi/needs/similar", &typed).await;
        fragment.is(200).shows("Nhận dạng bệnh cây trồng").shows("Vì:");
        let short = scene
            .world
            .visitor()
            .post("/vi/needs/similar", &[("title", "lá")])
            .await;
        short.is(200).hides("similar-item");
    });
}
