//! Requests about one's own data: asked in the settings, answered on the desk.

use actix_web::http::StatusCode;
use actix_web::web::{ServiceConfig, get, post};
use askama::Template;

use crate::accounts::requests::{self, Outcome, Request, RequestKind};
use crate::accounts::{Actor, Coordinator, Person};
use crate::ids::RequestId;
use crate::kit::Cx;
use crate::kit::web::{self, Answer, Form, Id, Shell};

const MOST_WORDS: usize = 2_000;

pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .route("/settings/requests", get().to(own))
        .route("/settings/requests", post().to(ask))
        .route("/desk/requests", get().to(list))
        .route("/desk/requests/{id}/answer", post().to(answer))
        .route("/desk/requests/{id}/fulfilment", post().to(fulfil))
        .route("/desk/requests/{id}/refusal", post().to(refuse));
}

#[derive(Template)]
#[template(path = "accounts/requests.html")]
struct OwnPage {
    shell: Shell,
    form: Form,
    requests: Vec<Request>,
}

impl OwnPage {
    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        let option = |kind: &RequestKind| (kind.code(), kind.label(self.shell.lang));
        RequestKind::ALL.iter().map(option).collect()
    }
}

async fn own(cx: Cx, shell: Shell, me: Actor) -> Answer {
    own_page(&cx, shell, &me, Form::default()).await
}

async fn own_page(cx: &Cx, shell: Shell, me: &Actor, form: Form) -> Answer {
    let requests = requests::of_person(cx, me.id).await?;
    web::page_with(
        form.status(),
        &OwnPage {
            shell,
            form,
            requests,
        },
    )
}

async fn ask(cx: Cx, shell: Shell, me: Actor, mut form: Form) -> Answer {
    let words = form.prose("words", MOST_WORDS).unwrap_or_default();
    let kind = RequestKind::from_code(form.value("kind"));
    if kind.is_none() {
        form.flaw("kind", "Hãy chọn bạn muốn gì.", "Choose what you want.");
    }
    let (Some(kind), true) = (kind, form.is_sound()) else {
        return own_page(&cx, shell, &me, form).await;
    };
    let asked = requests::ask(&cx, &me, kind, &words).await;
    if form.tried(asked)?.is_none() {
        return own_page(&cx, shell, &me, form).await;
    }
    web::see_other_saying(
        shell.url("settings/requests"),
        shell.t(
            "Đã gửi. Bạn được trả lời trong hai ngày làm việc.",
            "Sent. You will have an answer within two working days.",
        ),
    )
}

// The desk -------------------------------------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "desk/requests.html")]
struct ListPage {
    shell: Shell,
    form: Form,
    /// The request whose form came back with a fault.
    at_fault: Option<RequestId>,
    rows: Vec<(Request, Option<Person>)>,
}

impl ListPage {
    fn is_at_fault(&self, request: &Request) -> bool {
        self.at_fault == Some(request.id)
    }
}

async fn list(cx: Cx, shell: Shell, who: Coordinator) -> Answer {
    list_page(&cx, shell, &who, Form::default(), None).await
}

async fn list_page(
    cx: &Cx,
    shell: Shell,
    who: &Coordinator,
    form: Form,
    at_fault: Option<RequestId>,
) -> Answer {
    let status = if form.is_sound() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let rows = requests::list(cx, who).await?;
    web::page_with(
        status,
        &ListPage {
            shell,
            form,
            at_fault,
            rows,
        },
    )
}

async fn answer(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<RequestId>, mut form: Form) -> Answer {
    let words = said(&mut form);
    if !form.is_sound() {
        return list_page(&cx, shell, &who, form, Some(id)).await;
    }
    requests::answer(&cx, &who, id, &words).await?;
    back(&shell)
}

async fn fulfil(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<RequestId>, mut form: Form) -> Answer {
    let words = form.prose("words", MOST_WORDS).unwrap_or_default();
    if !form.is_sound() {
        return list_page(&cx, shell, &who, form, Some(id)).await;
    }
    let closed = requests::close(&cx, &who, id, Outcome::Done, &words).await;
    match form.tried(closed)? {
        Some(()) => back(&shell),
        None => list_page(&cx, shell, &who, form, Some(id)).await,
    }
}

async fn refuse(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<RequestId>, mut form: Form) -> Answer {
    let words = said(&mut form);
    if !form.is_sound() {
        return list_page(&cx, shell, &who, form, Some(id)).await;
    }
    requests::close(&cx, &who, id, Outcome::Refused, &words).await?;
    back(&shell)
}

/// What the person is told; an answer and a refusal are nothing without it.
fn said(form: &mut Form) -> String {
    let words = form.prose("words", MOST_WORDS);
    form.must(
        words,
        "words",
        "Hãy viết điều người hỏi sẽ nhận được trong thư.",
        "Write what the person will read in the letter.",
    )
}

fn back(shell: &Shell) -> Answer {
    web::see_other_saying(
        shell.url("desk/requests"),
        shell.t(
            "Đã ghi; người hỏi nhận được thư.",
            "Noted; the person gets a letter.",
        ),
    )
}
