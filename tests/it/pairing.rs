//! How a need becomes an introduction, and all the ways it does not.

use caunoi::kit::db::sql;
use caunoi::listings::{Content, Kind, Text};
use caunoi::matching;
use caunoi::matching::stage::Stage;

use crate::scene::{FARM, LAB, Poster, Scene, crowd, knows_leaves, posted, sick_rice, tagged};
use crate::world::story;

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
        for secret in [LAB, "0901 234", "Minh"] {
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
        // Sent twice, or in other words while the first waits, it is one expression of interest.
        scene.farmer.post(&form, &[("message", words)]).await.is(303);
        let other_words = words.replace("300 ha", "ba trăm ha");
        scene
            .farmer
            .post(&form, &[("message", &other_words)])
            .await
            .is(303);
        let all = matching::of_listing(&scene.world.cx.db, scene.offer)
            .await
            .unwrap();
        let pairing = all
            .into_iter()
            .filter(|one| one.interested.is_some())
            .collect::<Vec<_>>();
        let [pairing] = pairing.as_slice() else {
            panic!("one expression of interest: {pairing:?}")
        };
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
fn interest_expressed_twice_at_once_is_expressed_once() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        let lone = Poster::new(Kind::Need, "Trại Sông Cạn", "ba@trai.example", "Ba");
        let (need, ba) = posted(&scene.world, &lone, tagged_otherwise()).await;
        scene.world.settle().await;
        let form = format!("/vi/offers/{}/interest", scene.offer);
        let own = need.to_string();
        let fields = [("own", own.as_str())];
        for seen in scene
            .world
            .forms_at_once(&[(&ba, &form, &fields), (&ba, &form, &fields)])
            .await
        {
            seen.is(303);
        }
        let (told,): (i64,) = scene
            .world
            .cx
            .db
            .one(sql(
                "select count(*) from events where kind = 'interest_expressed'",
            ))
            .await
            .unwrap();
        assert_eq!(told, 1, "what is told of a pairing that is none");
    });
}

/// A need that no machine would put beside the laboratory's offer.
fn tagged_otherwise() -> Content {
    let text = Text {
        title: "Trả lời điện thoại của du khách".to_owned(),
        summary: "Tổng đài viên ảo cho khách sạn nhỏ.".to_owned(),
        body: "Khách gọi ban đêm bằng tiếng Anh và tiếng Hàn.".to_owned(),
        ..Text::default()
    };
    Content {
        vi: Some(text),
        ..tagged("tourism", "nlp.dialog")
    }
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

#[test]
fn a_word_is_marked_only_where_its_like_is_shown_too() {
    story(|world| async move {
        // A long need comes to the word at its end, which the page leaves out.
        let mut need = sick_rice();
        let text = need.vi.as_mut().unwrap();
        for number in 1..=9 {
            text.body
                .push_str(&format!(" Ngoài ra còn chuyện thứ {number} phải lo."));
        }
        text.body.push_str(" Khay mạ thì bọc zirconi.");
        let mut offer = knows_leaves();
        offer
            .vi
            .as_mut()
            .unwrap()
            .body
            .insert_str(0, "Khay bọc zirconi vẫn chụp được. ");
        let farm = Poster::new(Kind::Need, "Hợp tác xã Sông Xanh", FARM, "Lan");
        let lab = Poster::new(Kind::Offer, "Viện Thị giác Nam", LAB, "Minh");
        crowd(&world, 20).await;
        let (need, _) = posted(&world, &farm, need).await;
        posted(&world, &lab, offer).await;
        let coordinator = world.coordinator().await;
        world.settle().await;
        let found = matching::of_listing(&world.cx.db, need).await.unwrap();
        let page = coordinator.get(&format!("/vi/pairings/{}", found[0].id)).await;
        page.is(200)
            .shows("zirconi")
            .hides("<mark>zirconi")
            .hides("zirconi</mark>")
            .shows("<mark>");
    });
}
