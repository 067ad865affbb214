//! The page two introduced sides share.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::why::{Told, told};
use crate::accounts::{self, Actor};
use crate::ids::{OutcomeId, PairingId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::web::{self as pages, Answer, Form, Id, Shell};
use crate::matching::cards::{self, Card};
use crate::matching::stage::{Stage, Step, after};
use crate::matching::thread::{self, Contact, Message, Outcome, Voice};
use crate::matching::{self, Because, Standing, store};
use crate::vocab::{self, Scheme, Term};

pub(super) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/pairings/{id}/thread", web::get().to(show))
        .route("/pairings/{id}/messages", web::post().to(post))
        .route("/pairings/{id}/steps", web::post().to(go_on))
        .route("/pairings/{id}/outcomes", web::post().to(report))
        .route("/pairings/{id}/ending", web::post().to(end))
        .route("/pairings/{id}/meeting.ics", web::get().to(meeting));
}

#[derive(Template)]
#[template(path = "matching/thread.html")]
struct ThreadPage {
    shell: Shell,
    form: Form,
    card: Card,
    contacts: Vec<Contact>,
    messages: Vec<Said>,
    outcomes: Vec<Outcome>,
    moves: Vec<Told>,
    lanes: Vec<Lane>,
    next: Vec<(&'static str, String)>,
    outcome_kinds: &'static [Term],
    open: bool,
}

/// A message with its writer's name.
struct Said {
    name: String,
    voice: Voice,
    mine: bool,
    body: String,
    at: At,
}

/// A step of the way, passed, present or to come.
struct Lane {
    label: &'static str,
    class: &'static str,
}

impl ThreadPage {
    fn outcome_label(&self, outcome: &Outcome) -> String {
        vocab::label(Scheme::Outcome, &outcome.kind, self.shell.lang)
    }
}

async fn show(cx: Cx, shell: Shell, actor: Actor, Id(id): Id<PairingId>) -> Answer {
    page(&cx, shell, &actor, id, Form::default()).await
}

async fn page(cx: &Cx, shell: Shell, actor: &Actor, id: PairingId, form: Form) -> Answer {
    let (couple, standing) = thread::introduced(cx, actor, id).await?;
    let stage = couple.pairing.stage;
    let messages = thread::messages(&cx.db, id).await?;
    let status = form.status();
    let page = ThreadPage {
        card: cards::card(cx, shell.lang, &couple, standing).await?,
        contacts: thread::contacts(cx, actor, &couple).await?,
        messages: said(cx, messages, actor).await?,
        outcomes: thread::outcomes(&cx.db, id).await?,
        moves: told(&store::moves(&cx.db, id).await?, shell.lang),
        lanes: lanes(stage, &shell),
        next: next(stage, &shell),
        outcome_kinds: vocab::terms(Scheme::Outcome),
        open: stage.is_introduced(),
        form,
        shell,
    };
    pages::page_with(status, &page)
}

async fn said(cx: &Cx, messages: Vec<Message>, actor: &Actor) -> Result<Vec<Said>, crate::kit::fault::Fault> {
    let mut said = Vec::new();
    for message in messages {
        let name = match message.by_person {
            Some(person) => accounts::person(&cx.db, person)
                .await
                .map_or_else(|_| "–".to_owned(), |one| one.name),
            None => "–".to_owned(),
        };
        said.push(Said {
            name,
            voice: message.side,
            mine: message.by_person == Some(actor.id),
            body: message.body,
            at: message.created_at,
        });
    }
    Ok(said)
}

const WAY: [Stage; 5] = [
    Stage::Introduced,
    Stage::Meeting,
    Stage::Negotiating,
    Stage::Agreed,
    Stage::Completed,
];

fn lanes(stage: Stage, shell: &Shell) -> Vec<Lane> {
    let now = WAY.iter().position(|one| *one == stage);
    (0..)
        .zip(WAY)
        .map(|(at, one): (usize, _)| Lane {
            label: one.label(shell.lang),
            class: match now {
                Some(now) if at < now => "done",
                Some(now) if at == now => "now",
                _ => "",
            },
        })
        .collect()
}

/// Where one may go on to from here; skipping forward is allowed.
fn next(stage: Stage, shell: &Shell) -> Vec<(&'static str, String)> {
    WAY.into_iter()
        .filter(|to| Step::towards(*to).is_some_and(|step| after(stage, step).is_some()))
        .map(|to| (to.code(), to.label(shell.lang).to_owned()))
        .collect()
}

async fn post(cx: Cx, shell: Shell, actor: Actor, Id(id): Id<PairingId>, mut form: Form) -> Answer {
    let body = form.prose("message", thread::MESSAGE);
    let body = form.must(body, "message", "Hãy viết lời nhắn.", "Please write a message.");
    if !form.is_sound() {
        return page(&cx, shell, &actor, id, form).await;
    }
    thread::post(&cx, &actor, id, body).await?;
    back(
        &shell,
        id,
        shell.t(
            "Đã gửi, bên kia cũng nhận được qua thư.",
            "Sent; the other side gets it by mail too.",
        ),
    )
}

async fn go_on(cx: Cx, shell: Shell, actor: Actor, Id(id): Id<PairingId>, mut form: Form) -> Answer {
    let stage = Stage::from_code(form.value("stage"));
    let stage = form.text("stage").and(stage);
    let Some(stage) = stage else {
        form.flaw("stage", "Hãy chọn một bước.", "Please choose a step.");
        return page(&cx, shell, &actor, id, form).await;
    };
    thread::go_on(&cx, &actor, id, stage, None).await?;
    back(&shell, id, shell.t("Đã ghi bước mới.", "The new step is noted."))
}

async fn report(cx: Cx, shell: Shell, actor: Actor, Id(id): Id<PairingId>, mut form: Form) -> Answer {
    let kind = form
        .text("kind")
        .filter(|code| vocab::knows(Scheme::Outcome, code));
    let kind = form.must(
        kind,
        "kind",
        "Hãy chọn loại kết quả.",
        "Please choose a kind of outcome.",
    );
    let outcome = Outcome {
        id: OutcomeId::new(),
        pairing_id: id,
        kind,
        amount: form.number("amount", 0, 10_000_000_000_000),
        body: form.prose("body", thread::OUTCOME).unwrap_or_default(),
        evidence: form.line("evidence", 500).unwrap_or_default(),
        by_person: Some(actor.id),
        created_at: cx.now(),
    };
    if !form.is_sound() {
        return page(&cx, shell, &actor, id, form).await;
    }
    thread::report(&cx, &actor, outcome).await?;
    back(
        &shell,
        id,
        shell.t("Đã ghi kết quả. Cảm ơn bạn!", "The outcome is noted. Thank you!"),
    )
}

/// A side, or the coordinator, takes the pairing back; contacts already given stay with those who have them.
async fn end(cx: Cx, shell: Shell, actor: Actor, Id(id): Id<PairingId>, mut form: Form) -> Answer {
    let (_, standing) = thread::introduced(&cx, &actor, id).await?;
    let note = form.prose("note", 1_000);
    let because = Because {
        reason: Some(ended_by(standing).to_owned()),
        note,
    };
    matching::withdraw(&cx, actor.by(), id, because).await?;
    back(
        &shell,
        id,
        shell.t("Đã rút ghép nối.", "The pairing is withdrawn."),
    )
}

fn ended_by(standing: Standing) -> &'static str {
    match standing {
        Standing::Coordinator => "coordinator",
        Standing::Side(_) => "side",
    }
}

/// A calendar file; reading it changes nothing.
async fn meeting(cx: Cx, shell: Shell, actor: Actor, Id(id): Id<PairingId>) -> Answer {
    let (couple, _) = thread::introduced(&cx, &actor, id).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"meeting.ics\"",
        ))
        .body(thread::meeting(&cx, &couple, shell.lang)))
}

fn back(shell: &Shell, id: PairingId, said: &str) -> Answer {
    pages::see_other_saying(shell.url(format!("pairings/{id}/thread")), said)
}
