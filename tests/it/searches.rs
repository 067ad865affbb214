//! A question somebody keeps, and the letters that tell them what is new.

use caunoi::accounts::Role;
use caunoi::listings::{Content, Kind, Text};

use crate::scene::{Poster, posted, tagged};
use crate::world::{Browser, World, story};

const LAN: &str = "lan@htx.example";
const RICE: &str = "q=l%C3%A1+l%C3%BAa&kind=offer";

#[test]
fn new_results_come_by_letter_at_the_pace_the_reader_chose() {
    story(|world| async move {
        let lan = farmer(&world).await;
        lan.get("/vi/saved").await.is(200).shows("Tìm kiếm đã lưu");
        lan.get(&format!("/vi/search?{RICE}"))
            .await
            .is(200)
            .shows("Lưu tìm kiếm, báo khi có tin mới");
        lan.post("/vi/searches", &[("query", RICE)]).await.is(303);
        lan.post("/vi/searches", &[("query", RICE)]).await.is(303);
        let page = lan.get("/vi/saved").await;
        page.is(200).shows("lá lúa · năng lực").shows("mỗi ngày một thư");
        assert_eq!(
            page.body.matches("lá lúa · năng lực").count(),
            2,
            "once, and once for its button"
        );
        world.letters().await;

        // Nothing new, no letter; something that does not answer, none either.
        world.days_pass(1).await;
        assert!(news(&world).await.is_empty());
        offer(
            &world,
            "Viện Cảng",
            "cang@vien.example",
            "Đọc biển số xe tải ở cổng kho",
        )
        .await;
        world.days_pass(1).await;
        assert!(news(&world).await.is_empty());

        offer(
            &world,
            "Viện Lúa",
            "lua@vien.example",
            "Nhận dạng bệnh trên lá lúa từ ảnh",
        )
        .await;
        world.days_pass(1).await;
        let told = news(&world).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].subject.contains("Nhận dạng bệnh trên lá lúa"),
            "{}",
            told[0].subject
        );
        assert!(
            told[0].plain.contains("Tìm “lá lúa · năng lực”"),
            "{}",
            told[0].plain
        );
        assert!(told[0].raw.contains("List-Unsubscribe:"));
        world.days_pass(3).await;
        assert!(news(&world).await.is_empty(), "told once");

        // One press in the letter stops them.
        world.visitor().post(&one_click(&told[0].raw), &[]).await.is(200);
        offer(
            &world,
            "Viện Đồng",
            "dong@vien.example",
            "Đếm sâu trên lá lúa bằng ảnh",
        )
        .await;
        world.days_pass(2).await;
        assert!(news(&world).await.is_empty());
    });
}

#[test]
fn a_kept_search_shows_no_more_than_its_keeper_may_read() {
    story(|world| async move {
        let visitor = world.person_at("An", "an@khach.test", Role::Member).await;
        visitor.post("/vi/searches", &[("query", "")]).await.is(422);
        visitor.post("/vi/searches", &[("query", RICE)]).await.is(303);
        world
            .visitor()
            .post("/vi/searches", &[("query", RICE)])
            .await
            .is(401);
        let other = farmer(&world).await;
        let page = visitor.get("/vi/saved").await;
        let removal = removal_of(&page.body);
        other.post(&removal, &[]).await.is(404);
        visitor.post(&removal, &[]).await.is(303);
        visitor.get("/vi/saved").await.hides("lá lúa · năng lực");
    });
}

// Steps of the stories ---------------------------------------------------------------------------

fn text(title: &str) -> Content {
    Content {
        vi: Some(Text {
            title: title.to_owned(),
            summary: format!("{title}, chạy được trên điện thoại rẻ tiền."),
            ..Text::default()
        }),
        ..tagged("agriculture", "cv.class")
    }
}

async fn farmer(world: &World) -> Browser {
    let need = text("Dự báo giá vật tư cho hợp tác xã");
    let (_, browser) = posted(
        world,
        &Poster::new(Kind::Need, "Hợp tác xã Sông Xanh", LAN, "Lan"),
        need,
    )
    .await;
    world.settle().await;
    browser
}

async fn offer(world: &World, name: &str, email: &str, title: &str) {
    posted(world, &Poster::new(Kind::Offer, name, email, "Minh"), text(title)).await;
    world.settle().await;
}

async fn news(world: &World) -> Vec<crate::world::Letter> {
    let mut letters = world.letters().await;
    letters.retain(|letter| letter.to.contains(LAN));
    letters
}

fn removal_of(body: &str) -> String {
    let upto = body.split("/removal\"").next().unwrap();
    format!("{}/removal", upto.rsplit("action=\"").next().unwrap())
}

/// The address of the header by which a mail reader unsubscribes; the header may be folded.
fn one_click(raw: &str) -> String {
    let rest = raw.split("/unsubscription/").nth(1).unwrap();
    let path: String = rest.split('>').next().unwrap().split_whitespace().collect();
    format!("/unsubscription/{path}")
}
