//! A side's answer, signed in or by the link of a letter.

use actix_web::web;
use askama::Template;

use super::decline_reasons;
use crate::accounts::Reader;
use crate::ids::PairingId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::web::{self as pages, Answer, Form, Id, Params, Shell};
use crate::matching::cards::{self, Card};
use crate::matching::stage::Stage;
use crate::matching::{Because, Standing, answer, couple};
use crate::vocab::{self, Scheme, Term};

pub(super) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/pairings/{id}/answer", web::get().to(answer_page))
        .route("/pairings/{id}/acceptance", web::post().to(accept))
        .route("/pairings/{id}/refusal", web::post().to(refuse));
}

#[derive(Template)]
#[template(path = "matching/answer.html")]
struct AnswerPage {
    shell: Shell,
    form: Form,
    card: Card,
    name: String,
    /// Preselected by the link: yes, no, or nothing.
    leaning: String,
    token: String,
    reasons: Vec<&'static Term>,
}

/// Changes nothing: mail scanners open links too.
async fn answer_page(cx: Cx, shell: Shell, reader: Reader, Id(id): Id<PairingId>, params: Params) -> Answer {
    show_answer(
        &cx,
        shell,
        &reader,
        id,
        Form::default(),
        params.value("token"),
        params.value("answer"),
    )
    .await
}

async fn show_answer(
    cx: &Cx,
    shell: Shell,
    reader: &Reader,
    id: PairingId,
    form: Form,
    token: &str,
    leaning: &str,
) -> Answer {
    answer::must_be_somebody(reader, token)?;
    let couple = couple(cx, id).await?;
    let who = answer::answerer(cx, &couple, reader, token).await?;
    if !couple.pairing.is_known_to(who.side) {
        return Err(Fault::Missing);
    }
    let card = cards::card(cx, shell.lang, &couple, Standing::Side(who.side)).await?;
    let status = form.status();
    let page = AnswerPage {
        shell,
        form,
        card,
        name: who.person.name,
        leaning: leaning.to_owned(),
        token: token.to_owned(),
        reasons: decline_reasons(),
    };
    pages::page_with(status, &page)
}

async fn accept(cx: Cx, shell: Shell, reader: Reader, Id(id): Id<PairingId>, form: Form) -> Answer {
    let stage = answer::accept(&cx, id, &reader, form.value("token")).await?;
    let said = match stage {
        Stage::Introduced => shell.t(
            "Hai bên đã đồng ý. Thư giới thiệu kèm liên hệ đang được gửi.",
            "Both sides said yes. The introduction with the contacts is on its way.",
        ),
        _ => shell.t(
            "Đã ghi nhận: bạn đồng ý. Khi bên kia cũng đồng ý, hai bên sẽ nhận được liên hệ của nhau.",
            "Noted: you accept. When the other side accepts too, both get each other's contact.",
        ),
    };
    answered(&shell, &reader, id, stage, said)
}

async fn refuse(cx: Cx, shell: Shell, reader: Reader, Id(id): Id<PairingId>, mut form: Form) -> Answer {
    let reason = form
        .text("reason")
        .filter(|code| vocab::knows(Scheme::Decline, code));
    let reason = form.must(reason, "reason", "Hãy chọn một lý do.", "Please choose a reason.");
    let note = form.prose("note", 1_000);
    let token = form.value("token").to_owned();
    if !form.is_sound() {
        return show_answer(&cx, shell, &reader, id, form, &token, "no").await;
    }
    let because = Because {
        reason: Some(reason),
        note,
    };
    let stage = answer::decline(&cx, id, &reader, &token, because).await?;
    let said = shell.t(
        "Đã ghi nhận. Cảm ơn bạn: lý do này giúp những gợi ý sau hợp hơn.",
        "Noted. Thank you: the reason makes later suggestions better.",
    );
    answered(&shell, &reader, id, stage, said)
}

/// Whoever answered by a letter's link may not be signed in: then the home page is where they land.
fn answered(shell: &Shell, reader: &Reader, id: PairingId, stage: Stage, said: &str) -> Answer {
    let path = match (reader, stage) {
        (Reader::Person(_), Stage::Introduced) => shell.url(format!("pairings/{id}/thread")),
        (Reader::Person(_), _) => shell.url("inbox"),
        (Reader::Anyone, _) => shell.url(""),
    };
    pages::see_other_saying(path, said)
}
