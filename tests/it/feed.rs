//! The feed of events and the queue of jobs.

use caunoi::events::{self, Event};
use caunoi::ids::{By, ListingId};
use caunoi::kit::clock::{At, HOUR};
use caunoi::kit::queue;
use serde::{Deserialize, Serialize};

use crate::world::story;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
enum Chore {
    Sweep { room: i64 },
}

#[test]
fn an_event_of_an_act_that_failed_leaves_no_gap() {
    story(async |world| {
        let event = Event::ListingPublished {
            listing: ListingId::new(),
        };
        let before = events::last(&world.cx.db).await.unwrap();
        let mut lost = world.cx.db.begin().await.unwrap();
        events::record(&world.cx, &mut lost, By::Service, &event)
            .await
            .unwrap();
        drop(lost);
        let mut tx = world.cx.db.begin().await.unwrap();
        events::record(&world.cx, &mut tx, By::Service, &event)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let seen = events::after(&world.cx.db, before, 10).await.unwrap();
        assert_eq!(seen.len(), 1);
        assert_eq!((seen[0].number, &seen[0].event), (before + 1, &event));
        assert_eq!(events::last(&world.cx.db).await.unwrap(), before + 1);
    });
}

#[test]
fn a_cursor_never_moves_back() {
    story(async |world| {
        for number in [5, 3] {
            let mut tx = world.cx.db.begin().await.unwrap();
            events::move_cursor(&mut tx, "someone", number).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(events::cursor(&world.cx.db, "someone").await.unwrap(), 5);
    });
}

#[test]
fn work_asked_twice_is_done_once_and_a_dead_worker_is_replaced() {
    story(async |world| {
        let cx = &world.cx;
        let ask = async |at: At| {
            let mut tx = cx.db.begin().await.unwrap();
            queue::ask(cx, &mut tx, "sweep:1", &Chore::Sweep { room: 1 }, at)
                .await
                .unwrap();
            tx.commit().await.unwrap();
        };
        ask(cx.now()).await;
        ask(cx.now()).await;
        let first = queue::claim::<Chore>(cx).await.unwrap().unwrap();
        assert_eq!(first.job, Chore::Sweep { room: 1 });
        assert!(queue::claim::<Chore>(cx).await.unwrap().is_none());
        // Asked again while it runs: what is new since then wants doing too.
        ask(cx.now()).await;
        let second = queue::claim::<Chore>(cx).await.unwrap().unwrap();
        queue::done(cx, second.claim).await.unwrap();
        // The first worker died: its lease ends, another takes over.
        cx.clock.advance(HOUR);
        let again = queue::claim::<Chore>(cx).await.unwrap().unwrap();
        assert_eq!((again.claim.id, again.claim.attempts), (first.claim.id, 2));
        // It was not dead but slow: what it says now is not heard.
        queue::done(cx, first.claim).await.unwrap();
        queue::failed(cx, first.claim, "slow").await.unwrap();
        assert_eq!(queue::counts(cx).await.unwrap(), (1, 0));
        let mut claim = again.claim;
        while claim.attempts < 7 {
            queue::failed(cx, claim, "broken").await.unwrap();
            assert!(
                queue::claim::<Chore>(cx).await.unwrap().is_none(),
                "tried at once"
            );
            cx.clock.advance(5 * HOUR);
            let next = queue::claim::<Chore>(cx).await.unwrap().unwrap();
            assert_eq!(next.claim.attempts, claim.attempts + 1);
            claim = next.claim;
        }
        queue::failed(cx, claim, "broken").await.unwrap();
        assert_eq!(
            queue::counts(cx).await.unwrap(),
            (0, 1),
            "parked after the last try"
        );
    });
}

#[test]
fn claimers_at_once_never_share_a_job() {
    story(async |world| {
        let cx = &world.cx;
        let mut tx = cx.db.begin().await.unwrap();
        for room in 0..40 {
            queue::ask(
                cx,
                &mut tx,
                &format!("sweep:{room}"),
                &Chore::Sweep { room },
                cx.now(),
            )
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        let claimers = (0..8).map(|_| async {
            let mut mine = Vec::new();
            while let Some(claimed) = queue::claim::<Chore>(cx).await.unwrap() {
                mine.push(claimed.claim);
            }
            mine
        });
        let mut all: Vec<_> = futures_util::future::join_all(claimers)
            .await
            .into_iter()
            .flatten()
            .collect();
        assert_eq!(all.len(), 40);
        all.sort_by_key(|claim| claim.id);
        all.dedup();
        assert_eq!(all.len(), 40);
        for claim in all {
            queue::done(cx, claim).await.unwrap();
        }
    });
}
