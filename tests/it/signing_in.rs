//! What somebody learns and gains who stands at the door and tries: who has an account, another's session, a password.

use std::time::{Duration, Instant};

use caunoi::accounts::{self, Newcomer, Role};
use caunoi::kit::lang::Lang;
use futures_util::future::join_all;

use crate::scene::PASSWORD;
use crate::world::{Browser, World, story};

const SAMPLES: usize = 1_000;

#[test]
fn how_long_a_password_is_tried_tells_nothing() {
    story(|world| async move {
        if !world.cx.db.is_sqlite() {
            // The time goes into the hash, on any database.
            return;
        }
        members(&world).await;
        let try_one = async |email: String| {
            let started = Instant::now();
            let fields = [("email", email.as_str()), ("password", "không phải mật khẩu này")];
            world.visitor().post("/vi/session", &fields).await.is(422);
            started.elapsed().as_secs_f64()
        };
        indistinguishable(async || one_by_one(&try_one).await).await;
    });
}

#[test]
fn how_long_a_letter_is_asked_for_tells_nothing() {
    story(|world| async move {
        if !world.cx.db.is_sqlite() {
            return;
        }
        members(&world).await;
        let ask_one = async |email: String| {
            let started = Instant::now();
            world
                .visitor()
                .post("/vi/session/letters", &[("email", &email)])
                .await
                .is(303);
            started.elapsed().as_secs_f64()
        };
        indistinguishable(async || within_the_beat(&ask_one).await).await;
    });
}

#[test]
fn how_long_a_mailed_code_is_tried_tells_nothing() {
    story(|world| async move {
        if !world.cx.db.is_sqlite() {
            return;
        }
        members(&world).await;
        for number in 0..SAMPLES / 2 {
            // A guess at a code is counted, which takes a write; where none was sent there is nothing to count.
            accounts::mail_link(&world.cx, &member(number), "").await.unwrap();
        }
        let try_one = async |email: String| {
            let started = Instant::now();
            let fields = [("email", email.as_str()), ("code", "000000")];
            world.visitor().post("/vi/session/codes", &fields).await.is(422);
            started.elapsed().as_secs_f64()
        };
        indistinguishable(async || within_the_beat(&try_one).await).await;
    });
}

#[test]
fn the_test_of_times_sees_a_difference() {
    let quick: Vec<f64> = (0..1_000).map(|n| f64::from(n % 97)).collect();
    let slow: Vec<f64> = quick.iter().map(|time| time + 8.0).collect();
    assert!(mann_whitney(&quick, &slow) < 0.001);
    assert!(mann_whitney(&quick, &quick) > 0.9);
}

#[test]
fn a_session_laid_out_beforehand_is_not_taken_up() {
    story(|world| async move {
        members(&world).await;
        let thief = world.visitor();
        thief.keep_cookie("session", "laid-out-by-the-thief");
        let victim = world.visitor();
        victim.keep_cookie("session", "laid-out-by-the-thief");
        signs_in(&victim, &member(0), PASSWORD).await;
        victim.get("/vi/settings").await.is(200);
        assert_ne!(victim.cookie("session").unwrap(), "laid-out-by-the-thief");
        thief.get("/vi/settings").await.is(303);
        // Signing out ends it where it is kept, not only in the browser.
        let copied = victim.cookie("session").unwrap();
        victim.post("/vi/session/end", &[]).await.is(303);
        thief.keep_cookie("session", &copied);
        thief.get("/vi/settings").await.is(303);
    });
}

#[test]
fn guessing_is_slowed_by_account_from_everywhere() {
    story(|world| async move {
        members(&world).await;
        let fields = |password| [("email", "member0@many.test"), ("password", password)];
        for _ in 0..8 {
            world
                .visitor()
                .post("/vi/session", &fields("sai mật khẩu"))
                .await
                .is(422);
        }
        let late = world.visitor().post("/vi/session", &fields(PASSWORD)).await;
        late.is(429);
        // Nobody else waits for that, and whether there is such an account, the slowing does not tell.
        signs_in(&world.visitor(), &member(1), PASSWORD).await;
        let nobody = [("email", "nobody@none.test"), ("password", "sai mật khẩu")];
        for _ in 0..8 {
            world.visitor().post("/vi/session", &nobody).await.is(422);
        }
        world.visitor().post("/vi/session", &nobody).await.is(429);
    });
}

#[test]
fn guessing_is_slowed_by_address_for_every_account() {
    story(|world| async move {
        let world = world.with(|config| config.rate = 1_000);
        let mut answers = Vec::new();
        for number in 0..45 {
            let email = format!("nobody{number}@none.test");
            let fields = [("email", email.as_str()), ("password", "thử một mật khẩu")];
            answers.push(world.visitor().post("/vi/session", &fields).await.status.as_u16());
        }
        // One more comes free every ten seconds.
        let refused = answers.iter().filter(|status| **status == 429).count();
        assert!((3..=5).contains(&refused), "{answers:?}");
    });
}

#[test]
fn a_password_of_the_leaks_is_refused() {
    story(|world| async move {
        let hoa = world.person("Hoa", Role::Member).await;
        for leaked in ["helloworld", "Dragon!!2026", "1q2w3e4r5t", "matkhau2026"] {
            hoa.post("/vi/settings/password", &[("password", leaked)])
                .await
                .is(422)
                .shows("quá dễ đoán");
        }
    });
}

// People, and the reckoning --------------------------------------------------------------------------------------

fn member(number: usize) -> String {
    format!("member{number}@many.test")
}

/// A thousand people, one of whom is asked for at a time: a limit by account would slow a second question.
async fn members(world: &World) {
    let password = accounts::hash_password(PASSWORD).await.unwrap();
    let mut tx = world.cx.db.begin().await.unwrap();
    for number in 0..SAMPLES {
        let newcomer = Newcomer {
            email: member(number),
            name: "Một người".to_owned(),
            phone: None,
            password: None,
            lang: Lang::Vi,
            letters: true,
        };
        accounts::demo_person(&world.cx, &mut tx, &newcomer, Role::Member, &password)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

async fn signs_in(browser: &Browser, email: &str, password: &str) {
    browser
        .post("/vi/session", &[("email", email), ("password", password)])
        .await
        .is(303);
}

/// Neither of two kinds of questions takes longer, by a test that asks nothing of how times are spread. One honest
/// round in a hundred looks uneven by chance; three in a row do not.
async fn indistinguishable(round: impl AsyncFn() -> Vec<(f64, f64)>) {
    let mut seen = Vec::new();
    while seen.len() < 3 {
        let (known, unknown): (Vec<f64>, Vec<f64>) = round().await.into_iter().unzip();
        let p = mann_whitney(&known, &unknown);
        if p > 0.01 {
            return;
        }
        seen.push(p);
    }
    panic!("p = {seen:?}: the times differ");
}

/// How long one asks for somebody who is there, and for nobody: turn about, so that neither has the better place.
async fn pair(number: usize, ask_one: &impl AsyncFn(String) -> f64) -> (f64, f64) {
    let (there, nowhere) = (member(number), format!("nobody{number}@none.test"));
    if number.is_multiple_of(2) {
        let first = ask_one(there).await;
        (first, ask_one(nowhere).await)
    } else {
        let first = ask_one(nowhere).await;
        (ask_one(there).await, first)
    }
}

async fn one_by_one(ask_one: impl AsyncFn(String) -> f64) -> Vec<(f64, f64)> {
    let mut times = Vec::new();
    for number in 0..SAMPLES {
        times.push(pair(number, &ask_one).await);
    }
    times
}

/// For what waits for a beat: some within each beat, or it would take minutes; one after another, for who writes
/// keeps others from writing, and of those others more are of the other kind.
async fn within_the_beat(ask_one: impl AsyncFn(String) -> f64) -> Vec<(f64, f64)> {
    let mut times = Vec::new();
    let numbers: Vec<usize> = (0..SAMPLES / 2).collect();
    for few in numbers.chunks(8) {
        let pairs = few.iter().zip(0..).map(async |(number, place)| {
            tokio::time::sleep(Duration::from_millis(14) * place).await;
            pair(*number, &ask_one).await
        });
        times.extend(join_all(pairs).await);
    }
    times
}

/// How likely ranks as uneven as these are where both come from one spread (two-sided, by the normal curve).
#[expect(
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "ranks are small numbers, and only times that are wholly equal share one"
)]
fn mann_whitney(one: &[f64], other: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = one.iter().map(|time| (*time, true)).collect();
    all.extend(other.iter().map(|time| (*time, false)));
    all.sort_by(|left, right| left.0.total_cmp(&right.0));
    let (mut ranks_of_one, mut ties, mut at) = (0.0, 0.0, 0);
    while at < all.len() {
        let same = all[at..]
            .iter()
            .take_while(|(time, _)| *time == all[at].0)
            .count();
        let rank = (2 * at + same + 1) as f64 / 2.0;
        let of_one = all[at..at + same].iter().filter(|(_, first)| *first).count();
        ranks_of_one += rank * of_one as f64;
        ties += (same as f64).powi(3) - same as f64;
        at += same;
    }
    let (n, m) = (one.len() as f64, other.len() as f64);
    let u = ranks_of_one - n * (n + 1.0) / 2.0;
    let total = n + m;
    let spread = (n * m / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)))).sqrt();
    let z = ((u - n * m / 2.0).abs() / spread).min(12.0);
    2.0 * upper_tail(z)
}

/// Of the normal curve, by its density summed from here on.
fn upper_tail(z: f64) -> f64 {
    let step = 1e-3;
    let heights = (0..20_000).map(|at| z + step * (f64::from(at) + 0.5));
    heights.map(|x| (-x * x / 2.0).exp() * step).sum::<f64>() / (2.0 * std::f64::consts::PI).sqrt()
}
