//! Sessions: a random cookie, of which the database keeps only a hash, so one can be listed and ended.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header;
use sha2::{Digest as _, Sha256};

use super::{Actor, second_step, store};
use crate::ids::{PersonId, SessionId};
use crate::kit::Cx;
use crate::kit::clock::{At, DAY, new_token};
use crate::kit::db::Tx;
use crate::kit::fault::Fault;

const DAYS: i64 = 30;

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
        second_step::ask(cx, tx, person).await.map(Entry::SecondStep)
    } else {
        begin(cx, tx, person, request).await.map(Entry::In)
    }
}

/// Begins a session of somebody who has proved all they need to; gives back the cookie's token.
pub(super) async fn begin(
    cx: &Cx,
    tx: &mut Tx,
    person: PersonId,
    request: &HttpRequest,
) -> Result<String, Fault> {
    let token = new_token();
    let until = cx.now().plus(DAYS * DAY);
    store::sessions::add(tx, &hash(&token), person, &agent_of(request), cx.now(), until).await?;
    Ok(token)
}

/// The sessions of a person that still live, the one last seen in front.
pub async fn list(cx: &Cx, person: PersonId) -> Result<Vec<Session>, Fault> {
    store::sessions::list(cx, person).await
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

/// `__Host-` binds the cookie to this very origin; browsers take it over https only.
fn cookie_name(cx: &Cx) -> &'static str {
    if cx.config.is_https() {
        "__Host-session"
    } else {
        "session"
    }
}

/// The session's token a request carries.
pub fn cookie(cx: &Cx, request: &HttpRequest) -> Option<String> {
    request
        .cookie(cookie_name(cx))
        .map(|cookie| cookie.value().to_owned())
}

pub fn cookie_for(cx: &Cx, token: &str) -> Cookie<'static> {
    Cookie::build(cookie_name(cx), token.to_owned())
        .path("/")
        .http_only(true)
        .secure(cx.config.is_https())
        .same_site(SameSite::Lax)
        .max_age(Duration::days(DAYS))
        .finish()
}

pub fn cookie_gone(cx: &Cx) -> Cookie<'static> {
    let mut cookie = cookie_for(cx, "");
    cookie.make_removal();
    cookie
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
