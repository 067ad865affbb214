//! Writing a need or an offer: one sentence first, then step by step, then the check of all answers.

use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use askama::Template;

use crate::ids::ListingId;
use crate::kit::Cx;
use crate::kit::db::codes;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::web::{Answer, Form, Id, Params, Shell, page_with, see_other, see_other_saying};
use crate::listings::steps::{self, Step};
use crate::listings::writer::{self, Writer};
use crate::listings::{Kind, drafts};

mod edit;
mod openness;
mod step;

use step::show;

/// Shorter than this says nothing yet.
const SHORTEST_SENTENCE: usize = 8;
const MOST_SENTENCE: usize = 4_000;

pub(super) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/{noun:needs|offers}/new", web::get().to(sentence))
        .route("/{noun:needs|offers}", web::post().to(begin))
        .route("/{noun:needs|offers}/{id}/edit", web::get().to(first_step))
        .route("/{noun:needs|offers}/{id}/edit/{step}", web::get().to(edit))
        .route("/{noun:needs|offers}/{id}/edit/{step}", web::post().to(keep))
        .route("/{noun:needs|offers}/{id}/draft/{step}", web::post().to(autosave))
        .route("/{noun:needs|offers}/{id}/submission", web::post().to(submit));
}

codes! {
    /// Where the author goes after a step.
    pub enum Then { On = "on", Check = "check", Leave = "leave" }
}

impl FromRequest for Step {
    type Error = Fault;
    type Future = std::future::Ready<Result<Step, Fault>>;
    fn from_request(request: &HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        let step = Step::from_code(&super::piece(request, "step"));
        std::future::ready(step.ok_or(Fault::Missing))
    }
}

// The sentence -----------------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "listings/new.html")]
struct SentencePage {
    shell: Shell,
    form: Form,
    kind: Kind,
}

/// A search that found nothing hands its words on as `text`.
async fn sentence(shell: Shell, kind: Kind, params: Params) -> Answer {
    let form = Form::with([("title", params.value("text").to_owned())]);
    page_with(StatusCode::OK, &SentencePage { shell, form, kind })
}

async fn begin(cx: Cx, shell: Shell, writer: Writer, kind: Kind, mut form: Form) -> Answer {
    // Only machines fill in the field nobody sees.
    if !form.value("website").is_empty() {
        return see_other(shell.url(""));
    }
    let sentence = form.prose("title", MOST_SENTENCE).unwrap_or_default();
    if form.is_sound() && sentence.chars().count() < SHORTEST_SENTENCE {
        form.flaw(
            "title",
            "Hãy viết ít nhất vài chữ về điều bạn muốn.",
            "Please write at least a few words about what you want.",
        );
    }
    if !form.is_sound() {
        return page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &SentencePage { shell, form, kind },
        );
    }
    let (id, token) = drafts::start(&cx, &writer, kind, &sentence).await?;
    let mut answer = see_other(shell.url(format!("{}/{id}/edit/{}", kind.path(), Step::Story)))?;
    if let Some(token) = token {
        let kept = answer.add_cookie(&writer::cookie(&cx, &token));
        kept.map_err(Fault::broken)?;
    }
    Ok(answer)
}

// The steps --------------------------------------------------------------------------------------

async fn first_step(shell: Shell, kind: Kind, Id(id): Id<ListingId>) -> Answer {
    see_other(shell.url(format!("{}/{id}/edit/{}", kind.path(), Step::Story)))
}

async fn edit(
    cx: Cx,
    shell: Shell,
    writer: Writer,
    Id(id): Id<ListingId>,
    step: Step,
    params: Params,
) -> Answer {
    let listing = writer::open(&cx, &writer, id).await?;
    if !listing.is_editable() {
        return Err(drafts::moved_on(&listing));
    }
    let mut form = steps::fill(step, listing.kind, listing.draft(), shell.lang);
    if step == Step::Contact {
        openness::fill(&cx, &mut form, &listing, shell.lang).await?;
    }
    form.set(
        "then",
        if params.value("from") == "check" {
            "check"
        } else {
            "on"
        },
    );
    show(&cx, shell, &writer, listing, step, form).await
}

async fn keep(
    cx: Cx,
    shell: Shell,
    writer: Writer,
    Id(id): Id<ListingId>,
    step: Step,
    mut form: Form,
) -> Answer {
    let listing = writer::open(&cx, &writer, id).await?;
    let then = Then::from_code(form.value("then")).unwrap_or(Then::On);
    if step == Step::Contact {
        let chosen = openness::read(&cx, &mut form, &listing, shell.lang).await?;
        if form.is_sound() {
            let kept = drafts::set_openness(&cx, &writer, id, &chosen).await;
            form.tried(kept)?;
        }
    } else {
        let mut content = listing.draft().clone();
        steps::read(step, listing.kind, &mut form, &mut content, shell.lang);
        let version = form.value("version").parse().unwrap_or(0);
        drafts::save(&cx, &writer, id, version, &content).await?;
    }
    let listing = writer::open(&cx, &writer, id).await?;
    if then != Then::Leave {
        let missing = drafts::unfinished(&listing);
        let here = missing
            .into_iter()
            .filter(|(of, flaw)| *of == step && form.error(&flaw.field).is_none());
        form.take_flaws(here.map(|(_, flaw)| flaw).collect());
    }
    if !form.is_sound() {
        form.set("version", listing.version.to_string());
        return show(&cx, shell, &writer, listing, step, form).await;
    }
    match then {
        Then::Leave if writer.actor.is_some() => {
            see_other_saying(shell.url("mine"), shell.t("Đã lưu bản nháp.", "Draft saved."))
        }
        Then::Leave => see_other_saying(
            shell.url(""),
            shell.t(
                "Đã lưu bản nháp trong trình duyệt này; bạn có 30 ngày để quay lại.",
                "The draft is kept for this browser; you have 30 days to come back.",
            ),
        ),
        Then::Check => see_other(shell.url(format!("{}/edit/{}", listing.path(), Step::Check))),
        Then::On => see_other(shell.url(format!("{}/edit/{}", listing.path(), step.next()))),
    }
}

/// While the author types. Nothing is judged; what cannot be read is simply not kept.
async fn autosave(
    cx: Cx,
    lang: Lang,
    writer: Writer,
    Id(id): Id<ListingId>,
    step: Step,
    mut form: Form,
) -> Answer {
    let listing = writer::open(&cx, &writer, id).await?;
    let mut content = listing.draft().clone();
    steps::read(step, listing.kind, &mut form, &mut content, lang);
    let version = form.value("version").parse().unwrap_or(0);
    drafts::autosave(&cx, &writer, id, version, &content).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn submit(cx: Cx, shell: Shell, writer: Writer, Id(id): Id<ListingId>, mut form: Form) -> Answer {
    let actor = writer.actor.clone().ok_or(Fault::SignIn)?;
    let version = form.value("version").parse().unwrap_or(0);
    let submitted = drafts::submit(&cx, &actor, &writer, id, version).await;
    if form.tried(submitted)?.is_none() {
        let listing = writer::open(&cx, &writer, id).await?;
        return show(&cx, shell, &writer, listing, Step::Check, form).await;
    }
    // What was written for a firm does not stand among the coordinator's own listings.
    let goal = if writer::own(&cx, &actor, id).await.is_ok() {
        "mine"
    } else {
        "desk/reviews"
    };
    see_other_saying(
        shell.url(goal),
        shell.t(
            "Đã gửi duyệt. Điều phối viên sẽ đọc và trả lời qua thư.",
            "Handed in. A coordinator will read it and answer by mail.",
        ),
    )
}
