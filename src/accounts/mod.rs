//! People: how they come in, how they are known again, what letters they want, what they consented to.
//!
//! Holding an [`Actor`] proves a sign-in: only this room can make one.

use std::borrow::Borrow;
use std::future::{Ready, ready};

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};

use crate::ids::{By, PersonId, SessionId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::{Reads, codes};
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;

pub(crate) mod address;
mod api_tokens;
mod coming_in;
pub(crate) mod consent;
pub mod erasures;
mod joining;
pub mod letters;
pub(crate) mod limits;
pub(crate) mod pages;
mod passwords;
mod people;
mod preferences;
mod profile;
pub mod requests;
mod rights;
mod second_step;
pub mod session;
mod store;
pub mod tickets;
mod trail;

pub use address::email;
pub use api_tokens::{Scope, bearer};
pub use coming_in::{mail_link, mail_reset};
pub use joining::{Newcomer, add, admit, demo_person, first_admin, join, sample_actor};
pub use pages::{configure, configure_bare};
pub use passwords::hash as hash_password;
pub use people::{audit, list as people, set_role_of};
pub use preferences::{footer, frequency, unsubscribe_url};
pub use profile::{Letters, letters_of, set_letters};
pub use rights::{Trace, data_of, forget, is_written_to_now, trace};
pub use second_step::reset_of as reset_second_step_of;

codes! {
    pub enum Role { Member = "member", Coordinator = "coordinator", Admin = "admin" }
}

impl Role {
    pub fn label(self, lang: impl Borrow<Lang>) -> &'static str {
        let lang = *lang.borrow();
        match self {
            Role::Member => lang.t("Thành viên", "Member"),
            Role::Coordinator => lang.t("Điều phối viên", "Coordinator"),
            Role::Admin => lang.t("Quản trị viên", "Admin"),
        }
    }
}

codes! {
    /// How often letters of a kind come.
    pub enum Frequency { AtOnce = "at_once", Daily = "daily", Weekly = "weekly", Never = "never" }
}

codes! {
    /// Kinds of letters a person may have less often, or never. Others (codes, introductions, receipts of
    /// one's own acts) come with the service.
    pub enum Kind {
        /// A suggestion to answer.
        Match = "match",
        /// A message on a shared page.
        Message = "message",
        /// News of one's own listings: returned, published, about to expire.
        Listing = "listing",
        /// New results of a search they keep.
        Search = "search",
        /// A coordinator's weekly summary.
        Summary = "summary",
    }
}

/// A person as the other rooms know them.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Person {
    pub id: PersonId,
    pub email: String,
    pub name: String,
    pub phone: Option<String>,
    pub lang: Lang,
    pub role: Role,
    pub confirmed_at: Option<At>,
    pub created_at: At,
    pub seen_at: Option<At>,
    pub letter_token: String,
    pub paused_until: Option<At>,
    pub disabled_at: Option<At>,
}

impl Person {
    /// Whether nothing but an empty row is left of them.
    pub fn is_forgotten(&self) -> bool {
        self.email.ends_with("@forgotten.invalid")
    }
}

/// The columns of a [`Person`], for a room that joins `people p` to a table of its own.
pub const PERSON: &str = "p.id, p.email, p.name, p.phone, p.lang, p.role, p.confirmed_at, p.created_at, p.seen_at, \
                          p.letter_token, p.paused_until, p.disabled_at";

/// Someone who signed in.
#[derive(Debug, Clone)]
pub struct Actor {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub lang: Lang,
    pub role: Role,
    /// Where the service wants a second step of their role and they have none, they act as a member.
    pub lacks_second_step: bool,
    session: SessionId,
    came_in_at: At,
    _only_made_here: (),
}

impl Actor {
    pub fn by(&self) -> By {
        By::Person(self.id)
    }

    /// Coordinators, and admins, who may do all a coordinator may.
    pub fn coordinates(&self) -> bool {
        matches!(self.role, Role::Coordinator | Role::Admin)
    }

    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    pub fn session(&self) -> SessionId {
        self.session
    }
}

/// Whoever reads a page that is open to all.
#[derive(Debug, Clone)]
pub enum Reader {
    Anyone,
    Person(Actor),
}

impl Reader {
    pub fn actor(&self) -> Option<&Actor> {
        match self {
            Reader::Anyone => None,
            Reader::Person(actor) => Some(actor),
        }
    }

    pub fn coordinates(&self) -> bool {
        self.actor().is_some_and(Actor::coordinates)
    }
}

impl FromRequest for Reader {
    type Error = Fault;
    type Future = Ready<Result<Reader, Fault>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(request
            .extensions()
            .get::<Reader>()
            .cloned()
            .unwrap_or(Reader::Anyone)))
    }
}

impl FromRequest for Actor {
    type Error = Fault;
    type Future = Ready<Result<Actor, Fault>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(signed_in(request))
    }
}

/// A signed-in coordinator (or admin), by the handler's signature.
pub struct Coordinator(pub Actor);

impl FromRequest for Coordinator {
    type Error = Fault;
    type Future = Ready<Result<Coordinator, Fault>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(signed_in(request).and_then(|actor| {
            if actor.coordinates() {
                Ok(Coordinator(actor))
            } else {
                Err(not_allowed(&actor))
            }
        }))
    }
}

/// A signed-in admin, by the handler's signature.
pub struct Admin(pub Actor);

impl FromRequest for Admin {
    type Error = Fault;
    type Future = Ready<Result<Admin, Fault>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(signed_in(request).and_then(|actor| {
            if actor.is_admin() {
                Ok(Admin(actor))
            } else {
                Err(not_allowed(&actor))
            }
        }))
    }
}

fn not_allowed(actor: &Actor) -> Fault {
    trail::turned_away(Some(actor.id), trail::ROLE, "not theirs");
    if actor.lacks_second_step {
        Fault::stale(
            "Vai trò của bạn cần bước thứ hai khi đăng nhập. Hãy bật trong Cài đặt.",
            "Your role needs a second step at sign-in. Turn it on in the settings.",
        )
    } else {
        Fault::Forbidden
    }
}

fn signed_in(request: &HttpRequest) -> Result<Actor, Fault> {
    match request.extensions().get::<Reader>() {
        Some(Reader::Person(actor)) => Ok(actor.clone()),
        _ => Err(Fault::SignIn),
    }
}

/// Finds out who asks, once a request, before any handler runs: puts a [`Reader`] among its extensions.
pub async fn identify(cx: &Cx, request: &ServiceRequest) -> Result<Reader, Fault> {
    let reader = match session::cookie(cx, request.request()) {
        None => Reader::Anyone,
        Some(token) => store::actor_of(cx, &token)
            .await?
            .map_or(Reader::Anyone, Reader::Person),
    };
    request.extensions_mut().insert(reader.clone());
    Ok(reader)
}

pub async fn person(on: impl Reads, id: PersonId) -> Result<Person, Fault> {
    store::person(on, id).await
}

/// Whether the owner of an address has an account: one that somebody asked for and nobody confirmed is none. Tell it
/// only to the address's own reader.
pub async fn has_account(on: impl Reads, email: &str) -> Result<bool, Fault> {
    let known = store::by_email(on, email).await?;
    Ok(known.is_some_and(|person| person.confirmed_at.is_some()))
}

/// Everyone who may do a coordinator's work: coordinators and admins.
pub async fn coordinators(on: impl Reads) -> Result<Vec<Person>, Fault> {
    store::people_in_roles(on, &[Role::Coordinator, Role::Admin]).await
}
