//! What people agree to: never in advance, never for all time, and in words that can be read again.

use caunoi::accounts::Role;
use caunoi::kit::clock::At;
use caunoi::kit::db::sql;

use crate::scene::{FARM, LAB, Scene};
use crate::world::{World, story_by_words};

#[test]
fn nothing_is_ticked_before_its_reader_ticks_it() {
    story_by_words(|world| async move {
        let link = caunoi::accounts::first_admin(&world.cx).await.unwrap().unwrap();
        let path = format!("/{}", link.splitn(4, '/').nth(3).unwrap());
        let forms = ["/vi/account/new", "/en/account/new", path.as_str()];
        for form in forms {
            let page = world.visitor().get(form).await;
            page.is(200)
                .shows("name=\"terms\"")
                .shows("name=\"letters\"")
                .hides("checked");
        }
        // Whoever founds the service agrees like everybody else.
        let boss = world.visitor();
        let form = [
            ("name", "Hoa"),
            ("email", "hoa@so.test"),
            ("password", "ruộng lúa cò bay"),
        ];
        boss.post(&path, &form)
            .await
            .is(422)
            .shows("Cần đồng ý với điều khoản");
        let form = [form.as_slice(), &[("terms", "yes")]].concat();
        boss.post(&path, &form).await.is(303);
        boss.get("/vi/settings/consents")
            .await
            .is(200)
            .shows("Tôi đồng ý với điều khoản")
            .hides("Gửi thư cho tôi khi có đối tác");
    });
}

#[test]
fn whom_an_operator_enters_has_agreed_to_nothing() {
    story_by_words(|world| async move {
        caunoi::accounts::add(&world.cx, "nam@so.test", "Nam", Role::Coordinator)
            .await
            .unwrap();
        assert_eq!(rows(&world, "consents").await, 0);
    });
}

#[test]
fn each_purpose_is_taken_back_alone_and_stays_in_the_ledger() {
    story_by_words(|world| async move {
        let scene = Scene::set(world.clone()).await;
        let ledger = "/vi/settings/consents";
        let page = scene.farmer.get(ledger).await;
        page.is(200)
            .shows("Gửi thư cho tôi khi có đối tác phù hợp hoặc tin nhắn mới.")
            .shows("văn bản phiên bản 2026-11")
            .shows("09:00 02/03/2026")
            .hides("đã rút lại");
        world.days_pass(1).await;
        let withdrawal = |purpose: &str| format!("{ledger}/{purpose}/withdrawal");
        scene.farmer.post(&withdrawal("letters"), &[]).await.is(303);
        let page = scene.farmer.get(ledger).await;
        page.shows("Rút lại: <time datetime=\"2026-03-03T02:00:00Z\">")
            .shows("đã rút lại")
            .shows("Rút lại và xóa tài khoản");
        scene.farmer.post(&withdrawal("terms"), &[]).await.is(409);
        scene.farmer.post(&withdrawal("nothing"), &[]).await.is(404);
        world.visitor().post(&withdrawal("letters"), &[]).await.is(401);

        // Agreeing again is a new line; the old one tells what was before.
        scene.wish(&[]).await;
        scene.wish(&[]).await;
        let all: Vec<(Option<At>,)> = world
            .cx
            .db
            .all(
                sql("select withdrawn_at from consents where purpose = 'letters' \
                      and person_id = (select id from people where email = $1) order by given_at, id")
                .bind(FARM),
            )
            .await
            .unwrap();
        assert_eq!(all.len(), 2);
        assert!(all[0].0.is_some() && all[1].0.is_none());
    });
}

#[test]
fn a_letter_that_waits_is_not_sent_once_its_purpose_is_withdrawn() {
    story_by_words(|world| async move {
        let scene = Scene::set(world.clone()).await;
        world.letters().await;
        scene.approved().await;
        caunoi::flow::settle_without_letters(&world.cx).await.unwrap();
        assert_eq!(queued(&world).await, 2, "one to each side");
        let withdrawal = "/vi/settings/consents/letters/withdrawal";
        scene.farmer.post(withdrawal, &[]).await.is(303);
        let letters = world.letters().await;
        let to: Vec<&str> = letters.iter().map(|letter| letter.to.as_str()).collect();
        assert!(to.len() == 1 && to[0].contains(LAB), "{to:?}");
    });
}

#[test]
fn a_kind_that_is_stopped_by_one_click_stops_what_waits() {
    story_by_words(|world| async move {
        let scene = Scene::set(world.clone()).await;
        let before = world.letters().await;
        scene.approved().await;
        caunoi::flow::settle_without_letters(&world.cx).await.unwrap();
        let news = before.iter().find(|letter| letter.to.contains(FARM)).unwrap();
        let stop = news.link("/unsubscription/");
        // Another kind first: the invitation stays in line.
        world
            .visitor()
            .post(&stop, &[("List-Unsubscribe", "One-Click")])
            .await
            .is(200);
        assert_eq!(queued(&world).await, 2);
        let stop = stop.replace("/listing", "/match");
        world
            .visitor()
            .post(&stop, &[("List-Unsubscribe", "One-Click")])
            .await
            .is(200);
        let letters = world.letters().await;
        assert!(
            letters.iter().all(|letter| !letter.to.contains(FARM)),
            "{letters:?}"
        );
        assert_eq!(letters.len(), 1);
    });
}

async fn queued(world: &World) -> i64 {
    let waiting = "select count(*) from outbox where state = 'queued'";
    let (count,): (i64,) = world.cx.db.one(sql(waiting)).await.unwrap();
    count
}

async fn rows(world: &World, table: &str) -> i64 {
    let all = format!("select count(*) from {table}");
    let (count,): (i64,) = world.cx.db.one(sql(all)).await.unwrap();
    count
}
