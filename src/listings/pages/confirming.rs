//! A coordinator writes for a firm after an interview; the firm confirms by a mailed link.

use actix_web::{HttpRequest, web};
use askama::Template;

use super::piece;
use crate::accounts::{Coordinator, Person};
use crate::kit::Cx;
use crate::kit::web::text::rich;
use crate::kit::web::{Answer, Form, Params, Shell, page, page_with, see_other};
use crate::listings::drafts::New;
use crate::listings::facts::{self, Fact};
use crate::listings::fields::{self, Field};
use crate::listings::{Content, Kind, Listing, Origin, Text, Visibility, review};
use crate::orgs::{self, Org};

const MOST_ORGS: i64 = 8;

pub(super) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/desk/{noun:needs|offers}/new", web::get().to(interview))
        .route("/desk/{noun:needs|offers}", web::post().to(begin))
        .route("/listing-confirmations/{token}", web::get().to(ask))
        .route("/listing-confirmations/{token}", web::post().to(confirm))
        .route("/listing-confirmations/{token}/objection", web::post().to(object));
}

// The interview ----------------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "listings/interview.html")]
struct InterviewPage {
    shell: Shell,
    form: Form,
    kind: Kind,
    sought: String,
    firms: Vec<(Org, Vec<Person>)>,
}

async fn interview(cx: Cx, shell: Shell, _who: Coordinator, kind: Kind, params: Params) -> Answer {
    show_interview(&cx, shell, kind, params.value("org"), Form::default()).await
}

async fn show_interview(cx: &Cx, shell: Shell, kind: Kind, sought: &str, form: Form) -> Answer {
    let mut firms = Vec::new();
    for org in orgs::find_by_name(&cx.db, sought, MOST_ORGS).await? {
        let people = orgs::members(&cx.db, org.id).await?;
        firms.push((org, people));
    }
    let status = form.status();
    page_with(
        status,
        &InterviewPage {
            shell,
            form,
            kind,
            sought: sought.to_owned(),
            firms,
        },
    )
}

/// `contact` names the organisation and the person: `<org>:<person>`.
async fn begin(cx: Cx, shell: Shell, who: Coordinator, kind: Kind, mut form: Form) -> Answer {
    let title = form.line("title", crate::listings::limits::TITLE);
    let title = form.must(
        title,
        "title",
        "Hãy viết nhu cầu trong một câu.",
        "Write it in one sentence.",
    );
    let named = form
        .value("contact")
        .split_once(':')
        .and_then(|(org, person)| Some((org.parse().ok()?, person.parse().ok()?)));
    if named.is_none() {
        form.flaw("contact", "Hãy chọn người liên hệ.", "Choose the contact person.");
    }
    let sought = form.value("org").to_owned();
    if !form.is_sound() {
        return show_interview(&cx, shell, kind, &sought, form).await;
    }
    let mut content = Content::default();
    let text = Text {
        title: title.clone(),
        ..Text::default()
    };
    *content.slot(crate::kit::lang::language_of(&title)) = Some(text);
    let new = New {
        kind,
        origin: Origin::Coordinator,
        org: named.map(|(org, _)| org),
        owner: named.map(|(_, person)| person),
        coordinator: Some(who.0.id),
        visibility: Visibility::Public,
        content,
    };
    let begun = review::begin_interview(&cx, &who.0, new).await;
    match form.tried(begun)? {
        Some(id) => see_other(shell.url(format!("{}/{id}/edit/problem", kind.path()))),
        None => show_interview(&cx, shell, kind, &sought, form).await,
    }
}

// The firm's answer ------------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "listings/confirm.html")]
struct ConfirmPage {
    shell: Shell,
    form: Form,
    token: String,
    listing: Listing,
    person: Person,
    facts: Vec<Fact>,
    texts: Vec<(&'static Field, String)>,
    /// Answered before, or changed since: nothing to press any more.
    over: bool,
}

async fn ask(cx: Cx, shell: Shell, request: HttpRequest) -> Answer {
    show_confirmation(&cx, shell, piece(&request, "token"), Form::default()).await
}

async fn show_confirmation(cx: &Cx, shell: Shell, token: String, form: Form) -> Answer {
    let (ticket, listing, person) = review::to_confirm(cx, &token).await?;
    let texts = fields::all(listing.kind)
        .map(|field| (field, rich(field.shown(listing.draft(), shell.lang))))
        .filter(|(_, html)| !html.is_empty())
        .collect();
    let over =
        ticket.is_used() || !listing.needs_confirmation() || listing.state != crate::listings::State::Review;
    let status = form.status();
    let facts = facts::of(listing.kind, listing.draft(), shell.lang);
    page_with(
        status,
        &ConfirmPage {
            shell,
            form,
            token,
            listing,
            person,
            facts,
            texts,
            over,
        },
    )
}

#[derive(Template)]
#[template(path = "listings/confirmed.html")]
struct ConfirmedPage {
    shell: Shell,
    confirmed: bool,
}

async fn confirm(cx: Cx, shell: Shell, request: HttpRequest, form: Form) -> Answer {
    let version = form.value("version").parse().unwrap_or(0);
    review::confirm(&cx, &piece(&request, "token"), version).await?;
    page(&ConfirmedPage {
        shell,
        confirmed: true,
    })
}

async fn object(cx: Cx, shell: Shell, request: HttpRequest, mut form: Form) -> Answer {
    let token = piece(&request, "token");
    let version = form.value("version").parse().unwrap_or(0);
    let words = form.prose("words", 2_000);
    let words = form.must(
        words,
        "words",
        "Hãy cho biết điều gì chưa đúng.",
        "Say what is not right.",
    );
    if !form.is_sound() {
        return show_confirmation(&cx, shell, token, form).await;
    }
    review::object(&cx, &token, version, words).await?;
    page(&ConfirmedPage {
        shell,
        confirmed: false,
    })
}
