//! From a sentence to a published need, and what happens on the way.

use caunoi::accounts::Role;
use caunoi::ids::OrgId;
use caunoi::kit::db::sql;

use crate::scene::all_looked_at;
use crate::world::{Browser, World, story};

const TITLE: &str = "Nông dân gửi ảnh lá lúa bị đốm, muốn biết bệnh gì";
const SUMMARY: &str = "Chụp một tấm ảnh là biết bệnh gì, trước khi quyết định phun thuốc.";
const BODY: &str = "Hợp tác xã có 640 hộ trồng lúa. Mỗi vụ mất khoảng 8 % sản lượng vì nhận ra bệnh muộn hoặc \
                    phun sai thuốc. Cán bộ kỹ thuật chỉ đến được mỗi ruộng hai tuần một lần.";

#[test]
fn a_visitor_writes_first_and_signs_in_at_the_end() {
    story(|world| async move {
        let visitor = world.visitor();
        let base = begin(&visitor).await;
        visitor
            .get(&format!("{base}/edit/problem"))
            .await
            .is(200)
            .shows(TITLE);
        world.visitor().get(&format!("{base}/edit/problem")).await.is(404);
        write_need(&visitor, &base).await;
        visitor
            .get(&format!("{base}/edit/contact"))
            .await
            .is(200)
            .shows("/vi/session/new?next=");
        visitor
            .post(&format!("{base}/submission"), &[("version", "4")])
            .await
            .is(401);

        let farmer = sign_in_here(&world, &visitor, "farmer@coop.test").await;
        join(&world, "farmer@coop.test", "Hợp tác xã Lúa Vàng").await;
        farmer.get("/vi/mine").await.is(200).shows(TITLE);
        let page = farmer.get(&format!("{base}/edit/fit")).await;
        let taken = farmer
            .post(&format!("{base}/edit/fit"), &fit(&version(&page.body)))
            .await;
        taken.is(303);
        hand_in(&farmer, &base).await;
    });
}

#[test]
fn a_need_is_returned_with_all_reasons_then_published_and_found_by_anyone() {
    story(|world| async move {
        let (farmer, base) = handed_in(&world).await;
        world.visitor().get(&base).await.is(404);
        let lan = world.coordinator().await;
        lan.get("/vi/desk/reviews").await.is(200).shows("NC-2026-0001");
        let review = format!("/vi/desk/reviews/{}", id(&base));
        farmer.get(&review).await.is(403);
        let seen = lan.get(&review).await;
        seen.is(200).shows(TITLE);
        let read = version(&seen.body);
        lan.post(&format!("{review}/return"), &all_looked_at(&read))
            .await
            .is(422);
        let reasons = [
            ("version", read.as_str()),
            ("note_field", "title"),
            ("note_severity", "major"),
            ("note", "Nói rõ giống lúa."),
            ("note_field", "success"),
            ("note_severity", "blocker"),
            ("note", "Thêm thời gian trả lời."),
        ];
        lan.post(&format!("{review}/return"), &reasons).await.is(303);
        let letter = world.letter_to("farmer@coop.test").await;
        assert!(
            letter.plain.contains("Nói rõ giống lúa.") && letter.plain.contains("Thêm thời gian trả lời.")
        );

        hand_in(&farmer, &base).await;
        let read = version(&lan.get(&review).await.body);
        lan.post(&format!("{review}/publication"), &all_looked_at(&read))
            .await
            .is(303);
        assert!(
            world
                .letter_to("farmer@coop.test")
                .await
                .subject
                .contains("Đã đăng")
        );
        world
            .visitor()
            .get(&base)
            .await
            .is(200)
            .shows(TITLE)
            .shows("Demand")
            .hides("farmer@coop.test");
    });
}

#[test]
fn readers_see_the_old_text_until_the_new_one_passes() {
    story(|world| async move {
        let (farmer, base) = handed_in(&world).await;
        publish(&world, &base).await;
        let page = farmer.get(&format!("{base}/edit/problem")).await;
        let read = version(&page.body);
        let changed = story_fields(&read, "Nông dân gửi ảnh lá ngô bị đốm, muốn biết bệnh gì");
        farmer
            .post(&format!("{base}/edit/problem"), &changed)
            .await
            .is(303);
        hand_in(&farmer, &base).await;
        world
            .visitor()
            .get(&base)
            .await
            .is(200)
            .shows(TITLE)
            .hides("lá ngô");
        let lan = world.person("Lan", Role::Coordinator).await;
        lan.get(&format!("/vi/desk/reviews/{}", id(&base)))
            .await
            .shows("<ins>ngô </ins>");
    });
}

#[test]
fn whoever_saves_over_a_newer_version_is_told() {
    story(|world| async move {
        let (farmer, base) = drafted(&world).await;
        let step = format!("{base}/edit/problem");
        let old = version(&farmer.get(&step).await.body);
        farmer.post(&step, &story_fields(&old, TITLE)).await.is(303);
        farmer
            .post(&step, &story_fields(&old, "Một câu khác hẳn với câu trước"))
            .await
            .is(409);
    });
}

#[test]
fn nobody_publishes_their_own() {
    story(|world| async move {
        let lan = world.person_at("Lan", "lan@city.test", Role::Coordinator).await;
        join(&world, "lan@city.test", "Đơn vị của Lan").await;
        let base = begin(&lan).await;
        write_need(&lan, &base).await;
        hand_in(&lan, &base).await;
        let review = format!("/vi/desk/reviews/{}", id(&base));
        let seen = lan.get(&review).await;
        let refused = lan
            .post(&format!("{review}/publication"), &all_looked_at("5"))
            .await;
        seen.is(200).shows("một điều phối viên khác phải duyệt");
        refused.is(409);
    });
}

#[test]
fn a_year_passes_with_a_warning_and_an_end() {
    story(|world| async move {
        let (farmer, base) = handed_in(&world).await;
        publish(&world, &base).await;
        world.letters().await;
        world.days_pass(352).await;
        assert!(
            world
                .letter_to("farmer@coop.test")
                .await
                .subject
                .contains("Còn đúng không?")
        );
        world.days_pass(14).await;
        world.visitor().get(&base).await.is(404);
        // Their session ended long ago; a fresh one renews.
        let _long_gone = farmer;
        let farmer = world.person_at("Minh", "farmer@coop.test", Role::Member).await;
        farmer.post(&format!("{base}/renewal"), &[]).await.is(303);
        world.visitor().get(&base).await.is(200);
    });
}

// Steps of the stories ---------------------------------------------------------------------------

async fn begin(browser: &Browser) -> String {
    let goal = browser.post("/vi/needs", &[("title", TITLE)]).await.went_to();
    goal.split("/edit/").next().unwrap().to_owned()
}

async fn drafted(world: &World) -> (Browser, String) {
    let farmer = world.person_at("Minh", "farmer@coop.test", Role::Member).await;
    join(world, "farmer@coop.test", "Hợp tác xã Lúa Vàng").await;
    let base = begin(&farmer).await;
    write_need(&farmer, &base).await;
    (farmer, base)
}

pub async fn handed_in(world: &World) -> (Browser, String) {
    let (farmer, base) = drafted(world).await;
    hand_in(&farmer, &base).await;
    (farmer, base)
}

async fn publish(world: &World, base: &str) {
    let lan = world.coordinator().await;
    let review = format!("/vi/desk/reviews/{}", id(base));
    let read = version(&lan.get(&review).await.body);
    lan.post(&format!("{review}/publication"), &all_looked_at(&read))
        .await
        .is(303);
    world.settle().await;
}

async fn write_need(browser: &Browser, base: &str) {
    let at = |step: &str| format!("{base}/edit/{step}");
    let read = version(&browser.get(&at("problem")).await.body);
    browser
        .post(&at("problem"), &story_fields(&read, TITLE))
        .await
        .is(303);
    let seen = browser.get(&at("fit")).await;
    seen.shows("value=\"cv.class\" checked")
        .shows("value=\"agriculture\" checked");
    browser.post(&at("fit"), &fit(&version(&seen.body))).await.is(303);
    let read = version(&browser.get(&at("details")).await.body);
    let details = [
        ("version", read.as_str()),
        ("first", "vi"),
        ("success", "Đúng 9 trên 10 ảnh"),
        ("data", "raw"),
        ("then", "on"),
    ];
    browser.post(&at("details"), &details).await.is(303);
}

async fn hand_in(browser: &Browser, base: &str) {
    let read = version(&browser.get(&format!("{base}/edit/check")).await.body);
    browser
        .post(&format!("{base}/submission"), &all_looked_at(&read))
        .await
        .is(303);
}

fn story_fields<'a>(version: &'a str, title: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("version", version),
        ("first", "vi"),
        ("title", title),
        ("summary", SUMMARY),
        ("body", BODY),
        ("then", "on"),
    ]
}

fn fit(version: &str) -> [(&str, &str); 5] {
    [
        ("version", version),
        ("sector", "agriculture"),
        ("capability", "cv.class"),
        ("cooperation", "pilot"),
        ("then", "on"),
    ]
}

/// The version the page's form names.
fn version(body: &str) -> String {
    let named = body
        .split("name=\"version\" value=\"")
        .nth(1)
        .expect("a form with a version");
    named.split('"').next().unwrap().to_owned()
}

fn id(base: &str) -> &str {
    base.rsplit('/').next().unwrap()
}

/// The same browser, now signed in: its cookies stay.
async fn sign_in_here(world: &World, browser: &Browser, email: &str) -> Browser {
    let link = caunoi::accounts::add(&world.cx, email, "Minh", Role::Member)
        .await
        .unwrap();
    let path = link.split_once("://").unwrap().1;
    let path = &path[path.find('/').unwrap()..];
    browser.post(path, &[]).await.is(303);
    browser.clone()
}

/// Makes the person a member of a verified organisation, and lets letters reach them.
async fn join(world: &World, email: &str, name: &str) {
    let (org, now) = (OrgId::new(), world.cx.now());
    let mut tx = world.cx.db.begin().await.unwrap();
    tx.exec(
        sql("insert into organisations (id, slug, kind, name_vi, name_en, name_key, place, size, about_vi, about_en, \
             capacity, verified_at, foreign_sample, created_at) \
             values ($1, $2, 'business', $3, '', $3, '25747', 'small', '', '', 3, $4, $5, $4)")
        .bind(org)
        .bind(org.to_string())
        .bind(name)
        .bind(now)
        .bind(false),
    )
    .await
    .unwrap();
    let (person,): (caunoi::ids::PersonId,) = tx
        .one(sql("select id from people where email = $1").bind(email))
        .await
        .unwrap();
    tx.exec(
        sql("insert into memberships (org_id, person_id, role, state, created_at) values ($1, $2, 'owner', 'active', $3)")
            .bind(org)
            .bind(person)
            .bind(now),
    )
    .await
    .unwrap();
    tx.exec(
        sql("insert into consents (id, person_id, purpose, version, given_at) values ($1, $2, 'letters', 'test', $3)")
            .bind(org.0)
            .bind(person)
            .bind(now),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
}
