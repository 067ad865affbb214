//! Every letter as its reader gets it, in both languages, kept as reviewed snapshots: subject, plain text, and the
//! words of its HTML twin. A change of any letter shows here, to be read before it is accepted
//! (`INSTA_UPDATE=always cargo test letters::` writes them anew).

use caunoi::accounts::Role;
use caunoi::kit::lang::Lang;

use crate::scene::{FARM, LAB, Scene};
use crate::world::{Browser, Letter, World, story_by_words};
use crate::{interview, listings};

const LAN: &str = "lan@congty.test";
const TUAN: &str = "tuan@congty.test";
const LANGS: [Lang; 2] = [Lang::Vi, Lang::En];

#[test]
fn letters_of_the_account() {
    for lang in LANGS {
        story_by_words(|world| async move {
            let lan = world.visitor();
            let path = |rest: &str| format!("/{lang}/{rest}");
            let form = [
                ("name", "Nguyễn Thị Lan"),
                ("email", LAN),
                ("terms", "yes"),
                ("letters", "yes"),
            ];
            lan.post(&path("account"), &form).await.is(303);
            let confirm = kept(&world, lang, "confirm", LAN).await;
            lan.post(&confirm.link("/confirmation/"), &[]).await.is(303);
            world.visitor().post(&path("account"), &form).await.is(303);
            kept(&world, lang, "known_already", LAN).await;
            lan.post(&path("session/letters"), &[("email", LAN)])
                .await
                .is(303);
            kept(&world, lang, "sign_in", LAN).await;
            lan.post(&path("password/letters"), &[("email", LAN)])
                .await
                .is(200);
            kept(&world, lang, "reset", LAN).await;
        });
    }
}

#[test]
fn letters_of_the_organisation() {
    for lang in LANGS {
        story_by_words(|world| async move {
            let lan = world.person_at("Lan", LAN, Role::Member).await;
            speak(&lan, "Lan", lang).await;
            let form = [
                ("kind", "business"),
                ("name_vi", "Công ty Bao bì Minh Long"),
                ("name_en", "Minh Long Packaging"),
                ("place", "25747"),
                ("size", "small"),
            ];
            let goal = lan.post("/vi/organisations", &form).await.went_to();
            let page = goal.split('?').next().unwrap().to_owned();
            let coordinator = world.coordinator().await;
            coordinator
                .post(&format!("{page}/verification"), &[])
                .await
                .is(303);
            kept(&world, lang, "verified", LAN).await;

            let invitation = [("email", "hoa@congty.test")];
            lan.post(&format!("{page}/invitations"), &invitation)
                .await
                .is(303);
            kept(&world, lang, "invite", "hoa@congty.test").await;

            let tuan = world.person_at("Tuấn", TUAN, Role::Member).await;
            speak(&tuan, "Tuấn", lang).await;
            let asking = format!("{page}/membership");
            tuan.post(&asking, &[]).await.is(303);
            kept(&world, lang, "asked", LAN).await;
            let members = lan.get(&format!("{page}/members")).await;
            lan.post(&members.link("/removal"), &[]).await.is(303);
            kept(&world, lang, "refused", TUAN).await;
            tuan.post(&asking, &[]).await.is(303);
            world.letters().await;
            lan.post(&members.link("/approval"), &[]).await.is(303);
            kept(&world, lang, "granted", TUAN).await;
        });
    }
}

#[test]
fn letters_of_a_listing() {
    for lang in LANGS {
        story_by_words(|world| async move {
            let scene = Scene::set_in(world.clone(), lang).await;
            let letters = world.letters().await;
            keep(lang, "listing_published_need", &only(&letters, FARM));
            keep(lang, "listing_published_offer", &only(&letters, LAB));
            world.days_pass(352).await;
            let letters = world.letters().await;
            let mut warning = letters
                .iter()
                .filter(|one| one.plain.contains(&scene.need.to_string()));
            keep(lang, "listing_expiring", warning.next_back().expect("a warning"));
        });
        story_by_words(|world| async move {
            let (farmer, base) = listings::handed_in(&world).await;
            speak(&farmer, "Minh", lang).await;
            let coordinator = world.coordinator().await;
            let review = format!("/vi/desk/reviews/{}", base.rsplit('/').next().unwrap());
            let version = coordinator.get(&review).await.value("version");
            let notes = [
                ("version", version.as_str()),
                ("note_field", "title"),
                ("note_severity", "major"),
                ("note", "Nói rõ giống lúa. / Say which rice."),
                ("note_field", "success"),
                ("note_severity", "blocker"),
                ("note", "Thêm thời gian trả lời. / Add how soon."),
            ];
            coordinator
                .post(&format!("{review}/return"), &notes)
                .await
                .is(303);
            kept(&world, lang, "listing_returned", "farmer@coop.test").await;
        });
    }
}

#[test]
fn letters_of_an_interview() {
    for lang in LANGS {
        story_by_words(|world| async move {
            let firm = interview::firm(&world).await;
            speak(&firm, "Hai", lang).await;
            let coordinator = world.coordinator().await;
            speak(&coordinator, "Lan", lang).await;
            let base = interview::written(&coordinator).await;
            interview::hand_in(&coordinator, &base).await;
            let letter = kept(&world, lang, "confirm_listing", interview::CONTACT).await;
            let link = letter.link("/listing-confirmations/");
            let version = firm.get(&link).await.value("version");
            let remark = [
                ("version", version.as_str()),
                ("words", "6.000 bao, không phải 4.000."),
            ];
            firm.post(&format!("{link}/objection"), &remark).await.is(200);
            let letters = world.letters().await;
            assert_eq!(letters.len(), 1);
            keep(lang, "listing_returned_to_coordinator", &letters[0]);
        });
    }
}

#[test]
fn letters_of_a_pairing_that_nobody_answers_in_full() {
    for lang in LANGS {
        story_by_words(|world| async move {
            let scene = Scene::set_in(world.clone(), lang).await;
            world.letters().await;
            let pairing = scene.approved().await;
            let letters = world.letters().await;
            keep(lang, "invitation_need_side", &only(&letters, FARM));
            keep(lang, "invitation_offer_side", &only(&letters, LAB));
            let yes = format!("/vi/pairings/{}/acceptance", pairing.id);
            scene.farmer.post(&yes, &[]).await.is(303);
            world.days_pass(7).await;
            let letters = world.letters().await;
            keep(lang, "nudge", &only(&letters, LAB));
            world.days_pass(3).await;
            let letters = world.letters().await;
            keep(lang, "pairing_lapsed", &only(&letters, FARM));
        });
    }
}

#[test]
fn letters_of_a_pairing_that_ends_with_a_no() {
    for lang in LANGS {
        story_by_words(|world| async move {
            let scene = Scene::set_in(world.clone(), lang).await;
            let pairing = scene.approved().await;
            let path = |act: &str| format!("/vi/pairings/{}/{act}", pairing.id);
            scene.farmer.post(&path("acceptance"), &[]).await.is(303);
            world.letters().await;
            let no = [("reason", "no_capacity"), ("note", "Nhóm đang kẹt.")];
            scene.scientist.post(&path("refusal"), &no).await.is(303);
            kept(&world, lang, "pairing_declined", FARM).await;
        });
        story_by_words(|world| async move {
            let scene = Scene::set_in(world.clone(), lang).await;
            let pairing = scene.approved().await;
            let path = |act: &str| format!("/vi/pairings/{}/{act}", pairing.id);
            scene.farmer.post(&path("acceptance"), &[]).await.is(303);
            world.letters().await;
            let closed = [("reason", "met_elsewhere")];
            let closure = format!("/vi/offers/{}/closure", scene.offer);
            scene.scientist.post(&closure, &closed).await.is(303);
            kept(&world, lang, "pairing_withdrawn", FARM).await;
        });
    }
}

#[test]
fn letters_of_an_introduction() {
    for lang in LANGS {
        story_by_words(|world| async move {
            let scene = Scene::set_in(world.clone(), lang).await;
            speak(&scene.coordinator, "Lan Anh", lang).await;
            scene.wish(&[("match", "daily")]).await;
            world.letters().await;
            let pairing = scene.approved().await;
            let letters = world.letters().await;
            keep(lang, "bundle", &only(&letters, FARM));
            let path = |act: &str| format!("/vi/pairings/{}/{act}", pairing.id);
            scene.farmer.post(&path("acceptance"), &[]).await.is(303);
            scene.scientist.post(&path("acceptance"), &[]).await.is(303);
            kept(&world, lang, "introduction", FARM).await;
            let words = [(
                "message",
                "Chào anh Minh, mình gặp tuần sau nhé?\nHi Minh, shall we meet next week?",
            )];
            scene.farmer.post(&path("messages"), &words).await.is(303);
            kept(&world, lang, "message", LAB).await;
            world.days_pass(7).await;
            let letters = world.letters().await;
            let summary = letters.iter().find(|one| one.plain.contains("/desk"));
            keep(lang, "summary", summary.expect("it is Monday"));
            world.days_pass(7).await;
            let letters = world.letters().await;
            keep(lang, "outcome", &only(&letters, FARM));
        });
    }
}

#[test]
fn a_bundle_after_a_pause_says_why_it_comes_late() {
    for lang in LANGS {
        story_by_words(|world| async move {
            let scene = Scene::set_in(world.clone(), lang).await;
            scene
                .farmer
                .post("/vi/settings/pause", &[("weeks", "1")])
                .await
                .is(303);
            scene.approved().await;
            world.letters().await;
            world.days_pass(7).await;
            let letters = world.letters().await;
            keep(lang, "bundle_after_a_pause", &only(&letters, FARM));
        });
    }
}

// Steps of the stories ---------------------------------------------------------------------------

async fn speak(browser: &Browser, name: &str, lang: Lang) {
    let profile = [("name", name), ("lang", lang.code())];
    browser.post("/vi/settings/profile", &profile).await.is(303);
}

async fn kept(world: &World, lang: Lang, name: &str, to: &str) -> Letter {
    let letter = world.letter_to(to).await;
    keep(lang, name, &letter);
    letter
}

fn only(letters: &[Letter], to: &str) -> Letter {
    let mut theirs = letters.iter().filter(|one| one.to.contains(to));
    let first = theirs.next().unwrap_or_else(|| panic!("no letter to {to}"));
    assert!(theirs.next().is_none(), "more than one letter to {to}");
    first.clone()
}

fn keep(lang: Lang, name: &str, letter: &Letter) {
    let text = format!(
        "To: {}\nSubject: {}\n\n{}\n===== the words of its HTML twin =====\n\n{}\n",
        letter.to,
        letter.subject,
        letter.plain.replace("\r\n", "\n"),
        words_of(&letter.html)
    );
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(format!("{name}.{lang}"), steady(&text)));
}

/// What is new each time, written alike: secrets of links, ids, codes.
fn steady(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    for letter in text.chars().chain(['\n']) {
        if letter.is_ascii_alphanumeric() || letter == '-' || letter == '_' {
            run.push(letter);
            continue;
        }
        let is_id = run.len() == 36 && run.bytes().filter(|byte| *byte == b'-').count() == 4;
        let is_code = run.len() == 6 && run.bytes().all(|byte| byte.is_ascii_digit());
        match run.len() {
            _ if is_id => out.push_str("<id>"),
            _ if is_code => out.push_str("<code>"),
            40.. => out.push_str("<secret>"),
            _ => out.push_str(&run),
        }
        run.clear();
        out.push(letter);
    }
    out.trim_end().to_owned()
}

/// The words of an HTML letter, a line a block.
fn words_of(html: &str) -> String {
    let body = html.split("<body").nth(1).expect("a body");
    let body = body.split_once('>').expect("it opens").1;
    let mut text = String::new();
    for part in body.split('<') {
        let (tag, words) = part.split_once('>').unwrap_or(("", part));
        if [
            "/p",
            "/div",
            "/li",
            "br",
            "/h1",
            "/td",
            "/tr",
            "/blockquote",
            "/a",
        ]
        .contains(&tag.trim_end_matches('/'))
        {
            text.push('\n');
        }
        text.push_str(&words.replace('\n', " "));
    }
    let text = text
        .replace("&#38;", "&")
        .replace("&amp;", "&")
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}
