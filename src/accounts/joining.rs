//! How people come to have an account: by signing up and showing that the address is theirs, by a
//! colleague's or an operator's hand, or as the first admin of a new service.
//!
//! Nobody learns here whether an address has an account: the page is the same, only the letter differs.

use uuid::Uuid;

use super::tickets::{self, Purpose, Ticket};
use super::{Actor, Person, Role, consent, letters, passwords, store};
use crate::events::{self, Event};
use crate::ids::{By, PersonId, SessionId};
use crate::kit::Cx;
use crate::kit::clock::{At, DAY, new_token};
use crate::kit::db::Tx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;

const CONFIRM_LIFE: i64 = DAY;
const FIRST_LINK_LIFE: i64 = 7 * DAY;
/// A new service may wait long for its first admin.
const FIRST_ADMIN_LIFE: i64 = 3650 * DAY;

/// What someone who signs up says.
#[derive(Debug)]
pub struct Newcomer {
    pub email: String,
    pub name: String,
    pub phone: Option<String>,
    pub password: Option<String>,
    pub lang: Lang,
    /// Consent to letters about matches; without it none are sent.
    pub letters: bool,
}

/// Signs up. `browser` marks the browser it was done in (see [`confirm`]).
pub async fn join(cx: &Cx, newcomer: &Newcomer, browser: Uuid, next: &str) -> Result<(), Fault> {
    let password = match &newcomer.password {
        Some(password) => Some(passwords::hash(password).await?),
        None => None,
    };
    let mut tx = cx.db.begin().await?;
    match store::by_email(&mut tx, &newcomer.email).await? {
        Some(known) if known.confirmed_at.is_some() => {
            letters::known_already(cx, &mut tx, &known).await?;
        }
        waiting => {
            let id = match waiting {
                Some(waiting) => waiting.id,
                None => add_row(cx, &mut tx, newcomer, Role::Member, None).await?,
            };
            store::set_profile(
                &mut tx,
                id,
                &newcomer.name,
                newcomer.phone.as_deref(),
                newcomer.lang,
            )
            .await?;
            store::set_password(&mut tx, id, password.as_deref()).await?;
            agree(cx, &mut tx, id, newcomer.letters).await?;
            let person = store::person(&mut tx, id).await?;
            ask_to_confirm(cx, &mut tx, &person, browser, next).await?;
        }
    }
    tx.commit().await
}

/// Sends the letter that asks whether an address is its owner's; what was sent before is void.
pub(super) async fn ask_to_confirm(
    cx: &Cx,
    tx: &mut Tx,
    person: &Person,
    browser: Uuid,
    next: &str,
) -> Result<(), Fault> {
    tickets::void(cx, tx, &person.email, Purpose::Confirm).await?;
    let given = tickets::give(
        cx,
        tx,
        Purpose::Confirm,
        Some(person.id),
        Some(&person.email),
        Some(browser),
        CONFIRM_LIFE,
        true,
    )
    .await?;
    letters::confirm(cx, tx, person, &given, next).await
}

/// The address is its owner's. A password chosen in another browser than the one that confirms is dropped:
/// someone else may have signed up with this address, hoping that its owner presses the button.
pub async fn confirm(
    cx: &Cx,
    tx: &mut Tx,
    ticket: &Ticket,
    browser: Option<Uuid>,
) -> Result<PersonId, Fault> {
    tickets::spend(cx, tx, ticket).await?;
    let id = ticket.person_id.ok_or(Fault::Missing)?;
    let same_browser = ticket.subject.is_some() && ticket.subject == browser;
    arrive(cx, tx, id, same_browser).await?;
    Ok(id)
}

/// Marks an address as confirmed, the first time it shows; a closed account stays closed.
pub(super) async fn arrive(cx: &Cx, tx: &mut Tx, id: PersonId, keep_password: bool) -> Result<(), Fault> {
    let person = store::person(&mut *tx, id).await?;
    if person.disabled_at.is_some() {
        return Err(Fault::Missing);
    }
    if person.confirmed_at.is_some() {
        return Ok(());
    }
    if !keep_password {
        store::set_password(tx, id, None).await?;
    }
    store::set_confirmed(tx, id, cx.now()).await?;
    let joined = Event::PersonJoined { person: id };
    events::record(cx, tx, By::Person(id), &joined).await?;
    Ok(())
}

/// The person at an address that a mailed link has just proved, new or known already.
pub async fn admit(cx: &Cx, tx: &mut Tx, newcomer: &Newcomer) -> Result<PersonId, Fault> {
    let id = known_or_new(cx, tx, newcomer, Role::Member).await?;
    arrive(cx, tx, id, false).await?;
    Ok(id)
}

// Acts of the operator -------------------------------------------------------------------------------------------

/// Opens an account from the command line, or gives a known one this role; the link signs its reader in once. Nobody
/// consents in their place: letters come once they ask for them.
pub async fn add(cx: &Cx, email: &str, name: &str, role: Role) -> Result<String, Fault> {
    let email = super::address::email(email).ok_or_else(|| {
        Fault::flaw(
            "email",
            "Địa chỉ thư điện tử không hợp lệ.",
            "This is not an e-mail address.",
        )
    })?;
    let newcomer = Newcomer {
        email,
        name: name.to_owned(),
        phone: None,
        password: None,
        lang: Lang::Vi,
        letters: false,
    };
    let mut tx = cx.db.begin().await?;
    let id = match store::by_email(&mut tx, &newcomer.email).await? {
        Some(known) => known.id,
        None => add_row(cx, &mut tx, &newcomer, role, None).await?,
    };
    store::set_role(&mut tx, id, role).await?;
    let given = tickets::give(
        cx,
        &mut tx,
        Purpose::SignIn,
        Some(id),
        Some(&newcomer.email),
        None,
        FIRST_LINK_LIFE,
        false,
    )
    .await?;
    tx.commit().await?;
    Ok(cx.url(newcomer.lang, &format!("session/links/{}", given.token)))
}

/// Where there is no admin yet: the link whose reader becomes the first. An earlier link is void.
pub async fn first_admin(cx: &Cx) -> Result<Option<String>, Fault> {
    if store::count_admins(&cx.db).await? > 0 {
        return Ok(None);
    }
    let mut tx = cx.db.begin().await?;
    tickets::void(cx, &mut tx, FIRST_ADMIN, Purpose::FirstAdmin).await?;
    let given = tickets::give(
        cx,
        &mut tx,
        Purpose::FirstAdmin,
        None,
        Some(FIRST_ADMIN),
        None,
        FIRST_ADMIN_LIFE,
        false,
    )
    .await?;
    tx.commit().await?;
    Ok(Some(cx.url(Lang::Vi, &format!("administration/{}", given.token))))
}

/// Stands where a ticket's address would; no e-mail address looks so.
const FIRST_ADMIN: &str = "first admin";

/// The reader of the printed link becomes the first admin. Their address is taken on trust: who reads the
/// terminal of the service owns it.
pub async fn become_first_admin(
    cx: &Cx,
    tx: &mut Tx,
    ticket: &Ticket,
    newcomer: &Newcomer,
    password: Option<&str>,
) -> Result<PersonId, Fault> {
    tickets::spend(cx, tx, ticket).await?;
    if store::count_admins(&mut *tx).await? > 0 {
        return Err(Fault::stale(
            "Dịch vụ đã có quản trị viên.",
            "The service has an admin already.",
        ));
    }
    let id = known_or_new(cx, tx, newcomer, Role::Admin).await?;
    store::set_role(tx, id, Role::Admin).await?;
    arrive(cx, tx, id, false).await?;
    if password.is_some() {
        store::set_password(tx, id, password).await?;
    }
    Ok(id)
}

/// A made-up person of the demonstration, confirmed and ready to sign in. `password` is hashed already
/// ([`passwords::hash`]), once for all of them.
pub async fn demo_person(
    cx: &Cx,
    tx: &mut Tx,
    newcomer: &Newcomer,
    role: Role,
    password: &str,
) -> Result<PersonId, Fault> {
    if let Some(known) = store::by_email(&mut *tx, &newcomer.email).await? {
        return Ok(known.id);
    }
    let id = add_row(cx, tx, newcomer, role, Some(cx.now())).await?;
    store::set_password(tx, id, Some(password)).await?;
    agree(cx, tx, id, newcomer.letters).await?;
    Ok(id)
}

/// A sample person acting by themselves, to let the demonstration's past happen. Nobody real has an address
/// under `.example`, so nobody real can be acted for.
pub async fn sample_actor(cx: &Cx, email: &str) -> Result<Actor, Fault> {
    let found = store::by_email(&cx.db, email).await?;
    let person = found
        .filter(|person| person.email.ends_with(".example"))
        .ok_or(Fault::Missing)?;
    Ok(Actor {
        id: person.id,
        name: person.name,
        email: person.email,
        lang: person.lang,
        role: person.role,
        lacks_second_step: false,
        session: SessionId::new(),
        came_in_at: cx.now(),
        _only_made_here: (),
    })
}

/// Who signed up with this address and never showed that it is theirs may have been anybody: what they said of
/// themselves and agreed to is not taken over.
async fn known_or_new(cx: &Cx, tx: &mut Tx, newcomer: &Newcomer, role: Role) -> Result<PersonId, Fault> {
    let id = match store::by_email(&mut *tx, &newcomer.email).await? {
        Some(known) if known.confirmed_at.is_some() || known.disabled_at.is_some() => return Ok(known.id),
        Some(waiting) => {
            let phone = newcomer.phone.as_deref();
            store::set_profile(tx, waiting.id, &newcomer.name, phone, newcomer.lang).await?;
            waiting.id
        }
        None => add_row(cx, tx, newcomer, role, None).await?,
    };
    agree(cx, tx, id, newcomer.letters).await?;
    Ok(id)
}

async fn add_row(
    cx: &Cx,
    tx: &mut Tx,
    newcomer: &Newcomer,
    role: Role,
    confirmed_at: Option<At>,
) -> Result<PersonId, Fault> {
    let person = Person {
        id: PersonId::new(),
        email: newcomer.email.clone(),
        name: newcomer.name.clone(),
        phone: newcomer.phone.clone(),
        lang: newcomer.lang,
        role,
        confirmed_at,
        created_at: cx.now(),
        seen_at: None,
        letter_token: new_token(),
        paused_until: None,
        disabled_at: None,
    };
    store::add(tx, &person).await?;
    Ok(person.id)
}

/// Notes in the ledger what was ticked: the terms, without which nobody comes this far, and letters where wanted.
async fn agree(cx: &Cx, tx: &mut Tx, person: PersonId, letters: bool) -> Result<(), Fault> {
    consent::begin_anew(tx, person).await?;
    consent::give(cx, tx, person, consent::Purpose::Terms).await?;
    if letters {
        consent::give(cx, tx, person, consent::Purpose::Letters).await?;
    }
    Ok(())
}
