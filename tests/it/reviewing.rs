//! A coordinator looks closely: evidence is looked up, what changed is seen, another one is asked.

use caunoi::accounts::Role;
use caunoi::ids::ListingId;
use caunoi::listings::{Content, Evidence, Kind, Tag, Text, Weight};
use caunoi::vocab::Scheme;

use crate::scene::{Poster, Scene, all_looked_at, posted, tagged};
use crate::world::{Browser, World, story};

const LAB: &str = "minh@vien.example";
const PAPER: &str = "Bài báo về bệnh lá lúa";
const AWARD: &str = "Giải nhất cuộc thi nông nghiệp số";
const CHECKED: &str = "đã kiểm tra bởi điều phối viên, ngày 02/03/2026";

#[test]
fn a_coordinator_marks_evidence_and_readers_see_who_when() {
    story(|world| async move {
        let (offer, _) = with_evidence(&world).await;
        let page = format!("/vi/offers/{offer}");
        let lan = world.coordinator().await;
        world
            .visitor()
            .get(&page)
            .await
            .is(200)
            .hides(CHECKED)
            .hides("Tôi đã kiểm tra");
        let mark = mark_of(&lan, &page, PAPER).await;
        lan.post(
            &format!("{page}/evidence"),
            &[("mark", &mark), ("checked", "yes")],
        )
        .await
        .is(303);
        world.visitor().get(&page).await.is(200).shows(CHECKED);
        assert_eq!(shown(&world, &page, CHECKED).await, 1, "one of the two rows");
        world
            .visitor()
            .get(&page.replace("/vi/", "/en/"))
            .await
            .shows("checked by a coordinator on 02/03/2026");

        // What nobody wrote cannot be marked, and others may mark nothing.
        lan.post(
            &format!("{page}/evidence"),
            &[("mark", "0011223344556677"), ("checked", "yes")],
        )
        .await
        .is(409);
        world
            .visitor()
            .post(&format!("{page}/evidence"), &[("mark", &mark), ("checked", "no")])
            .await
            .is(401);
        world.settle().await;

        lan.post(&format!("{page}/evidence"), &[("mark", &mark), ("checked", "no")])
            .await
            .is(303);
        assert_eq!(shown(&world, &page, CHECKED).await, 0);
        world
            .person("Quản trị", Role::Admin)
            .await
            .get("/vi/admin/audit")
            .await
            .shows("ghi là đã kiểm tra minh chứng")
            .shows("bỏ dấu đã kiểm tra minh chứng");
    });
}

#[test]
fn nobody_checks_the_evidence_of_their_own_organisation() {
    story(|world| async move {
        let (offer, scientist) = with_evidence(&world).await;
        let page = format!("/vi/offers/{offer}");
        let mark = mark_of(&world.coordinator().await, &page, PAPER).await;
        caunoi::accounts::set_role_of(&world.cx, LAB, Role::Coordinator)
            .await
            .unwrap();
        scientist.get(&page).await.is(200).hides("Tôi đã kiểm tra");
        scientist
            .post(
                &format!("{page}/evidence"),
                &[("mark", &mark), ("checked", "yes")],
            )
            .await
            .is(409);
        assert_eq!(shown(&world, &page, CHECKED).await, 0);
    });
}

#[test]
fn an_edited_offer_shows_what_changed_and_keeps_what_was_typed() {
    story(|world| async move {
        let (offer, scientist) = with_evidence(&world).await;
        let page = format!("/vi/offers/{offer}");
        let lan = world.coordinator().await;
        for what in [PAPER, AWARD] {
            let mark = mark_of(&lan, &page, what).await;
            lan.post(
                &format!("{page}/evidence"),
                &[("mark", &mark), ("checked", "yes")],
            )
            .await
            .is(303);
        }
        reword(&scientist, &page, "Giải nhì cuộc thi nông nghiệp số").await;

        // Readers still see the old text with both marks; the new words come without one.
        assert_eq!(shown(&world, &page, CHECKED).await, 2);
        let review = format!("/vi/desk/reviews/{offer}");
        let seen = lan.get(&review).await;
        seen.is(200)
            .shows(&format!("<del>{AWARD}"))
            .shows("<ins>Giải nhì")
            .shows("<del>TRL 6")
            .shows("<ins>TRL 7");
        let mark = near_mark(&seen.body, "Giải nhì");
        let read = version(&seen.body);
        let typed = [
            ("version", read.as_str()),
            ("note_field", "whole"),
            ("note_severity", "major"),
            ("note", "Nói rõ ở huyện nào."),
            ("check", "clear"),
            ("checked", mark.as_str()),
        ];
        let kept = lan.post(&format!("{review}/evidence"), &typed).await;
        kept.is(200)
            .shows("Nói rõ ở huyện nào.")
            .shows("value=\"clear\" checked");

        // Publishing asks for the whole list.
        let hasty = [("version", read.as_str()), ("check", "clear")];
        lan.post(&format!("{review}/publication"), &hasty)
            .await
            .is(422)
            .shows("Hãy đánh dấu mọi điều đã xem");
        let whole = all_looked_at(&read);
        lan.post(&format!("{review}/publication"), &whole).await.is(303);
        world.settle().await;
        world.visitor().get(&page).await.shows("Giải nhì").hides(AWARD);
        assert_eq!(shown(&world, &page, CHECKED).await, 2);
    });
}

#[test]
fn another_coordinator_is_asked_and_finds_it_on_the_desk() {
    story(|world| async move {
        let (offer, scientist) = with_evidence(&world).await;
        let page = format!("/vi/offers/{offer}");
        reword(&scientist, &page, "Giải nhì cuộc thi nông nghiệp số").await;
        let lan = world.person_at("Lan", "lan@city.test", Role::Coordinator).await;
        let hoa = world.person_at("Hoa", "hoa@city.test", Role::Admin).await;
        caunoi::accounts::set_role_of(&world.cx, LAB, Role::Coordinator)
            .await
            .unwrap();
        let review = format!("/vi/desk/reviews/{offer}");
        let seen = lan.get(&review).await;
        // Whoever it belongs to cannot be asked.
        seen.is(200).shows("Hoa (quản trị viên)").hides("Minh (");
        let read = version(&seen.body);
        let to = option_of(&seen.body, "Hoa");
        lan.post(
            &format!("{review}/escalation"),
            &[
                ("version", &read),
                ("escalate_to", ""),
                ("note", "Xem lại số liệu."),
            ],
        )
        .await
        .is(422)
        .shows("Hãy ghi điều cần người kia xem giúp.")
        .shows("Xem lại số liệu.");
        let asked = [
            ("version", read.as_str()),
            ("escalate_to", to.as_str()),
            ("escalate_note", "Có trùng đề tài của sở không?"),
        ];
        lan.post(&format!("{review}/escalation"), &asked).await.is(303);
        lan.get("/vi/desk/reviews").await.shows("nhờ Hoa xem");
        hoa.get("/vi/desk")
            .await
            .is(200)
            .shows("Cần người khác xem")
            .shows("Lan → Hoa: Có trùng đề tài của sở không?");
        hoa.get(&review).await.shows("Lan nhờ Hoa xem giúp");
        hoa.post(&format!("{review}/publication"), &all_looked_at(&read))
            .await
            .is(303);
        world.settle().await;
        hoa.get("/vi/desk").await.hides("Cần người khác xem");
    });
}

#[test]
fn a_dismissed_suggestion_can_be_taken_back() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        let pairing = scene.pairing().await;
        let path = format!("/vi/pairings/{}", pairing.id);
        let goal = scene
            .coordinator
            .post(&format!("{path}/dismissal"), &[])
            .await
            .went_to();
        let page = scene.coordinator.get(&goal).await;
        page.is(200)
            .shows("Đã bỏ gợi ý: ")
            .shows(&format!("{path}/reopening"));
        scene
            .coordinator
            .post(&format!("{path}/reopening"), &[])
            .await
            .is(303);
        scene
            .coordinator
            .get(&goal)
            .await
            .is(200)
            .hides("Đã bỏ gợi ý: ")
            .shows(&format!("{path}/approval"));
    });
}

// Steps of the stories ---------------------------------------------------------------------------

async fn with_evidence(world: &World) -> (ListingId, Browser) {
    let piece = |kind: &str, what: &str| Evidence {
        kind: kind.to_owned(),
        what: what.to_owned(),
        reference: String::new(),
        checked: None,
    };
    let mut content = Content {
        vi: Some(Text {
            title: "Nhận dạng bệnh cây trồng từ ảnh lá".to_owned(),
            summary: "Mô hình phát hiện bệnh trên lá lúa và rau từ ảnh điện thoại.".to_owned(),
            body:
                "Đã thử với ảnh lá lúa ở ba huyện, đúng 91 %. Chạy được khi không có mạng, trên máy rẻ tiền."
                    .to_owned(),
            advantage: "Không cần mạng, chạy trên điện thoại rẻ.".to_owned(),
            ..Text::default()
        }),
        trl: Some(6),
        offer_kind: Some("technology".to_owned()),
        evidence: vec![piece("publication", PAPER), piece("award", AWARD)],
        ..tagged("agriculture", "cv.class")
    };
    content.tags.push(Tag {
        scheme: Scheme::Cooperation,
        code: "pilot".to_owned(),
        weight: Weight::Nice,
    });
    let posted = posted(
        world,
        &Poster::new(Kind::Offer, "Viện Thị giác Nam", LAB, "Minh"),
        content,
    )
    .await;
    world.settle().await;
    posted
}

/// The author rewords the award, raises the readiness and hands it in again.
async fn reword(author: &Browser, page: &str, award: &str) {
    let step = format!("{page}/edit/details");
    let read = version(&author.get(&step).await.body);
    let fields = [
        ("version", read.as_str()),
        ("first", "vi"),
        ("advantage", "Không cần mạng, chạy trên điện thoại rẻ."),
        ("offer_kind", "technology"),
        ("trl", "7"),
        ("evidence_kind", "publication"),
        ("evidence_what", PAPER),
        ("evidence_reference", ""),
        ("evidence_kind", "award"),
        ("evidence_what", award),
        ("evidence_reference", ""),
        ("then", "on"),
    ];
    author.post(&step, &fields).await.is(303);
    let read = version(&author.get(&format!("{page}/edit/check")).await.body);
    author
        .post(&format!("{page}/submission"), &[("version", &read)])
        .await
        .is(303);
}

/// What the button beside this piece of evidence sends.
async fn mark_of(coordinator: &Browser, page: &str, what: &str) -> String {
    let body = coordinator.get(page).await.body;
    let after = body.split(what).nth(1).expect("the piece is on the page");
    let value = after
        .split("name=\"mark\" value=\"")
        .nth(1)
        .expect("a button to mark it");
    value.split('"').next().unwrap().to_owned()
}

fn near_mark(body: &str, what: &str) -> String {
    let after = body.split(what).nth(1).expect("the piece is on the page");
    let value = after
        .split("name=\"checked\" value=\"")
        .nth(1)
        .expect("a button to mark it");
    value.split('"').next().unwrap().to_owned()
}

async fn shown(world: &World, page: &str, words: &str) -> usize {
    world.visitor().get(page).await.body.matches(words).count()
}

fn version(body: &str) -> String {
    let named = body
        .split("name=\"version\" value=\"")
        .nth(1)
        .expect("a form with a version");
    named.split('"').next().unwrap().to_owned()
}

fn option_of(body: &str, name: &str) -> String {
    let upto = body.split(&format!("\">{name} (")).next().unwrap();
    upto.rsplit("value=\"").next().unwrap().to_owned()
}
