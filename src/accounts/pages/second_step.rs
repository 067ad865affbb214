//! The second step: asked at the door, set up and taken away in the settings.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{ServiceConfig, get, post};
use askama::Template;

use super::{Token, let_in, through_the_door};
use crate::accounts::limits::{self, Pace};
use crate::accounts::second_step::{self, totp};
use crate::accounts::session::{self, Entry};
use crate::accounts::tickets::{self, Purpose};
use crate::accounts::{Actor, Admin};
use crate::ids::PersonId;
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::fault::Fault;
use crate::kit::web::qr::Picture;
use crate::kit::web::{self, Answer, Form, Id, Params, Shell};

const HERE: &str = "settings/second-step";

pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .route("/session/second-steps/{token}", get().to(ask))
        .route("/session/second-steps/{token}", post().to(answer))
        .route("/settings/second-step", get().to(show))
        .route("/settings/second-step", post().to(begin))
        .route("/settings/second-step/confirmation", post().to(confirm))
        .route("/settings/second-step/codes", post().to(renew_codes))
        .route("/settings/second-step/removal", post().to(remove))
        .route("/admin/people/{id}/second-step/removal", post().to(reset));
}

// At the door ----------------------------------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "accounts/second_step_ask.html")]
struct AskPage {
    shell: Shell,
    form: Form,
}

async fn ask(cx: Cx, shell: Shell, Token(token): Token, params: Params) -> Answer {
    let ticket = tickets::read(&cx, &cx.db, &token, Purpose::SecondStep).await?;
    if ticket.is_used() {
        return Err(Fault::Missing);
    }
    let form = Form::with([("next", params.value("next").to_owned())]);
    web::page(&AskPage { shell, form })
}

async fn answer(cx: Cx, shell: Shell, request: HttpRequest, Token(token): Token, mut form: Form) -> Answer {
    let ticket = tickets::read(&cx, &cx.db, &token, Purpose::SecondStep).await?;
    let id = ticket.person_id.ok_or(Fault::Missing)?;
    limits::admit(&cx, &request, Pace::SecondStep, &id.to_string()).await?;
    let passed = second_step::pass(&cx, &ticket, form.value("code"), &request).await;
    match form.tried(passed)? {
        Some(session) => let_in(&cx, &shell, &Entry::In(session), form.value("next")),
        None => web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &AskPage { shell, form }),
    }
}

// In the settings ------------------------------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "accounts/second_step.html")]
struct SecondStepPage {
    shell: Shell,
    form: Form,
    standing: Standing,
    /// Shown once, on the answer to the act that drew them.
    fresh_codes: Vec<String>,
    /// The reader's role waits for it.
    is_awaited: bool,
}

enum Standing {
    Off,
    Begun { picture: Picture, secret: String },
    On { since: At, codes_left: i64 },
}

async fn show(cx: Cx, shell: Shell, me: Actor) -> Answer {
    web::page(&page_for(&cx, shell, &me, Form::default(), Vec::new()).await?)
}

async fn page_for(
    cx: &Cx,
    shell: Shell,
    me: &Actor,
    form: Form,
    fresh_codes: Vec<String>,
) -> Result<SecondStepPage, Fault> {
    let (kept, codes_left) = second_step::of(cx, me).await?;
    let standing = match kept {
        None => Standing::Off,
        Some(kept) => match kept.confirmed_at {
            Some(since) => Standing::On { since, codes_left },
            // The key is shown to who has just come in: begun anew, it is another one.
            None if !session::is_fresh(cx, me) => Standing::Off,
            None => Standing::Begun {
                picture: Picture::of(&totp::address(&kept.secret, &cx.config.programme, &me.email))?,
                secret: in_groups(&totp::base32(&kept.secret)),
            },
        },
    };
    let is_awaited = me.lacks_second_step && !matches!(standing, Standing::On { .. });
    Ok(SecondStepPage {
        shell,
        form,
        standing,
        fresh_codes,
        is_awaited,
    })
}

async fn begin(cx: Cx, shell: Shell, me: Actor) -> Answer {
    if !session::is_fresh(&cx, &me) {
        return through_the_door(&shell, HERE);
    }
    second_step::begin(&cx, &me).await?;
    web::see_other(shell.url(HERE))
}

async fn confirm(cx: Cx, shell: Shell, request: HttpRequest, me: Actor, form: Form) -> Answer {
    if !session::is_fresh(&cx, &me) {
        return through_the_door(&shell, HERE);
    }
    limits::admit(&cx, &request, Pace::SecondStep, &me.id.to_string()).await?;
    let codes = second_step::confirm(&cx, &me, form.value("code")).await;
    with_codes(&cx, shell, &me, form, codes).await
}

async fn renew_codes(cx: Cx, shell: Shell, request: HttpRequest, me: Actor, form: Form) -> Answer {
    limits::admit(&cx, &request, Pace::SecondStep, &me.id.to_string()).await?;
    let codes = second_step::renew_codes(&cx, &me, form.value("code")).await;
    with_codes(&cx, shell, &me, form, codes).await
}

async fn with_codes(
    cx: &Cx,
    shell: Shell,
    me: &Actor,
    mut form: Form,
    codes: Result<Vec<String>, Fault>,
) -> Answer {
    let codes = form.tried(codes)?.unwrap_or_default();
    let status = form.status();
    web::page_with(status, &page_for(cx, shell, me, form, codes).await?)
}

async fn remove(cx: Cx, shell: Shell, request: HttpRequest, me: Actor, mut form: Form) -> Answer {
    limits::admit(&cx, &request, Pace::SecondStep, &me.id.to_string()).await?;
    let removed = second_step::remove(&cx, &me, form.value("code")).await;
    if form.tried(removed)?.is_none() {
        let status = form.status();
        return web::page_with(status, &page_for(&cx, shell, &me, form, Vec::new()).await?);
    }
    web::see_other_saying(
        shell.url("settings/second-step"),
        shell.t("Đã tắt bước thứ hai.", "The second step is off."),
    )
}

async fn reset(cx: Cx, shell: Shell, admin: Admin, Id(id): Id<PersonId>) -> Answer {
    second_step::reset(&cx, &admin, id).await?;
    web::see_other_saying(
        shell.url("admin/people"),
        shell.t(
            "Đã xóa bước thứ hai; người đó thiết lập lại sau khi đăng nhập.",
            "The second step was taken away; they set it up anew after signing in.",
        ),
    )
}

/// Four letters at a time, as people copy them.
fn in_groups(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}
