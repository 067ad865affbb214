//! Letters: none lost, none doubled beyond what the outbox promises, whatever dies when.

use caunoi::kit::clock::{DAY, MINUTE};
use caunoi::kit::db::sql;
use caunoi::kit::lang::Lang;
use caunoi::kit::mail::{self, Class, Letter, LetterState, PATIENCE};

use crate::world::{World, story};

fn letter(once: &str, class: Class) -> Letter {
    Letter {
        once: once.to_owned(),
        kind: "test",
        class,
        person: None,
        pairing: None,
        to_name: "Nguyễn Thị\r\nBcc: all@x.test".to_owned(),
        to_address: "thu@people.test".to_owned(),
        lang: Lang::Vi,
        subject: "Thư thử\r\nX-Evil: 1".to_owned(),
        plain: "Xin chào.".to_owned(),
        html: "<p>Xin chào.</p>".to_owned(),
        unsubscribe: Some("http://caunoi.test/unsubscription/x/match".to_owned()),
        patience: PATIENCE,
    }
}

async fn post(world: &World, letter: &Letter) -> bool {
    let mut tx = world.cx.db.begin().await.unwrap();
    let posted = mail::post(&world.cx, &mut tx, letter).await.unwrap();
    tx.commit().await.unwrap();
    posted
}

async fn states(world: &World) -> Vec<(LetterState, i64)> {
    mail::counts(&world.cx).await.unwrap()
}

/// As a worker leaves a letter that dies in the middle.
async fn die_while(world: &World, state: &str) {
    let lease = world.cx.now().plus(MINUTE);
    let statement = sql("update outbox set state = $1, lease_until = $2")
        .bind(state)
        .bind(lease);
    world.cx.db.exec(statement).await.unwrap();
}

#[test]
fn the_same_letter_is_queued_once_and_its_headers_hold() {
    story(async |world| {
        assert!(post(&world, &letter("a", Class::Resend)).await);
        assert!(!post(&world, &letter("a", Class::Resend)).await);
        let sent = world.letter_to("thu@people.test").await;
        assert_eq!(sent.subject, "Thư thử  X-Evil: 1");
        assert!(
            !sent
                .raw
                .lines()
                .any(|line| line.starts_with("X-Evil") || line.starts_with("Bcc")),
            "{}",
            sent.raw
        );
        assert!(
            sent.raw
                .contains("List-Unsubscribe: <http://caunoi.test/unsubscription/x/match>"),
            "{}",
            sent.raw
        );
        assert!(
            sent.raw
                .contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
            "{}",
            sent.raw
        );
        assert_eq!(
            (sent.plain.trim(), sent.html.trim()),
            ("Xin chào.", "<p>Xin chào.</p>")
        );
    });
}

#[test]
fn a_letter_never_leaves_when_its_act_did_not_happen() {
    story(async |world| {
        let mut tx = world.cx.db.begin().await.unwrap();
        mail::post(&world.cx, &mut tx, &letter("a", Class::Resend))
            .await
            .unwrap();
        drop(tx);
        assert!(world.letters().await.is_empty());
    });
}

#[test]
fn a_death_before_the_body_repeats_the_letter() {
    story(async |world| {
        post(&world, &letter("a", Class::Hold)).await;
        die_while(&world, "sending").await;
        assert!(world.letters().await.is_empty(), "the lease still runs");
        world.cx.clock.advance(2 * MINUTE);
        assert_eq!(world.letters().await.len(), 1);
    });
}

#[test]
fn a_death_after_the_body_is_told_to_a_coordinator_or_repeated_under_the_same_id() {
    story(async |world| {
        post(&world, &letter("held", Class::Hold)).await;
        die_while(&world, "data").await;
        world.cx.clock.advance(2 * MINUTE);
        assert!(world.letters().await.is_empty());
        assert_eq!(states(&world).await, [(LetterState::InDoubt, 1)]);

        post(&world, &letter("sent again", Class::Resend)).await;
        let first = world.letter_to("thu@people.test").await;
        die_while(&world, "data").await;
        world
            .cx
            .db
            .exec(sql("update outbox set state = 'in_doubt' where class = 'hold'"))
            .await
            .unwrap();
        world.cx.clock.advance(2 * MINUTE);
        let again = world.letter_to("thu@people.test").await;
        let id = |letter: &crate::world::Letter| {
            letter
                .raw
                .lines()
                .find(|line| line.starts_with("Message-ID"))
                .unwrap()
                .to_owned()
        };
        assert_eq!(id(&first), id(&again));
    });
}

#[test]
fn a_coordinator_settles_a_letter_in_doubt() {
    story(async |world| {
        post(&world, &letter("a", Class::Hold)).await;
        die_while(&world, "data").await;
        world.cx.clock.advance(DAY);
        assert!(world.letters().await.is_empty());
        let (id,): (uuid::Uuid,) = world.cx.db.one(sql("select id from outbox")).await.unwrap();
        let mut tx = world.cx.db.begin().await.unwrap();
        mail::send_again(&mut tx, id, world.cx.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.letters().await.len(), 1);
        let mut tx = world.cx.db.begin().await.unwrap();
        assert!(
            mail::send_again(&mut tx, id, world.cx.now()).await.is_err(),
            "it has been sent"
        );
    });
}
