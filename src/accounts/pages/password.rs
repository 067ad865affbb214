//! A forgotten password: a mailed link leads to a form for a new one.

use std::time::Instant;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{ServiceConfig, get, post};
use askama::Template;

use super::{Token, let_in};
use crate::accounts::limits::{self, Pace};
use crate::accounts::tickets::{self, Purpose};
use crate::accounts::{address, coming_in};
use crate::kit::Cx;
use crate::kit::web::{self, Answer, Form, Params, Shell};

pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .route("/password/new", get().to(new))
        .route("/password/letters", post().to(mail_link))
        .route("/password/{token}", get().to(choose))
        .route("/password/{token}", post().to(reset));
}

#[derive(Template)]
#[template(path = "accounts/password_lost.html")]
struct LostPage {
    shell: Shell,
    form: Form,
    mailed: bool,
}

async fn new(shell: Shell, params: Params) -> Answer {
    let form = Form::with([("email", params.value("email").to_owned())]);
    web::page(&LostPage {
        shell,
        form,
        mailed: false,
    })
}

async fn mail_link(cx: Cx, shell: Shell, request: HttpRequest, mut form: Form) -> Answer {
    let email = address::email_in(&mut form);
    if !form.is_sound() {
        let page = LostPage {
            shell,
            form,
            mailed: false,
        };
        return web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    limits::admit(&cx, &request, Pace::Letter, &email).await?;
    let started = Instant::now();
    coming_in::mail_reset(&cx, &email).await?;
    limits::at_the_beat(started).await;
    web::page(&LostPage {
        shell,
        form,
        mailed: true,
    })
}

#[derive(Template)]
#[template(path = "accounts/password_new.html")]
struct ChoosePage {
    shell: Shell,
    form: Form,
    email: String,
    used: bool,
}

async fn choose(cx: Cx, shell: Shell, Token(token): Token) -> Answer {
    let ticket = tickets::read(&cx, &cx.db, &token, Purpose::Reset).await?;
    let used = ticket.is_used();
    web::page(&ChoosePage {
        shell,
        form: Form::default(),
        email: ticket.email.unwrap_or_default(),
        used,
    })
}

async fn reset(cx: Cx, shell: Shell, request: HttpRequest, Token(token): Token, mut form: Form) -> Answer {
    let ticket = tickets::read(&cx, &cx.db, &token, Purpose::Reset).await?;
    let password = form.value("password").to_owned();
    let outcome = coming_in::reset(&cx, &ticket, &password, &request).await;
    match form.tried(outcome)? {
        Some(session) => let_in(&cx, &shell, &session, &shell.url("settings")),
        None => {
            let used = ticket.is_used();
            let page = ChoosePage {
                shell,
                form,
                email: ticket.email.unwrap_or_default(),
                used,
            };
            web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
