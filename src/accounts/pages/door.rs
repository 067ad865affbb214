//! Signing in by password or by a mailed link or code, and signing out.

use std::time::Instant;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{ServiceConfig, get, post};
use askama::Template;

use super::account::{ButtonPage, wrong_code};
use super::{Token, bye, let_in, next_of, waiting_at, waiting_form};
use crate::accounts::limits::{self, Pace};
use crate::accounts::tickets::{self, Purpose};
use crate::accounts::{Actor, Reader, address, coming_in, session};
use crate::kit::Cx;
use crate::kit::web::{self, Answer, Form, Params, Shell};

pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .route("/session/new", get().to(new))
        .route("/session", post().to(sign_in))
        .route("/session/end", post().to(sign_out))
        .route("/session/letters", post().to(mail_link))
        .route("/session/codes/new", get().to(ask_code))
        .route("/session/codes", post().to(by_code))
        .route("/session/links/{token}", get().to(ask_button))
        .route("/session/links/{token}", post().to(by_link))
        .route("/start", get().to(start));
}

#[derive(Template)]
#[template(path = "accounts/sign_in.html")]
struct SignInPage {
    shell: Shell,
    form: Form,
}

/// Whoever is in already goes on, unless they are to show `again` who they are.
async fn new(shell: Shell, reader: Reader, params: Params) -> Answer {
    if reader.actor().is_some() && params.value("again").is_empty() {
        return web::see_other(next_of(params.value("next")).unwrap_or(&shell.url("start")));
    }
    let next = params.value("next").to_owned();
    web::page(&SignInPage {
        shell,
        form: Form::with([
            ("next", next),
            (
                "email",
                reader
                    .actor()
                    .map(|actor| actor.email.clone())
                    .unwrap_or_default(),
            ),
        ]),
    })
}

/// Where someone's day begins.
async fn start(shell: Shell, actor: Actor) -> Answer {
    let page = if actor.lacks_second_step {
        "settings/second-step"
    } else if actor.coordinates() {
        "desk"
    } else {
        "inbox"
    };
    web::see_other(shell.url(page))
}

async fn sign_in(cx: Cx, shell: Shell, request: HttpRequest, mut form: Form) -> Answer {
    let email = address::email_in(&mut form);
    let next = next_of(form.value("next")).unwrap_or_default().to_owned();
    if !form.is_sound() {
        return web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &SignInPage { shell, form });
    }
    limits::admit(&cx, &request, Pace::Guess, &email).await?;
    let password = form.value("password").to_owned();
    let tried = coming_in::by_password(&cx, &email, &password, &request).await;
    match form.tried(tried)? {
        Some(session) => let_in(&cx, &shell, &session, &next),
        None => web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &SignInPage { shell, form }),
    }
}

async fn sign_out(cx: Cx, shell: Shell, reader: Reader) -> Answer {
    if let Reader::Person(actor) = &reader {
        session::end(&cx, actor, actor.session()).await?;
    }
    bye(&cx, &shell, shell.t("Bạn đã đăng xuất.", "You have signed out."))
}

async fn mail_link(cx: Cx, shell: Shell, request: HttpRequest, mut form: Form) -> Answer {
    let email = address::email_in(&mut form);
    let next = next_of(form.value("next")).unwrap_or_default().to_owned();
    if !form.is_sound() {
        return web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &SignInPage { shell, form });
    }
    limits::admit(&cx, &request, Pace::Letter, &email).await?;
    let started = Instant::now();
    coming_in::mail_link(&cx, &email, &next).await?;
    limits::at_the_beat(started).await;
    let page = waiting_at(&shell.url("session/codes/new"), &email, &next);
    web::see_other(page)
}

#[derive(Template)]
#[template(path = "accounts/sign_in_code.html")]
struct CodePage {
    shell: Shell,
    form: Form,
}

async fn ask_code(shell: Shell, params: Params) -> Answer {
    web::page(&CodePage {
        shell,
        form: waiting_form(&params),
    })
}

async fn by_code(cx: Cx, shell: Shell, request: HttpRequest, mut form: Form) -> Answer {
    let email = address::email_in(&mut form);
    limits::admit(&cx, &request, Pace::Guess, &email).await?;
    match tickets::by_code(&cx, &email, Purpose::SignIn, form.value("code")).await? {
        Some(ticket) => {
            let session = coming_in::by_ticket(&cx, &ticket, &request).await?;
            let_in(&cx, &shell, &session, form.value("next"))
        }
        None => {
            wrong_code(&mut form);
            web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &CodePage { shell, form })
        }
    }
}

async fn ask_button(cx: Cx, shell: Shell, Token(token): Token, params: Params) -> Answer {
    let ticket = tickets::read(&cx, &cx.db, &token, Purpose::SignIn).await?;
    web::page(&ButtonPage {
        title: shell.lang.t("Đăng nhập", "Sign in"),
        words: shell.lang.t(
            "Bấm nút để đăng nhập trên thiết bị này.",
            "Press the button to sign in on this device.",
        ),
        button: shell.lang.t("Đăng nhập", "Sign in"),
        next: params.value("next").to_owned(),
        used: ticket.is_used(),
        shell,
    })
}

async fn by_link(cx: Cx, shell: Shell, request: HttpRequest, Token(token): Token, form: Form) -> Answer {
    let ticket = tickets::read(&cx, &cx.db, &token, Purpose::SignIn).await?;
    let session = coming_in::by_ticket(&cx, &ticket, &request).await?;
    let_in(&cx, &shell, &session, form.value("next"))
}
