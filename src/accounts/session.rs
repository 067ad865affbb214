//! Sessions: a random cookie, of which the database keeps only a hash, so one can be listed and ended.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use sha2::{Digest as _, Sha256};

use crate::kit::Cx;

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
        .max_age(Duration::days(30))
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
