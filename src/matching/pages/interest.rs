//! A side takes the first step: the page on which it says "this is for us".

use actix_web::web;
use askama::Template;

use crate::accounts::{Actor, Reader};
use crate::ids::ListingId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::web::{self as pages, Answer, Form, Id, Shell};
use crate::listings::{self, Kind, Listing};
use crate::matching::interest::{self, Offered};

pub(super) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/needs/{id}/interest", web::get().to(interest_in_need))
        .route("/needs/{id}/interest", web::post().to(express_in_need))
        .route("/offers/{id}/interest", web::get().to(interest_in_offer))
        .route("/offers/{id}/interest", web::post().to(express_in_offer));
}

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
    let status = form.status();
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
