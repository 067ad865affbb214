//! Two versions side by side, as in a rolling upgrade: the newer one has changed the schema already, the older one
//! goes on. That works because steps of the schema only ever add.

use std::path::Path;

use caunoi::kit::db::sql;
use caunoi::kit::queue;

use crate::scene::Scene;
use crate::world::{Folder, World, story};

#[test]
fn an_older_program_goes_on_beside_a_newer_schema() {
    story(|world| async move {
        let cx = &world.cx;
        for step in [
            "create table moods (listing_id text primary key, mood text not null)",
            "alter table listings add column mood text",
            "alter table outbox add column colour text not null default 'blue'",
            "insert into _sqlx_migrations (version, description, installed_on, success, checksum, execution_time) \
             select 9999, 'moods', installed_on, success, checksum, 0 from _sqlx_migrations where version = 1",
        ] {
            cx.db.exec(sql(step)).await.unwrap();
        }
        // Work that only the newer one knows waits for it.
        cx.db
            .exec(
                sql(
                    "insert into jobs (id, once, kind, body, state, run_at, attempts, created_at) \
                     values ($1, 'dance', 'dance', $2, 'waiting', $3, 0, $3)",
                )
                .bind(caunoi::kit::clock::new_id())
                .bind(serde_json::json!({ "job": "dance", "with": 3 }))
                .bind(cx.now()),
            )
            .await
            .unwrap();

        let folder = Folder::new();
        let older = World::begin(cx.config.database_url.clone(), &folder.0, &cx.config.model).await;
        caunoi::flow::settle(&older.cx).await.unwrap();
        assert_eq!(queue::counts(&older.cx).await.unwrap(), (1, 0), "it was given up");
        let stuck = queue::stuck(&older.cx, 10).await.unwrap();
        assert!(
            stuck[0].fault.as_deref().unwrap().contains("cannot be read"),
            "{stuck:?}"
        );
        cx.db.exec(sql("delete from jobs")).await.unwrap();
        Scene::set(older.clone()).await.introduced().await;
        assert!(older.letters().await.len() >= 4, "invitations and introductions");
        older.cx.db.close().await;
    });
}

#[test]
fn steps_of_the_schema_only_add() {
    for database in ["sqlite", "postgres"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("migrations")
            .join(database);
        let mut seen = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            for statement in statements(&text) {
                assert_eq!(objection(&statement), None, "{}: {statement}", path.display());
                seen += 1;
            }
        }
        assert!(seen > 60, "{seen}");
    }
}

#[test]
fn a_step_that_takes_away_would_be_seen() {
    for (statement, word) in [
        ("alter table people drop column phone", "takes"),
        ("alter table people rename column phone to zalo", "takes"),
        ("drop table people", "takes"),
        ("alter table people add column zalo text not null", "default"),
        ("create unique index people_name on people(name)", "unique"),
        ("update people set name = ''", "changes rows"),
        ("delete from people", "changes rows"),
    ] {
        let objection = objection(statement).unwrap_or_default();
        assert!(objection.contains(word), "{statement}: {objection}");
    }
    assert_eq!(objection("alter table people add column zalo text"), None);
}

/// Why an older program could not go on beside this; what has to be taken away waits until none is left.
fn objection(statement: &str) -> Option<&'static str> {
    let words: Vec<&str> = statement.split_whitespace().collect();
    match words.as_slice() {
        ["create", "table" | "index", ..] | ["insert", "into", ..] => None,
        ["create", "unique", "index", ..] => Some("the older one may write what is not unique"),
        ["alter", "table", _, "add", "column", rest @ ..] => {
            let must = rest.windows(2).any(|pair| pair == ["not", "null"]);
            (must && !rest.contains(&"default"))
                .then_some("the older one does not fill it: give it a default")
        }
        ["update" | "delete", ..] => Some("it changes rows under the older one"),
        _ => Some("it takes away or renames what the older one uses"),
    }
}

fn statements(text: &str) -> Vec<String> {
    let bare: Vec<&str> = text
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .collect();
    let all = bare.join(" ");
    let each = all
        .split(';')
        .map(|one| one.split_whitespace().collect::<Vec<_>>().join(" "));
    each.filter(|one| !one.is_empty()).collect()
}
