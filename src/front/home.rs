//! The home page: one box, two doors, and what happens on the bridge today.

use actix_web::HttpResponse;
use actix_web::http::header;
use askama::Template;

use super::grid::Grid;
use super::store;
use crate::accounts::Reader;
use crate::ids::ListingId;
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::web::{self, Answer, Shell};
use crate::listings::card::{Card, cards};
use crate::listings::{self, Kind, Visibility};
use crate::vocab::{self, Scheme};

const NEWEST: i64 = 3;
const OUTCOMES: i64 = 4;

#[derive(Template)]
#[template(path = "front/home.html")]
struct HomePage {
    shell: Shell,
    counts: Counts,
    grid: Grid,
    needs: Vec<Card>,
    offers: Vec<Card>,
    outcomes: Vec<Outcome>,
}

/// What anyone may count: public listings, and pairings without their names.
pub(super) struct Counts {
    pub needs: i64,
    pub offers: i64,
    pub introductions: i64,
    pub outcomes: i64,
}

/// What came of a pairing: never whose, only what and in which field.
struct Outcome {
    kind: String,
    sector: Option<String>,
    at: At,
}

pub(super) async fn show(cx: Cx, shell: Shell) -> Answer {
    let page = HomePage {
        counts: store::counts(&cx.db).await?,
        grid: Grid::of_open_needs(&cx, shell.lang).await?,
        needs: newest(&cx, shell.lang, Kind::Need).await?,
        offers: newest(&cx, shell.lang, Kind::Offer).await?,
        outcomes: outcomes(&cx, shell.lang).await?,
        shell,
    };
    web::page(&page)
}

/// `/` leads to the reader's language; caches must ask for each reader anew.
pub(super) async fn choose_language(lang: Lang) -> HttpResponse {
    HttpResponse::Found()
        .insert_header((header::LOCATION, format!("/{lang}")))
        .insert_header((header::VARY, "accept-language"))
        .finish()
}

/// Chosen as a visitor sees them, so the page is the same for everyone.
async fn newest(cx: &Cx, lang: Lang, kind: Kind) -> Result<Vec<Card>, Fault> {
    let ids = store::newest_public(&cx.db, kind, NEWEST).await?;
    let found = listings::many(&cx.db, &ids).await?;
    cards(cx, &Reader::Anyone, lang, found).await
}

async fn outcomes(cx: &Cx, lang: Lang) -> Result<Vec<Outcome>, Fault> {
    let rows = store::latest_outcomes(&cx.db, OUTCOMES).await?;
    let ids: Vec<ListingId> = rows.iter().map(|row| row.need_id).collect();
    let needs = listings::many(&cx.db, &ids).await?;
    let sector_of = |id: ListingId| {
        let need = needs
            .iter()
            .find(|need| need.id == id && need.visibility == Visibility::Public)?;
        let code = need.live.as_deref()?.codes(Scheme::Sector).next()?;
        Some(vocab::label(Scheme::Sector, code, lang))
    };
    Ok(rows
        .iter()
        .map(|row| Outcome {
            kind: vocab::label(Scheme::Outcome, &row.kind, lang),
            sector: sector_of(row.need_id),
            at: row.created_at,
        })
        .collect())
}
