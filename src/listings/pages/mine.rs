//! One's own listings with the next step of each, and the ones one keeps an eye on.

use actix_web::web;
use askama::Template;

use crate::accounts::{self, Actor, Frequency, Kind as LetterKind, Reader};
use crate::ids::{ListingId, SearchId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::web::{Answer, Form, Id, Params, Shell, page, see_other, see_other_saying};
use crate::listings::card::{Card, cards};
use crate::listings::question::Question;
use crate::listings::searches::{self, Search};
use crate::listings::steps::Step;
use crate::listings::writer::{self, Writer};
use crate::listings::{self, Kind, Listing, Sight, State, drafts, ready, saved};
use crate::orgs;

pub(super) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/mine", web::get().to(mine))
        .route("/saved", web::get().to(kept))
        .route("/searches", web::post().to(keep_search))
        .route("/searches/{id}/removal", web::post().to(remove_search))
        .route("/{noun:needs|offers}/{id}/saved", web::post().to(keep));
}

#[derive(Template)]
#[template(path = "listings/mine.html")]
struct MinePage {
    shell: Shell,
    rows: Vec<Row>,
    ended: Vec<Row>,
    has_org: bool,
}

/// A listing of one's own.
struct Row {
    listing: Listing,
    /// How clear it is, while it is being written.
    score: Option<u32>,
    missing: usize,
    /// The first step that still misses something.
    unfinished: Option<Step>,
}

impl Row {
    fn new(listing: Listing) -> Row {
        let writing = matches!(listing.state, State::Draft | State::Changes);
        let lacking = if writing {
            drafts::unfinished(&listing)
        } else {
            Vec::new()
        };
        Row {
            score: writing.then(|| ready::quality(listing.kind, listing.draft()).score),
            missing: lacking.len(),
            unfinished: lacking.first().map(|(step, _)| *step),
            listing,
        }
    }

    fn title(&self, lang: &Lang) -> &str {
        self.listing.draft().title(*lang)
    }

    fn chip(&self) -> &'static str {
        match self.listing.state {
            State::Published => "chip-good",
            State::Changes | State::Expired => "chip-warn",
            State::Review => "chip-on",
            _ => "chip-quiet",
        }
    }

    /// The one thing to do next, in words, and where.
    fn next(&self, lang: &Lang) -> (&'static str, String) {
        let path = self.listing.path();
        match (self.listing.state, self.unfinished) {
            (State::Draft, Some(step)) => (
                lang.t("Viết tiếp", "Go on writing"),
                format!("{path}/edit/{step}"),
            ),
            (State::Draft, None) => (
                lang.t("Kiểm và gửi", "Check and hand in"),
                format!("{path}/edit/check"),
            ),
            (State::Changes, _) => (
                lang.t("Sửa và gửi lại", "Mend and hand in again"),
                format!("{path}/edit/check"),
            ),
            (State::Published, _) if self.listing.has_unseen_changes() => (
                lang.t("Gửi bản sửa", "Hand in the changes"),
                format!("{path}/edit/check"),
            ),
            (State::Expired, _) => (lang.t("Gia hạn hoặc đóng", "Renew or close"), path),
            (State::Paused, _) => (lang.t("Mở lại", "Resume"), path),
            _ => (lang.t("Xem", "See"), path),
        }
    }
}

async fn mine(cx: Cx, shell: Shell, actor: Actor, writer: Writer) -> Answer {
    let orgs: Vec<_> = orgs::of_person(&cx.db, actor.id)
        .await?
        .iter()
        .map(|membership| membership.org.id)
        .collect();
    let mut listings = listings::of_person(&cx.db, actor.id, &orgs).await?;
    listings.extend(writer::begun_here(&cx, &writer).await?);
    let is_over = |listing: &Listing| matches!(listing.state, State::Closed | State::Archived);
    let (ended, current): (Vec<Listing>, Vec<Listing>) = listings.into_iter().partition(is_over);
    page(&MinePage {
        shell,
        rows: current.into_iter().map(Row::new).collect(),
        ended: ended.into_iter().map(Row::new).collect(),
        has_org: !orgs.is_empty(),
    })
}

#[derive(Template)]
#[template(path = "listings/saved.html")]
struct SavedPage {
    shell: Shell,
    cards: Vec<Card>,
    searches: Vec<Search>,
    /// How often new results are told.
    often: Frequency,
}

impl SavedPage {
    fn told(&self, search: &Search) -> String {
        search.question().told(self.shell.lang)
    }
}

async fn kept(cx: Cx, shell: Shell, actor: Actor) -> Answer {
    let reader = Reader::Person(actor.clone());
    let shown = saved::list(&cx, &actor)
        .await?
        .into_iter()
        .filter(|listing| listing.shown().is_some())
        .collect();
    // What its owner has restricted since it was saved is out of sight, too.
    let listings = Sight::of(&cx, &reader).await?.readable(&cx, shown).await?;
    let searches = searches::of_person(&cx.db, actor.id).await?;
    let often = accounts::frequency(&cx, &cx.db, actor.id, LetterKind::Search).await?;
    let cards = cards(&cx, &reader, shell.lang, listings).await?;
    page(&SavedPage {
        shell,
        cards,
        searches,
        often,
    })
}

async fn keep_search(cx: Cx, shell: Shell, actor: Actor, form: Form) -> Answer {
    let question = Question::of(&Params::parse(form.value("query")), None);
    searches::keep(&cx, &actor, &question).await?;
    see_other_saying(
        shell.url("saved"),
        shell.t("Đã lưu tìm kiếm.", "The search is saved."),
    )
}

async fn remove_search(cx: Cx, shell: Shell, actor: Actor, Id(id): Id<SearchId>) -> Answer {
    searches::remove(&cx, &actor, id).await?;
    see_other_saying(
        shell.url("saved"),
        shell.t("Đã bỏ tìm kiếm.", "The search is removed."),
    )
}

async fn keep(cx: Cx, shell: Shell, actor: Actor, kind: Kind, Id(id): Id<ListingId>, form: Form) -> Answer {
    let path = shell.url(format!("{}/{id}", kind.path()));
    if form.value("keep") == "no" {
        saved::let_go(&cx, &actor, id).await?;
        return see_other(path);
    }
    let listing = listings::get(&cx.db, id).await?;
    if !listings::may_read(&cx, &Reader::Person(actor.clone()), &listing).await? {
        return Err(Fault::Missing);
    }
    saved::save(&cx, &actor, &listing).await?;
    see_other_saying(
        path,
        shell.t("Đã lưu vào danh sách của bạn.", "Saved to your list."),
    )
}
