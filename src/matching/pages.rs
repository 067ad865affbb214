//! What the two sides see: the inbox, why a pairing was made, the answer, an expression of interest.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use super::answer;
use super::cards::{self, Card, Tab};
use super::interest::{self, Offered};
use super::stage::{Side, Stage};
use super::why::Evidence;
use super::{Because, Move, Standing, couple, desk, preview, standing, thread_pages};
use crate::accounts::{Actor, Reader};
use crate::ids::{ListingId, PairingId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::web::{self as pages, Answer, Form, Id, Params, Shell};
use crate::listings::{self, Kind, Listing};
use crate::vocab::{self, Scheme, Term};

pub fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/inbox", web::get().to(inbox))
        .route("/pairings/{id}", web::get().to(why))
        .route("/pairings/{id}/answer", web::get().to(answer_page))
        .route("/pairings/{id}/acceptance", web::post().to(accept))
        .route("/pairings/{id}/refusal", web::post().to(refuse))
        .route("/needs/{id}/interest", web::get().to(interest_in_need))
        .route("/needs/{id}/interest", web::post().to(express_in_need))
        .route("/offers/{id}/interest", web::get().to(interest_in_offer))
        .route("/offers/{id}/interest", web::post().to(express_in_offer))
        .configure(preview::configure)
        .configure(thread_pages::configure)
        .configure(desk::configure);
}

/// The reasons a person may give for a no.
pub(super) fn decline_reasons() -> Vec<&'static Term> {
    vocab::terms(Scheme::Decline)
        .iter()
        .filter(|term| term.code != "no_reply")
        .collect()
}

// Inbox ----------------------------------------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "matching/inbox.html")]
struct InboxPage {
    shell: Shell,
    tabs: Vec<ListTab>,
    cards: Vec<Card>,
    reasons: Vec<&'static Term>,
}

struct ListTab {
    code: &'static str,
    label: &'static str,
    count: usize,
    current: bool,
}

async fn inbox(cx: Cx, shell: Shell, actor: Actor, params: Params) -> Answer {
    let tab = Tab::from_code(params.value("list"));
    let mut tabs = Vec::new();
    let mut shown = Vec::new();
    for one in Tab::ALL {
        let found = cards::inbox(&cx, actor.id, one).await?;
        tabs.push(ListTab {
            code: one.code(),
            label: one.label(shell.lang),
            count: found.len(),
            current: one == tab,
        });
        if one == tab {
            shown = found
                .into_iter()
                .map(|(pairing, side)| (pairing, Standing::Side(side)))
                .collect();
        }
    }
    let cards = cards::cards(&cx, shell.lang, shown).await?;
    pages::page(&InboxPage {
        shell,
        tabs,
        cards,
        reasons: decline_reasons(),
    })
}

// Why ------------------------------------------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "matching/why.html")]
struct WhyPage {
    shell: Shell,
    card: Card,
    evidence: Evidence,
    picture: Vec<Strand>,
    shared: Vec<String>,
    moves: Vec<Told>,
    coordinates: bool,
    reasons: Vec<&'static Term>,
}

/// A line of the picture: two sentences that answer each other.
struct Strand {
    need: String,
    offer: String,
    y: usize,
    width: u8,
    weak: bool,
}

impl Strand {
    fn text_y(&self) -> usize {
        self.y + 5
    }

    fn top(&self) -> usize {
        self.y - 20
    }

    fn bow(&self) -> usize {
        self.y - 24
    }
}

/// A move as a sentence of the timeline.
pub(super) struct Told {
    pub words: String,
    pub at: crate::kit::clock::At,
}

impl WhyPage {
    fn height(&self) -> usize {
        50 + self.picture.len() * 60
    }

    /// The number of the link a sentence belongs to, from 1 on.
    fn link(&self, side: Side, at: usize) -> Option<usize> {
        self.evidence
            .links
            .iter()
            .position(|link| {
                if side == Side::Need {
                    link.need == at
                } else {
                    link.offer == at
                }
            })
            .map(|number| number + 1)
    }

    fn need_link(&self, at: &usize) -> Option<usize> {
        self.link(Side::Need, *at)
    }

    fn offer_link(&self, at: &usize) -> Option<usize> {
        self.link(Side::Offer, *at)
    }
}

async fn why(cx: Cx, shell: Shell, actor: Actor, Id(id): Id<PairingId>) -> Answer {
    let couple = couple(&cx, id).await?;
    let standing = standing(&cx, &couple, &actor).await?;
    let card = cards::card(&cx, shell.lang, &couple, standing).await?;
    let evidence = couple.pairing.why.evidence.clone();
    let moves = super::moves(&cx.db, id).await?;
    let shared = shared_tags(&couple.need, &couple.offer, shell.lang);
    pages::page(&WhyPage {
        picture: strands(&evidence),
        evidence,
        shared,
        moves: told(&moves, shell.lang),
        coordinates: standing == Standing::Coordinator,
        reasons: decline_reasons(),
        card,
        shell,
    })
}

fn strands(evidence: &Evidence) -> Vec<Strand> {
    let line = |sentences: &[super::why::Sentence], at: usize| {
        sentences
            .get(at)
            .map_or_else(String::new, |sentence| sentence.brief(34))
    };
    (0..)
        .zip(evidence.links.iter().take(5))
        .map(|(at, link): (usize, _)| Strand {
            need: line(&evidence.need, link.need),
            offer: line(&evidence.offer, link.offer),
            y: 60 + at * 60,
            width: match link.score {
                score if score >= 0.7 => 9,
                score if score >= 0.55 => 6,
                _ => 3,
            },
            weak: link.score < 0.5,
        })
        .collect()
}

fn shared_tags(need: &Listing, offer: &Listing, lang: Lang) -> Vec<String> {
    let mut tags = Vec::new();
    for scheme in [
        Scheme::Sector,
        Scheme::Capability,
        Scheme::Cooperation,
        Scheme::Sdg,
    ] {
        for code in need.best().codes(scheme) {
            if offer.best().codes(scheme).any(|other| other == code) {
                tags.push(vocab::label(scheme, code, lang));
            }
        }
    }
    tags
}

pub(super) fn told(moves: &[Move], lang: Lang) -> Vec<Told> {
    let sentence = |one: &Move| {
        let side = match one.side {
            Some(Side::Need) => lang.t("Bên cần: ", "Need side: "),
            Some(Side::Offer) => lang.t("Bên cung: ", "Offer side: "),
            None => "",
        };
        let done = lang.say(&super::stage::Step::told(&one.step)).to_owned();
        let because = one
            .reason
            .as_deref()
            .filter(|code| vocab::knows(Scheme::Decline, code))
            .map(|code| format!(" ({})", vocab::label(Scheme::Decline, code, lang)))
            .unwrap_or_default();
        Told {
            words: format!("{side}{done}{because}"),
            at: one.at,
        }
    };
    moves.iter().map(sentence).collect()
}

// Answering ------------------------------------------------------------------------------------------------------

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
    let couple = couple(cx, id).await?;
    let who = answer::answerer(cx, &couple, reader, token).await?;
    if !couple.pairing.is_known_to(who.side) {
        return Err(Fault::Missing);
    }
    let card = cards::card(cx, shell.lang, &couple, Standing::Side(who.side)).await?;
    let status = if form.is_sound() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
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

// Interest -------------------------------------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "matching/interest.html")]
struct InterestPage {
    shell: Shell,
    form: Form,
    card: listings::card::Card,
    own: Vec<(String, String)>,
    least: usize,
    most: usize,
}

async fn interest_in_need(cx: Cx, shell: Shell, actor: Actor, Id(id): Id<ListingId>) -> Answer {
    show_interest(&cx, shell, &actor, id, Kind::Need, Form::default()).await
}

async fn interest_in_offer(cx: Cx, shell: Shell, actor: Actor, Id(id): Id<ListingId>) -> Answer {
    show_interest(&cx, shell, &actor, id, Kind::Offer, Form::default()).await
}

async fn express_in_need(cx: Cx, shell: Shell, actor: Actor, Id(id): Id<ListingId>, form: Form) -> Answer {
    express(&cx, shell, &actor, id, Kind::Need, form).await
}

async fn express_in_offer(cx: Cx, shell: Shell, actor: Actor, Id(id): Id<ListingId>, form: Form) -> Answer {
    express(&cx, shell, &actor, id, Kind::Offer, form).await
}

async fn wanted(cx: &Cx, actor: &Actor, id: ListingId, kind: Kind) -> Result<Listing, Fault> {
    let listing = listings::get(&cx.db, id).await?;
    let reader = Reader::Person(actor.clone());
    let may = listing.kind == kind && listings::may_read(cx, &reader, &listing).await?;
    if may && listing.shown().is_some() {
        Ok(listing)
    } else {
        Err(Fault::Missing)
    }
}

async fn show_interest(
    cx: &Cx,
    shell: Shell,
    actor: &Actor,
    id: ListingId,
    kind: Kind,
    form: Form,
) -> Answer {
    let listing = wanted(cx, actor, id, kind).await?;
    let reader = Reader::Person(actor.clone());
    let cards = listings::card::cards(cx, &reader, shell.lang, vec![listing]).await?;
    let card = cards.into_iter().next().ok_or(Fault::Missing)?;
    let own = interest::own_listings(cx, actor, kind.other()).await?;
    let own = own
        .iter()
        .map(|one| {
            (
                one.id.to_string(),
                format!("{} · {}", one.reference(), one.best().title(shell.lang)),
            )
        })
        .collect();
    let status = if form.is_sound() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = InterestPage {
        shell,
        form,
        card,
        own,
        least: interest::LEAST,
        most: interest::MOST,
    };
    pages::page_with(status, &page)
}

async fn express(cx: &Cx, shell: Shell, actor: &Actor, id: ListingId, kind: Kind, mut form: Form) -> Answer {
    let listing = wanted(cx, actor, id, kind).await?;
    let offered = brought(&mut form);
    let outcome = match offered {
        Some(offered) => form.tried(interest::express(cx, actor, &listing, offered).await)?,
        None => None,
    };
    if outcome.is_none() {
        return show_interest(cx, shell, actor, id, kind, form).await;
    }
    let said = shell.t(
        "Đã gửi. Điều phối viên sẽ xem và hỏi bên kia; bạn theo dõi ở đây.",
        "Sent. A coordinator will look at it and ask the other side; you can follow it here.",
    );
    pages::see_other_saying(shell.url("inbox?list=theirs"), said)
}

/// A chosen listing wins over a message.
fn brought(form: &mut Form) -> Option<Offered> {
    if let Ok(id) = form.value("own").parse() {
        return Some(Offered::Listing(id));
    }
    let words = form.prose("message", interest::MOST);
    let length = words.as_deref().map_or(0, |words| words.chars().count());
    if form.is_sound() && length < interest::LEAST {
        form.flaw(
            "message",
            format!(
                "Viết ít nhất {} ký tự: đơn vị bạn là ai, muốn làm gì cùng nhau.",
                interest::LEAST
            ),
            format!(
                "Please write at least {} characters: who you are and what you would do together.",
                interest::LEAST
            ),
        );
    }
    words.filter(|_| form.is_sound()).map(Offered::Message)
}
