//! A mail server that does everything wrong, step by step: each letter ends in the right state, nothing outlasts its
//! deadline, and when the server comes to its senses the letters leave.

use std::time::{Duration, Instant};

use caunoi::kit::clock::HOUR;
use caunoi::kit::db::sql;
use caunoi::kit::lang::Lang;
use caunoi::kit::mail::{self, Class, Letter, Line, Mailer, PATIENCE, Patience, Relay, Tls, Transport};
use caunoi::kit::{Cx, Inner};

use crate::world::{World, story_by_words};

mod server;
use server::{How, Server, Step};

/// Short ones, so that the stories are.
const SHORT: Patience = Patience {
    command: Duration::from_millis(400),
    body: Duration::from_millis(400),
    aside: Duration::from_millis(100),
};
/// No try lasts longer, on a machine that has much else to do.
const AT_LAST: Duration = Duration::from_secs(5);

#[test]
fn a_letter_ends_in_the_right_state_whatever_the_relay_does() {
    story_by_words(async |world| {
        let server = Server::start().await;
        let cx = with_relay(&world, &server, Tls::IfOffered);
        for step in Step::ALL {
            for how in How::ALL {
                for class in [Class::Resend, Class::Hold] {
                    server.does(step, how);
                    let id = post(&cx, &format!("{step:?} {how:?} {class}"), class).await;
                    try_once(&cx).await;
                    let (state, answer) = state_of(&cx, id).await;
                    assert_eq!(state, due(step, how, class), "{step:?} {how:?} {class}: {answer}");
                    assert!(!answer.is_empty(), "{step:?} {how:?}: nobody is told why");
                }
            }
        }
        // The server comes to its senses: all that were put off leave, each under the name it had.
        server.come_to_senses();
        let waiting = count(&cx, "queued").await;
        assert!(waiting > 40, "{waiting}");
        let bodies = server.bodies().len();
        cx.clock.advance(2 * HOUR);
        caunoi::flow::settle(&cx).await.unwrap();
        assert_eq!(count(&cx, "queued").await, 0);
        let heard = server.bodies();
        assert_eq!(
            heard.len(),
            bodies + usize::try_from(waiting).unwrap(),
            "one body each"
        );
        for body in &heard {
            let again = heard.iter().filter(|other| id_of(other) == id_of(body)).count();
            assert!(again <= 2, "{again} times {}", id_of(body));
        }
        // What was held is with the coordinator, and was not repeated.
        assert_eq!(count(&cx, "in_doubt").await, i64::try_from(doubts()).unwrap());
    });
}

#[test]
fn tls_that_fails_puts_a_letter_off() {
    story_by_words(async |world| {
        for (tls, how) in [
            (Tls::IfOffered, How::Garbage),
            (Tls::IfOffered, How::HangUp),
            (Tls::IfOffered, How::Mute),
            (Tls::Required, How::Garbage),
        ] {
            let server = Server::start().await;
            server.offers_starttls();
            server.does(Step::StartTls, how);
            let cx = with_relay(&world, &server, tls);
            let id = post(&cx, &format!("{tls:?} {how:?}"), Class::Hold).await;
            try_once(&cx).await;
            assert_eq!(state_of(&cx, id).await.0, "queued", "{tls:?} {how:?}");
            assert!(server.bodies().is_empty(), "it left in the clear");
        }
        // Nothing offered where TLS must be, and no TLS at all where it should begin.
        for tls in [Tls::Required, Tls::FromStart] {
            let server = Server::start().await;
            let cx = with_relay(&world, &server, tls);
            let id = post(&cx, &format!("{tls:?}"), Class::Hold).await;
            try_once(&cx).await;
            assert_eq!(state_of(&cx, id).await.0, "queued", "{tls:?}");
            assert!(server.bodies().is_empty(), "it left in the clear");
        }
    });
}

/// Without `TCP_NODELAY` it would be some twenty a second; `make torture` measures the built program.
#[test]
fn many_letters_share_one_connection_and_none_waits_for_an_acknowledgement() {
    story_by_words(async |world| {
        let server = Server::start().await;
        let cx = with_relay(&world, &server, Tls::IfOffered);
        for number in 0..200 {
            post(&cx, &number.to_string(), Class::Resend).await;
        }
        let begun = Instant::now();
        let mut line = Line::default();
        while mail::send_next(&cx, &mut line).await.unwrap() {}
        let pace = 200.0 / begun.elapsed().as_secs_f64();
        println!("{pace:.0} letters a second");
        assert_eq!(server.bodies().len(), 200);
        assert_eq!(server.connections(), 1);
        assert!(pace > 40.0, "{pace:.0} letters a second");
    });
}

#[test]
fn whoever_lost_the_lease_sends_no_body() {
    story_by_words(async |world| {
        let server = Server::start().await;
        let cx = with_relay(&world, &server, Tls::IfOffered);
        let id = post(&cx, "slow", Class::Hold).await;
        // While the relay ponders over the recipient, this node is taken for dead and another begins.
        server.does(Step::Rcpt, How::Ponder);
        let taken = async {
            while state_of(&cx, id).await.0 != "sending" {
                tokio::task::yield_now().await;
            }
            let statement = sql("update outbox set attempts = attempts + 1 where id = $1").bind(id);
            cx.db.exec(statement).await.unwrap();
        };
        let mut line = Line::default();
        let (tried, ()) = tokio::join!(mail::send_next(&cx, &mut line), taken);
        tried.unwrap();
        assert!(server.bodies().is_empty(), "it would be doubled");
        assert_eq!(
            state_of(&cx, id).await.0,
            "sending",
            "the other's try was disturbed"
        );
    });
}

// What is due ------------------------------------------------------------------------------------

fn due(step: Step, how: How, class: Class) -> &'static str {
    let doubt = if class == Class::Hold {
        "in_doubt"
    } else {
        "queued"
    };
    match (step, how) {
        (_, How::Ponder) | (Step::Connect | Step::Hello, How::Astray) => "sent",
        (Step::Mail | Step::Rcpt | Step::Data | Step::Body, How::Refuse) => "failed",
        (Step::Body, How::PutOff | How::Busy) => "queued",
        (Step::Body, _) => doubt,
        // And what is said of the connection is not about the letter.
        _ => "queued",
    }
}

/// How many cases leave a held letter in doubt.
fn doubts() -> usize {
    let cases = Step::ALL
        .into_iter()
        .flat_map(|step| How::ALL.map(|how| (step, how)));
    cases
        .filter(|(step, how)| due(*step, *how, Class::Hold) == "in_doubt")
        .count()
}

// Steps of the stories ---------------------------------------------------------------------------

/// The same service, with letters leaving by this server.
fn with_relay(world: &World, server: &Server, tls: Tls) -> Cx {
    let relay = Relay {
        host: "127.0.0.1".to_owned(),
        port: server.port(),
        tls,
        credentials: None,
        patience: SHORT,
    };
    Cx::new(Inner {
        db: world.cx.db.clone(),
        search: world.cx.search.clone(),
        search_all: world.cx.search_all.clone(),
        mailer: Mailer {
            transport: Transport::Smtp(relay),
            sender: world.cx.mailer.sender.clone(),
        },
        clock: world.cx.clock.clone(),
        config: world.cx.config.clone(),
    })
}

async fn post(cx: &Cx, once: &str, class: Class) -> uuid::Uuid {
    let letter = Letter {
        once: once.to_owned(),
        kind: "test",
        class,
        person: None,
        pairing: None,
        to_name: "Thu".to_owned(),
        to_address: "thu@people.test".to_owned(),
        lang: Lang::Vi,
        subject: "Thư thử".to_owned(),
        plain: "Xin chào.\n.\nVà hết.".to_owned(),
        html: "<p>Xin chào.</p>".to_owned(),
        unsubscribe: None,
        patience: PATIENCE,
    };
    mail::post_alone(cx, &letter).await.unwrap();
    let statement = sql("select id from outbox where once = $1").bind(once);
    let (id,): (uuid::Uuid,) = cx.db.one(statement).await.unwrap();
    id
}

/// One try with a connection of its own.
async fn try_once(cx: &Cx) {
    let mut line = Line::default();
    let tried = tokio::time::timeout(AT_LAST, mail::send_next(cx, &mut line)).await;
    assert!(
        tried.expect("nothing outlasts its deadline").unwrap(),
        "nothing was due"
    );
}

async fn state_of(cx: &Cx, id: uuid::Uuid) -> (String, String) {
    let statement = sql("select state, coalesce(answer, '') from outbox where id = $1").bind(id);
    cx.db.one(statement).await.unwrap()
}

async fn count(cx: &Cx, state: &str) -> i64 {
    let statement = sql("select count(*) from outbox where state = $1").bind(state);
    let (count,): (i64,) = cx.db.one(statement).await.unwrap();
    count
}

fn id_of(body: &str) -> &str {
    body.lines().find(|line| line.starts_with("Message-ID")).unwrap()
}
