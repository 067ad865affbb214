//! New results of the searches a person keeps: one letter a window for all of them, nothing where nothing is new.

use super::{is_full, letter, store, window};
use crate::accounts::{self, Frequency, Kind, Person};
use crate::ids::PersonId;
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::mail;
use crate::kit::mail::words::{Piece, Words};
use crate::listings::Listing;
use crate::listings::searches::{self, Search};

const NEWS: &str = "search_news";
/// Searches told of in one letter; the others have their turn in the next.
const MOST_SEARCHES: usize = 5;
/// Listings named for one search; its page has them all.
const MOST_FOR_ONE: usize = 3;

/// Tells everyone whose window has come. A node whose index is behind leaves it for the next minute.
pub(super) async fn tick(cx: &Cx, now: At) -> Result<(), Fault> {
    let keepers = searches::keepers(&cx.db).await?;
    if keepers.is_empty() || !searches::is_index_level(cx).await? {
        return Ok(());
    }
    for person in keepers {
        tell(cx, person, now).await?;
    }
    Ok(())
}

async fn tell(cx: &Cx, person: PersonId, now: At) -> Result<(), Fault> {
    let frequency = accounts::frequency(cx, &cx.db, person, Kind::Search).await?;
    // At once: each moment is a window of its own, and only something new makes a letter.
    let window = match frequency {
        Frequency::Never => return Ok(()),
        Frequency::AtOnce => now,
        Frequency::Daily | Frequency::Weekly => window(frequency, now).unwrap_or(now),
    };
    let once = format!("{person}:{}:{NEWS}", window.0);
    if store::is_posted(&cx.db, &once).await? || is_full(cx, person, now).await? {
        return Ok(());
    }
    let mut found = Vec::new();
    for search in searches::of_person(&cx.db, person).await? {
        if searches::anything_since(&cx.db, search.told_at).await? {
            let news = searches::news(cx, &search).await?;
            if !news.is_empty() {
                found.push((search, news));
            }
        }
    }
    found.truncate(MOST_SEARCHES);
    if found.is_empty() {
        return Ok(());
    }
    let person = accounts::person(&cx.db, person).await?;
    post(cx, &person, frequency, once, &found).await
}

/// Writes the letter, and notes that its reader was told.
pub async fn post(
    cx: &Cx,
    person: &Person,
    frequency: Frequency,
    once: String,
    found: &[(Search, Vec<Listing>)],
) -> Result<(), Fault> {
    let words = words(cx, person, frequency, found);
    let subject = subject(person.lang, found);
    let mut letter = letter(cx, person, NEWS, once, &subject, &words)?;
    letter.unsubscribe = Some(accounts::unsubscribe_url(cx, person, Kind::Search));
    let mut tx = cx.db.begin().await?;
    if mail::post(cx, &mut tx, &letter).await? {
        for (search, _) in found {
            searches::told(&mut tx, search.id, cx.now()).await?;
        }
    }
    tx.commit().await
}

fn subject(lang: Lang, found: &[(Search, Vec<Listing>)]) -> String {
    let count: usize = found.iter().map(|(_, news)| news.len()).sum();
    match found {
        [(_, news)] if news.len() == 1 => news[0].best().title(lang).to_owned(),
        _ => lang.fill(
            "{} tin mới hợp với tìm kiếm của bạn",
            "{} new listings for your searches",
            &[&count],
        ),
    }
}

fn words(cx: &Cx, person: &Person, frequency: Frequency, found: &[(Search, Vec<Listing>)]) -> Words {
    let lang = person.lang;
    let mut words = Words::new(lang).greet(&person.name).para(
        "Có tin mới đăng hợp với tìm kiếm bạn đã lưu.",
        "New listings answer searches you keep.",
    );
    for (search, news) in found {
        let name = search.question().told(lang);
        words = words.piece(Piece::Para(lang.fill("Tìm “{}”:", "Search “{}”:", &[&name])));
        for listing in news.iter().take(MOST_FOR_ONE) {
            words = words.piece(Piece::Card {
                title: listing.best().title(lang).to_owned(),
                lines: vec![
                    listing.best().summary(lang).to_owned(),
                    cx.url(lang, &listing.path()),
                ],
            });
        }
        let url = cx.url(lang, &search.path());
        words = words.button("Xem mọi kết quả", "See all results", url);
    }
    accounts::footer(
        cx,
        words,
        person,
        Kind::Search,
        frequency,
        "Bạn nhận thư này vì đã lưu tìm kiếm. Bỏ một tìm kiếm ở trang “Đã lưu”.",
        "You get this letter because you keep searches. Remove one on the page “Saved”.",
    )
}
