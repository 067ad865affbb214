//! What is there already, while a text is still being typed: a few listings, each with why it is shown.
//! Everybody sees the public index here and nothing else.

use std::collections::HashMap;

use actix_web::web;
use askama::Template;

use super::thresholds;
use crate::accounts::Reader;
use crate::ids::ListingId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::search::{Filter, Hit, Like, Shared};
use crate::kit::web::{self as pages, Answer, Form, Shell};
use crate::listings::card::{self, Card};
use crate::listings::{self, Kind, Listing, index};

/// Shorter texts say too little.
const LEAST_LETTERS: usize = 15;
const OTHERS: usize = 4;
const ALIKE: usize = 2;
const LONGEST: usize = 6_000;

pub fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/needs/similar", web::post().to(to_need))
        .route("/offers/similar", web::post().to(to_offer));
}

#[derive(Template)]
#[template(path = "matching/similar.html")]
struct Fragment {
    shell: Shell,
    kind: Kind,
    answers: Vec<Similar>,
    alike: Vec<Similar>,
}

struct Similar {
    card: Card,
    why: String,
}

async fn to_need(cx: Cx, shell: Shell, reader: Reader, form: Form) -> Answer {
    similar(&cx, shell, &reader, Kind::Need, &form).await
}

async fn to_offer(cx: Cx, shell: Shell, reader: Reader, form: Form) -> Answer {
    similar(&cx, shell, &reader, Kind::Offer, &form).await
}

async fn similar(cx: &Cx, shell: Shell, reader: &Reader, kind: Kind, form: &Form) -> Answer {
    let part = |name: &str| {
        form.text(name)
            .unwrap_or_default()
            .chars()
            .take(LONGEST)
            .collect::<String>()
    };
    let title = part("title");
    let text = ["summary", "body"].map(part).join("\n").trim().to_owned();
    let letters = title
        .chars()
        .chain(text.chars())
        .filter(|letter| letter.is_alphanumeric())
        .count();
    let (answers, alike) = if letters < LEAST_LETTERS {
        (Vec::new(), Vec::new())
    } else {
        (
            seek(cx, &shell, reader, kind.other(), &title, &text, OTHERS).await?,
            seek(cx, &shell, reader, kind, &title, &text, ALIKE).await?,
        )
    };
    pages::page(&Fragment {
        shell,
        kind,
        answers,
        alike,
    })
}

async fn seek(
    cx: &Cx,
    shell: &Shell,
    reader: &Reader,
    kind: Kind,
    title: &str,
    text: &str,
    most: usize,
) -> Result<Vec<Similar>, Fault> {
    let like = Like {
        title: title.to_owned(),
        text: text.to_owned(),
        filters: vec![Filter::Is("kind", kind.code().to_owned())],
        limit: most,
        ..Like::default()
    };
    let hits = cx.search.aside(move |search| search.like(&like)).await?;
    let likeness = thresholds::read(&cx.db).await?.likeness();
    let near: Vec<Hit> = hits.into_iter().filter(|hit| is_near(hit, likeness)).collect();
    let ids: Vec<ListingId> = near.iter().map(|hit| ListingId(hit.id)).collect();
    let found = listings::many(&cx.db, &ids).await?;
    let whys = whys(cx, shell, &found, format!("{title}\n{text}")).await?;
    let cards = card::cards(cx, reader, shell.lang, found).await?;
    Ok(cards
        .into_iter()
        .map(|card| Similar {
            why: whys.get(&card.id).cloned().unwrap_or_default(),
            card,
        })
        .collect())
}

fn is_near(hit: &Hit, likeness: f32) -> bool {
    hit.meaning
        .map_or(hit.words >= 0.3, |meaning| meaning >= likeness)
}

/// One line each: the words both texts use, else that they mean nearly the same.
async fn whys(
    cx: &Cx,
    shell: &Shell,
    found: &[Listing],
    typed: String,
) -> Result<HashMap<ListingId, String>, Fault> {
    let lang = shell.lang;
    let texts: Vec<(ListingId, String)> = found
        .iter()
        .filter_map(|one| {
            one.best()
                .text(lang)
                .map(|text| (one.id, format!("{}\n{}", text.title, index::whole(text))))
        })
        .collect();
    let lines = cx
        .search
        .aside(move |search| {
            let mut typed = search.against(&typed);
            texts
                .into_iter()
                .map(|(id, text)| Ok((id, typed.shared_with(&text)?)))
                .collect::<anyhow::Result<Vec<_>>>()
        })
        .await?;
    Ok(lines
        .into_iter()
        .map(|(id, shared)| {
            let terms: Vec<String> = shared.iter().take(4).map(Shared::named).collect();
            let line = if terms.is_empty() {
                shell
                    .t("ý gần nhau, dùng từ khác nhau", "near in meaning, in other words")
                    .to_owned()
            } else {
                shell.t1("cùng nói đến {}", "both speak of {}", terms.join(", "))
            };
            (id, line)
        })
        .collect())
}
