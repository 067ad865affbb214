//! The coordinator's side: suggestions to decide, the letter before it goes, pairings made by hand.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use super::decline_reasons;
use crate::accounts::Coordinator;
use crate::ids::PairingId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::web::{self as pages, Answer, Form, Id, Params, Shell};
use crate::matching::cards::{self, Card};
use crate::matching::score::Strength;
use crate::matching::stage::{Side, Stage};
use crate::matching::{self, Because, Pairing, Standing, couple, decide, letters, store};
use crate::vocab::Term;

pub(super) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/desk/suggestions", web::get().to(suggestions))
        .route("/desk/pairings/new", web::get().to(new))
        .route("/desk/pairings", web::post().to(create))
        .route("/pairings/{id}/letter", web::get().to(letter))
        .route("/pairings/{id}/approval", web::post().to(approve))
        .route("/pairings/{id}/dismissal", web::post().to(dismiss))
        .route("/pairings/{id}/reopening", web::post().to(reopen));
}

// Suggestions ----------------------------------------------------------------------------------------------------

const PER_PAGE: i64 = 40;

#[derive(Template)]
#[template(path = "matching/suggestions.html")]
struct SuggestionsPage {
    shell: Shell,
    form: Form,
    cards: Vec<Card>,
    waiting: i64,
    /// The judged pairs that the strength of a suggestion rests on.
    judged: i64,
    reasons: Vec<&'static Term>,
    most: usize,
    params: Params,
    page: usize,
    pages: usize,
    /// What was dismissed a moment ago and can still be taken back.
    dismissed: Option<Card>,
}

async fn suggestions(cx: Cx, shell: Shell, _who: Coordinator, params: Params) -> Answer {
    show_suggestions(&cx, shell, Form::default(), params).await
}

/// The last page stands in for one that was emptied by deciding.
async fn show_suggestions(cx: &Cx, shell: Shell, form: Form, params: Params) -> Answer {
    let waiting = count(cx, Stage::Suggested).await?;
    let pages_in_all = waiting.div_euclid(PER_PAGE) + i64::from(waiting % PER_PAGE > 0);
    let last = usize::try_from(pages_in_all).unwrap_or(1).max(1);
    let page = params.page().min(last);
    let skipped = i64::try_from(page - 1).unwrap_or(0) * PER_PAGE;
    let queue = store::suggested(&cx.db, PER_PAGE, skipped).await?;
    let cards = cards::cards(cx, shell.lang, as_coordinator(queue)).await?;
    let status = form.status();
    let shown = SuggestionsPage {
        form,
        cards,
        waiting,
        judged: i64::try_from(cx.search_all.weights().calibration.pairs).unwrap_or(i64::MAX),
        reasons: decline_reasons(),
        most: decide::WORDS,
        dismissed: dismissed(cx, shell.lang, &params).await?,
        shell,
        params,
        page,
        pages: last,
    };
    pages::page_with(status, &shown)
}

async fn dismissed(cx: &Cx, lang: Lang, params: &Params) -> Result<Option<Card>, Fault> {
    let Ok(id) = params.value("dismissed").parse() else {
        return Ok(None);
    };
    let couple = couple(cx, id).await?;
    if couple.pairing.stage != Stage::Dismissed {
        return Ok(None);
    }
    cards::card(cx, lang, &couple, Standing::Coordinator)
        .await
        .map(Some)
}

async fn count(cx: &Cx, stage: Stage) -> Result<i64, Fault> {
    let counts = matching::count_by_stage(&cx.db).await?;
    Ok(counts
        .into_iter()
        .find(|(one, _)| *one == stage)
        .map_or(0, |(_, count)| count))
}

async fn approve(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<PairingId>, mut form: Form) -> Answer {
    let words = form.prose("words", decide::WORDS);
    if !form.is_sound() {
        return show_suggestions(&cx, shell, form, Params::default()).await;
    }
    matching::approve(&cx, who.0.by(), id, words).await?;
    let said = shell.t(
        "Đã duyệt, thư đang được gửi.",
        "Approved; the letters are on their way.",
    );
    pages::see_other_saying(shell.url("desk/suggestions"), said)
}

async fn dismiss(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<PairingId>, mut form: Form) -> Answer {
    let because = Because {
        reason: form.text("reason"),
        note: form.prose("note", 1_000),
    };
    matching::dismiss(&cx, who.0.by(), id, because).await?;
    pages::see_other(shell.url(format!("desk/suggestions?dismissed={id}")))
}

async fn reopen(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<PairingId>) -> Answer {
    matching::reopen(&cx, who.0.by(), id).await?;
    let said = shell.t("Đã mở lại, chờ duyệt.", "Reopened; it waits for a decision.");
    pages::see_other_saying(shell.url(format!("pairings/{id}")), said)
}

// The letter before it goes --------------------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "matching/letter.html")]
struct LetterPage {
    shell: Shell,
    path: String,
    letters: Vec<Preview>,
}

struct Preview {
    side: Side,
    to: String,
    subject: String,
    text: String,
}

impl Preview {
    fn is_need(&self) -> bool {
        self.side == Side::Need
    }
}

async fn letter(cx: Cx, shell: Shell, _who: Coordinator, Id(id): Id<PairingId>, params: Params) -> Answer {
    let mut couple = couple(&cx, id).await?;
    couple.pairing.words = params.text("words").or(couple.pairing.words);
    let mut previews = Vec::new();
    for side in [Side::Need, Side::Offer] {
        for person in letters::readers(&cx, couple.listing(side)).await? {
            let card = cards::card(&cx, person.lang, &couple, Standing::Side(side)).await?;
            let words = letters::question(&cx, &person, &card, "…", false);
            previews.push(Preview {
                side,
                to: person.name.clone(),
                subject: card.theirs().title.clone(),
                text: words.plain(&cx.config.programme),
            });
        }
    }
    pages::page(&LetterPage {
        shell,
        path: format!("pairings/{id}"),
        letters: previews,
    })
}

// By hand --------------------------------------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "matching/new.html")]
struct NewPage {
    shell: Shell,
    form: Form,
}

async fn new(shell: Shell, _who: Coordinator, params: Params) -> Answer {
    let form = Form::with([
        ("need", params.value("need").to_owned()),
        ("offer", params.value("offer").to_owned()),
    ]);
    pages::page(&NewPage { shell, form })
}

async fn create(cx: Cx, shell: Shell, who: Coordinator, mut form: Form) -> Answer {
    let need = form.line("need", 40);
    let need = form.must(need, "need", "Nhập mã nhu cầu.", "Enter the need's reference.");
    let offer = form.line("offer", 40);
    let offer = form.must(
        offer,
        "offer",
        "Nhập mã năng lực.",
        "Enter the offer's reference.",
    );
    let made = if form.is_sound() {
        form.tried(matching::pair_by_hand(&cx, who.0.by(), &need, &offer).await)?
    } else {
        None
    };
    match made {
        Some(id) => pages::see_other(shell.url(format!("pairings/{id}"))),
        None => pages::page_with(StatusCode::UNPROCESSABLE_ENTITY, &NewPage { shell, form }),
    }
}

pub(super) fn as_coordinator(pairings: Vec<Pairing>) -> Vec<(Pairing, Standing)> {
    pairings
        .into_iter()
        .map(|one| (one, Standing::Coordinator))
        .collect()
}
