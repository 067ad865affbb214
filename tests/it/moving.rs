//! A service outgrows its file: `caunoi move` carries it to PostgreSQL, by the very program an operator runs.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Output};

use caunoi::kit::db::Db;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::scene::{FARM, PASSWORD, Scene};
use crate::world::{Browser, Folder, World, drop_postgres_beside, postgres_beside, story};

/// What the same person reads before and after.
const PAGES: [&str; 6] = [
    "/vi/inbox",
    "/vi/mine",
    "/vi/settings",
    "/en/search?q=rice",
    "/vi/needs",
    "/en/organisations",
];

#[test]
fn a_moved_service_reads_the_same() {
    story(|world| async move {
        let Some(target) = beside(&world).await else {
            return;
        };
        let scene = Scene::set(world.clone()).await;
        let pairing = scene.introduced().await;
        world.settle().await;
        let thread = format!("/vi/pairings/{}/thread", pairing.id);
        // Whoever did something is told so once.
        scene.farmer.get("/vi/inbox").await.is(200);
        let before = read(&scene.farmer, &thread).await;

        let moved = run(&world, &target.url).await;
        assert!(moved.status.success(), "{}", told(&moved));
        let lines = lines(&moved);
        assert!(
            lines.iter().any(|line| line.starts_with("listings ")),
            "{lines:?}"
        );
        assert_eq!(lines.len(), tables(), "one line a table: {lines:?}");

        let folder = Folder::new();
        let there = World::begin(target.url.clone(), &folder.0, &world.cx.config.model).await;
        caunoi::flow::settle_without_letters(&there.cx).await.unwrap();
        // Her session went along, and so does her password.
        let farmer = scene.farmer.in_world(&there);
        for ((page, was), (_, is)) in before.iter().zip(&read(&farmer, &thread).await) {
            same(page, was, is);
        }
        let again = there.visitor();
        let door = [("email", FARM), ("password", PASSWORD)];
        again.post("/vi/session", &door).await.is(303);
        // What goes on there goes on from where it stood, and the old place is as it was.
        farmer
            .post(
                &format!("/vi/pairings/{}/messages", pairing.id),
                &[("message", "Chào viện!")],
            )
            .await
            .is(303);
        farmer.get(&thread).await.shows("Chào viện!");
        scene.farmer.get(&thread).await.hides("Chào viện!");

        let twice = run(&world, &target.url).await;
        assert!(
            !twice.status.success() && told(&twice).contains("the target is not empty"),
            "{}",
            told(&twice)
        );
        there.cx.db.close().await;
        target.drop().await;
    });
}

#[test]
fn a_torn_copy_is_told_and_nothing_is_kept() {
    story(|world| async move {
        let Some(target) = beside(&world).await else {
            return;
        };
        Scene::set(world.clone()).await;
        // A server that loses a row, and one that changes a word, each where a copy would not notice by itself.
        for (fault, word) in [
            (
                "if new.kind = 'need' then return null; end if; return new;",
                "rows left",
            ),
            ("new.state := 'archived'; return new;", "not as they left"),
        ] {
            target.break_listings(fault).await;
            let torn = run(&world, &target.url).await;
            assert!(!torn.status.success(), "{}", told(&torn));
            assert!(
                told(&torn).contains(word) && told(&torn).contains("table listings"),
                "{}",
                told(&torn)
            );
            assert_eq!(target.count("people").await, 0, "something was kept");
            target.mend_listings().await;
        }
        // Mended, it is simply begun again.
        let moved = run(&world, &target.url).await;
        assert!(moved.status.success(), "{}", told(&moved));
        assert_eq!(target.count("listings").await, 2);
        target.drop().await;
    });
}

#[test]
fn who_still_serves_is_not_moved() {
    story(|world| async move {
        let Some(target) = beside(&world).await else {
            return;
        };
        let lock = File::create(world.cx.config.data.join("caunoi.lock")).unwrap();
        lock.lock().unwrap();
        let refused = run(&world, &target.url).await;
        assert!(!refused.status.success(), "{}", told(&refused));
        assert!(told(&refused).contains("stop it first"), "{}", told(&refused));
        drop(lock);
        // One that does not know the lock still holds writers off, or waits for them.
        let writing = world.cx.db.begin().await.unwrap();
        let refused = run(&world, &target.url).await;
        assert!(
            told(&refused).contains("somebody is writing"),
            "{}",
            told(&refused)
        );
        drop(writing);
        target.drop().await;
    });
}

// Steps of the stories ---------------------------------------------------------------------------

/// An empty PostgreSQL database beside a world on SQLite; elsewhere these stories have nothing to tell.
async fn beside(world: &World) -> Option<Target> {
    if !world.cx.db.is_sqlite() {
        return None;
    }
    let (url, name) = postgres_beside().await?;
    Some(Target { url, name })
}

async fn read(browser: &Browser, thread: &str) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for page in PAGES.into_iter().chain([thread]) {
        let body = browser.get(page).await.is(200).body.clone();
        pages.push((page.to_owned(), body));
    }
    pages
}

fn same(page: &str, was: &str, is: &str) {
    for (was, is) in was.lines().zip(is.lines()) {
        assert_eq!(was, is, "{page}");
    }
    assert_eq!(was.lines().count(), is.lines().count(), "{page}");
}

async fn run(world: &World, to: &str) -> Output {
    let mut line = Command::new(env!("CARGO_BIN_EXE_caunoi"));
    line.env("CAUNOI_MODEL", "none")
        .arg("--data")
        .arg(&world.cx.config.data)
        .args(["move", "--to", to]);
    tokio::task::spawn_blocking(move || line.output().unwrap())
        .await
        .unwrap()
}

fn told(output: &Output) -> String {
    let words = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    words.concat()
}

/// The lines of tables: between the head and what is said in the end.
fn lines(output: &Output) -> Vec<String> {
    let all = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = all
        .lines()
        .skip(1)
        .take_while(|line| !line.starts_with("Everything"));
    lines.map(str::to_owned).collect()
}

/// How many tables the migrations make.
fn tables() -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let made = std::fs::read_dir(folder).unwrap().map(|file| {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        text.matches("create table ").count()
    });
    made.sum()
}

/// An empty PostgreSQL database to move to.
struct Target {
    url: String,
    name: String,
}

impl Target {
    /// From now on the server does something else with listings than it is told.
    async fn break_listings(&self, body: &str) {
        Db::open(&self.url).await.unwrap().close().await;
        self.execute(format!(
            "create function spoil() returns trigger language plpgsql as $$ begin {body} end $$"
        ))
        .await;
        self.execute(
            "create trigger spoil before insert on listings for each row execute function spoil()".to_owned(),
        )
        .await;
    }

    async fn mend_listings(&self) {
        self.execute("drop trigger spoil on listings".to_owned()).await;
        self.execute("drop function spoil".to_owned()).await;
    }

    async fn count(&self, table: &str) -> i64 {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        let statement = AssertSqlSafe(format!("select count(*) from {table}"));
        sqlx::query_scalar(statement)
            .fetch_one(&mut connection)
            .await
            .unwrap()
    }

    async fn execute(&self, statement: String) {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        connection.execute(AssertSqlSafe(statement)).await.unwrap();
    }

    async fn drop(self) {
        drop_postgres_beside(&self.name).await;
    }
}
