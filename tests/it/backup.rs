//! A backup made while the service writes, and a service put back from it: by the very program an operator runs.

use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use caunoi::kit::db::sql;
use caunoi::kit::lang::Lang;
use caunoi::kit::mail::{self, Class, Letter, PATIENCE};

use crate::scene::Scene;
use crate::world::{Folder, World, story};

const TABLES: [&str; 6] = [
    "people",
    "organisations",
    "listings",
    "pairings",
    "events",
    "consents",
];

#[test]
fn a_backup_made_while_it_writes_becomes_the_same_service() {
    story(|world| async move {
        let scene = Scene::set(world.clone()).await;
        scene.introduced().await;
        world.settle().await;
        let config = &world.cx.config;
        let place = Folder::new();
        let file = place.0.join("caunoi.zip");
        if !world.cx.db.is_sqlite() {
            let refused = caunoi(&config.data, Some(&config.database_url), "backup", &file).await;
            assert!(
                !refused.status.success() && told(&refused).contains("use pg_dump"),
                "{}",
                told(&refused)
            );
            return;
        }

        let (counts, letters) = (counted(&world).await, pairs_of_letters(&world).await);
        let stop = Arc::new(AtomicBool::new(false));
        let writing = actix_web::rt::spawn(write_until(world.clone(), stop.clone()));
        let made = caunoi(&config.data, Some(&config.database_url), "backup", &file).await;
        stop.store(true, Ordering::Relaxed);
        let written = writing.await.unwrap();
        assert!(made.status.success(), "{}", told(&made));
        assert!(written > 0, "nobody wrote meanwhile");
        let again = caunoi(&config.data, Some(&config.database_url), "backup", &file).await;
        assert!(!again.status.success() && told(&again).contains("is there already"));

        let home = place.0.join("new");
        let restored = caunoi(&home, None, "restore", &file).await;
        assert!(restored.status.success(), "{}", told(&restored));
        assert!(told(&restored).contains("sound"), "{}", told(&restored));
        let twice = caunoi(&home, None, "restore", &file).await;
        assert!(
            !twice.status.success() && told(&twice).contains("holds a service already"),
            "{}",
            told(&twice)
        );

        let url = format!("sqlite:{}", home.join("caunoi.db").display());
        let back = World::begin(url, &home, &config.model).await;
        assert_eq!(counted(&back).await, counts);
        // Two letters of one change are both there or neither: the copy is of one moment.
        let (first, second) = pairs_of_letters(&back).await;
        assert_eq!(first, second);
        assert!(first >= letters.0 && first <= letters.0 + written, "{first}");
        // The index was not in it, and is there again.
        caunoi::flow::settle_without_letters(&back.cx).await.unwrap();
        let health = back.cx.search.health();
        assert_eq!(health.docs, world.cx.search.health().docs);
        let found = back.visitor().get("/vi/search?q=benh+la+lua").await;
        found
            .is(200)
            .shows("Phát hiện bệnh trên lá lúa từ ảnh điện thoại");
        // People come in as before.
        let farmer = back.visitor();
        let door = [
            ("email", crate::scene::FARM),
            ("password", crate::scene::PASSWORD),
        ];
        farmer.post("/vi/session", &door).await.is(303);
        back.cx.db.close().await;
    });
}

#[test]
fn what_is_no_backup_is_refused_and_leaves_nothing_behind() {
    let place = Folder::new();
    let file = place.0.join("letter.zip");
    std::fs::write(&file, "PK, but no archive").unwrap();
    let home = place.0.join("home");
    actix_web::rt::System::new().block_on(async {
        let refused = caunoi(&home, None, "restore", &file).await;
        assert!(!refused.status.success());
        assert!(
            told(&refused).contains("this is no backup of Cầu Nối"),
            "{}",
            told(&refused)
        );
    });
    let left = std::fs::read_dir(&home).map_or(0, Iterator::count);
    assert_eq!(left, 0, "an empty folder stays empty");
}

// Steps of the stories ---------------------------------------------------------------------------

/// Runs the program beside this one.
async fn caunoi(
    data: &std::path::Path,
    database: Option<&str>,
    command: &'static str,
    file: &std::path::Path,
) -> Output {
    let mut line = Command::new(env!("CARGO_BIN_EXE_caunoi"));
    line.env("CAUNOI_MODEL", "none").arg("--data").arg(data);
    if let Some(url) = database {
        line.arg("--database-url").arg(url);
    }
    line.arg(command).arg(file);
    tokio::task::spawn_blocking(move || line.output().unwrap())
        .await
        .unwrap()
}

fn told(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Writes two letters in each change until told to stop; how many changes there were.
async fn write_until(world: World, stop: Arc<AtomicBool>) -> i64 {
    let mut written = 0;
    while !stop.load(Ordering::Relaxed) {
        let mut tx = world.cx.db.begin().await.unwrap();
        for kind in ["first", "second"] {
            let letter = Letter {
                once: format!("{kind}-{written}"),
                kind,
                class: Class::Resend,
                person: None,
                pairing: None,
                to_name: String::new(),
                to_address: "thu@people.test".to_owned(),
                lang: Lang::Vi,
                subject: "Thư thử".to_owned(),
                plain: "Xin chào.".to_owned(),
                html: "<p>Xin chào.</p>".to_owned(),
                unsubscribe: None,
                patience: PATIENCE,
            };
            mail::post(&world.cx, &mut tx, &letter).await.unwrap();
        }
        tx.commit().await.unwrap();
        written += 1;
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    written
}

async fn pairs_of_letters(world: &World) -> (i64, i64) {
    let count = async |kind: &str| {
        let statement = sql("select count(*) from outbox where kind = $1").bind(kind);
        let (count,): (i64,) = world.cx.db.one(statement).await.unwrap();
        count
    };
    (count("first").await, count("second").await)
}

async fn counted(world: &World) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in TABLES {
        let statement = sql(format!("select count(*) from {table}"));
        let (count,): (i64,) = world.cx.db.one(statement).await.unwrap();
        counts.push(count);
    }
    counts
}
