//! Sessions: a random cookie, of which the database keeps only a hash, so one can be listed and ended.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, time::Duration};
use actix_web::http::header;
use sha2::{Digest as _, Sha256};

use super::{Actor, Person, Role, second_step, store, trail};
use crate::ids::{PersonId, SessionId};
use crate::kit::Cx;
use crate::kit::clock::{At, DAY, HOUR, MINUTE, new_token};
use crate::kit::db::Tx;
use crate::kit::fault::Fault;
use crate::kit::web::cookies;

/// No session is older than this, however much it is used.
pub(super) const DAYS: i64 = 30;
/// What would keep a thief inside is done only by who has just shown who they are.
const LATELY: i64 = 15 * MINUTE;

/// How long a session may lie unused. Members come once a week, and often from their own telephone; a desk opens
/// everybody's plans and contacts, and nobody leaves it open over night.
pub(super) fn longest_idle(role: Role) -> i64 {
    match role {
        Role::Member => 14 * DAY,
        Role::Coordinator | Role::Admin => 12 * HOUR,
    }
}

/// A session as its person sees it in the settings.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Session {
    pub id: SessionId,
    pub agent: String,
    pub created_at: At,
    pub seen_at: At,
}

/// What a right password or a mailed link leads to.
pub enum Entry {
    /// In, with the session's token.
    In(String),
    /// To the page that asks for the second step, with its ticket.
    SecondStep(String),
}

/// Lets a person in as part of a change, or asks for their second step.
pub async fn enter(cx: &Cx, tx: &mut Tx, person: PersonId, request: &HttpRequest) -> Result<Entry, Fault> {
    if second_step::is_on(tx, person).await? {
        let ticket = second_step::ask(cx, tx, person).await?;
        trail::was_asked_for_more(person);
        Ok(Entry::SecondStep(ticket))
    } else {
        begin(cx, tx, person, request).await.map(Entry::In)
    }
}

/// Begins a session of somebody who has proved all they need to; gives back the cookie's token. The session this
/// browser had until now ends: nothing would send its token again but a copy of it.
pub(super) async fn begin(
    cx: &Cx,
    tx: &mut Tx,
    person: PersonId,
    request: &HttpRequest,
) -> Result<String, Fault> {
    if let Some(former) = cookie(cx, request) {
        store::sessions::end_by_token(tx, &hash(&former)).await?;
    }
    let token = new_token();
    let until = cx.now().plus(DAYS * DAY);
    store::sessions::add(tx, &hash(&token), person, &agent_of(request), cx.now(), until).await?;
    trail::came_in(person);
    Ok(token)
}

/// The sessions of a person that still live, the one last seen in front.
pub(super) async fn list(cx: &Cx, person: &Person) -> Result<Vec<Session>, Fault> {
    let since = cx.now().plus(-longest_idle(person.role));
    store::sessions::list(cx, person.id, since).await
}

/// Whether the actor came in so lately that they need not show again who they are.
pub(super) fn is_fresh(cx: &Cx, actor: &Actor) -> bool {
    cx.now().since(actor.came_in_at) <= LATELY
}

/// Ends one session of the actor's own; where it has ended already, that is as well.
pub async fn end(cx: &Cx, actor: &Actor, session: SessionId) -> Result<(), Fault> {
    store::sessions::end(cx, actor.id, session).await
}

pub async fn end_others(cx: &Cx, actor: &Actor) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    store::sessions::end_all(&mut tx, actor.id, Some(actor.session())).await?;
    tx.commit().await
}

const COOKIE: &str = "session";

/// The session's token a request carries.
pub fn cookie(cx: &Cx, request: &HttpRequest) -> Option<String> {
    cookies::value_of(cx, request, COOKIE)
}

pub fn cookie_for(cx: &Cx, token: &str) -> Cookie<'static> {
    let cookie = cookies::build(cx, COOKIE, token.to_owned());
    cookie.max_age(Duration::days(DAYS)).finish()
}

pub fn cookie_gone(cx: &Cx) -> Cookie<'static> {
    cookies::gone(cx, COOKIE)
}

/// What the database knows of a token.
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Browser and system in two words; the whole line would tell more than is needed to know one's own device.
fn agent_of(request: &HttpRequest) -> String {
    let line = request
        .headers()
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    short_agent(line)
}

fn short_agent(line: &str) -> String {
    // Each names itself beside the ones it descends from, so the youngest name comes first.
    let first_of = |names: &[(&'static str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| line.contains(mark))
            .map_or("?", |(_, name)| *name)
    };
    let browser = first_of(&[
        ("coc_coc", "Cốc Cốc"),
        ("Zalo", "Zalo"),
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = first_of(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        ("?", "?") => "?".to_owned(),
        (browser, "?") => browser.to_owned(),
        ("?", system) => system.to_owned(),
        (browser, system) => format!("{browser} · {system}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_by_two_words() {
        let phone = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36";
        assert_eq!(short_agent(phone), "Chrome · Android");
        let desktop =
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) coc_coc_browser/140 Chrome/134 Safari/537.36";
        assert_eq!(short_agent(desktop), "Cốc Cốc · Windows");
        assert_eq!(short_agent(""), "?");
    }
}
