//! The pages of this room: signing up, coming in, settings, unsubscription, and people for admins.

use std::future::{Ready, ready};

use actix_web::cookie::{Cookie, time::Duration};
use actix_web::dev::Payload;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::ServiceConfig;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use uuid::Uuid;

use super::session::{self, Entry};
use crate::kit::Cx;
use crate::kit::clock::new_id;
use crate::kit::fault::Fault;
use crate::kit::web::{self, Answer, Form, Params, Shell, cookies};

mod account;
mod api_tokens;
mod consents;
mod door;
mod password;
mod people;
mod requests;
mod second_step;
mod settings;
mod unsubscription;

/// Mounted inside the scope of the reader's language.
pub fn configure(routes: &mut ServiceConfig) {
    account::configure(routes);
    api_tokens::configure(routes);
    door::configure(routes);
    password::configure(routes);
    settings::configure(routes);
    consents::configure(routes);
    people::configure(routes);
    requests::configure(routes);
    second_step::configure(routes);
}

/// Mounted at the root: addresses that stand in letters' headers and know no language.
pub fn configure_bare(routes: &mut ServiceConfig) {
    unsubscription::configure(routes);
}

/// The `{token}` of a mailed link.
pub(crate) struct Token(pub String);

impl FromRequest for Token {
    type Error = Fault;
    type Future = Ready<Result<Token, Fault>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let token = request.match_info().get("token");
        ready(token.map(|token| Token(token.to_owned())).ok_or(Fault::Missing))
    }
}

/// Where the reader was on the way to, if that is a page of ours.
pub(crate) fn next_of(text: &str) -> Option<&str> {
    let ours = text.starts_with("/vi/") || text.starts_with("/en/");
    let plain = text.len() <= 500 && !text.contains(['\\', '\n', '\r', '\t']) && !text.contains("//");
    (ours && plain).then_some(text)
}

/// `path?next=…`, or `path` alone where nothing waits.
pub(crate) fn with_next(path: String, next: &str) -> String {
    match next_of(next) {
        None => path,
        Some(next) => {
            let mark = if path.contains('?') { '&' } else { '?' };
            format!("{path}{mark}{}", query(&[("next", next)]))
        }
    }
}

/// `path?email=…&next=…`: the page that waits for the code just mailed.
fn waiting_at(path: &str, email: &str, next: &str) -> String {
    with_next(format!("{path}?{}", query(&[("email", email)])), next)
}

/// The form of such a page.
fn waiting_form(params: &Params) -> Form {
    Form::with(["email", "next"].map(|name| (name, params.value(name).to_owned())))
}

/// Takes someone who just came in to where they were going, with their session's cookie; by way of the page that
/// asks for their second step, where they have one.
pub(crate) fn let_in(cx: &Cx, shell: &Shell, entry: &Entry, next: &str) -> Answer {
    let token = match entry {
        Entry::In(token) => token,
        Entry::SecondStep(ticket) => {
            let page = shell.url(format!("session/second-steps/{ticket}"));
            return web::see_other(with_next(page, next));
        }
    };
    let home = shell.url("start");
    let to = next_of(next).unwrap_or(&home);
    let mut answer = web::see_other(to)?;
    set_cookie(&mut answer, &session::cookie_for(cx, token))?;
    Ok(answer)
}

/// To the door and back to a page of the settings: for what nobody shall do who finds a session left open.
fn through_the_door(shell: &Shell, back: &str) -> Answer {
    let door = format!("{}?again=yes", shell.url("session/new"));
    web::see_other_saying(
        with_next(door, &shell.url(back)),
        shell.t(
            "Để chắc đó là bạn, hãy đăng nhập lại rồi làm tiếp.",
            "To be sure that it is you, sign in again, then go on.",
        ),
    )
}

/// Home, with no session any more; the browser drops what it may have kept of pages.
fn bye(cx: &Cx, shell: &Shell, sentence: &str) -> Answer {
    let mut answer = web::see_other_saying(shell.url(""), sentence)?;
    set_cookie(&mut answer, &session::cookie_gone(cx))?;
    answer.headers_mut().insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\""),
    );
    Ok(answer)
}

fn query(pairs: &[(&str, &str)]) -> String {
    serde_html_form::to_string(pairs).unwrap_or_default()
}

fn set_cookie(answer: &mut HttpResponse, cookie: &Cookie<'_>) -> Result<(), Fault> {
    answer.add_cookie(cookie).map_err(Fault::broken)
}

const BROWSER: &str = "joining";

/// The mark of a browser in which somebody is signing up, if it carries one.
fn browser_of(cx: &Cx, request: &HttpRequest) -> Option<Uuid> {
    cookies::value_of(cx, request, BROWSER)?.parse().ok()
}

/// The browser's mark, a new one where it has none; goes with it for a day.
fn mark_browser(cx: &Cx, request: &HttpRequest) -> (Uuid, Cookie<'static>) {
    let mark = browser_of(cx, request).unwrap_or_else(new_id);
    let cookie = cookies::build(cx, BROWSER, mark.to_string());
    (mark, cookie.max_age(Duration::days(1)).finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_a_stranger() {
        assert_eq!(next_of("/vi/needs/new?q=lúa"), Some("/vi/needs/new?q=lúa"));
        for away in [
            "https://x.example",
            "//x.example",
            "/vi//x.example",
            "/vi/\\x",
            "/api/x",
            "",
            "vi/needs",
        ] {
            assert_eq!(next_of(away), None, "{away}");
        }
    }
}
