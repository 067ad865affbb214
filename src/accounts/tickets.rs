//! Tickets: what a mailed link, or the six digits beside it, entitles its reader to. The database keeps
//! only their hashes. Reading a ticket changes nothing, since mail scanners follow links; a button spends it.

use std::time::Instant;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{limits, store, trail};
use crate::ids::PersonId;
use crate::kit::Cx;
use crate::kit::clock::{At, new_code, new_token};
use crate::kit::db::{Reads, Tx, codes};
use crate::kit::fault::Fault;

codes! {
    pub enum Purpose {
        /// To show that an address is one's own.
        Confirm = "confirm",
        SignIn = "sign_in",
        /// To choose a new password.
        Reset = "reset",
        /// To join the organisation that is the subject.
        Invite = "invite",
        /// To answer the pairing that is the subject, without signing in.
        Answer = "answer",
        /// To confirm the listing a coordinator wrote.
        ConfirmListing = "confirm_listing",
        /// To say how the pairing that is the subject went on.
        Outcome = "outcome",
        /// To end a sign-in by a code of one's authenticator.
        SecondStep = "second_step",
        /// To become the first admin of a new service.
        FirstAdmin = "first_admin",
    }
}

/// How often the digits of one ticket may be guessed.
pub(super) const MOST_TRIES: i64 = 5;

/// A ticket on its way into a letter: the only moment at which its secrets are known.
#[derive(Debug)]
pub struct Given {
    pub token: String,
    pub code: Option<String>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Ticket {
    pub(super) token_hash: Vec<u8>,
    pub(super) code_hash: Option<Vec<u8>>,
    pub person_id: Option<PersonId>,
    pub email: Option<String>,
    pub subject: Option<Uuid>,
    pub created_at: At,
    pub expires_at: At,
    pub used_at: Option<At>,
}

impl Ticket {
    pub fn is_used(&self) -> bool {
        self.used_at.is_some()
    }
}

/// Writes a ticket that lives for `life` milliseconds.
#[expect(
    clippy::too_many_arguments,
    reason = "a ticket says who may do what to which, for how long; each is a type of its own"
)]
pub async fn give(
    cx: &Cx,
    tx: &mut Tx,
    purpose: Purpose,
    person: Option<PersonId>,
    email: Option<&str>,
    subject: Option<Uuid>,
    life: i64,
    with_code: bool,
) -> Result<Given, Fault> {
    let token = new_token();
    let token_hash = hash(&token);
    let code = with_code.then(new_code);
    let ticket = Ticket {
        code_hash: code.as_deref().map(|code| code_hash(&token_hash, code)),
        token_hash,
        person_id: person,
        email: email.map(str::to_owned),
        subject,
        created_at: cx.now(),
        expires_at: cx.now().plus(life),
        used_at: None,
    };
    store::tickets::add(tx, purpose, &ticket).await?;
    Ok(Given { token, code })
}

/// The ticket of a link; `Missing` where the link is unknown, of another purpose or too old. A used one
/// comes with `used_at`, so that its page can say so.
pub async fn read(cx: &Cx, on: impl Reads, token: &str, purpose: Purpose) -> Result<Ticket, Fault> {
    let found = store::tickets::by_hash(on, &hash(token), purpose).await?;
    found
        .filter(|ticket| ticket.expires_at > cx.now())
        .ok_or(Fault::Missing)
}

/// Spends a ticket that was read; `Stale` where it was spent before.
pub async fn spend(cx: &Cx, tx: &mut Tx, ticket: &Ticket) -> Result<(), Fault> {
    let spent = store::tickets::spend(tx, &ticket.token_hash, cx.now()).await?;
    if spent {
        Ok(())
    } else {
        Err(Fault::stale(
            "Liên kết này đã được dùng.",
            "This link has been used already.",
        ))
    }
}

/// The newest ticket sent to an address, if these are its digits. Each call is a guess and is counted;
/// a wrong guess and an unknown address cannot be told apart.
pub(super) async fn by_code(
    cx: &Cx,
    email: &str,
    purpose: Purpose,
    code: &str,
) -> Result<Option<Ticket>, Fault> {
    let started = Instant::now();
    let guessed = store::tickets::guess(cx, email, purpose, MOST_TRIES).await?;
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let who = guessed.as_ref().and_then(|ticket| ticket.person_id);
    let found = guessed.filter(|ticket| {
        let right = ticket.code_hash.as_deref();
        right.is_some_and(|right| same(right, &code_hash(&ticket.token_hash, &digits)))
    });
    if found.is_none() {
        trail::turned_away(who, trail::MAILED_CODE, "wrong or too old");
    }
    // Counting takes a write, and there is nothing to count where nobody was sent a code.
    limits::at_the_beat(started).await;
    Ok(found)
}

/// Counts a guess at what a ticket asks for beside itself; `false` where none is left.
pub(super) async fn count_try(cx: &Cx, ticket: &Ticket) -> Result<bool, Fault> {
    store::tickets::count_try(cx, &ticket.token_hash, MOST_TRIES).await
}

/// Makes worthless what was sent to an address for a purpose before.
pub(super) async fn void(cx: &Cx, tx: &mut Tx, email: &str, purpose: Purpose) -> Result<(), Fault> {
    store::tickets::void(tx, email, purpose, cx.now()).await
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Salted with the ticket's own hash, so equal digits do not look equal.
fn code_hash(token_hash: &[u8], code: &str) -> Vec<u8> {
    let mut digest = Sha256::new();
    digest.update(token_hash);
    digest.update(code.as_bytes());
    digest.finalize().to_vec()
}

/// Equal or not, in a time that does not tell where they part.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .fold(0, |apart, (one, other)| apart | (one ^ other))
            == 0
}
