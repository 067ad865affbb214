//! The second step of a sign-in: the six digits an authenticator shows now, or one of ten codes kept for the day the
//! phone is lost. Asked after a password and after a mailed link alike.

use actix_web::HttpRequest;
use sha2::{Digest as _, Sha256};

use super::tickets::{self, Purpose, Ticket};
use super::{Actor, Admin, people, session, store, trail};
use crate::ids::{By, PersonId};
use crate::kit::Cx;
use crate::kit::clock::{At, MINUTE, random_bytes};
use crate::kit::db::Tx;
use crate::kit::fault::Fault;

pub(super) mod totp;

/// How long the page that asks for the code waits.
pub(super) const PATIENCE: i64 = 10 * MINUTE;
/// After so many wrong codes in a row only a recovery code opens: six digits can be guessed, given time.
const MOST_MISSES: i64 = 10;
const RECOVERY_CODES: usize = 10;

/// What is kept of a person's second step.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Kept {
    pub secret: Vec<u8>,
    pub confirmed_at: Option<At>,
    pub misses: i64,
}

// Setting it up --------------------------------------------------------------------------------------------------

/// What is kept of the actor's own, and how many recovery codes are left.
pub(super) async fn of(cx: &Cx, actor: &Actor) -> Result<(Option<Kept>, i64), Fault> {
    let kept = store::second_step::get(&cx.db, actor.id).await?;
    Ok((kept, store::second_step::codes_left(&cx.db, actor.id).await?))
}

/// Draws a secret to be shown once; nothing is asked for before a first right code.
pub(super) async fn begin(cx: &Cx, actor: &Actor) -> Result<(), Fault> {
    let secret = random_bytes::<20>().to_vec();
    let mut tx = cx.db.begin().await?;
    store::second_step::begin(&mut tx, actor.id, secret).await?;
    tx.commit().await
}

/// The first right code turns it on. Gives back the recovery codes, the only time they can be read, and ends every
/// other session: none of them has passed this step.
pub(super) async fn confirm(cx: &Cx, actor: &Actor, code: &str) -> Result<Vec<String>, Fault> {
    let kept = store::second_step::get(&cx.db, actor.id)
        .await?
        .ok_or(Fault::Missing)?;
    if kept.confirmed_at.is_some() {
        return Err(moved_on());
    }
    let mut tx = cx.db.begin().await?;
    let step = totp::step_of(&kept.secret, &digits(code), cx.now()).ok_or_else(wrong)?;
    // Another page may have drawn another secret in the meantime, of which this code shows nothing.
    if !store::second_step::confirm(&mut tx, actor.id, &kept.secret, step, cx.now()).await? {
        return Err(moved_on());
    }
    let codes = new_codes(&mut tx, actor.id).await?;
    store::sessions::end_all(&mut tx, actor.id, Some(actor.session())).await?;
    people::audit(cx, &mut tx, "second_step:on", actor.by(), Some(actor.id.0)).await?;
    tx.commit().await?;
    Ok(codes)
}

fn moved_on() -> Fault {
    Fault::stale(
        "Bước thứ hai đã bật, hoặc khóa vừa được tạo lại ở trang khác. Hãy tải lại trang.",
        "The second step is on already, or its key was drawn anew on another page. Please load this page again.",
    )
}

/// Draws new recovery codes; the old ones are worth nothing.
pub(super) async fn renew_codes(cx: &Cx, actor: &Actor, code: &str) -> Result<Vec<String>, Fault> {
    prove(cx, actor.id, code).await?;
    let mut tx = cx.db.begin().await?;
    let codes = new_codes(&mut tx, actor.id).await?;
    people::audit(cx, &mut tx, "second_step:codes", actor.by(), Some(actor.id.0)).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Turns it off, by one more code: a session left open somewhere is not enough.
pub(super) async fn remove(cx: &Cx, actor: &Actor, code: &str) -> Result<(), Fault> {
    prove(cx, actor.id, code).await?;
    let mut tx = cx.db.begin().await?;
    store::second_step::remove(&mut tx, actor.id).await?;
    people::audit(cx, &mut tx, "second_step:off", actor.by(), Some(actor.id.0)).await?;
    tx.commit().await
}

/// Takes it from somebody who lost phone and codes; they set it up anew.
pub(super) async fn reset(cx: &Cx, admin: &Admin, id: PersonId) -> Result<(), Fault> {
    // One's own goes by a code, in the settings: an admin's session left open is not enough either.
    people::not_oneself(admin, id)?;
    let mut tx = cx.db.begin().await?;
    store::person(&mut tx, id).await?;
    take_away(cx, &mut tx, admin.0.by(), id).await?;
    tx.commit().await
}

/// The same on the operator's word, from the command line: the only admin has nobody else to ask.
pub async fn reset_of(cx: &Cx, email: &str) -> Result<(), Fault> {
    let email = super::email(email).ok_or(Fault::Missing)?;
    let mut tx = cx.db.begin().await?;
    let person = store::by_email(&mut tx, &email).await?.ok_or(Fault::Missing)?;
    store::second_step::get(&mut tx, person.id)
        .await?
        .ok_or(Fault::Missing)?;
    take_away(cx, &mut tx, By::Service, person.id).await?;
    tx.commit().await
}

/// Whoever came in by the lost phone goes out, too.
async fn take_away(cx: &Cx, tx: &mut Tx, by: By, id: PersonId) -> Result<(), Fault> {
    store::second_step::remove(tx, id).await?;
    store::sessions::end_all(tx, id, None).await?;
    people::audit(cx, tx, "second_step:reset", by, Some(id.0)).await
}

/// Of these people, those who have one.
pub(super) async fn holders(
    cx: &Cx,
    ids: impl IntoIterator<Item = PersonId>,
) -> Result<Vec<PersonId>, Fault> {
    store::second_step::holders(&cx.db, ids).await
}

// Passing it -----------------------------------------------------------------------------------------------------

/// Whether a sign-in of this person asks for it.
pub(super) async fn is_on(tx: &mut Tx, id: PersonId) -> Result<bool, Fault> {
    let kept = store::second_step::get(tx, id).await?;
    Ok(kept.is_some_and(|kept| kept.confirmed_at.is_some()))
}

/// The ticket of a sign-in that has come as far as this step.
pub(super) async fn ask(cx: &Cx, tx: &mut Tx, id: PersonId) -> Result<String, Fault> {
    let given = tickets::give(cx, tx, Purpose::SecondStep, Some(id), None, None, PATIENCE, false).await?;
    Ok(given.token)
}

/// A right code ends the sign-in; the token of the new session.
pub(super) async fn pass(
    cx: &Cx,
    ticket: &Ticket,
    code: &str,
    request: &HttpRequest,
) -> Result<String, Fault> {
    let id = ticket.person_id.ok_or(Fault::Missing)?;
    if !tickets::count_try(cx, ticket).await? {
        return Err(Fault::stale(
            "Đã thử quá năm lần. Hãy đăng nhập lại từ đầu.",
            "That was tried five times. Please sign in from the start.",
        ));
    }
    prove(cx, id, code).await?;
    let mut tx = cx.db.begin().await?;
    tickets::spend(cx, &mut tx, ticket).await?;
    if store::person(&mut tx, id).await?.disabled_at.is_some() {
        return Err(Fault::Missing);
    }
    let token = session::begin(cx, &mut tx, id, request).await?;
    tx.commit().await?;
    Ok(token)
}

/// Spends the code of the moment, or a recovery code. A wrong one is counted whatever happens next.
async fn prove(cx: &Cx, id: PersonId, code: &str) -> Result<(), Fault> {
    let kept = store::second_step::get(&cx.db, id).await?.ok_or(Fault::Missing)?;
    if kept.confirmed_at.is_none() {
        return Err(Fault::Missing);
    }
    let mut tx = cx.db.begin().await?;
    let step = totp::step_of(&kept.secret, &digits(code), cx.now()).filter(|_| kept.misses < MOST_MISSES);
    let right = match step {
        Some(step) => store::second_step::use_step(&mut tx, id, step, MOST_MISSES).await?,
        None => store::second_step::use_code(&mut tx, id, hash(code), cx.now()).await?,
    };
    if right {
        store::second_step::forgive(&mut tx, id).await?;
    } else {
        store::second_step::miss(&mut tx, id).await?;
    }
    tx.commit().await?;
    if right {
        return Ok(());
    }
    trail::turned_away(Some(id), trail::SECOND_STEP, "wrong or used");
    Err(wrong())
}

fn wrong() -> Fault {
    Fault::flaw(
        "code",
        "Mã không đúng, đã dùng rồi hoặc đã hết hạn. Hãy nhập mã đang hiện trên ứng dụng, hoặc một mã dự phòng.",
        "The code is wrong, used already or too old. Type the one your app shows now, or a recovery code.",
    )
}

async fn new_codes(tx: &mut Tx, id: PersonId) -> Result<Vec<String>, Fault> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| new_code()).collect();
    store::second_step::set_codes(tx, id, codes.iter().map(|code| hash(code)).collect()).await?;
    Ok(codes)
}

/// 120 random bits in six groups: enough that a plain hash keeps them (ASVS 6.5.2).
fn new_code() -> String {
    let letters: Vec<char> = totp::base32(&random_bytes::<15>()).chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// However it was typed.
fn hash(code: &str) -> Vec<u8> {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    Sha256::digest(plain.to_ascii_uppercase().as_bytes()).to_vec()
}

fn digits(code: &str) -> String {
    code.chars().filter(char::is_ascii_digit).collect()
}
