//! A hundred hands on one pairing in the same moment: one of them moves it, the others are told who was first.

use caunoi::kit::db::sql;
use caunoi::matching::stage::Stage;

use crate::scene::{FARM, LAB, Scene};
use crate::world::{Browser, Seen, story};

const EACH: usize = 50;

#[test]
fn of_a_hundred_approvals_one_counts() {
    story(|world| async move {
        let scene = Scene::set(world.clone()).await;
        let pairing = scene.pairing().await;
        world.letters().await;
        let path = format!("/vi/pairings/{}/approval", pairing.id);
        let other = world
            .person("Điều phối viên Hoa", caunoi::accounts::Role::Coordinator)
            .await;
        let seen = all_at_once(&[&scene.coordinator, &other], &path).await;
        let (done, told) = parted(&seen);
        assert_eq!(done, 1);
        for late in &told {
            late.is(409)
                .shows("đã đổi trước đó")
                .shows("điều phối viên Điều phối viên");
        }
        assert_eq!(scene.stage().await, Stage::Proposed);
        assert_eq!(moves(&scene, "approve").await, 1);
        let mut asked: Vec<String> = world
            .letters()
            .await
            .into_iter()
            .map(|letter| letter.to)
            .collect();
        asked.sort();
        assert_eq!(asked.len(), 2, "{asked:?}");
        assert!(asked[0].contains(FARM) && asked[1].contains(LAB), "{asked:?}");
    });
}

#[test]
fn of_a_hundred_answers_the_first_of_each_side_counts() {
    story(|world| async move {
        let scene = Scene::set(world.clone()).await;
        let pairing = scene.approved().await;
        world.letters().await;
        let path = format!("/vi/pairings/{}/acceptance", pairing.id);
        let seen = all_at_once(&[&scene.farmer, &scene.scientist], &path).await;
        // Each side's first yes stands, though the other's came in the same moment.
        for side in 0..2 {
            let own: Vec<Seen> = seen.iter().skip(side).step_by(2).cloned().collect();
            let (done, told) = parted(&own);
            assert_eq!(done, 1, "side {side}");
            for late in &told {
                late.is(409).shows("đã đổi trước đó");
            }
        }
        assert_eq!(scene.stage().await, Stage::Introduced);
        assert_eq!(moves(&scene, "accept").await, 2);
        let letters = world.letters().await;
        let to = |address: &str| {
            letters
                .iter()
                .filter(|letter| letter.to.contains(address))
                .count()
        };
        assert_eq!((to(FARM), to(LAB), letters.len()), (1, 1, 2));
    });
}

// Steps of the stories ---------------------------------------------------------------------------

/// Fifty times each, in turns.
async fn all_at_once(people: &[&Browser], path: &str) -> Vec<Seen> {
    let posts: Vec<_> = (0..EACH)
        .flat_map(|_| people.iter().map(|one| (*one, path)))
        .collect();
    people[0].world.posts_at_once(&posts).await
}

/// How many were heard, and what the others saw.
fn parted(seen: &[Seen]) -> (usize, Vec<Seen>) {
    let (done, told): (Vec<Seen>, Vec<Seen>) = seen.iter().cloned().partition(|one| one.status == 303);
    (done.len(), told)
}

async fn moves(scene: &Scene, step: &str) -> i64 {
    let statement = sql("select count(*) from moves where step = $1").bind(step);
    let (count,): (i64,) = scene.world.cx.db.one(statement).await.unwrap();
    count
}
