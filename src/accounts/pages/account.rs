//! Signing up and confirming an address; becoming the first admin.

use std::time::Instant;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{ServiceConfig, get, post};
use askama::Template;

use super::{
    Token, browser_of, let_in, mark_browser, next_of, set_cookie, waiting_at, waiting_form, with_next,
};
use crate::accounts::consent;
use crate::accounts::limits::{self, Pace};
use crate::accounts::tickets::{self, Purpose, Ticket};
use crate::accounts::{Newcomer, Reader, address, coming_in, joining, passwords, session, store};
use crate::kit::Cx;
use crate::kit::web::{self, Answer, Form, Params, Shell};

pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .route("/account/new", get().to(new))
        .route("/account", post().to(join))
        .route("/confirmation/new", get().to(ask_code))
        .route("/confirmation", post().to(confirm_by_code))
        .route("/confirmation/letters", post().to(confirm_again))
        .route("/confirmation/{token}", get().to(ask_button))
        .route("/confirmation/{token}", post().to(confirm_by_link))
        .route("/administration/{token}", get().to(ask_first_admin))
        .route("/administration/{token}", post().to(become_first_admin));
}

#[derive(Template)]
#[template(path = "accounts/join.html")]
struct JoinPage {
    shell: Shell,
    form: Form,
}

async fn new(shell: Shell, reader: Reader, params: Params) -> Answer {
    if reader.actor().is_some() {
        return web::see_other(next_of(params.value("next")).unwrap_or(&shell.url("settings")));
    }
    let next = params.value("next").to_owned();
    let email = params.value("email").to_owned();
    web::page(&JoinPage {
        shell,
        form: Form::with([("next", next), ("email", email)]),
    })
}

async fn join(cx: Cx, shell: Shell, request: HttpRequest, mut form: Form) -> Answer {
    let newcomer = newcomer_of(&shell, &mut form);
    if !form.is_sound() {
        return web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &JoinPage { shell, form });
    }
    // A box no person sees was filled in: a machine. It gets the same page and no letter.
    let is_person = form.value("website").is_empty();
    let next = next_of(form.value("next")).unwrap_or_default();
    let (browser, mark) = mark_browser(&cx, &request);
    if is_person {
        limits::admit(&cx, &request, Pace::Letter, &newcomer.email).await?;
        let started = Instant::now();
        joining::join(&cx, &newcomer, browser, next).await?;
        limits::at_the_beat(started).await;
    }
    let page = waiting_at(&shell.url("confirmation/new"), &newcomer.email, next);
    let mut answer = web::see_other(page)?;
    set_cookie(&mut answer, &mark)?;
    Ok(answer)
}

/// Who signs up, as far as the form says it soundly. Nobody does without the terms.
fn newcomer_of(shell: &Shell, form: &mut Form) -> Newcomer {
    if !form.ticked("terms") {
        form.flaw(
            "terms",
            "Cần đồng ý với điều khoản để có tài khoản.",
            "An account needs your consent to the terms.",
        );
    }
    let email = address::email_in(form);
    let password = Some(form.value("password").to_owned()).filter(|password| !password.is_empty());
    if let Some(said) = password
        .as_deref()
        .and_then(|password| passwords::objection(password, &email))
    {
        form.flaw("password", said.vi, said.en);
    }
    Newcomer {
        email,
        name: address::name_in(form),
        phone: address::phone_in(form),
        password,
        lang: shell.lang,
        letters: form.ticked("letters"),
    }
}

#[derive(Template)]
#[template(path = "accounts/confirmation_code.html")]
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

async fn confirm_by_code(cx: Cx, shell: Shell, request: HttpRequest, mut form: Form) -> Answer {
    let email = address::email_in(&mut form);
    limits::admit(&cx, &request, Pace::Guess, &email).await?;
    let ticket = tickets::by_code(&cx, &email, Purpose::Confirm, form.value("code")).await?;
    let Some(ticket) = ticket else {
        wrong_code(&mut form);
        return web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &CodePage { shell, form });
    };
    finish(&cx, &shell, &request, &ticket, form.value("next")).await
}

pub(super) fn wrong_code(form: &mut Form) {
    form.flaw(
        "code",
        "Mã không đúng hoặc đã hết hạn. Mỗi mã chỉ được thử năm lần; bạn có thể xin mã mới.",
        "The code is wrong or too old. Each can be tried five times; you can ask for a new one.",
    );
}

/// Sends the letter anew; whether there is anyone to send it to, the page does not tell.
async fn confirm_again(cx: Cx, shell: Shell, request: HttpRequest, mut form: Form) -> Answer {
    let email = address::email_in(&mut form);
    let next = next_of(form.value("next")).unwrap_or_default().to_owned();
    if !form.is_sound() {
        return web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &CodePage { shell, form });
    }
    limits::admit(&cx, &request, Pace::Letter, &email).await?;
    let (browser, mark) = mark_browser(&cx, &request);
    let started = Instant::now();
    let mut tx = cx.db.begin().await?;
    if let Some(person) = store::by_email(&mut tx, &email).await?
        && person.confirmed_at.is_none()
    {
        joining::ask_to_confirm(&cx, &mut tx, &person, browser, &next).await?;
    }
    tx.commit().await?;
    limits::at_the_beat(started).await;
    let page = waiting_at(&shell.url("confirmation/new"), &email, &next);
    let sentence = shell.t(
        "Đã gửi lại. Hãy xem cả thư mục thư rác.",
        "Sent again. Have a look at the spam folder, too.",
    );
    let mut answer = web::see_other_saying(page, sentence)?;
    set_cookie(&mut answer, &mark)?;
    Ok(answer)
}

/// A page with one button, for a link in a letter: opening it changes nothing.
#[derive(Template)]
#[template(path = "accounts/button.html")]
pub(super) struct ButtonPage {
    pub shell: Shell,
    pub title: &'static str,
    pub words: &'static str,
    pub button: &'static str,
    pub next: String,
    pub used: bool,
}

async fn ask_button(cx: Cx, shell: Shell, Token(token): Token, params: Params) -> Answer {
    let ticket = tickets::read(&cx, &cx.db, &token, Purpose::Confirm).await?;
    web::page(&ButtonPage {
        title: shell.lang.t("Xác nhận địa chỉ", "Confirm your address"),
        words: shell.lang.t(
            "Bấm nút để xác nhận địa chỉ này là của bạn và đăng nhập.",
            "Press the button to confirm that this address is yours, and to sign in.",
        ),
        button: shell.lang.t("Xác nhận và đăng nhập", "Confirm and sign in"),
        next: params.value("next").to_owned(),
        used: ticket.is_used(),
        shell,
    })
}

async fn confirm_by_link(
    cx: Cx,
    shell: Shell,
    request: HttpRequest,
    Token(token): Token,
    form: Form,
) -> Answer {
    let ticket = tickets::read(&cx, &cx.db, &token, Purpose::Confirm).await?;
    finish(&cx, &shell, &request, &ticket, form.value("next")).await
}

/// In, and on to saying which organisation one belongs to.
async fn finish(cx: &Cx, shell: &Shell, request: &HttpRequest, ticket: &Ticket, next: &str) -> Answer {
    let session = coming_in::by_confirmation(cx, ticket, browser_of(cx, request), request).await?;
    let organisation = with_next(shell.url("organisations/new"), next);
    let_in(cx, shell, &session, &organisation)
}

#[derive(Template)]
#[template(path = "accounts/first_admin.html")]
struct FirstAdminPage {
    shell: Shell,
    form: Form,
    used: bool,
}

async fn ask_first_admin(cx: Cx, shell: Shell, Token(token): Token) -> Answer {
    let ticket = tickets::read(&cx, &cx.db, &token, Purpose::FirstAdmin).await?;
    web::page(&FirstAdminPage {
        shell,
        form: Form::default(),
        used: ticket.is_used(),
    })
}

async fn become_first_admin(
    cx: Cx,
    shell: Shell,
    request: HttpRequest,
    Token(token): Token,
    mut form: Form,
) -> Answer {
    let ticket = tickets::read(&cx, &cx.db, &token, Purpose::FirstAdmin).await?;
    let newcomer = newcomer_of(&shell, &mut form);
    if !form.is_sound() {
        let page = FirstAdminPage {
            shell,
            form,
            used: ticket.is_used(),
        };
        return web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let password = match &newcomer.password {
        Some(password) => Some(passwords::hash(password).await?),
        None => None,
    };
    let mut tx = cx.db.begin().await?;
    let id = joining::become_first_admin(&cx, &mut tx, &ticket, &newcomer, password.as_deref()).await?;
    let session = session::enter(&cx, &mut tx, id, &request).await?;
    tx.commit().await?;
    let_in(&cx, &shell, &session, &shell.url("desk"))
}
