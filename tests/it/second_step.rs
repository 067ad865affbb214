//! The second step of a sign-in: set up in the settings, asked for at every door, and of use only once.

use std::process::{Command, Output};

use caunoi::accounts::Role;
use caunoi::kit::clock::{DAY, MINUTE};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use crate::scene::PASSWORD;
use crate::world::{Browser, Seen, World, story};

const HOA: &str = "hoa@city.test";
const HALF_A_MINUTE: i64 = 30_000;

#[test]
fn an_authenticator_is_asked_for_after_a_password_and_after_a_link() {
    story(|world| async move {
        let hoa = coordinator(&world).await;
        hoa.get("/vi/settings")
            .await
            .is(200)
            .shows("Bước thứ hai khi đăng nhập");
        hoa.post("/vi/settings/second-step", &[]).await.is(303);
        let page = hoa.get("/vi/settings/second-step").await;
        page.is(200).shows("<svg viewBox=").shows("Gõ khóa này");
        let phone = Phone::reading(&page);
        // Begun is not on: nobody is asked for a code of an app that may never have got the key.
        let elsewhere = world.visitor();
        let fields = [("email", HOA), ("password", PASSWORD)];
        assert_eq!(
            elsewhere.post("/vi/session", &fields).await.went_to(),
            "/vi/start"
        );
        elsewhere.get("/vi/desk").await.is(200);

        let wrong = phone.wrong(&world);
        let confirmation = "/vi/settings/second-step/confirmation";
        hoa.post(confirmation, &[("code", &wrong)])
            .await
            .is(422)
            .shows("Mã không đúng");
        let shown = hoa.post(confirmation, &[("code", &phone.code(&world))]).await;
        let spare = recovery_codes(&shown);
        assert_eq!(spare.len(), 10);
        hoa.get("/vi/settings/second-step")
            .await
            .shows("Còn 10 mã")
            .hides(&spare[0]);
        // Who came in without a code goes out.
        elsewhere.get("/vi/desk").await.is(303);

        // By password: not in before the code, and in with it.
        let door = by_password(&world).await.went_to();
        assert!(door.starts_with("/vi/session/second-steps/"), "{door}");
        let visitor = world.visitor();
        visitor.get(&door).await.is(200).shows("sáu chữ số");
        visitor.get("/vi/desk").await.is(303);
        visitor.post(&door, &[("code", "")]).await.is(422);
        // The code that turned it on is spent: it is refused within its own half-minute.
        visitor
            .post(&door, &[("code", &phone.code(&world))])
            .await
            .is(422);
        world.cx.clock.advance(HALF_A_MINUTE);
        visitor
            .post(&door, &[("code", &phone.code(&world))])
            .await
            .is(303);
        visitor.get("/vi/desk").await.is(200);

        // By a mailed link, in English: the same question. A watcher's copy of the code is worth nothing.
        let link = mailed_link(&world).await;
        let copied = phone.code(&world);
        let door = world.visitor().post(&link, &[]).await.went_to();
        world.visitor().post(&door, &[("code", &copied)]).await.is(422);
        world.cx.clock.advance(HALF_A_MINUTE);
        let phoned = world.visitor();
        phoned
            .get(&door.replace("/vi/", "/en/"))
            .await
            .is(200)
            .shows("six digits");
        phoned.post(&door, &[("code", &phone.code(&world))]).await.is(303);
        phoned.get("/vi/desk").await.is(200);
        phoned.get(&door).await.is(404);

        // A recovery code opens once, however it is typed.
        let door = by_password(&world).await.went_to();
        let typed = spare[0].to_lowercase().replace('-', " ");
        world.visitor().post(&door, &[("code", &typed)]).await.is(303);
        let door = by_password(&world).await.went_to();
        world.visitor().post(&door, &[("code", &typed)]).await.is(422);
    });
}

#[test]
fn a_new_password_does_not_go_round_the_second_step() {
    story(|world| async move {
        let hoa = coordinator(&world).await;
        let phone = enrolled(&world, &hoa).await;
        world
            .visitor()
            .post("/vi/password/letters", &[("email", HOA)])
            .await
            .is(200);
        let link = world.letter_to(HOA).await.link("/password/");
        let chosen = world
            .visitor()
            .post(&link, &[("password", "ghế tre bốn chân mây")])
            .await;
        let door = chosen.went_to();
        assert!(door.starts_with("/vi/session/second-steps/"), "{door}");
        world.cx.clock.advance(HALF_A_MINUTE);
        world
            .visitor()
            .post(&door, &[("code", &phone.code(&world))])
            .await
            .is(303);
    });
}

#[test]
fn codes_cannot_be_guessed() {
    story(|world| async move {
        let hoa = coordinator(&world).await;
        let phone = enrolled(&world, &hoa).await;
        world.cx.clock.advance(HALF_A_MINUTE);
        let door = by_password(&world).await.went_to();
        let thief = world.visitor();
        for _ in 0..5 {
            thief.post(&door, &[("code", &phone.wrong(&world))]).await.is(422);
        }
        // The sixth try of a sign-in is none, though it be right.
        thief.post(&door, &[("code", &phone.code(&world))]).await.is(409);
        let door = by_password(&world).await.went_to();
        for _ in 0..3 {
            thief.post(&door, &[("code", &phone.wrong(&world))]).await.is(422);
        }
        // And whoever begins again is slowed by the account: ten tries, one of which turned it on.
        thief.post(&door, &[("code", &phone.code(&world))]).await.is(429);
    });
}

#[test]
fn ten_misses_in_a_row_leave_only_the_recovery_codes() {
    story(|world| async move {
        let hoa = coordinator(&world).await;
        hoa.post("/vi/settings/second-step", &[]).await.is(303);
        let phone = Phone::reading(&hoa.get("/vi/settings/second-step").await);
        let shown = hoa
            .post(
                "/vi/settings/second-step/confirmation",
                &[("code", &phone.code(&world))],
            )
            .await;
        let spare = recovery_codes(&shown);
        let missed = caunoi::kit::db::sql("update second_steps set misses = 10");
        world.cx.db.exec(missed).await.unwrap();
        world.cx.clock.advance(HALF_A_MINUTE);
        let door = by_password(&world).await.went_to();
        let visitor = world.visitor();
        visitor
            .post(&door, &[("code", &phone.code(&world))])
            .await
            .is(422);
        visitor.post(&door, &[("code", &spare[3])]).await.is(303);
    });
}

#[test]
fn it_is_turned_off_by_a_code_or_by_an_admin() {
    story(|world| async move {
        let hoa = coordinator(&world).await;
        let phone = enrolled(&world, &hoa).await;
        let removal = "/vi/settings/second-step/removal";
        hoa.post(removal, &[("code", &phone.wrong(&world))]).await.is(422);
        world.cx.clock.advance(HALF_A_MINUTE);
        hoa.post(removal, &[("code", &phone.code(&world))]).await.is(303);
        assert_eq!(by_password(&world).await.went_to(), "/vi/start");

        enrolled(&world, &hoa).await;
        let admin = world.person("Quản trị", Role::Admin).await;
        let page = admin.get("/vi/admin/people").await;
        let reset = page.link("/second-step/removal");
        hoa.post(&reset, &[]).await.is(403);
        admin.post(&reset, &[]).await.is(303);
        hoa.get("/vi/desk").await.is(303);
        assert_eq!(by_password(&world).await.went_to(), "/vi/start");
        admin
            .get("/vi/admin/audit")
            .await
            .shows("xóa bước thứ hai của người khác");
    });
}

#[test]
fn the_only_admin_who_lost_it_is_let_in_by_the_operator() {
    story(|world| async move {
        let world = world.with(|config| config.second_step_for_desk = true);
        let hoa = world.person_at("Hoa", HOA, Role::Admin).await;
        hoa.post("/vi/settings/password", &[("password", PASSWORD)])
            .await
            .is(303);
        let none = reset(&world, HOA).await;
        assert_eq!(none.status.code(), Some(1), "she has none yet: {none:?}");
        enrolled(&world, &hoa).await;
        hoa.get("/vi/admin").await.is(200);

        let nobody = reset(&world, "khong-ai@city.test").await;
        assert_eq!(nobody.status.code(), Some(1), "{nobody:?}");
        hoa.get("/vi/admin").await.is(200);
        let done = reset(&world, HOA).await;
        assert!(done.status.success(), "{done:?}");
        // Whoever has the phone now is out with it.
        hoa.get("/vi/admin").await.is(303);
        let hoa = world.visitor();
        let fields = [("email", HOA), ("password", PASSWORD)];
        let start = hoa.post("/vi/session", &fields).await.went_to();
        assert_eq!(start, "/vi/start");
        hoa.get("/vi/admin").await.is(409).shows("cần bước thứ hai");
        enrolled(&world, &hoa).await;
        hoa.get("/vi/admin/audit")
            .await
            .is(200)
            .shows("xóa bước thứ hai của người khác");
    });
}

#[test]
fn a_session_left_open_is_not_enough_to_set_it_up() {
    story(|world| async move {
        let hoa = coordinator(&world).await;
        let page = "/vi/settings/second-step";
        hoa.post(page, &[]).await.is(303);
        let phone = Phone::reading(&hoa.get(page).await);
        world.cx.clock.advance(16 * MINUTE);
        hoa.get(page).await.is(200).hides("Gõ khóa này").shows("Đang tắt");
        // Neither begun nor ended: whoever sits at a desk left open would lock its owner out with a key of their own.
        let typed = phone.code(&world);
        let acts: [(&str, &[(&str, &str)]); 2] = [
            (page, &[]),
            ("/vi/settings/second-step/confirmation", &[("code", &typed)]),
        ];
        for (act, fields) in acts {
            let door = hoa.post(act, fields).await.went_to();
            assert_eq!(
                door,
                "/vi/session/new?again=yes&next=%2Fvi%2Fsettings%2Fsecond-step"
            );
        }
        let token = [("name", "đồng bộ"), ("scope", "write")];
        let door = hoa.post("/vi/settings/tokens", &token).await.went_to();
        assert!(door.starts_with("/vi/session/new?again=yes"), "{door}");
        assert_eq!(by_password(&world).await.went_to(), "/vi/start");

        let fields = [("email", HOA), ("password", PASSWORD), ("next", page)];
        assert_eq!(hoa.post("/vi/session", &fields).await.went_to(), page);
        hoa.post(
            "/vi/settings/second-step/confirmation",
            &[("code", &phone.code(&world))],
        )
        .await
        .is(200)
        .shows("Mã dự phòng của bạn");
    });
}

#[test]
fn nobody_without_a_password_is_given_one_by_a_session_left_open() {
    story(|world| async move {
        let minh = world.person("Minh", Role::Member).await;
        world.cx.clock.advance(16 * MINUTE);
        let fields = [("password", PASSWORD)];
        let door = minh.post("/vi/settings/password", &fields).await.went_to();
        assert!(door.starts_with("/vi/session/new?again=yes"), "{door}");
    });
}

#[test]
fn an_admin_does_not_go_round_their_own() {
    story(|world| async move {
        let admin = world.person_at("Hoa", HOA, Role::Admin).await;
        admin
            .post("/vi/settings/password", &[("password", PASSWORD)])
            .await
            .is(303);
        enrolled(&world, &admin).await;
        let (id,): (caunoi::ids::PersonId,) = world
            .cx
            .db
            .one(caunoi::kit::db::sql("select id from people where email = $1").bind(HOA))
            .await
            .unwrap();
        let reset = format!("/vi/admin/people/{id}/second-step/removal");
        admin.post(&reset, &[]).await.is(409);
        let door = by_password(&world).await.went_to();
        assert!(door.starts_with("/vi/session/second-steps/"), "{door}");
    });
}

#[test]
fn turned_on_twice_at_once_it_is_on_once() {
    story(|world| async move {
        let hoa = coordinator(&world).await;
        hoa.post("/vi/settings/second-step", &[]).await.is(303);
        let phone = Phone::reading(&hoa.get("/vi/settings/second-step").await);
        let code = phone.code(&world);
        let fields = [("code", code.as_str())];
        let button = "/vi/settings/second-step/confirmation";
        let seen = world
            .forms_at_once(&[(&hoa, button, &fields), (&hoa, button, &fields)])
            .await;
        let mut statuses: Vec<u16> = seen.iter().map(|one| one.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        // The recovery codes that were shown are those that open.
        let shown = seen.iter().find(|one| one.status == 200).unwrap();
        let spare = recovery_codes(shown);
        let door = by_password(&world).await.went_to();
        world.visitor().post(&door, &[("code", &spare[0])]).await.is(303);
    });
}

#[test]
fn a_service_may_want_it_of_the_desk() {
    story(|world| async move {
        let world = world.with(|config| config.second_step_for_desk = true);
        let hoa = coordinator(&world).await;
        let minh = world.person("Minh", Role::Member).await;
        assert_eq!(hoa.get("/vi/start").await.went_to(), "/vi/settings/second-step");
        hoa.get("/vi/settings/second-step")
            .await
            .shows("Vai trò của bạn cần bước thứ hai");
        hoa.get("/vi/desk").await.is(409).shows("cần bước thứ hai");
        hoa.post("/vi/desk/blocks", &[]).await.is(409);
        hoa.get("/vi/inbox").await.is(200);
        minh.get("/vi/start").await.is(303);
        minh.get("/vi/settings/second-step")
            .await
            .hides("Vai trò của bạn");
        enrolled(&world, &hoa).await;
        hoa.get("/vi/desk").await.is(200);
    });
}

#[test]
fn a_page_that_waited_too_long_asks_nothing_more() {
    story(|world| async move {
        let hoa = coordinator(&world).await;
        let phone = enrolled(&world, &hoa).await;
        let door = by_password(&world).await.went_to();
        world.cx.clock.advance(11 * MINUTE);
        world.visitor().get(&door).await.is(404);
        world
            .visitor()
            .post(&door, &[("code", &phone.code(&world))])
            .await
            .is(404);
        world.cx.clock.advance(DAY);
        world.settle().await;
    });
}

// The phone, and steps of the stories ----------------------------------------------------------------------------

/// An authenticator that has read the key from the page.
struct Phone {
    secret: Vec<u8>,
}

impl Phone {
    fn reading(page: &Seen) -> Phone {
        let key = page
            .body
            .split("class=\"ref\">")
            .nth(1)
            .expect("the key stands there");
        let key = key.split('<').next().unwrap().replace(' ', "");
        let (mut kept, mut bits, mut secret) = (0_u32, 0, Vec::new());
        for letter in key.bytes() {
            let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
                .iter()
                .position(|one| *one == letter);
            kept = ((kept << 5) | u32::try_from(value.unwrap()).unwrap()) & 0xffff;
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                secret.push(u8::try_from((kept >> bits) & 0xff).unwrap());
            }
        }
        assert_eq!(secret.len(), 20, "{key}");
        Phone { secret }
    }

    fn code(&self, world: &World) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.secret).unwrap();
        mac.update(&(world.cx.now().0 / HALF_A_MINUTE).to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let from = usize::from(digest[19] & 15);
        let four: [u8; 4] = digest[from..from + 4].try_into().unwrap();
        format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
    }

    /// Six digits that are none of the three that would be taken now.
    fn wrong(&self, world: &World) -> String {
        let right: Vec<String> = [-HALF_A_MINUTE, 0, HALF_A_MINUTE]
            .into_iter()
            .map(|apart| {
                world.cx.clock.advance(apart);
                let code = self.code(world);
                world.cx.clock.advance(-apart);
                code
            })
            .collect();
        let guesses = ["000000", "111111", "222222", "333333"].map(str::to_owned);
        guesses.into_iter().find(|guess| !right.contains(guess)).unwrap()
    }
}

async fn coordinator(world: &World) -> Browser {
    let hoa = world.person_at("Hoa", HOA, Role::Coordinator).await;
    let fields = [("password", PASSWORD)];
    hoa.post("/vi/settings/password", &fields).await.is(303);
    hoa
}

async fn enrolled(world: &World, browser: &Browser) -> Phone {
    browser.post("/vi/settings/second-step", &[]).await.is(303);
    let phone = Phone::reading(&browser.get("/vi/settings/second-step").await);
    let fields = [("code", phone.code(world))];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, code)| (*name, code.as_str())).collect();
    browser
        .post("/vi/settings/second-step/confirmation", &fields)
        .await
        .is(200)
        .shows("Mã dự phòng của bạn");
    phone
}

/// What the operator types beside the running service.
async fn reset(world: &World, email: &str) -> Output {
    let mut line = Command::new(env!("CARGO_BIN_EXE_caunoi"));
    line.env("CAUNOI_DATABASE_URL", &world.cx.config.database_url)
        .arg("--data")
        .arg(&world.cx.config.data)
        .args(["user", "reset-second-step", email]);
    tokio::task::spawn_blocking(move || line.output().unwrap())
        .await
        .unwrap()
}

async fn by_password(world: &World) -> Seen {
    let fields = [("email", HOA), ("password", PASSWORD)];
    world.visitor().post("/vi/session", &fields).await
}

async fn mailed_link(world: &World) -> String {
    world.letters().await;
    world
        .visitor()
        .post("/vi/session/letters", &[("email", HOA)])
        .await
        .is(303);
    world.letter_to(HOA).await.link("/session/links/")
}

fn recovery_codes(page: &Seen) -> Vec<String> {
    let codes = page.is(200).body.split("<li><span class=\"ref\">").skip(1);
    codes
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect()
}
