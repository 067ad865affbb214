//! The index is built anew, and another model takes over, while readers go on asking: none of them meets an error, and
//! each finds what is there.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use caunoi::events::{self, Event};
use caunoi::ids::By;
use caunoi::listings::follow;
use caunoi::listings::{Content, Kind, Text};

use crate::models::{node, renamed};
use crate::scene::{Poster, Scene, posted, tagged};
use crate::world::{Folder, World, story};

/// Requests a second, as far as this machine carries it: no more than so many wait at a time.
const PACE: u64 = 50;
const AT_A_TIME: usize = 4;
const LISTINGS: usize = 40;

#[test]
fn readers_notice_neither_a_new_index_nor_a_new_model() {
    story(|world| async move {
        let _scene = Scene::set(world.clone()).await;
        fill(&world).await;
        let place = Folder::new();
        let has_model = world.cx.search_all.model().is_some();
        let (one, two) = if has_model {
            (renamed(&place, "one"), renamed(&place, "two"))
        } else {
            ("none".to_owned(), "none".to_owned())
        };
        let first = node(&world, &place, &one).await;
        while follow::fill(&first.cx).await.unwrap() {}
        under_load(&first, async || {
            for _ in 0..3 {
                let mut tx = first.cx.db.begin().await.unwrap();
                events::record(&first.cx, &mut tx, By::Service, &Event::ReindexAsked)
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
                while follow::step(&first.cx).await.unwrap() {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        })
        .await;
        assert_eq!(first.cx.search.health().docs, 2 + LISTINGS);
        drop(first);

        let second = node(&world, &place, &two).await;
        under_load(&second, async || {
            while follow::fill(&second.cx).await.unwrap() {
                tokio::task::yield_now().await;
            }
        })
        .await;
        if has_model {
            assert!(
                second
                    .cx
                    .search_all
                    .model()
                    .unwrap_or_default()
                    .starts_with("two@")
            );
        }
        second.cx.db.close().await;
    });
}

/// Does the work while readers ask at their pace, and for a second more.
async fn under_load(world: &World, work: impl AsyncFn()) {
    let asked = Rc::new(Cell::new(0_u32));
    let faults = Rc::new(RefCell::new(Vec::new()));
    let mut readers = Vec::new();
    let done = Rc::new(Cell::new(false));
    let pacing = {
        let (world, asked, faults, done) = (world.clone(), asked.clone(), faults.clone(), done.clone());
        actix_web::rt::spawn(async move {
            let mut ticks = tokio::time::interval(Duration::from_millis(1_000 / PACE));
            while !done.get() {
                ticks.tick().await;
                readers.retain(|reader: &actix_web::rt::task::JoinHandle<()>| !reader.is_finished());
                if readers.len() >= AT_A_TIME {
                    continue;
                }
                let (world, asked, faults) = (world.clone(), asked.clone(), faults.clone());
                readers.push(actix_web::rt::spawn(async move {
                    let (path, there) = [
                        ("/vi/search?q=benh+la+lua", "bệnh trên lá lúa"),
                        ("/en/search?q=rice+leaves", "rice leaves"),
                        ("/vi/search?q=bang+chuyen", "băng chuyền"),
                    ][asked.get() as usize % 3];
                    asked.set(asked.get() + 1);
                    let seen = world.visitor().get(path).await;
                    if seen.status.as_u16() != 200 || !seen.body.contains(there) {
                        faults.borrow_mut().push(format!("{path}: {}", seen.status));
                    }
                }));
            }
            for reader in readers {
                reader.await.unwrap();
            }
        })
    };
    work().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    done.set(true);
    pacing.await.unwrap();
    let faults = faults.borrow();
    assert!(
        faults.is_empty(),
        "{} of {}: {:?}",
        faults.len(),
        asked.get(),
        &faults[..faults.len().min(5)]
    );
    assert!(asked.get() >= 30, "only {} requests", asked.get());
}

async fn fill(world: &World) {
    for number in 0..LISTINGS {
        let (org, email) = (format!("Xưởng số {number}"), format!("p{number}@xuong.example"));
        let poster = Poster::new(Kind::Offer, &org, &email, "Hòa");
        let text = Text {
            title: format!("Đếm sản phẩm trên băng chuyền, bản {number}"),
            summary: format!("Máy ảnh đếm sản phẩm thứ {number} khi đi qua, báo khi thiếu."),
            ..Text::default()
        };
        let content = Content {
            vi: Some(text),
            ..tagged("logistics", "cv.detect")
        };
        posted(world, &poster, content).await;
    }
    world.settle().await;
}
