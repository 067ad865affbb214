//! The cookies of this service. Each goes to this very origin alone and to no script; over https its name says so
//! (`__Host-`), and the browser holds a neighbour's host to it. Over http browsers refuse that name.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, CookieBuilder, SameSite};

use crate::kit::Cx;

/// One to be kept until the browser is closed, if nothing is said of its age.
pub fn build(cx: &Cx, name: &'static str, value: String) -> CookieBuilder<'static> {
    Cookie::build(full_name(cx, name), value)
        .path("/")
        .http_only(true)
        .secure(cx.config.is_https())
        .same_site(SameSite::Lax)
}

/// The same, for a browser to throw away.
pub fn gone(cx: &Cx, name: &'static str) -> Cookie<'static> {
    let mut cookie = build(cx, name, String::new()).finish();
    cookie.make_removal();
    cookie
}

/// What a request carries under a name.
pub fn value_of(cx: &Cx, request: &HttpRequest, name: &'static str) -> Option<String> {
    request
        .cookie(&full_name(cx, name))
        .map(|cookie| cookie.value().to_owned())
}

fn full_name(cx: &Cx, name: &'static str) -> Cow<'static, str> {
    if cx.config.is_https() {
        Cow::Owned(format!("__Host-{name}"))
    } else {
        Cow::Borrowed(name)
    }
}
