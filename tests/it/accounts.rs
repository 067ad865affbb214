//! People come in, are known again, say which letters they want, and leave.

use caunoi::accounts::{self, Role};
use caunoi::kit::clock::{DAY, HOUR, MINUTE};

use crate::world::{Browser, Letter, Seen, World, story};

const LAN: &str = "lan@congty.test";
const PASSWORD: &str = "ruộng lúa cò bay";
const PHONE: &str = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36";
const OFFICE: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/140.0";

#[test]
fn a_newcomer_mends_all_faults_at_once_and_types_the_code() {
    story(|world| async move {
        let lan = world.visitor();
        lan.get("/vi/account/new").await.is(200).shows("Tạo tài khoản");
        let faulty = [
            ("name", ""),
            ("email", "lan@"),
            ("phone", "hỏi lễ tân"),
            ("password", "ngắn"),
            ("letters", "yes"),
        ];
        lan.post("/vi/account", &faulty)
            .await
            .is(422)
            .shows("Có 5 chỗ cần sửa")
            .shows("Nhập họ và tên của bạn.")
            .shows("Nhập địa chỉ thư điện tử")
            .shows("Nhập số điện thoại hoặc Zalo")
            .shows("Mật khẩu cần ít nhất 10 ký tự.")
            .shows("Cần đồng ý với điều khoản")
            // Nothing typed is lost, save the password, which no page ever repeats.
            .shows("value=\"lan@\"")
            .shows("value=\"hỏi lễ tân\"")
            .hides("ngắn\"");
        assert!(world.letters().await.is_empty());

        let page = sign_up(&lan, LAN).await.went_to();
        lan.get(&page).await.is(200).shows("Hãy xem hộp thư").shows(LAN);
        let letter = world.letter_to(LAN).await;
        let code = code_in(&letter);
        assert!(letter.subject.starts_with(&code), "{}", letter.subject);
        let wrong = if code == "000000" { "000001" } else { "000000" };
        confirm(&lan, wrong).await.is(422).shows("Mã không đúng");
        let on = confirm(&lan, &code).await.went_to();
        assert_eq!(on, "/vi/organisations/new");
        lan.get("/vi/settings").await.is(200).shows(LAN);
        confirm(&lan, &code).await.is(422);
    });
}

#[test]
fn a_code_can_be_guessed_five_times() {
    story(|world| async move {
        let lan = world.visitor();
        sign_up(&lan, LAN).await.is(303);
        let code = code_in(&world.letter_to(LAN).await);
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            confirm(&lan, wrong).await.is(422);
        }
        confirm(&lan, &code).await.is(422);
        lan.post("/vi/confirmation/letters", &[("email", LAN)])
            .await
            .is(303);
        let fresh = code_in(&world.letter_to(LAN).await);
        confirm(&lan, &fresh).await.is(303);
    });
}

#[test]
fn a_link_opened_elsewhere_confirms_the_address_but_not_the_password() {
    story(|world| async move {
        // Somebody signs up with an address that is not theirs, and hopes that its owner presses the button.
        let stranger = world.visitor();
        sign_up(&stranger, LAN).await.is(303);
        let link = world.letter_to(LAN).await.link("/confirmation/");
        let lan = world.visitor();
        lan.get(&link).await.is(200).shows("Xác nhận và đăng nhập");
        signed_out(&lan).await;
        lan.post(&link, &[]).await.is(303);
        lan.get("/vi/settings").await.is(200).shows(LAN);
        signed_out(&stranger).await;
        sign_in(&stranger, PASSWORD).await.is(422);
        lan.get(&link).await.is(200).shows("Liên kết này đã được dùng.");
        world.visitor().post(&link, &[]).await.is(409);
    });
}

#[test]
fn nobody_learns_who_has_an_account() {
    story(|world| async move {
        let member = joined(&world).await;
        let stranger = world.visitor();
        let seen = async |path: &str, email: &str| {
            let fields = [
                ("email", email),
                ("name", "Ai đó"),
                ("terms", "yes"),
                ("password", "một mật khẩu khác hẳn"),
            ];
            let seen = stranger.post(path, &fields).await;
            let goal = seen.location.clone().unwrap_or_default();
            let page = match seen.location {
                Some(goal) => stranger.get(&goal).await.body,
                None => seen.body,
            };
            // Without what differs in any two answers: the address itself, typed by whoever asks.
            let bare = |text: String| text.replace(email, "…").replace(&email.replace('@', "%40"), "…");
            (seen.status, bare(goal), bare(page))
        };
        let unknown = "none@congty.test";
        for path in [
            "/vi/session",
            "/vi/session/letters",
            "/vi/password/letters",
            "/vi/account",
            // Whoever has just signed up with somebody's address knows one password to try.
            "/vi/session",
        ] {
            assert_eq!(seen(path, LAN).await, seen(path, unknown).await, "{path}");
        }
        // Only the letters differ, and only their reader sees them.
        let letters = world.letters().await;
        let to = |address: &str| letters.iter().filter(|one| one.to.contains(address)).count();
        assert_eq!((to(LAN), to(unknown)), (3, 1));
        let known = letters.iter().find(|one| one.subject == "Bạn đã có tài khoản");
        assert!(known.unwrap().plain.contains("Không có gì thay đổi"));
        member.get("/vi/settings").await.is(200);
        sign_in(&world.visitor(), PASSWORD).await.is(303);
    });
}

#[test]
fn a_mailed_link_or_its_code_signs_in_once() {
    story(|world| async move {
        joined(&world).await;
        let phone = world.visitor_with(PHONE);
        let asked = phone
            .post("/en/session/letters", &[("email", LAN), ("next", "/en/mine")])
            .await
            .went_to();
        phone.get(&asked).await.is(200).shows("Look at your mail");
        let letter = world.letter_to(LAN).await;
        let link = letter.link("/session/links/");
        phone.get(&link).await.is(200).shows("Đăng nhập");
        signed_out(&phone).await;
        let fields = [("next", "/en/mine")];
        assert_eq!(phone.post(&link, &fields).await.went_to(), "/en/mine");
        world.visitor().post(&link, &fields).await.is(409);

        let office = world.visitor();
        office
            .post("/vi/session/letters", &[("email", LAN)])
            .await
            .is(303);
        let code = code_in(&world.letter_to(LAN).await);
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        office
            .post("/vi/session/codes", &[("email", LAN), ("code", &spaced)])
            .await
            .is(303);
        office.get("/vi/settings").await.is(200);

        // After twenty minutes neither works.
        office
            .post("/vi/session/letters", &[("email", LAN)])
            .await
            .is(303);
        let late = world.letter_to(LAN).await.link("/session/links/");
        world.cx.clock.advance(21 * 60_000);
        world.visitor().get(&late).await.is(404);
        world.visitor().post(&late, &[]).await.is(404);
    });
}

#[test]
fn devices_are_listed_and_signed_out() {
    story(|world| async move {
        let office = joined_with(&world, OFFICE).await;
        let phone = world.visitor_with(PHONE);
        sign_in(&phone, PASSWORD).await.is(303);
        let tablet = world.visitor_with("Mozilla/5.0 (iPad; CPU OS 18_0) Version/18.0 Safari/605.1");
        sign_in(&tablet, PASSWORD).await.is(303);
        let page = phone.get("/vi/settings").await;
        page.shows("Firefox · Windows")
            .shows("Chrome · Android")
            .shows("Safari · iPad")
            .shows("Thiết bị này");

        let end = page.link("/settings/sessions/");
        // A session is its owner's to end.
        world
            .person("Minh", Role::Member)
            .await
            .post(&end, &[])
            .await
            .is(303);
        for device in [&office, &tablet] {
            device.get("/vi/settings").await.is(200);
        }
        phone.post(&end, &[]).await.is(303);
        let still = [
            office.get("/vi/settings").await.status.as_u16(),
            tablet.get("/vi/settings").await.status.as_u16(),
        ];
        assert!(
            still == [200, 303] || still == [303, 200],
            "one is out: {still:?}"
        );
        phone.post("/vi/settings/sessions/others/end", &[]).await.is(303);
        signed_out(&office).await;
        signed_out(&tablet).await;
        phone
            .get("/vi/settings")
            .await
            .is(200)
            .hides("Đăng xuất mọi thiết bị khác");

        phone.post("/vi/session/end", &[]).await.is(303);
        signed_out(&phone).await;
    });
}

#[test]
fn a_session_that_lies_unused_ends() {
    story(|world| async move {
        let clock = &world.cx.clock;
        let lan = world.coordinator().await;
        let minh = world.person_at("Minh", "minh@congty.test", Role::Member).await;
        lan.get("/vi/settings").await.shows("không dùng 12 giờ");
        minh.get("/vi/settings").await.shows("không dùng 14 ngày");
        // Whoever works late is not thrown out, as long as they go on.
        for _ in 0..2 {
            clock.advance(11 * HOUR);
            lan.get("/vi/desk").await.is(200);
        }
        clock.advance(13 * HOUR);
        lan.get("/vi/desk").await.is(303);
        minh.get("/vi/inbox").await.is(200);
        // Made a coordinator, they have a coordinator's time from then on.
        accounts::set_role_of(&world.cx, "minh@congty.test", Role::Coordinator)
            .await
            .unwrap();
        clock.advance(13 * HOUR);
        minh.get("/vi/inbox").await.is(303);

        let office = joined_with(&world, OFFICE).await;
        clock.advance(8 * DAY);
        let phone = world.visitor_with(PHONE);
        sign_in(&phone, PASSWORD).await.is(303);
        clock.advance(7 * DAY);
        phone
            .get("/vi/settings")
            .await
            .is(200)
            .shows("Chrome · Android")
            .hides("Firefox · Windows");
        office.get("/vi/settings").await.is(303);
        // Nor does any session live longer than a month, however much it is used.
        clock.advance(13 * DAY);
        phone.get("/vi/settings").await.is(200);
        clock.advance(11 * DAY);
        phone.get("/vi/settings").await.is(303);
    });
}

#[test]
fn an_admin_signs_somebody_out_everywhere() {
    story(|world| async move {
        let office = joined_with(&world, OFFICE).await;
        let phone = world.visitor_with(PHONE);
        sign_in(&phone, PASSWORD).await.is(303);
        let admin = world.person("Quản trị", Role::Admin).await;
        let page = admin.get("/vi/admin/people?q=lan%40congty").await;
        let button = page.is(200).link("/sessions/end");
        admin.post(&button, &[]).await.is(303);
        signed_out(&office).await;
        signed_out(&phone).await;
        admin
            .get("/vi/admin/audit")
            .await
            .shows("đăng xuất người khác khỏi mọi nơi");
        // The account itself is as it was.
        sign_in(&phone, PASSWORD).await.is(303);
        phone.get("/vi/settings").await.is(200);
    });
}

#[test]
fn a_device_left_open_cannot_end_the_others() {
    story(|world| async move {
        let office = joined_with(&world, OFFICE).await;
        let phone = world.visitor_with(PHONE);
        sign_in(&phone, PASSWORD).await.is(303);
        world.cx.clock.advance(16 * MINUTE);
        let one = office.get("/vi/settings").await.link("/settings/sessions/");
        for act in [one.as_str(), "/vi/settings/sessions/others/end"] {
            let door = office.post(act, &[]).await.went_to();
            assert_eq!(door, "/vi/session/new?again=yes&next=%2Fvi%2Fsettings");
            office
                .get(&door)
                .await
                .is(200)
                .shows("Để chắc đó là bạn")
                .shows(&format!("value=\"{LAN}\""));
        }
        phone.get("/vi/settings").await.is(200);
        // Signing in again is a new session in the place of the old one.
        let former = office.cookie("session").unwrap();
        sign_in(&office, PASSWORD).await.is(303);
        let copy = world.visitor();
        copy.keep_cookie("session", &former);
        copy.get("/vi/settings").await.is(303);
        office.post("/vi/settings/sessions/others/end", &[]).await.is(303);
        signed_out(&phone).await;
    });
}

#[test]
fn a_new_password_ends_every_session() {
    story(|world| async move {
        let office = joined(&world).await;
        let forgetful = world.visitor();
        forgetful
            .post("/vi/password/letters", &[("email", LAN)])
            .await
            .is(200)
            .shows("có liên kết đặt mật khẩu");
        let link = world.letter_to(LAN).await.link("/password/");
        forgetful.get(&link).await.is(200).shows("Mật khẩu mới");
        forgetful
            .post(&link, &[("password", "mậtkhẩu")])
            .await
            .is(422)
            .shows("ít nhất 10 ký tự");
        office.get("/vi/settings").await.is(200);
        let new = "trăng lên đầu núi";
        forgetful.post(&link, &[("password", new)]).await.is(303);
        forgetful.get("/vi/settings").await.is(200);
        signed_out(&office).await;
        sign_in(&office, PASSWORD)
            .await
            .is(422)
            .shows("Địa chỉ hoặc mật khẩu không đúng");
        sign_in(&office, new).await.is(303);
        world
            .visitor()
            .get(&link)
            .await
            .is(200)
            .shows("Liên kết này đã được dùng.");
        world
            .visitor()
            .post(&link, &[("password", "lần thứ hai thì không")])
            .await
            .is(409);
    });
}

#[test]
fn letters_come_as_often_as_one_says() {
    story(|world| async move {
        let lan = joined(&world).await;
        let chosen = [
            ("letters", "yes"),
            ("match", "weekly"),
            ("message", "never"),
            ("listing", "at_once"),
        ];
        lan.post("/vi/settings/letters", &chosen).await.is(303);
        lan.get("/vi/settings")
            .await
            .shows("value=\"weekly\" selected")
            .shows("value=\"never\" selected");
        // What a kind does not offer is not taken.
        lan.post(
            "/vi/settings/letters",
            &[("letters", "yes"), ("message", "weekly")],
        )
        .await
        .is(303);
        lan.get("/vi/settings").await.shows("value=\"never\" selected");

        lan.post("/vi/settings/pause", &[("weeks", "1")]).await.is(303);
        lan.get("/vi/settings")
            .await
            .shows("Thư đang tạm ngừng tới 09/03/2026.");
        lan.post("/vi/settings/pause", &[("weeks", "0")]).await.is(303);
        lan.get("/vi/settings").await.hides("Thư đang tạm ngừng");

        // Pages and letters follow the language one chose.
        let profile = [
            ("name", "Nguyễn Thị Lan"),
            ("phone", "0901 234 567"),
            ("lang", "en"),
        ];
        let on = lan.post("/vi/settings/profile", &profile).await.went_to();
        assert!(on.starts_with("/en/settings"), "{on}");
        let settings = lan.get("/en/settings").await;
        settings.shows("value=\"0901234567\"").shows("Nguyễn Thị Lan");
        lan.post("/en/session/letters", &[("email", LAN)]).await.is(303);
        let letter = world.letter_to(LAN).await;
        assert!(letter.plain.contains("Dear Nguyễn Thị Lan,"), "{}", letter.plain);
    });
}

#[test]
fn an_account_goes_with_all_that_is_personal() {
    story(|world| async move {
        let lan = joined(&world).await;
        lan.post("/vi/settings/deletion", &[("email", "minh@congty.test")])
            .await
            .is(422)
            .shows("Hãy gõ đúng địa chỉ thư");
        let data = lan.get("/vi/settings/data").await;
        data.is(200).shows(LAN).shows("\"purpose\": \"letters\"");
        lan.post("/vi/settings/deletion", &[("email", LAN)]).await.is(303);
        signed_out(&lan).await;
        sign_in(&lan, PASSWORD).await.is(422);
        lan.post("/vi/session/letters", &[("email", LAN)]).await.is(303);
        assert!(world.letters().await.is_empty(), "nobody is there to write to");
        let admin = world.person("Quản trị", Role::Admin).await;
        admin.get("/vi/admin/people").await.is(200).hides(LAN);
        // Nothing of the old account stands in the way of a new one.
        let again = world.visitor();
        sign_up(&again, LAN).await.is(303);
        confirm(&again, &code_in(&world.letter_to(LAN).await))
            .await
            .is(303);

        let gone = admin.get("/vi/settings").await;
        let alone = gone.body.split("<p class=\"soft\">").nth(1).unwrap();
        let address = alone.split('<').next().unwrap();
        admin
            .post("/vi/settings/deletion", &[("email", address)])
            .await
            .is(422)
            .shows("Bạn là quản trị viên duy nhất.");
    });
}

#[test]
fn an_unconfirmed_address_is_forgotten_after_a_week() {
    story(|world| async move {
        let lan = world.visitor();
        sign_up(&lan, LAN).await.is(303);
        let link = world.letter_to(LAN).await.link("/confirmation/");
        // The right password alone does not open the door of an address that nobody has shown to be theirs.
        sign_in(&lan, PASSWORD)
            .await
            .is(422)
            .shows("địa chỉ chưa được xác nhận");
        signed_out(&lan).await;
        world.days_pass(8).await;
        lan.get(&link).await.is(404);
        let admin = world.person("Quản trị", Role::Admin).await;
        admin.get("/vi/admin/people").await.is(200).hides(LAN);
    });
}

// Steps of the stories ---------------------------------------------------------------------------

async fn sign_up(browser: &Browser, email: &str) -> Seen {
    let fields = [
        ("name", "Lan"),
        ("email", email),
        ("password", PASSWORD),
        ("terms", "yes"),
        ("letters", "yes"),
    ];
    browser.post("/vi/account", &fields).await
}

async fn confirm(browser: &Browser, code: &str) -> Seen {
    browser
        .post("/vi/confirmation", &[("email", LAN), ("code", code)])
        .await
}

async fn joined(world: &World) -> Browser {
    joined_with(world, "").await
}

async fn joined_with(world: &World, agent: &'static str) -> Browser {
    let browser = world.visitor_with(agent);
    sign_up(&browser, LAN).await.is(303);
    let code = code_in(&world.letter_to(LAN).await);
    confirm(&browser, &code).await.is(303);
    browser
}

async fn sign_in(browser: &Browser, password: &str) -> Seen {
    browser
        .post("/vi/session", &[("email", LAN), ("password", password)])
        .await
}

/// The settings lead to the door.
async fn signed_out(browser: &Browser) {
    let goal = browser.get("/vi/settings").await.went_to();
    assert!(goal.starts_with("/vi/session/new"), "{goal}");
}

fn code_in(letter: &Letter) -> String {
    let line = letter.plain.lines().map(str::trim);
    line.into_iter()
        .find(|line| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit()))
        .unwrap_or_else(|| panic!("no code in:\n{}", letter.plain))
        .to_owned()
}

#[test]
fn guesses_are_counted_for_all_nodes_together() {
    story(|world| async move {
        let folder = crate::world::Folder::new();
        let node = World::begin(world.cx.config.database_url.clone(), &folder.0, "none").await;
        let guess = [("email", "ai@people.test"), ("password", "một mật khẩu sai")];
        let visitors = [world.visitor(), node.visitor()];
        for number in 0..8 {
            visitors[number % 2].post("/vi/session", &guess).await.is(422);
        }
        for visitor in &visitors {
            visitor.post("/vi/session", &guess).await.is(429);
        }
        // Time passes here and there alike; a turn comes back each minute.
        for clock in [&world.cx.clock, &node.cx.clock] {
            clock.advance(61_000);
        }
        visitors[1].post("/vi/session", &guess).await.is(422);
        visitors[0].post("/vi/session", &guess).await.is(429);
        node.cx.db.close().await;
    });
}
