//! Every table of the schema has its time, the purge keeps to it, and a person can have what a table holds of them.

use std::collections::BTreeSet;
use std::path::Path;

use caunoi::accounts::Role;
use caunoi::kit::db::sql;
use caunoi::retention::{self, Theirs, rules};
use serde_json::Value;

use crate::my_data::data;
use crate::scene::Scene;
use crate::twins::tables;
use crate::world::{World, story_by_words};

/// What the database driver keeps for itself.
const NOT_OURS: &str = "_sqlx_migrations";

#[test]
fn every_table_has_a_rule_and_every_rule_a_table() {
    let ruled: BTreeSet<String> = rules().map(|rule| rule.table.to_owned()).collect();
    let known: BTreeSet<String> = tables("sqlite")
        .into_keys()
        .filter(|name| name != NOT_OURS)
        .collect();
    let without: Vec<_> = known.difference(&ruled).collect();
    assert!(
        without.is_empty(),
        "no rule in src/retention/rules for {without:?}"
    );
    let gone: Vec<_> = ruled.difference(&known).collect();
    assert!(gone.is_empty(), "rules for tables there are not: {gone:?}");
}

/// Columns that say which person.
fn names_a_person(column: &str) -> bool {
    ["person_id", "owner_id", "coordinator_id", "verified_by"].contains(&column)
        || column.ends_with("_person")
}

#[test]
fn whatever_names_a_person_is_theirs_to_have_or_says_why_not() {
    for (table, columns) in tables("sqlite") {
        let names = table == "people" || columns.iter().any(|column| names_a_person(column));
        for rule in rules().filter(|rule| rule.table == table) {
            let nobody = matches!(rule.theirs, Theirs::Nobody);
            assert!(!names || !nobody, "{table} names a person in one of {columns:?}");
        }
    }
}

#[test]
fn what_a_rule_promises_is_in_the_file() {
    story_by_words(|world| async move {
        let scene = Scene::set(world.clone()).await;
        let pairing = scene.introduced().await;
        world.settle().await;
        let farmer = &scene.farmer;
        let thread = format!("/vi/pairings/{}", pairing.id);
        farmer
            .post(&format!("{thread}/messages"), &[("message", "Chào bên Viện.")])
            .await
            .is(303);
        farmer.post("/vi/searches", &[("query", "q=drone")]).await.is(303);
        let offer = format!("/vi/offers/{}", scene.offer);
        farmer.post(&format!("{offer}/saving"), &[]).await;
        farmer
            .post(
                &format!("{offer}/reports"),
                &[("reason", "wrong"), ("body", "Sai số.")],
            )
            .await;
        let request = [("kind", "access"), ("words", "Ai đã xem số của tôi?")];
        farmer.post("/vi/settings/requests", &request).await.is(303);
        world.settle().await;
        farmer.get(&format!("{thread}/thread")).await.is(200);
        let all = data(farmer).await;
        for rule in rules() {
            if let Theirs::At(path) = rule.theirs {
                let steps: Vec<&str> = path.split('.').collect();
                assert!(holds(&all, &steps), "{} is not at {path} of {all:#}", rule.table);
            }
        }
        for (path, piece) in [
            ("/pairings/0/messages/0/text", "Chào bên Viện."),
            ("/saved_searches/0/query", "q=drone"),
            ("/account/requests/0/words", "Ai đã xem"),
            ("/account/consents/0/words", "Tôi đồng ý"),
            ("/account/audit/0/act", "contact"),
            ("/listings/0/text/vi/title", "bệnh trên lá lúa"),
        ] {
            let found = all.pointer(path).and_then(Value::as_str).unwrap_or_default();
            assert!(found.contains(piece), "{path} says {found:?}");
        }
    });
}

/// Whether a path leads somewhere; through a list it goes by the first thing in it.
fn holds(value: &Value, steps: &[&str]) -> bool {
    match (value, steps) {
        (_, []) => true,
        (Value::Array(all), steps) => all.first().is_some_and(|first| holds(first, steps)),
        (value, [step, rest @ ..]) => value.get(step).is_some_and(|inner| holds(inner, rest)),
    }
}

#[test]
fn what_has_had_its_time_goes_and_nothing_else() {
    story_by_words(|world| async move {
        let scene = Scene::set(world.clone()).await;
        scene.introduced().await;
        world.settle().await;
        let letters = count(&world, "outbox where plain <> '' and state = 'sent'").await;
        assert!(letters > 0);
        let pairings = count(&world, "pairings").await;
        assert!(count(&world, "sessions").await > 0 && count(&world, "audit").await == 0);
        scene
            .farmer
            .get(&format!("/vi/pairings/{}/thread", scene.pairing().await.id))
            .await
            .is(200);
        assert_eq!(count(&world, "audit").await, 1, "seeing a contact is noted");

        world.days_pass(179).await;
        assert_eq!(count(&world, "sessions").await, 0);
        assert_eq!(count(&world, "outbox where plain = ''").await, 0);
        world.days_pass(2).await;
        assert!(count(&world, "outbox where plain = '' and recipient = ''").await >= letters);
        assert!(count(&world, "placings").await == 0);
        world.days_pass(1_095).await;
        assert_eq!(count(&world, "audit").await, 0);
        assert_eq!(
            count(&world, "pairings").await,
            pairings,
            "the programme's figures stay"
        );
        assert_eq!(count(&world, "people where email = 'lan@htx.example'").await, 1);
    });
}

#[test]
fn the_page_and_the_documentation_say_what_the_purge_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/retention.md");
    let text = retention::as_markdown();
    if std::env::var("RETENTION_DOC").is_ok() {
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        kept, text,
        "docs/retention.md is old: RETENTION_DOC=write cargo test retention"
    );
    story_by_words(|world| async move {
        let page = world.visitor().get("/en/privacy").await;
        page.is(200)
            .shows("what listings mean, as numbers")
            .shows("1,095 days")
            .shows("its words for 180 days, then the bare fact");
        let admin = world.person("Hoa", Role::Admin).await;
        admin.get("/vi/privacy").await.is(200).shows("nội dung 180 ngày");
    });
}

async fn count(world: &World, of: &str) -> i64 {
    let statement = sql(format!("select count(*) from {of}"));
    let (count,): (i64,) = world.cx.db.one(statement).await.unwrap();
    count
}
