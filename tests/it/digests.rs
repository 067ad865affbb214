//! Who gets which letter when: bundles, the weekly summary, silence.

use caunoi::kit::clock::{DAY, HOUR};
use caunoi::listings::Kind;
use caunoi::matching::stage::Stage;

use crate::scene::{FARM, LAB, Poster, Scene, knows_leaves, posted};
use crate::world::{Letter, story};

#[test]
fn one_letter_a_day_holds_what_came_that_day() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        scene.wish(&[("match", "daily")]).await;
        scene.world.letters().await;
        // Six in the morning: nobody is woken.
        scene.world.go_on(21 * HOUR).await;
        let first = scene.approved().await;
        let letters = scene.world.letters().await;
        assert!(to(&letters, FARM).is_empty() && to(&letters, LAB).len() == 1);
        scene.world.go_on(2 * HOUR).await;
        let bundle = scene.world.letter_to(FARM).await;
        assert!(
            bundle.subject.starts_with("Nhận dạng bệnh cây trồng"),
            "{}",
            bundle.subject
        );
        assert!(bundle.plain.contains("Tần suất loại thư này: mỗi ngày một thư."));

        // What is approved later in the day waits for the next morning.
        let neighbour = Poster::new(Kind::Offer, "Trường Đồng Bằng", "hoa@dongbang.example", "Hoa");
        let (offer, _) = posted(&scene.world, &neighbour, knows_leaves()).await;
        scene.world.settle().await;
        let second = scene.pairing_with(offer).await;
        let approval = format!("/vi/pairings/{}/approval", second.id);
        scene.coordinator.post(&approval, &[]).await.is(303);
        assert!(to(&scene.world.letters().await, FARM).is_empty());
        scene.world.go_on(DAY).await;
        let next = to(&scene.world.letters().await, FARM);
        assert_eq!(next.len(), 1);
        assert!(
            next[0].plain.contains(&second.id.to_string()) && !next[0].plain.contains(&first.id.to_string())
        );
        // The buttons of a bundle answer like those of any other letter.
        let link = next[0].link("answer=yes");
        scene
            .world
            .visitor()
            .get(&link)
            .await
            .is(200)
            .shows("Vâng, chúng tôi đồng ý");
        scene.world.go_on(DAY).await;
        assert!(to(&scene.world.letters().await, FARM).is_empty(), "told once");
    });
}

#[test]
fn one_letter_a_week_and_its_reply_clock() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        scene.wish(&[("match", "weekly")]).await;
        let other = [("letters", "yes"), ("match", "weekly")];
        scene.scientist.post("/vi/settings/letters", &other).await.is(303);
        scene.world.letters().await;
        scene.approved().await;
        let bundle = scene.world.letter_to(FARM).await;
        assert!(bundle.plain.contains("mỗi tuần một thư"));
        // The clock began when the bundle went out: a reminder after seven days, the end after ten.
        scene.world.days_pass(6).await;
        assert!(to(&scene.world.letters().await, FARM).is_empty());
        scene.world.days_pass(1).await;
        let nudge = scene.world.letter_to(FARM).await;
        assert!(nudge.subject.starts_with("Nhắc trả lời:"), "{}", nudge.subject);
        scene.world.days_pass(3).await;
        assert_eq!(scene.stage().await, Stage::Lapsed);
    });
}

#[test]
fn whoever_wants_no_letters_is_not_counted_as_silent() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        for browser in [&scene.farmer, &scene.scientist] {
            let never = [("letters", "yes"), ("match", "never")];
            browser.post("/vi/settings/letters", &never).await.is(303);
        }
        scene.world.letters().await;
        scene.approved().await;
        scene.world.days_pass(30).await;
        let letters = scene.world.letters().await;
        assert!(to(&letters, FARM).is_empty() && to(&letters, LAB).is_empty());
        assert_eq!(scene.stage().await, Stage::Proposed);
        scene
            .world
            .coordinator()
            .await
            .get("/vi/desk")
            .await
            .shows("Đã duyệt mà chưa có thư nào đi");
        // It waits on the page, and the answer there is as good as any.
        let farmer = scene.sign_in_again(FARM).await;
        farmer.get("/vi/inbox").await.shows("Nhận dạng bệnh cây trồng");
        let yes = format!("/vi/pairings/{}/acceptance", scene.pairing().await.id);
        farmer.post(&yes, &[]).await.is(303);
        assert_eq!(scene.stage().await, Stage::NeedAccepted);
    });
}

#[test]
fn what_came_during_a_pause_comes_when_it_ends() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        scene
            .farmer
            .post("/vi/settings/pause", &[("weeks", "1")])
            .await
            .is(303);
        scene.world.letters().await;
        scene.approved().await;
        scene.world.letters().await;
        scene.world.days_pass(6).await;
        assert!(to(&scene.world.letters().await, FARM).is_empty());
        scene.world.days_pass(1).await;
        let letters = to(&scene.world.letters().await, FARM);
        // The other side is reminded on this day; here nothing was asked before.
        assert_eq!(letters.len(), 1, "one letter with all that waited");
        assert!(letters[0].plain.contains("Nhận dạng bệnh cây trồng"));
        assert!(
            letters[0].plain.contains("chưa được gửi khi chúng tới"),
            "{}",
            letters[0].plain
        );
        scene.world.days_pass(1).await;
        assert!(to(&scene.world.letters().await, FARM).is_empty());
    });
}

#[test]
fn one_click_stops_a_kind_of_letters_and_only_a_post_counts() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        scene.world.letters().await;
        scene.approved().await;
        let letters = scene.world.letters().await;
        let raw = to(&letters, FARM)[0].raw.replace("\r\n ", "");
        assert!(
            raw.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
            "{raw}"
        );
        let head = raw.split("List-Unsubscribe: <").nth(1).expect("RFC 8058");
        let url = head.split('>').next().unwrap();
        let path = url.strip_prefix("http://caunoi.test").unwrap();
        // A scanner follows the link: nothing happens. The button, or the mail program, posts without a cookie.
        let visitor = scene.world.visitor();
        visitor
            .get(path)
            .await
            .is(200)
            .shows("Gợi ý ghép nối cần trả lời")
            .shows("Không cần đăng nhập.");
        scene
            .farmer
            .get("/vi/settings")
            .await
            .hides("value=\"never\" selected");
        let bare = actix_web::test::TestRequest::post().uri(path);
        visitor.send(bare).await.is(200).shows("Đã ngừng loại thư");
        scene
            .farmer
            .get("/vi/settings")
            .await
            .shows("value=\"never\" selected");
        scene.world.days_pass(8).await;
        let later = scene.world.letters().await;
        assert!(to(&later, FARM).is_empty(), "not even a reminder");
        assert_eq!(to(&later, LAB).len(), 1);
        visitor.get("/unsubscription/unknown/match").await.is(404);
    });
}

#[test]
fn coordinators_read_on_monday_what_the_week_brought() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        scene.introduced().await;
        scene.world.letters().await;
        scene.world.days_pass(7).await;
        let summaries = scene.world.letters().await;
        let summary: Vec<&Letter> = summaries
            .iter()
            .filter(|one| one.subject.starts_with("Tổng hợp tuần"))
            .collect();
        assert_eq!(summary.len(), 1, "one coordinator, one letter");
        assert_eq!(summary[0].subject, "Tổng hợp tuần đến 08/03/2026");
        for line in [
            "2 nhu cầu và năng lực được đăng",
            "1 ghép nối được gửi đi",
            "1 cuộc giới thiệu",
            "0 kết quả được ghi",
        ] {
            assert!(summary[0].plain.contains(line), "{line} in\n{}", summary[0].plain);
        }
        scene.world.days_pass(1).await;
        assert!(
            scene
                .world
                .letters()
                .await
                .iter()
                .all(|one| !one.subject.starts_with("Tổng hợp"))
        );
        let none = [("letters", "yes"), ("summary", "never")];
        scene
            .coordinator
            .post("/vi/settings/letters", &none)
            .await
            .is(303);
        scene.world.days_pass(7).await;
        assert!(
            scene
                .world
                .letters()
                .await
                .iter()
                .all(|one| !one.subject.starts_with("Tổng hợp"))
        );
    });
}

fn to(letters: &[Letter], address: &str) -> Vec<Letter> {
    let theirs = letters.iter().filter(|one| one.to.contains(address));
    theirs.cloned().collect()
}
