//! What people set about themselves: name, number, language, password, letters, pause.

use super::coming_in::replace_password;
use super::consent::{self, Purpose};
use super::{Actor, Frequency, Kind, coming_in, passwords, session, store};
use crate::ids::PersonId;
use crate::kit::Cx;
use crate::kit::clock::DAY;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;

/// What can be chosen for a kind; the summary comes weekly or not at all.
pub(super) fn choices(kind: Kind) -> &'static [Frequency] {
    match kind {
        Kind::Match | Kind::Search => &[
            Frequency::AtOnce,
            Frequency::Daily,
            Frequency::Weekly,
            Frequency::Never,
        ],
        Kind::Message | Kind::Listing => &[Frequency::AtOnce, Frequency::Never],
        Kind::Summary => &[Frequency::Weekly, Frequency::Never],
    }
}

/// The letter settings of a person as the form shows them.
#[derive(Debug)]
pub struct Letters {
    pub consented: bool,
    pub frequencies: Vec<(Kind, Frequency)>,
}

pub async fn letters_of(cx: &Cx, person: PersonId) -> Result<Letters, Fault> {
    let mut frequencies = Vec::new();
    let mut consented = false;
    for kind in Kind::ALL {
        let wish = store::preferences::wish(&cx.db, person, *kind).await?;
        consented = wish.consented;
        frequencies.push((*kind, wish.frequency.unwrap_or(kind.usual())));
    }
    Ok(Letters {
        consented,
        frequencies,
    })
}

pub async fn change(
    cx: &Cx,
    actor: &Actor,
    name: &str,
    phone: Option<&str>,
    lang: Lang,
) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    store::set_profile(&mut tx, actor.id, name, phone, lang).await?;
    tx.commit().await
}

/// Takes over the letter form whole. Consent given or withdrawn here goes into the ledger with its date.
pub async fn set_letters(cx: &Cx, actor: &Actor, wanted: &Letters) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    let person = store::person(&mut tx, actor.id).await?;
    for (kind, frequency) in &wanted.frequencies {
        consent::choose(cx, &mut tx, &person, *kind, *frequency).await?;
    }
    if wanted.consented {
        consent::give(cx, &mut tx, actor.id, Purpose::Letters).await?;
    } else {
        consent::take_back(cx, &mut tx, actor.id, Purpose::Letters).await?;
    }
    tx.commit().await
}

/// No letters for so many weeks; 0 ends a pause.
pub async fn pause(cx: &Cx, actor: &Actor, weeks: i64) -> Result<(), Fault> {
    let until = (weeks > 0).then(|| cx.now().plus(weeks * 7 * DAY));
    let mut tx = cx.db.begin().await?;
    store::set_pause(&mut tx, actor.id, until).await?;
    tx.commit().await
}

/// Stops letters of a kind, by the token in one of them; those that wait in the outbox, too.
pub async fn unsubscribe(cx: &Cx, letter_token: &str, kind: Kind) -> Result<(), Fault> {
    let person = store::by_letter_token(&cx.db, letter_token).await?;
    let mut tx = cx.db.begin().await?;
    consent::choose(cx, &mut tx, &person, kind, Frequency::Never).await?;
    tx.commit().await
}

/// Sets a password (the old one must be right where there is one), and ends all other sessions.
/// Gives back the token of the session that goes on in this browser.
pub async fn change_password(
    cx: &Cx,
    actor: &Actor,
    old: &str,
    new: &str,
    request: &actix_web::HttpRequest,
) -> Result<String, Fault> {
    let (_, stored) = store::with_password(&cx.db, &actor.email)
        .await?
        .ok_or(Fault::Missing)?;
    if stored.is_some() && !passwords::matches(old, stored).await? {
        return Err(Fault::flaw(
            "old_password",
            "Mật khẩu hiện tại không đúng.",
            "The current password is wrong.",
        ));
    }
    coming_in::check(new, &actor.email)?;
    let hash = passwords::hash(new).await?;
    let mut tx = cx.db.begin().await?;
    replace_password(cx, &mut tx, actor.id, &actor.email, &hash).await?;
    let token = session::begin(cx, &mut tx, actor.id, request).await?;
    tx.commit().await?;
    Ok(token)
}

pub async fn has_password(cx: &Cx, actor: &Actor) -> Result<bool, Fault> {
    let known = store::with_password(&cx.db, &actor.email).await?;
    Ok(known.is_some_and(|(_, password)| password.is_some()))
}
