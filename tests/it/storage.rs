//! What becomes of the service when its disk is full or read-only, its index lost or torn, its model no model, its
//! clock wrong: reading goes on, nothing acknowledged is lost, and `doctor` says what is the matter.

use std::path::{Path, PathBuf};
use std::process::Command;

use caunoi::events::{self, Event};
use caunoi::ids::By;
use caunoi::kit::clock::HOUR;
use caunoi::kit::db::sql;
use caunoi::kit::fault::Fault;
use sqlx::Connection as _;

use crate::clashes::Rival;
use crate::scene::Scene;
use crate::world::{Folder, Seen, World, story, story_by_words};

#[test]
fn a_node_has_come_as_far_as_the_slower_of_its_indexes() {
    story_by_words(|world| async move {
        let _scene = Scene::set(world.clone()).await;
        let ready = world.visitor().get("/readyz").await;
        ready.is(200).shows("\"events_behind\":0");
        let mut tx = world.cx.db.begin().await.unwrap();
        events::record(&world.cx, &mut tx, By::Service, &Event::ReindexAsked)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        // The index that is written first has taken it in.
        let last = events::last(&world.cx.db).await.unwrap();
        world.cx.search_all.apply(Vec::new(), last).unwrap();
        let ready = world.visitor().get("/readyz").await;
        ready.is(200).shows("\"events_behind\":1");
    });
}

#[test]
fn a_form_that_cannot_be_saved_comes_back_whole_and_is_taken_later() {
    story_by_words(|world| async move {
        if !world.cx.db.is_sqlite() {
            return;
        }
        let scene = Scene::set(world.clone()).await;
        // From here on no page can be added to the file.
        world.cx.db.exec(sql("pragma max_page_count = 1")).await.unwrap();
        let (kept, refused, page) = post_until_refused(&world).await;
        page.shows("Hiện chưa lưu được")
            .shows(&refused)
            .shows("action=\"/vi/needs\"")
            .shows("Gửi lại");
        scene.farmer.get("/vi/mine").await.is(200);
        assert_eq!(drafts(&world).await, kept);
        // The connection that met the full disk is put away, and its limit with it.
        world
            .visitor()
            .post("/vi/needs", &[("title", &refused)])
            .await
            .is(303);
        assert_eq!(drafts(&world).await, kept + 1);
        world.settle().await;
    });
}

#[test]
fn a_full_disk_is_outlived_without_a_restart() {
    let Some(disk) = SmallDisk::mount() else {
        return not_tested("a full disk: mounting a small one needs root");
    };
    actix_web::rt::System::new().block_on(async {
        let url = format!("sqlite:{}", disk.0.join("caunoi.db").display());
        let world = World::begin(url, &disk.0, "none").await;
        let scene = Scene::set(world.clone()).await;
        let program = crate::api::Program::of(&scene.farmer, "read").await;
        world.letters().await;
        disk.fill();
        let (kept, refused, _) = post_until_refused(&world).await;
        scene
            .farmer
            .post("/vi/searches", &[("query", "q=lúa")])
            .await
            .is(507)
            .shows("q=lúa");
        // A password is never repeated on a page.
        let door = [
            ("email", crate::scene::FARM),
            ("password", crate::scene::PASSWORD),
        ];
        let door = world.visitor().post("/en/session", &door).await;
        door.is(507)
            .hides(crate::scene::PASSWORD)
            .shows("Passwords and codes are not kept");
        world
            .visitor()
            .get("/vi/search?q=lua")
            .await
            .is(200)
            .shows("bệnh trên lá lúa");
        let need = format!("/vi/needs/{}", scene.need);
        world.visitor().get(&need).await.is(200);
        // That its token was used cannot be noted; a program that only reads goes on all the same.
        program.get("/api/mine").await.is(200);
        // The service's own work waits for as long as it takes, and is not parked for it.
        for _ in 0..20 {
            world.cx.clock.advance(HOUR);
            let _nothing_can_be_written = caunoi::flow::settle(&world.cx).await;
        }

        disk.make_room();
        assert_eq!(drafts(&world).await, kept);
        world
            .visitor()
            .post("/vi/needs", &[("title", &refused)])
            .await
            .is(303);
        let pause = format!("{need}/pause");
        scene.farmer.post(&pause, &[]).await.is(303);
        world.settle().await;
        world
            .visitor()
            .get("/vi/search?q=lua")
            .await
            .is(200)
            .hides("bệnh trên lá lúa từ ảnh");
        scene
            .farmer
            .post(&format!("{need}/resumption"), &[])
            .await
            .is(303);
        world.settle().await;
        world
            .visitor()
            .get("/vi/search?q=lua")
            .await
            .is(200)
            .shows("bệnh trên lá lúa");
        world.cx.db.check().await.unwrap();
        world.cx.db.close().await;
    });
}

#[test]
fn a_database_that_turns_read_only_is_outlived_without_a_restart() {
    story_by_words(|world| async move {
        let scene = Scene::set(world.clone()).await;
        world.letters().await;
        let pairing = scene.approved().await;
        let Some(frozen) = Frozen::now(&world).await else {
            return not_tested(
                "a disk that turns read-only: this one does not refuse who has a file open, or needs root",
            );
        };
        let words = "Chúng tôi cần đếm tôm giống trong bể bằng máy ảnh.";
        let draft = [("title", words)];
        for _ in 0..3 {
            let page = world.visitor().post("/vi/needs", &draft).await;
            page.is(507)
                .shows("Hiện chưa lưu được")
                .shows(words)
                .shows("Gửi lại");
        }
        let yes = format!("/vi/pairings/{}/acceptance", pairing.id);
        scene.farmer.post(&yes, &[]).await.is(507);
        let need = format!("/vi/needs/{}", scene.need);
        world.visitor().get(&need).await.is(200);
        world
            .visitor()
            .get("/vi/search?q=lua")
            .await
            .is(200)
            .shows("bệnh trên lá lúa");
        for _ in 0..20 {
            world.cx.clock.advance(HOUR);
            let _nothing_can_be_written = caunoi::flow::settle(&world.cx).await;
        }
        scene
            .farmer
            .get("/vi/mine")
            .await
            .is(200)
            .shows("bệnh trên lá lúa");
        assert_eq!(drafts(&world).await, 0);

        frozen.thaws().await;
        world.visitor().post("/vi/needs", &draft).await.is(303);
        assert_eq!(drafts(&world).await, 1);
        // What waited happens, once: each side is asked, and then introduced.
        assert_eq!(world.letters().await.len(), 2);
        scene.farmer.post(&yes, &[]).await.is(303);
        scene.scientist.post(&yes, &[]).await.is(303);
        assert_eq!(world.letters().await.len(), 2);
        world.cx.db.check().await.unwrap();
    });
}

#[test]
fn a_job_for_which_there_is_no_room_waits_and_is_not_parked() {
    story_by_words(|world| async move {
        if world.cx.db.is_sqlite() {
            return;
        }
        let scene = Scene::set(world.clone()).await;
        world.letters().await;
        scene.approved().await;
        let mut rival = Rival::of(&world).await;
        // More often than there are pauses before a job is parked.
        rival.refuses("53100", 8, "outbox").await;
        for _ in 0..8 {
            let refused = caunoi::flow::settle(&world.cx).await;
            assert!(matches!(refused, Err(Fault::Full)), "{refused:?}");
            world.cx.clock.advance(5 * HOUR);
        }
        assert_eq!(world.letters().await.len(), 2);
    });
}

#[test]
fn a_lost_index_and_a_torn_one_are_built_anew() {
    story_by_words(|world| async move {
        let scene = Scene::set(world.clone()).await;
        let place = Folder::new();
        let url = world.cx.config.database_url.clone();
        let index = place.0.join("index");
        let tear: [fn(&Path); 4] = [
            |index| std::fs::remove_dir_all(index).unwrap(),
            |index| each_file(index, &mut |path| cut(path, path.ends_with("meta.json"))),
            |index| {
                each_file(index, &mut |path| {
                    cut(path, path.extension().is_some_and(|end| end == "store"));
                });
            },
            |index| {
                each_file(index, &mut |path| {
                    cut(path, path.extension().is_some_and(|end| end == "term"));
                });
            },
        ];
        let node = World::begin(url.clone(), &place.0, "none").await;
        node.settle().await;
        node.cx.db.close().await;
        drop(node);
        for (at, tear) in tear.iter().enumerate() {
            tear(&index);
            let node = World::begin(url.clone(), &place.0, "none").await;
            caunoi::flow::settle_without_letters(&node.cx).await.unwrap();
            let found = node.visitor().get("/vi/search?q=benh+la+lua").await;
            found.is(200).shows("bệnh trên lá lúa");
            assert_eq!(node.cx.search.health().docs, 2, "after harm {at}");
            node.cx.db.close().await;
        }
        drop(scene);
    });
}

#[test]
fn a_model_that_is_none_leaves_a_service_that_ranks_by_words() {
    story_by_words(|world| async move {
        let _scene = Scene::set(world.clone()).await;
        let place = Folder::new();
        let model = place.0.join("model");
        std::fs::create_dir(&model).unwrap();
        for name in ["model.onnx", "tokenizer.json", "config.json", "card.json"] {
            std::fs::write(model.join(name), "this is no model").unwrap();
        }
        let node = World::begin(
            world.cx.config.database_url.clone(),
            &place.0,
            model.to_str().unwrap(),
        )
        .await;
        caunoi::flow::settle_without_letters(&node.cx).await.unwrap();
        assert!(node.cx.search_all.health().words_only_reason.is_some());
        node.visitor()
            .get("/vi/search?q=benh+la+lua")
            .await
            .is(200)
            .shows("bệnh trên lá lúa");
        node.cx.db.close().await;
        let told = doctor(&place.0, &[("CAUNOI_MODEL", model.to_str().unwrap())]);
        assert!(line_of(&told, "model").starts_with("look"), "{told}");
    });
}

#[test]
fn a_clock_that_jumps_an_hour_loses_nothing_and_doubles_nothing() {
    for jump in [HOUR, -HOUR] {
        story_by_words(|world| async move {
            let scene = Scene::set(world.clone()).await;
            world.letters().await;
            let pairing = scene.approved().await;
            world.cx.clock.advance(jump);
            scene.farmer.get("/vi/inbox").await.is(200);
            caunoi::flow::settle(&world.cx).await.unwrap();
            // What was due by the old clock is due an hour later by the new one, at the latest.
            world.cx.clock.advance(HOUR);
            let letters = world.letters().await;
            assert_eq!(letters.len(), 2, "{jump}: one to each side");
            let yes = format!("/vi/pairings/{}/acceptance", pairing.id);
            scene.farmer.post(&yes, &[]).await.is(303);
            world.cx.clock.advance(jump);
            scene.scientist.post(&yes, &[]).await.is(303);
            caunoi::flow::settle(&world.cx).await.unwrap();
            world.cx.clock.advance(HOUR);
            let introductions = world.letters().await;
            assert_eq!(introductions.len(), 2, "{jump}");
        });
    }
}

#[test]
fn doctor_names_what_is_wrong_with_disk_index_and_clock() {
    story(|world| async move {
        if !world.cx.db.is_sqlite() {
            return;
        }
        let _scene = Scene::set(world.clone()).await;
        let place = Folder::new();
        let copy = place.0.join("caunoi.db");
        world.cx.db.copy_sqlite_to(&copy).await.unwrap();
        let told = doctor(&place.0, &[]);
        assert!(line_of(&told, "index").contains("none yet"), "{told}");
        assert!(line_of(&told, "clock").starts_with("ok"), "{told}");

        let torn = place.0.join("index/public");
        std::fs::create_dir_all(&torn).unwrap();
        std::fs::write(torn.join("meta.json"), "{\"seg").unwrap();
        let told = doctor(&place.0, &[]);
        assert!(
            line_of(&told, "index").starts_with("look") && told.contains("builds it anew"),
            "{told}"
        );

        // Something happened three hours from now: the clock was ahead then, or is behind now.
        let db = caunoi::kit::db::Db::open(&place.sqlite()).await.unwrap();
        let ahead = caunoi::kit::clock::Clock::Wall.now().plus(3 * HOUR + 60_000);
        db.exec(sql("update events set at = $1 where number = 1").bind(ahead))
            .await
            .unwrap();
        db.close().await;
        let told = doctor(&place.0, &[]);
        assert!(
            line_of(&told, "clock").starts_with("look") && told.contains("3 h"),
            "{told}"
        );

        let Some(disk) = SmallDisk::mount() else {
            return not_tested("doctor on a read-only disk: mounting one needs root");
        };
        std::fs::copy(&copy, disk.0.join("caunoi.db")).unwrap();
        disk.read_only();
        let told = doctor(&disk.0, &[]);
        assert!(line_of(&told, "data folder").starts_with("BAD"), "{told}");
        assert!(told.contains("Read-only file system"), "{told}");
    });
}

// Steps of the stories ---------------------------------------------------------------------------

/// Sends drafts until one cannot be kept; how many were, the words of the one that was not, and its page.
async fn post_until_refused(world: &World) -> (i64, String, Seen) {
    let long = "Chúng tôi cần đếm tôm giống trong bể bằng máy ảnh. ".repeat(8);
    for number in 0..3_000 {
        let words = format!("{number}: {}", &long[..long.floor_char_boundary(380)]);
        let words = words.trim().to_owned();
        let seen = world.visitor().post("/vi/needs", &[("title", &words)]).await;
        if seen.status.as_u16() == 507 {
            return (drafts(world).await, words, seen);
        }
        seen.is(303);
    }
    panic!("the disk never filled");
}

async fn drafts(world: &World) -> i64 {
    let all = "select count(*) from listings where state = 'draft'";
    let (count,): (i64,) = world.cx.db.one(sql(all)).await.unwrap();
    count
}

/// A disk of a few megabytes that a test can fill; unmounted when the test ends.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount() -> Option<SmallDisk> {
        let folder = Folder::new();
        let path = folder.0.clone();
        std::mem::forget(folder);
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=12m", "tmpfs"])
            .arg(&path)
            .output();
        if done.is_ok_and(|done| done.status.success()) {
            Some(SmallDisk(path))
        } else {
            let _gone = std::fs::remove_dir(&path);
            None
        }
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        use std::io::Write as _;
        let mut filler = std::fs::File::create(self.0.join("filler")).unwrap();
        while filler.write_all(&[7; 4096]).is_ok() {}
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }

    fn read_only(&self) {
        let done = Command::new("mount")
            .args(["-o", "remount,ro"])
            .arg(&self.0)
            .status();
        assert!(done.unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _gone = Command::new("umount").arg("--lazy").arg(&self.0).status();
        let _gone = std::fs::remove_dir(&self.0);
    }
}

/// A database that can be read only: the files of a SQLite one, or a PostgreSQL one that hands over to a standby.
struct Frozen {
    data: PathBuf,
    server: Option<Server>,
}

impl Frozen {
    /// `None` where a file that is open can be written to, whatever its marks say.
    async fn now(world: &World) -> Option<Frozen> {
        let data = world.cx.config.data.clone();
        if world.cx.db.is_sqlite() {
            let probe = data.join("probe");
            let mut open = std::fs::File::create(&probe).unwrap();
            let marked = mark(&data, "+i");
            let refused = std::io::Write::write_all(&mut open, b"anything").is_err();
            let frozen = Frozen { data, server: None };
            return (marked && refused).then_some(frozen);
        }
        let mut server = Server::of(world).await;
        server.turns("on").await;
        Some(Frozen {
            data,
            server: Some(server),
        })
    }

    async fn thaws(mut self) {
        if let Some(server) = &mut self.server {
            server.turns("off").await;
        }
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        if self.server.is_none() {
            mark(&self.data, "-i");
        }
    }
}

/// Says of a folder and every file in it that nobody may change it, root included, or takes that back. What SQLite's
/// connections share (`-shm`) is memory with a name, and not a file to them.
fn mark(folder: &Path, how: &str) -> bool {
    let mut all = vec![folder.to_owned()];
    each_file(folder, &mut |path| all.push(path.to_owned()));
    all.retain(|path| !path.to_string_lossy().ends_with("-shm"));
    let done = Command::new("chattr").arg(how).args(all).output();
    done.is_ok_and(|done| done.status.success())
}

/// A way past the service to the PostgreSQL server it uses.
struct Server {
    connection: sqlx::PgConnection,
    database: String,
}

impl Server {
    async fn of(world: &World) -> Server {
        let server = std::env::var("CAUNOI_TEST_POSTGRES").unwrap();
        let url = &world.cx.config.database_url;
        let database = url.rsplit_once('/').unwrap().1;
        Server {
            connection: sqlx::PgConnection::connect(&server).await.unwrap(),
            database: database.split('?').next().unwrap().to_owned(),
        }
    }

    /// As where another machine takes over: every connection breaks, and new ones find this.
    async fn turns(&mut self, read_only: &str) {
        let name = &self.database;
        for statement in [
            format!("alter database {name} set default_transaction_read_only = {read_only}"),
            format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"),
        ] {
            let statement = sqlx::AssertSqlSafe(statement);
            sqlx::query(statement)
                .execute(&mut self.connection)
                .await
                .unwrap();
        }
    }
}

/// On standard error itself, past the harness, which shows nothing of a test that ends well.
#[expect(
    clippy::explicit_write,
    reason = "eprintln! is what the harness keeps to itself"
)]
fn not_tested(what: &str) {
    use std::io::Write as _;
    writeln!(std::io::stderr(), "NOT TESTED HERE: {what}").unwrap();
}

fn each_file(folder: &Path, visit: &mut impl FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            each_file(&path, visit);
        } else {
            visit(&path);
        }
    }
}

/// Half of a file, as a crash of the machine may leave it.
fn cut(path: &Path, this_one: bool) {
    if this_one {
        let bytes = std::fs::read(path).unwrap();
        std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    }
}

/// What `caunoi doctor` says of a data folder.
fn doctor(data: &Path, settings: &[(&str, &str)]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_caunoi"))
        .env("CAUNOI_MODEL", "none")
        .envs(settings.iter().copied())
        .args(["--bind", "127.0.0.1:1"])
        .arg("--data")
        .arg(data)
        .arg("doctor")
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The line about one thing.
fn line_of<'a>(told: &'a str, what: &str) -> &'a str {
    told.lines()
        .find(|line| line.get(6..).is_some_and(|rest| rest.starts_with(what)))
        .unwrap_or_default()
}
