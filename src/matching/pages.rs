//! What people see of pairings: the inbox here, each other page in a file of its own.

use actix_web::web;
use askama::Template;

use super::cards::{self, Card};
use super::inbox::{self, Tab};
use super::{Standing, preview};
use crate::accounts::Actor;
use crate::kit::Cx;
use crate::kit::web::{self as pages, Answer, Params, Shell};
use crate::vocab::{self, Scheme, Term};

mod answering;
mod board;
mod desk;
mod interest;
mod thread;
mod why;

pub fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/inbox", web::get().to(show))
        .configure(why::configure)
        .configure(answering::configure)
        .configure(interest::configure)
        .configure(preview::configure)
        .configure(thread::configure)
        .configure(board::configure)
        .configure(desk::configure);
}

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

async fn show(cx: Cx, shell: Shell, actor: Actor, params: Params) -> Answer {
    let tab = Tab::from_code(params.value("list"));
    let mut tabs = Vec::new();
    let mut shown = Vec::new();
    for one in Tab::ALL {
        let found = inbox::of(&cx, actor.id, one).await?;
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

/// The reasons a person may give for a no.
fn decline_reasons() -> Vec<&'static Term> {
    vocab::terms(Scheme::Decline)
        .iter()
        .filter(|term| term.code != "no_reply")
        .collect()
}
