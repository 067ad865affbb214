//! An admin tunes the service: looks first at what it would have done, then lets it hold.

use caunoi::accounts::Role;
use caunoi::listings::{Content, Kind, Text};
use caunoi::matching;

use crate::scene::{FARM, LAB, Poster, Scene, posted, tagged};
use crate::world::story;

const PAGE: &str = "/vi/admin/thresholds";

#[test]
fn a_shorter_clock_is_tried_first_and_then_holds() {
    story(|world| async move {
        let scene = Scene::set(world.clone()).await;
        let admin = world.person("Quản trị", Role::Admin).await;
        scene.coordinator.get(PAGE).await.is(403);
        scene.approved().await;
        world.settle().await;
        world.days_pass(4).await;
        let pairing = scene.pairing().await;
        scene
            .farmer
            .post(&format!("/vi/pairings/{}/acceptance", pairing.id), &[])
            .await
            .is(303);
        world.settle().await;

        // Looking: what last month was, and would have been; nothing changes by it.
        admin
            .get(&format!("{PAGE}?reply_days=3&nudge_days=2"))
            .await
            .is(200)
            .shows("1 trong 1 câu trả lời đến kịp")
            .shows("<b>0 trong 1 câu trả lời đến kịp</b>")
            .shows("<b>1 ghép nối được nhắc</b>")
            .shows("1 gợi ý, 2 thư");
        admin.get(PAGE).await.is(200).hides("Với số đang thử");

        // The faults stand together, and nothing typed is lost.
        let wrong = [("floor", "400"), ("reply_days", "5"), ("nudge_days", "6")];
        admin
            .post(PAGE, &wrong)
            .await
            .is(422)
            .shows("Nhập một số từ 10 đến 95.")
            .shows("value=\"400\"");
        admin
            .post(PAGE, &[("reply_days", "5"), ("nudge_days", "6")])
            .await
            .is(422)
            .shows("Ngày nhắc phải trước ngày hết hạn trả lời.");
        scene.coordinator.post(PAGE, &[("reply_days", "5")]).await.is(403);

        let wished = [("reply_days", "6"), ("nudge_days", "5"), ("floor", "95")];
        admin.post(PAGE, &wished).await.is(303);
        admin
            .get("/vi/admin/audit")
            .await
            .shows("đặt ngưỡng reply_days=6")
            .shows("đặt ngưỡng floor=95")
            .hides("đặt ngưỡng likeness");
        world.letters().await;
        world.days_pass(1).await;
        let reminder = world.letter_to("minh@vien.example").await;
        assert!(reminder.subject.contains("Nhắc trả lời"), "{}", reminder.subject);
    });
}

#[test]
fn nothing_is_suggested_below_the_floor_that_holds() {
    story(|world| async move {
        let admin = world.person("Quản trị", Role::Admin).await;
        admin.post(PAGE, &[("floor", "95")]).await.is(303);
        let text = |title: &str, summary: &str| Content {
            vi: Some(Text {
                title: title.to_owned(),
                summary: summary.to_owned(),
                ..Text::default()
            }),
            ..Content::default()
        };
        let need = Content {
            tags: tagged("agriculture", "cv.class").tags,
            ..text(
                "Phát hiện bệnh trên lá lúa",
                "Nông dân chụp ảnh lá lúa và muốn biết bệnh gì.",
            )
        };
        let offer = Content {
            tags: tagged("logistics", "cv.class").tags,
            ..text(
                "Đọc biển số xe tải ở cổng kho",
                "Mô hình đọc biển số từ ảnh máy quay, chạy tại chỗ.",
            )
        };
        let (need, _) = posted(&world, &Poster::new(Kind::Need, "Hợp tác xã", FARM, "Lan"), need).await;
        posted(&world, &Poster::new(Kind::Offer, "Viện", LAB, "Minh"), offer).await;
        world.settle().await;
        let suggested = async || matching::of_listing(&world.cx.db, need).await.unwrap().len();
        assert_eq!(suggested().await, 0);
        admin.post(PAGE, &[("floor", "10")]).await.is(303);
        world.days_pass(8).await;
        assert_eq!(suggested().await, 1);
    });
}
