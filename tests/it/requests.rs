//! What people ask about their data, and the two clocks that run from then on.

use caunoi::accounts::Role;
use caunoi::kit::db::sql;

use crate::world::{Browser, World, story, story_by_words};

const AN: &str = "an@nha.test";

async fn asked(world: &World, kind: &str) -> Browser {
    let an = world.person_at("Nguyễn Văn An", AN, Role::Member).await;
    let form = [("kind", kind), ("words", "Cho tôi biết ai đã xem số của tôi.")];
    an.post("/vi/settings/requests", &form).await.is(303);
    an
}

#[test]
fn a_request_has_two_clocks_and_stands_on_the_desk() {
    story(|world| async move {
        // Asked on Friday: two working days later is Tuesday.
        world.cx.clock.advance(4 * caunoi::kit::clock::DAY);
        let an = asked(&world, "access").await;
        an.get("/vi/settings/requests")
            .await
            .is(200)
            .shows("chờ trả lời")
            .shows("09:00 10/03/2026");
        let lan = world.coordinator().await;
        let today = lan.get("/vi/desk").await;
        today
            .shows("Yêu cầu về dữ liệu cá nhân")
            .shows("Xem hoặc nhận dữ liệu");
        let page = lan.get("/vi/desk/requests").await;
        // An address stands there: that it was seen is on the record.
        let admin = world.person("Quản trị", Role::Admin).await;
        let log = admin.get("/vi/admin/audit?part=seen").await;
        log.is(200).shows("xem các yêu cầu về dữ liệu");
        page.is(200).shows(AN).shows("trả lời trước").hides("quá hạn");
        let answer = page.link("/answer");
        an.get("/vi/desk/requests").await.is(403);
        an.post(&answer, &[("words", "x")]).await.is(403);
        lan.post(&answer, &[("words", " ")])
            .await
            .is(422)
            .shows("Hãy viết điều người hỏi");

        world.days_pass(5).await;
        let lan = world.coordinator().await;
        lan.get("/vi/desk/requests").await.shows("quá hạn");
        world.letters().await;
        let words = "Chúng tôi xem nhật ký rồi gửi danh sách.";
        lan.post(&answer, &[("words", words)]).await.is(303);
        let letter = world.letter_to(AN).await;
        assert!(
            letter.plain.contains(words) && letter.plain.contains("21/03/2026"),
            "{}",
            letter.plain
        );
        lan.post(&answer, &[("words", words)]).await.is(409);
        lan.get("/vi/desk/requests")
            .await
            .hides("quá hạn")
            .shows("thực hiện trước");

        let fulfil = answer.replace("/answer", "/fulfilment");
        lan.post(&fulfil, &[("words", "Chỉ có điều phối viên.")])
            .await
            .is(303);
        assert!(world.letter_to(AN).await.plain.contains("đã được thực hiện"));
        lan.post(&fulfil, &[]).await.is(409);
        lan.get("/vi/desk").await.hides("Xem hoặc nhận dữ liệu");
        let admin = world.person("Hoa", Role::Admin).await;
        admin
            .get("/vi/admin/audit")
            .await
            .shows("trả lời yêu cầu về dữ liệu");
    });
}

#[test]
fn the_most_urgent_stands_on_top() {
    story_by_words(|world| async move {
        asked(&world, "objection").await;
        world.days_pass(1).await;
        let binh = world.person("Bình", Role::Member).await;
        let form = [("kind", "correction"), ("words", "Tên tôi sai.")];
        binh.post("/vi/settings/requests", &form).await.is(303);
        let lan = world.coordinator().await;
        let order = async || -> (usize, usize) {
            let page = lan.get("/en/desk/requests").await.body;
            let of = |what: &str| page.find(what).unwrap();
            (of("Object to or restrict"), of("Correct data"))
        };
        let (objection, later) = order().await;
        assert!(objection < later);
        // Once the older one is answered its clock is the longer one.
        let page = lan.get("/vi/desk/requests").await;
        lan.post(&page.link("/answer"), &[("words", "Đang xem.")])
            .await
            .is(303);
        let (objection, later) = order().await;
        assert!(later < objection);
    });
}

#[test]
fn an_erasure_is_done_by_a_button_and_its_person_is_told() {
    story_by_words(|world| async move {
        asked(&world, "erasure").await;
        let lan = world.coordinator().await;
        let page = lan.get("/vi/desk/requests").await;
        page.shows("Xóa tài khoản ngay và báo đã xong");
        world.letters().await;
        let fulfil = page.link("/answer").replace("/answer", "/fulfilment");
        lan.post(&fulfil, &[]).await.is(303);
        // The letter first, the forgetting after it.
        caunoi::flow::settle(&world.cx).await.unwrap();
        world.cx.clock.advance(1_000);
        let letter = world.letter_to(AN).await;
        assert!(letter.plain.contains("đã được thực hiện"), "{}", letter.plain);
        let known = "select count(*) from people where email = $1";
        let (left,): (i64,) = world.cx.db.one(sql(known).bind(AN)).await.unwrap();
        assert_eq!(left, 0);
        lan.get("/vi/desk/requests")
            .await
            .shows("người đã được quên")
            .hides(AN);
        let (written,): (i64,) = world
            .cx
            .db
            .one(sql(
                "select count(*) from outbox where recipient like '%an@nha.test%'",
            ))
            .await
            .unwrap();
        assert_eq!(written, 0);
    });
}

#[test]
fn nobody_floods_the_desk() {
    story_by_words(|world| async move {
        let an = asked(&world, "other").await;
        let form = [("kind", "other"), ("words", "Lần nữa.")];
        for _ in 0..4 {
            an.post("/vi/settings/requests", &form).await.is(303);
        }
        an.post("/vi/settings/requests", &form)
            .await
            .is(422)
            .shows("Lần nữa.");
        an.post("/vi/settings/requests", &[("kind", "all")]).await.is(422);
        world.visitor().post("/vi/settings/requests", &form).await.is(401);
    });
}
