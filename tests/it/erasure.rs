//! Somebody asks to be forgotten: afterwards nothing anywhere knows their name, their address or their number, and an
//! older backup that comes back forgets them again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use caunoi::accounts::{Role, erasures};
use caunoi::kit::db::sql;
use caunoi::kit::lang::Lang;
use caunoi::listings::{Content, Kind, Text};

use crate::scene::{Poster, Scene, posted, tagged};
use crate::twins::tables;
use crate::world::{Browser, Folder, World, story, story_by_words};

const ADDRESS: &str = "quynhnhu@ruong-xa.example";
const NAME: &str = "Đoàn Thị Quỳnh Như";
const NUMBERS: [&str; 3] = ["0934765128", "0934 765 128", "+84934765128"];

/// Every way in which she could be known.
fn needles() -> Vec<&'static str> {
    [&[ADDRESS, NAME], NUMBERS.as_slice()].concat()
}

#[test]
fn nothing_knows_a_person_who_asked_to_be_forgotten() {
    story(|world| async move {
        let scene = Scene::set(world.clone()).await;
        let nhu = lived(&scene).await;
        let before = found(&world).await;
        for table in [
            "people.email",
            "outbox.plain",
            "messages.body",
            "pairings.why",
            "listings.live",
            "tickets.email",
        ] {
            assert!(
                before.contains_key(table),
                "{table} should know her before: {before:?}"
            );
        }
        let index = world.cx.config.index_folder();
        let knew_her = segments(&index);
        assert!(!knew_her.is_empty());
        nhu.post("/vi/settings/deletion", &[("email", ADDRESS)])
            .await
            .is(303);
        world.settle().await;
        assert_eq!(found(&world).await, BTreeMap::new());
        let left: Vec<_> = segments(&index).intersection(&knew_her).cloned().collect();
        assert!(left.is_empty(), "files of the index from before: {left:?}");

        // What was done together stands, without her.
        let counted: (i64, i64) = world
            .cx
            .db
            .one(sql(
                "select (select count(*) from pairings where stage = 'introduced'), \
                      (select count(*) from audit where act = 'forgotten')",
            ))
            .await
            .unwrap();
        assert_eq!(counted, (1, 1));
        let page = world.visitor().get("/vi/search?q=dem+tom").await;
        page.is(200).shows("Đếm tôm");
        let listed = std::fs::read_to_string(erasures::file_of(&world.cx.config)).unwrap();
        assert_eq!(listed.lines().count(), 2, "{listed}");
        for needle in needles() {
            assert!(!listed.contains(needle));
        }
    });
}

#[test]
fn a_letter_that_is_leaving_is_waited_for() {
    story_by_words(|world| async move {
        let scene = Scene::set(world.clone()).await;
        let nhu = lived(&scene).await;
        let leaving = "update outbox set state = 'sending', lease_until = $1 where id in (select id from outbox \
                       where recipient like '%ruong-xa%' order by id limit 1)";
        let lease = world.cx.now().plus(60_000);
        world.cx.db.exec(sql(leaving).bind(lease)).await.unwrap();
        nhu.post("/vi/settings/deletion", &[("email", ADDRESS)])
            .await
            .is(303);
        caunoi::flow::settle_without_letters(&world.cx).await.unwrap();
        assert!(found(&world).await.contains_key("people.email"), "it waits");
        nhu.get("/vi/settings").await.is(303);
        // Its worker is dead by now: the letter goes, and the next try of the job finds nothing on its way.
        world.cx.clock.advance(61_000);
        caunoi::flow::settle(&world.cx).await.unwrap();
        world.cx.clock.advance(1_000);
        world.settle().await;
        assert_eq!(found(&world).await, BTreeMap::new());
    });
}

#[test]
fn an_older_copy_forgets_again_before_it_serves() {
    story_by_words(|world| async move {
        if !world.cx.db.is_sqlite() {
            return;
        }
        let scene = Scene::set(world.clone()).await;
        let nhu = lived(&scene).await;
        let place = Folder::new();
        let copy = place.0.join("caunoi.db");
        world.cx.db.copy_sqlite_to(&copy).await.unwrap();
        nhu.post("/vi/settings/deletion", &[("email", ADDRESS)])
            .await
            .is(303);
        world.settle().await;

        let list = erasures::file_of(&world.cx.config);
        let back = World::begin(place.sqlite(), &place.0, "none").await;
        assert!(
            found(&back).await.contains_key("people.email"),
            "the copy knows her"
        );
        assert_eq!(erasures::heed(&back.cx).await.unwrap(), 0, "nobody told it yet");
        assert_eq!(erasures::take_in(&back.cx.config, &list).unwrap(), 1);
        assert_eq!(erasures::take_in(&back.cx.config, &list).unwrap(), 0);
        assert_eq!(erasures::heed(&back.cx).await.unwrap(), 1);
        let door = [("email", ADDRESS), ("password", crate::scene::PASSWORD)];
        back.visitor().post("/vi/session", &door).await.is(422);
        back.settle().await;
        assert_eq!(found(&back).await, BTreeMap::new());
        assert_eq!(erasures::heed(&back.cx).await.unwrap(), 0, "once is enough");
        back.cx.db.close().await;
    });
}

#[test]
fn a_list_cut_short_by_a_crash_loses_nobody() {
    story_by_words(|world| async move {
        let scene = Scene::set(world.clone()).await;
        let nhu = lived(&scene).await;
        let file = erasures::file_of(&world.cx.config);
        std::fs::write(&file, "person,at\n0198aaaa-bb").unwrap();
        nhu.post("/vi/settings/deletion", &[("email", ADDRESS)])
            .await
            .is(303);
        world.settle().await;
        let listed = std::fs::read_to_string(&file).unwrap();
        assert_eq!(listed.lines().count(), 3, "{listed}");
        assert_eq!(erasures::heed(&world.cx).await.unwrap(), 0);
    });
}

/// She posts an offer that names her, is introduced to the farm, writes, is written about, invites and is invited.
async fn lived(scene: &Scene) -> Browser {
    let world = &scene.world;
    let poster = Poster {
        lang: Lang::Vi,
        ..Poster::new(Kind::Offer, "Xưởng Ruộng Xa", ADDRESS, NAME)
    };
    let text = Text {
        title: "Đếm tôm giống bằng máy ảnh".to_owned(),
        summary: format!("Hỏi {NAME}, {}.", NUMBERS[1]),
        body: format!("Viết cho {ADDRESS} để xem thử."),
        ..Text::default()
    };
    let content = Content {
        vi: Some(text),
        ..tagged("agriculture", "cv.detect")
    };
    let (offer, nhu) = posted(world, &poster, content).await;
    let profile = [("name", NAME), ("phone", NUMBERS[0]), ("lang", "vi")];
    nhu.post("/vi/settings/profile", &profile).await.is(303);
    nhu.post("/vi/searches", &[("query", "q=tôm")]).await.is(303);
    world.settle().await;
    let cx = &world.cx;
    let by = caunoi::ids::By::Service;
    let need = caunoi::listings::get(&cx.db, scene.need).await.unwrap();
    let offer = caunoi::listings::get(&cx.db, offer).await.unwrap();
    let pairing = match caunoi::matching::pair_by_hand(cx, by, need.reference(), offer.reference()).await {
        Ok(id) => id,
        Err(_) => scene.pairing_with(offer.id).await.id,
    };
    let words = format!("Gặp {NAME} nhé.");
    let approval = format!("/vi/pairings/{pairing}/approval");
    scene
        .coordinator
        .post(&approval, &[("words", &words)])
        .await
        .is(303);
    let yes = format!("/vi/pairings/{pairing}/acceptance");
    scene.farmer.post(&yes, &[]).await.is(303);
    nhu.post(&yes, &[]).await.is(303);
    world.settle().await;
    let messages = format!("/vi/pairings/{pairing}/messages");
    let hers = format!("Gọi tôi: {}", NUMBERS[2]);
    nhu.post(&messages, &[("message", &hers)]).await.is(303);
    let about = format!("Chào chị {NAME}, tôi sẽ viết tới {ADDRESS}.");
    scene.farmer.post(&messages, &[("message", &about)]).await.is(303);
    nhu.post("/vi/session/letters", &[("email", ADDRESS)])
        .await
        .is(303);
    let words = [("kind", "other"), ("words", NUMBERS[0])];
    nhu.post("/vi/settings/requests", &words).await.is(303);
    world.settle().await;
    nhu
}

/// In which columns of which tables she is still known; every column of every table is looked through.
async fn found(world: &World) -> BTreeMap<String, i64> {
    let mut found = BTreeMap::new();
    for (table, columns) in tables("sqlite") {
        for column in columns {
            for needle in needles() {
                let as_text = format!("cast({column} as text)");
                let statement =
                    format!("select count(*) from {table} where replace({as_text}, $1, '') <> {as_text}");
                let (count,): (i64,) = world.cx.db.one(sql(statement).bind(needle)).await.unwrap();
                if count > 0 {
                    *found.entry(format!("{table}.{column}")).or_default() += count;
                }
            }
        }
    }
    found
}

/// The files of the index that hold what documents say, by their names, which are never given twice.
fn segments(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(segments(&path));
        } else if path.file_stem().is_some_and(|name| name.len() == 32) {
            found.insert(path);
        }
    }
    found
}

#[test]
fn an_admin_who_is_the_only_one_stays() {
    story_by_words(|world| async move {
        let admin = world.person_at("Hoa", "hoa@so.test", Role::Admin).await;
        admin
            .post("/vi/settings/deletion", &[("email", "hoa@so.test")])
            .await
            .is(422);
        admin.get("/vi/settings").await.is(200);
    });
}
