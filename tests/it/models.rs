//! An operator chooses another model: the service goes on answering with the former one until the new one has read
//! every listing.

use std::path::{Path, PathBuf};

use caunoi::accounts::Role;
use caunoi::kit::db::sql;
use caunoi::listings::follow;

use crate::scene::Scene;
use crate::world::{Folder, World, story};

/// The bundled model under another name is another model.
pub fn renamed(folder: &Folder, name: &str) -> String {
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/vi-en");
    let path = folder.0.join(name);
    std::os::unix::fs::symlink(bundled, &path).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Another node of the same service, which keeps its index in this folder.
pub async fn node(world: &World, folder: &Folder, model: &str) -> World {
    let node = World::begin(world.cx.config.database_url.clone(), &folder.0, model).await;
    while follow::step(&node.cx).await.unwrap() {}
    node
}

fn serving(world: &World) -> String {
    world.cx.search_all.model().unwrap_or_default()
}

fn files_of_vectors(folder: &Folder) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.0.join("index")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_file()).collect()
}

#[test]
fn a_new_model_gets_ready_while_the_former_answers_and_then_takes_over() {
    story(|world| async move {
        if world.cx.search_all.model().is_none() {
            eprintln!("not tested here: there is no model");
            return;
        }
        let _scene = Scene::set(world.clone()).await;
        let place = Folder::new();
        let (one, two) = (renamed(&place, "one"), renamed(&place, "two"));

        // The first start reads the texts; the next finds the vectors beside the index.
        let first = node(&world, &place, &one).await;
        while follow::fill(&first.cx).await.unwrap() {}
        let known = first.cx.search_all.health().vectors;
        assert_eq!(known, 2);
        drop(first);
        assert_eq!(files_of_vectors(&place).len(), 1);

        let second = node(&world, &place, &two).await;
        assert!(serving(&second).starts_with("one@"), "{}", serving(&second));
        let found = second.visitor().get("/en/search?q=sick+plants+in+pictures").await;
        found.is(200).shows("rice leaves");
        let coming = second.cx.search_all.health().coming.unwrap();
        assert_eq!((coming.known, coming.of), (0, 2));
        let ready = second.visitor().get("/readyz").await;
        ready.is(200).shows("\"known\":0").shows("\"of\":2").shows("two@");
        let admin = second.person("Quản trị Hoa", Role::Admin).await;
        let page = admin.get("/en/admin").await;
        page.is(200).shows("two@").shows("knows 0 of 2 listings");

        while follow::fill(&second.cx).await.unwrap() {}
        assert!(serving(&second).starts_with("two@"), "{}", serving(&second));
        assert_eq!(second.cx.search_all.health().coming, None);
        assert_eq!(second.cx.search_all.health().vectors, known);
        let found = second.visitor().get("/en/search?q=sick+plants+in+pictures").await;
        found.is(200).shows("rice leaves");
        assert_eq!(files_of_vectors(&place).len(), 1, "the former's file has gone");
        second.cx.db.close().await;
    });
}

#[test]
fn vectors_that_were_lost_come_back_from_the_database_and_are_not_read_anew() {
    story(|world| async move {
        if world.cx.search_all.model().is_none() {
            eprintln!("not tested here: there is no model");
            return;
        }
        let _scene = Scene::set(world.clone()).await;
        let place = Folder::new();
        let one = renamed(&place, "one");
        let first = node(&world, &place, &one).await;
        while follow::fill(&first.cx).await.unwrap() {}
        drop(first);
        for file in files_of_vectors(&place) {
            std::fs::write(file, "torn to pieces").unwrap();
        }
        let second = World::begin(world.cx.config.database_url.clone(), &place.0, &one).await;
        assert_eq!(
            second.cx.search_all.health().vectors,
            2,
            "at once, without a fill"
        );
        second.cx.db.close().await;
    });
}

#[test]
fn vectors_of_a_model_that_nobody_uses_go_after_a_week() {
    story(|world| async move {
        if world.cx.search_all.model().is_none() {
            eprintln!("not tested here: there is no model");
            return;
        }
        let _scene = Scene::set(world.clone()).await;
        let former = "insert into vectors (listing_id, passage, model, hash, vector) \
                      select listing_id, passage, 'former@1', hash, vector from vectors";
        world.cx.db.exec(sql(former)).await.unwrap();
        let used = sql("insert into models (name, used_at) values ('former@1', $1)").bind(world.cx.now());
        world.cx.db.exec(used).await.unwrap();
        let models = async || -> Vec<(String,)> {
            let all = "select distinct model from vectors order by model";
            world.cx.db.all(sql(all)).await.unwrap()
        };
        let both = models().await;
        assert_eq!(both.len(), 2);
        world.days_pass(6).await;
        assert_eq!(models().await, both);
        world.days_pass(2).await;
        world.days_pass(1).await;
        assert_eq!(models().await, [(serving(&world),)]);
        let known: Vec<(String,)> = world.cx.db.all(sql("select name from models")).await.unwrap();
        assert_eq!(known, [(serving(&world),)]);
    });
}
