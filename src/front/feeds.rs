//! What machines read: the Atom feed of new listings, the sitemap, robots.txt and the web manifest.
//! All of it is what a visitor may read, and nothing else.

use actix_web::{HttpResponse, http::header, web as routes};
use askama::Template;

use super::store;
use crate::accounts::Reader;
use crate::ids::ListingId;
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::lang::Lang;
use crate::kit::web::{Answer, Shell};
use crate::listings::{self, Card, Kind, cards};

const NEWEST: i64 = 30;
/// A sitemap file may not name more than 50,000 addresses; each listing has two.
const MOST_LISTINGS: i64 = 20_000;
const MOST_ORGANISATIONS: i64 = 4_000;
/// Pages that are the same for everyone, below the language.
const PAGES: &[&str] = &[
    "",
    "search",
    "needs",
    "offers",
    "organisations",
    "how",
    "about",
    "terms",
    "privacy",
    "accessibility",
];

pub fn configure(files: &mut routes::ServiceConfig) {
    files
        .route("/sitemap.xml", routes::get().to(sitemap))
        .route("/robots.txt", routes::get().to(robots))
        .route("/manifest.webmanifest", routes::get().to(manifest));
}

#[derive(Template)]
#[template(path = "front/feed.xml")]
struct Feed {
    shell: Shell,
    cards: Vec<Card>,
    updated: At,
}

pub async fn atom(cx: Cx, shell: Shell) -> Answer {
    let ids = store::newest_of_all(&cx.db, NEWEST).await?;
    let found = listings::many(&cx.db, &ids).await?;
    let cards = cards(&cx, &Reader::Anyone, shell.lang, found).await?;
    let updated = cards
        .iter()
        .filter_map(|card| card.refreshed_at)
        .max()
        .unwrap_or_default();
    file(
        "application/atom+xml; charset=utf-8",
        Feed {
            shell,
            cards,
            updated,
        }
        .render()?,
    )
}

#[derive(Template)]
#[template(path = "front/sitemap.xml")]
struct Sitemap<'a> {
    root: &'a str,
    paths: Vec<(String, Option<At>)>,
}

async fn sitemap(cx: Cx) -> Answer {
    let listings = store::public_listings(&cx.db, MOST_LISTINGS).await?;
    let organisations = store::slugs(&cx.db, MOST_ORGANISATIONS).await?;
    let path = |(kind, id, at): (Kind, ListingId, Option<At>)| (format!("/{}/{id}", kind.path()), at);
    let paths = PAGES
        .iter()
        .map(|page| {
            (
                if page.is_empty() {
                    String::new()
                } else {
                    format!("/{page}")
                },
                None,
            )
        })
        .chain(
            organisations
                .into_iter()
                .map(|(slug,)| (format!("/organisations/{slug}"), None)),
        )
        .chain(listings.into_iter().map(path))
        .collect();
    file(
        "application/xml; charset=utf-8",
        Sitemap {
            root: &cx.config.public_url,
            paths,
        }
        .render()?,
    )
}

/// Pages of one's own are nobody's search result.
async fn robots(cx: Cx) -> Answer {
    let mut text = "User-agent: *\n".to_owned();
    for lang in Lang::ALL {
        for page in [
            "desk", "admin", "inbox", "mine", "settings", "session", "account", "search?",
        ] {
            text.push_str(&format!("Disallow: /{lang}/{page}\n"));
        }
    }
    text.push_str(&format!("Sitemap: {}/sitemap.xml\n", cx.config.public_url));
    file("text/plain; charset=utf-8", text)
}

async fn manifest(cx: Cx, shell: Shell) -> Answer {
    let manifest = serde_json::json!({
        "name": cx.config.programme,
        "short_name": cx.config.programme,
        "start_url": "/",
        "display": "browser",
        "background_color": "#ffffff",
        "theme_color": "#32327d",
        "icons": [{ "src": shell.asset("favicon.svg"), "sizes": "any", "type": "image/svg+xml" }],
    });
    file("application/manifest+json", manifest.to_string())
}

/// Machines ask often and may wait a quarter of an hour for news.
fn file(mime: &'static str, body: String) -> Answer {
    Ok(HttpResponse::Ok()
        .content_type(mime)
        .insert_header((header::CACHE_CONTROL, "public, max-age=900"))
        .body(body))
}
