//! Mail scanners open every link, some of them again and again: no address in any letter changes anything by being read.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use actix_web::test::TestRequest;
use caunoi::accounts::Role;
use caunoi::kit::db::sql;

use crate::scene::{FARM, Scene};
use crate::twins::tables;
use crate::world::{World, story_by_words};

/// How often each address is read in each way.
const TIMES: usize = 100;

#[test]
fn no_mailed_address_changes_anything_by_being_read() {
    story_by_words(|world| async move {
        let addresses = mailed(&world).await;
        for piece in [
            "/confirmation/",
            "/session/links/",
            "/password/",
            "/invitations/",
            "/answer?token=",
            "/unsubscription/",
        ] {
            assert!(
                addresses.iter().any(|one| one.contains(piece)),
                "no {piece} among {addresses:#?}"
            );
        }
        world.settle().await;
        let before = dump(&world).await;
        let scanner = world.visitor();
        for address in &addresses {
            for _ in 0..TIMES {
                for method in [Method::GET, Method::HEAD] {
                    let request = TestRequest::default().method(method.clone()).uri(address);
                    let seen = scanner.send(request).await;
                    let most = if method == Method::GET { 399 } else { 499 };
                    assert!(
                        seen.status.as_u16() <= most,
                        "{method} {address}: {}",
                        seen.status
                    );
                }
            }
        }
        let after = dump(&world).await;
        for (table, rows) in &before {
            assert_eq!(rows, &after[table], "reading letters' links changed {table}");
        }
        assert_eq!(before.len(), after.len());
    });
}

/// The paths of all addresses in letters of every kind that carries one.
async fn mailed(world: &World) -> Vec<String> {
    let scene = Scene::set(world.clone()).await;
    let mut letters = world.letters().await;
    let newcomer = [
        ("name", "An"),
        ("email", "an@moi.test"),
        ("terms", "yes"),
        ("letters", "yes"),
    ];
    world.visitor().post("/vi/account", &newcomer).await.is(303);
    world
        .visitor()
        .post("/vi/session/letters", &[("email", FARM)])
        .await
        .is(303);
    world
        .visitor()
        .post("/vi/password/letters", &[("email", FARM)])
        .await
        .is(200);
    let members = "/vi/organisations/hop-tac-xa-song-xanh/invitations";
    scene
        .farmer
        .post(members, &[("email", "moi@htx.test")])
        .await
        .is(303);
    letters.extend(world.letters().await);
    let pairing = scene.approved().await;
    letters.extend(world.letters().await);
    // Another pairing stays open, so that its links still ask.
    let yes = format!("/vi/pairings/{}/acceptance", pairing.id);
    scene.farmer.post(&yes, &[]).await.is(303);
    scene.scientist.post(&yes, &[]).await.is(303);
    letters.extend(world.letters().await);
    let admin = world.person("Hoa", Role::Admin).await;
    drop(admin);
    letters.extend(world.letters().await);

    let addresses: BTreeSet<String> = letters
        .iter()
        .flat_map(|letter| letter.plain.split_whitespace())
        .filter_map(|word| word.strip_prefix("http://caunoi.test"))
        .map(|path| path.split('#').next().unwrap_or_default().to_owned())
        .collect();
    addresses
        .into_iter()
        .filter(|path| path.starts_with('/'))
        .collect()
}

/// Every row of every table as text; when somebody was last seen is allowed to change.
async fn dump(world: &World) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for (table, columns) in tables("sqlite") {
        let cells: Vec<String> = columns
            .iter()
            .filter(|column| *column != "seen_at")
            .map(|column| {
                let text = if world.cx.db.is_sqlite() {
                    format!("quote({column})")
                } else {
                    format!("cast({column} as text)")
                };
                format!("coalesce({text}, '∅')")
            })
            .collect();
        let statement = format!("select {} from {table} order by 1", cells.join(" || '|' || "));
        let rows: Vec<(String,)> = world.cx.db.all(sql(statement)).await.unwrap();
        all.insert(table, rows.into_iter().map(|(row,)| row).collect());
    }
    all
}
