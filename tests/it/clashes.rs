//! PostgreSQL undoes one of two changes that stand in each other's way. Nobody notices: it is made again. Where it cannot
//! be, what was typed is kept.

use std::time::{Duration, Instant};

use caunoi::kit::db::sql;
use caunoi::kit::fault::Fault;
use caunoi::matching::stage::Stage;
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::scene::Scene;
use crate::world::{World, story_by_words};

const TITLE: &str = "Chúng tôi cần đếm tôm giống trong bể bằng máy ảnh.";
const DRAFT: [(&str, &str); 1] = [("title", TITLE)];

#[test]
fn of_two_changes_that_wait_for_each_other_both_are_made() {
    story_by_words(|world| async move {
        if world.cx.db.is_sqlite() {
            return;
        }
        let scene = Scene::set(world.clone()).await;
        let pairing = scene.pairing().await;
        world.letters().await;
        let mut rival = Rival::of(&world).await;
        rival.says("begin").await;
        rival.says("update feed set last = last where one = 1").await;
        let rivalry = async {
            // The approval holds the pairing by now and waits for the feed.
            rival.sees_somebody_wait().await;
            let wanted = format!("update pairings set stage = stage where id = '{}'", pairing.id.0);
            rival.says(&wanted).await;
            rival.says("commit").await;
        };
        let path = format!("/vi/pairings/{}/approval", pairing.id);
        let (seen, ()) = tokio::join!(scene.coordinator.post(&path, &[]), rivalry);
        seen.is(303);
        assert!(
            rival.counts_deadlocks().await,
            "the two never waited for each other"
        );
        assert_eq!(scene.stage().await, Stage::Proposed);
        let (moves,): (i64,) = world
            .cx
            .db
            .one(sql("select count(*) from moves where step = 'approve'"))
            .await
            .unwrap();
        assert_eq!(moves, 1);
        assert_eq!(world.letters().await.len(), 2);
    });
}

#[test]
fn a_change_undone_again_and_again_is_made_in_the_end() {
    story_by_words(|world| async move {
        if world.cx.db.is_sqlite() {
            return;
        }
        let scene = Scene::set(world.clone()).await;
        let mut rival = Rival::of(&world).await;
        let need = format!("/vi/needs/{}", scene.need);
        rival.undoes(3, "events").await;
        scene.farmer.post(&format!("{need}/pause"), &[]).await.is(303);
        rival.undoes_at_the_commit(3, "events").await;
        scene
            .farmer
            .post(&format!("{need}/resumption"), &[])
            .await
            .is(303);
        rival.is_gone().await;
        world.settle().await;
        let (paused, events): (i64, i64) = world
            .cx
            .db
            .one(sql(
                "select count(case when kind = 'listing_changed' then 1 end), count(distinct number) - max(number) \
                 from events",
            ))
            .await
            .unwrap();
        assert_eq!((paused, events), (2, 0), "each once, and no number is missing");
    });
}

/// What was typed comes back in a form to be sent again.
async fn comes_back_whole(world: &World) {
    world
        .visitor()
        .post("/vi/needs", &DRAFT)
        .await
        .is(503)
        .shows("Có thay đổi khác cùng lúc")
        .shows(TITLE)
        .shows("action=\"/vi/needs\"")
        .shows("Gửi lại");
}

#[test]
fn a_form_that_cannot_get_through_comes_back_whole() {
    story_by_words(|world| async move {
        if world.cx.db.is_sqlite() {
            return;
        }
        let mut rival = Rival::of(&world).await;
        rival.undoes(1_000, "listings").await;
        comes_back_whole(&world).await;
        rival.is_gone().await;
        world.visitor().post("/vi/needs", &DRAFT).await.is(303);
    });
}

#[test]
fn a_form_whose_turn_does_not_come_comes_back_whole() {
    story_by_words(|world| async move {
        if world.cx.db.is_sqlite() {
            return;
        }
        let mut rival = Rival::of(&world).await;
        rival.says("begin").await;
        rival.says("lock table listings in exclusive mode").await;
        let asked = Instant::now();
        comes_back_whole(&world).await;
        assert!(asked.elapsed() < Duration::from_secs(9), "{:?}", asked.elapsed());
        rival.says("rollback").await;
        world.visitor().post("/vi/needs", &DRAFT).await.is(303);
    });
}

#[test]
fn a_job_undone_is_done_at_once_and_not_counted_as_failed() {
    story_by_words(|world| async move {
        if world.cx.db.is_sqlite() {
            return;
        }
        let scene = Scene::set(world.clone()).await;
        world.letters().await;
        scene.approved().await;
        let mut rival = Rival::of(&world).await;
        // More often than there are pauses before a job is parked, each after all tries of its change.
        rival.undoes(40, "outbox").await;
        assert_eq!(world.letters().await.len(), 2);
    });
}

#[test]
fn what_was_decided_by_another_answer_is_not_made_again() {
    story_by_words(|world| async move {
        if world.cx.db.is_sqlite() {
            return;
        }
        let scene = Scene::set(world.clone()).await;
        let db = &world.cx.db;
        let mut rival = Rival::of(&world).await;
        let mut tx = db.begin().await.unwrap();
        let (name,): (String,) = tx
            .one(sql("select name from people order by id limit 1"))
            .await
            .unwrap();
        rival.says("update people set name = 'Nguyễn Thị Khác'").await;
        rival.undoes(1, "cursors").await;
        let copied = tx
            .exec(sql("insert into cursors (name, number) values ($1, 1)").bind(name))
            .await;
        assert!(matches!(copied, Err(Fault::Clash)), "{copied:?}");
        assert!(tx.commit().await.is_err());
        let (written,): (i64,) = db
            .one(sql(
                "select count(*) from cursors where number = 1 and name like '% %'",
            ))
            .await
            .unwrap();
        assert_eq!(written, 0);
        drop(scene);
    });
}

/// Somebody else at the same database.
pub struct Rival {
    connection: PgConnection,
}

impl Rival {
    pub async fn of(world: &World) -> Rival {
        let url = &world.cx.config.database_url;
        let mut connection = PgConnection::connect(url).await.unwrap();
        // The server undoes whoever first finds that both wait: never the rival.
        connection.execute("set deadlock_timeout = '1min'").await.unwrap();
        Rival { connection }
    }

    async fn says(&mut self, statement: &str) {
        self.connection
            .execute(sqlx::AssertSqlSafe(statement.to_owned()))
            .await
            .unwrap();
    }

    async fn finds(&mut self, question: &str) -> bool {
        let question = sqlx::AssertSqlSafe(question.to_owned());
        let (yes,): (bool,) = sqlx::query_as(question)
            .fetch_one(&mut self.connection)
            .await
            .unwrap();
        yes
    }

    async fn sees_somebody_wait(&mut self) {
        let waits = "select exists (select from pg_stat_activity where wait_event_type = 'Lock' \
                     and datname = current_database())";
        for _ in 0..500 {
            if self.finds(waits).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("nobody waits");
    }

    /// Whether the server has undone somebody; it writes that down a little later.
    async fn counts_deadlocks(&mut self) -> bool {
        for _ in 0..100 {
            self.says("select pg_stat_clear_snapshot()").await;
            if self
                .finds("select deadlocks > 0 from pg_stat_database where datname = current_database()")
                .await
            {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        false
    }

    /// So many times whoever writes a row there is undone.
    async fn undoes(&mut self, times: usize, table: &str) {
        self.refuses("40001", times, table).await;
    }

    /// The same, but only when everything was said.
    async fn undoes_at_the_commit(&mut self, times: usize, table: &str) {
        self.lays("40001", times).await;
        let trigger = format!(
            "create constraint trigger rival after insert or update on {table} deferrable initially deferred \
             for each row execute function refuse()"
        );
        self.says(&trigger).await;
    }

    /// So many times whoever writes a row there is answered with this code.
    pub async fn refuses(&mut self, code: &str, times: usize, table: &str) {
        self.lays(code, times).await;
        let trigger = format!(
            "create trigger rival before insert or update on {table} for each row execute function refuse()"
        );
        self.says(&trigger).await;
    }

    /// A sequence counts on, whatever becomes of the change.
    async fn lays(&mut self, code: &str, times: usize) {
        self.is_gone().await;
        let trap = format!(
            "create sequence times; create function refuse() returns trigger language plpgsql as $$ begin \
             if nextval('times') <= {times} then raise exception 'refused' using errcode = '{code}'; end if; \
             return new; end $$"
        );
        self.says(&trap).await;
    }

    async fn is_gone(&mut self) {
        self.says("drop function if exists refuse cascade; drop sequence if exists times")
            .await;
    }
}
