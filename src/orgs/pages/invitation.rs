//! A colleague's invitation, opened from its letter: the page changes nothing, its button lets in.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{ServiceConfig, get, post};
use askama::Template;

use crate::accounts::pages::{Token, let_in};
use crate::accounts::tickets::{self, Purpose, Ticket};
use crate::accounts::{self, Newcomer, address, consent};
use crate::ids::OrgId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::web::{self, Answer, Form, Shell};
use crate::orgs::{Org, joining, store};

pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .route("/invitations/{token}", get().to(show))
        .route("/invitations/{token}", post().to(take));
}

#[derive(Template)]
#[template(path = "orgs/invitation.html")]
struct InvitationPage {
    shell: Shell,
    form: Form,
    org: Org,
    email: String,
    used: bool,
    /// Nobody has an account with this address yet: a name and consent are asked for.
    is_new: bool,
}

async fn show(cx: Cx, shell: Shell, Token(token): Token) -> Answer {
    let ticket = tickets::read(&cx, &cx.db, &token, Purpose::Invite).await?;
    web::page(&page_for(&cx, shell, &ticket, Form::default()).await?)
}

async fn page_for(cx: &Cx, shell: Shell, ticket: &Ticket, form: Form) -> Result<InvitationPage, Fault> {
    let org = OrgId(ticket.subject.ok_or(Fault::Missing)?);
    let email = ticket.email.clone().unwrap_or_default();
    Ok(InvitationPage {
        shell,
        form,
        org: store::get(&cx.db, org).await?,
        is_new: !accounts::has_account(&cx.db, &email).await?,
        email,
        used: ticket.is_used(),
    })
}

async fn take(cx: Cx, shell: Shell, request: HttpRequest, Token(token): Token, mut form: Form) -> Answer {
    let ticket = tickets::read(&cx, &cx.db, &token, Purpose::Invite).await?;
    let email = ticket.email.clone().unwrap_or_default();
    let is_new = !accounts::has_account(&cx.db, &email).await?;
    let name = if is_new {
        address::name_in(&mut form)
    } else {
        String::new()
    };
    if is_new && !form.ticked("terms") {
        form.flaw(
            "terms",
            "Cần đồng ý với điều khoản để có tài khoản.",
            "An account needs your consent to the terms.",
        );
    }
    if !form.is_sound() {
        let page = page_for(&cx, shell, &ticket, form).await?;
        return web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let newcomer = Newcomer {
        email,
        name,
        phone: None,
        password: None,
        lang: shell.lang,
        letters: form.ticked("letters"),
    };
    let session = joining::take_invitation(&cx, &ticket, &newcomer, &request).await?;
    let_in(&cx, &shell, &session, &shell.url("inbox"))
}
