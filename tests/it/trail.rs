//! What the log tells a watcher of the doors: who came in and who was turned away, by number; never a name, an address
//! or what was typed.

use std::io::Write;
use std::sync::{Arc, Mutex};

use actix_web::test::TestRequest;
use caunoi::accounts::Role;
use caunoi::ids::PersonId;
use caunoi::kit::db::sql;

use crate::scene::PASSWORD;
use crate::world::{World, story_by_words};

const HOA: &str = "hoa@city.test";

#[test]
fn the_log_tells_who_came_in_and_who_was_turned_away() {
    story_by_words(|world| async move {
        let log = Log::default();
        let writer = log.clone();
        let watcher = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .finish();
        let _watching = tracing::subscriber::set_default(watcher);
        // Where there is one subscriber alone, a line that another story's thread comes by first is switched off for all.
        let _beside = tracing::Dispatch::new(tracing_subscriber::registry());

        let hoa = world.person_at("Hoa", HOA, Role::Member).await;
        let who = number_of(&world, HOA).await;
        assert!(log.has(&["came in", &who]), "{}", log.text());
        hoa.post("/vi/settings/password", &[("password", PASSWORD)])
            .await
            .is(303);

        log.forget();
        for (email, password) in [(HOA, "mật khẩu đoán"), ("nobody@none.test", PASSWORD)] {
            let fields = [("email", email), ("password", password)];
            world.visitor().post("/vi/session", &fields).await.is(422);
        }
        assert!(
            log.has(&["WARN", "turned away", "door=\"password\"", &who]),
            "{}",
            log.text()
        );
        assert!(
            log.has(&["WARN", "turned away", "nobody known"]),
            "{}",
            log.text()
        );
        let code = [("email", HOA), ("code", "000000")];
        world.visitor().post("/vi/session/letters", &code).await.is(303);
        world.visitor().post("/vi/session/codes", &code).await.is(422);
        assert!(log.has(&["turned away", "mailed code", &who]), "{}", log.text());

        // What is not hers is told apart from a page that does not exist.
        log.forget();
        hoa.get("/vi/nothing").await.is(404);
        assert!(!log.text().contains("refused"), "{}", log.text());
        hoa.get("/vi/desk").await.is(403);
        assert!(
            log.has(&["WARN", "refused", "status=403", &who]),
            "{}",
            log.text()
        );
        let foreign = TestRequest::post()
            .uri("/vi/settings/profile")
            .insert_header(("sec-fetch-site", "cross-site"));
        hoa.send(foreign).await.is(403);
        assert!(log.has(&["refused", "nobody known"]), "{}", log.text());
        for _ in 0..9 {
            world.visitor().post("/vi/session", &code).await;
        }
        assert!(
            log.has(&["WARN", "slowed down", "guess/account"]),
            "{}",
            log.text()
        );
        let bearer = TestRequest::get()
            .uri("/api/mine")
            .insert_header(("authorization", "Bearer caunoi_guessed"));
        world.visitor().send(bearer).await.is(401);
        assert!(log.has(&["turned away", "door=\"token\""]), "{}", log.text());

        for told in [
            HOA,
            "nobody@none.test",
            "Hoa",
            PASSWORD,
            "mật khẩu đoán",
            "caunoi_guessed",
        ] {
            assert!(!log.all().contains(told), "{told} stands in the log");
        }
    });
}

async fn number_of(world: &World, email: &str) -> String {
    let found = sql("select id from people where email = $1").bind(email);
    let (id,): (PersonId,) = world.cx.db.one(found).await.unwrap();
    id.to_string()
}

/// Everything that was logged, and where the last look began.
#[derive(Clone, Default)]
struct Log {
    bytes: Arc<Mutex<Vec<u8>>>,
    from: Arc<Mutex<usize>>,
}

impl Log {
    fn all(&self) -> String {
        String::from_utf8(self.bytes.lock().unwrap().clone()).unwrap()
    }

    fn text(&self) -> String {
        self.all().split_off(*self.from.lock().unwrap())
    }

    fn forget(&self) {
        *self.from.lock().unwrap() = self.bytes.lock().unwrap().len();
    }

    /// Whether one line holds all of these.
    fn has(&self, pieces: &[&str]) -> bool {
        let text = self.text();
        let mut lines = text.lines();
        lines.any(|line| pieces.iter().all(|piece| line.contains(piece)))
    }
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.bytes.lock().unwrap().extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
