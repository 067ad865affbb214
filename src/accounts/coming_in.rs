//! How people are known again: by password, by a mailed link or its six digits, and what to do about a
//! forgotten password.

use actix_web::HttpRequest;
use uuid::Uuid;

use super::session::Entry;
use super::tickets::{self, Purpose, Ticket};
use super::{joining, letters, passwords, session, store, trail};
use crate::ids::PersonId;
use crate::kit::Cx;
use crate::kit::clock::{HOUR, MINUTE};
use crate::kit::db::Tx;
use crate::kit::fault::Fault;

const LINK_LIFE: i64 = 20 * MINUTE;
const RESET_LIFE: i64 = HOUR;

/// Tries a password. An unknown address, a closed account, a wrong password and an
/// address not confirmed yet look and last the same: whoever signs up with somebody else's address must not
/// learn, by trying the password they chose there, whether it was taken.
pub async fn by_password(
    cx: &Cx,
    email: &str,
    password: &str,
    request: &HttpRequest,
) -> Result<Entry, Fault> {
    let known = store::with_password(&cx.db, email).await?;
    let stored = known.as_ref().and_then(|(_, password)| password.clone());
    let right = passwords::matches(password, stored).await?;
    let person = known.map(|(person, _)| person);
    let who = person.as_ref().map(|person| person.id);
    let person = person
        .filter(|person| right && person.disabled_at.is_none() && person.confirmed_at.is_some())
        .ok_or_else(|| {
            let why = if right { "the account is not open" } else { "wrong" };
            trail::turned_away(who, trail::PASSWORD, why);
            wrong()
        })?;
    let mut tx = cx.db.begin().await?;
    let entry = session::enter(cx, &mut tx, person.id, request).await?;
    tx.commit().await?;
    Ok(entry)
}

fn wrong() -> Fault {
    Fault::flaw(
        "email",
        "Địa chỉ hoặc mật khẩu không đúng, hoặc địa chỉ chưa được xác nhận. Bạn có thể nhận mã đăng nhập qua thư.",
        "The address or the password is wrong, or the address is not confirmed yet. You can have a sign-in code mailed to you.",
    )
}

/// Mails a link and a code that sign in. Where the address has no account nothing is sent, and nothing tells.
pub async fn mail_link(cx: &Cx, email: &str, next: &str) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    if let Some(person) = store::by_email(&mut tx, email)
        .await?
        .filter(|person| person.disabled_at.is_none())
    {
        let given = tickets::give(
            cx,
            &mut tx,
            Purpose::SignIn,
            Some(person.id),
            Some(email),
            None,
            LINK_LIFE,
            true,
        )
        .await?;
        letters::sign_in(cx, &mut tx, &person, &given, next).await?;
    }
    tx.commit().await
}

/// Comes in by a mailed link or code, which also shows that the address is the reader's own.
pub async fn by_ticket(cx: &Cx, ticket: &Ticket, request: &HttpRequest) -> Result<Entry, Fault> {
    let mut tx = cx.db.begin().await?;
    tickets::spend(cx, &mut tx, ticket).await?;
    let id = ticket.person_id.ok_or(Fault::Missing)?;
    joining::arrive(cx, &mut tx, id, false).await?;
    let entry = session::enter(cx, &mut tx, id, request).await?;
    tx.commit().await?;
    Ok(entry)
}

/// Confirms an address by its link or code, and comes in.
pub async fn by_confirmation(
    cx: &Cx,
    ticket: &Ticket,
    browser: Option<Uuid>,
    request: &HttpRequest,
) -> Result<Entry, Fault> {
    let mut tx = cx.db.begin().await?;
    let id = joining::confirm(cx, &mut tx, ticket, browser).await?;
    let entry = session::enter(cx, &mut tx, id, request).await?;
    tx.commit().await?;
    Ok(entry)
}

/// Mails a link to choose a new password; silent about unknown addresses.
pub async fn mail_reset(cx: &Cx, email: &str) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    if let Some(person) = store::by_email(&mut tx, email)
        .await?
        .filter(|person| person.disabled_at.is_none())
    {
        tickets::void(cx, &mut tx, email, Purpose::Reset).await?;
        let given = tickets::give(
            cx,
            &mut tx,
            Purpose::Reset,
            Some(person.id),
            Some(email),
            None,
            RESET_LIFE,
            false,
        )
        .await?;
        letters::reset(cx, &mut tx, &person, &given).await?;
    }
    tx.commit().await
}

/// Sets a new password by its ticket, ends every session there was, and comes in.
pub async fn reset(cx: &Cx, ticket: &Ticket, password: &str, request: &HttpRequest) -> Result<Entry, Fault> {
    let email = ticket.email.as_deref().unwrap_or_default();
    check(password, email)?;
    let hash = passwords::hash(password).await?;
    let mut tx = cx.db.begin().await?;
    tickets::spend(cx, &mut tx, ticket).await?;
    let id = ticket.person_id.ok_or(Fault::Missing)?;
    joining::arrive(cx, &mut tx, id, false).await?;
    replace_password(cx, &mut tx, id, email, &hash).await?;
    let entry = session::enter(cx, &mut tx, id, request).await?;
    tx.commit().await?;
    Ok(entry)
}

/// Ends all sessions and voids all mailed ways in: whoever knew the old password is out.
pub(super) async fn replace_password(
    cx: &Cx,
    tx: &mut Tx,
    id: PersonId,
    email: &str,
    hash: &str,
) -> Result<(), Fault> {
    store::set_password(tx, id, Some(hash)).await?;
    store::sessions::end_all(tx, id, None).await?;
    tickets::void(cx, tx, email, Purpose::Reset).await?;
    tickets::void(cx, tx, email, Purpose::SignIn).await
}

/// A password that is good enough, or the flaw to show at its field.
pub(super) fn check(password: &str, email: &str) -> Result<(), Fault> {
    match passwords::objection(password, email) {
        None => Ok(()),
        Some(said) => Err(Fault::flaw("password", said.vi, said.en)),
    }
}
