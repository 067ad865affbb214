//! The coordinators' review: one listing a screen, what the machine noticed, what changed, and the decision.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::accounts::{Actor, Coordinator};
use crate::ids::ListingId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::web::{Answer, Form, Id, Shell, page, page_with, see_other_saying};
use crate::listings::diff::{self, Piece};
use crate::listings::facts::{self, Fact};
use crate::listings::findings::{self, Finding};
use crate::listings::review::{self, NewNote, Note};
use crate::listings::{self, Kind, Listing, Severity, State, fields, letters, writer};
use crate::orgs::{self, Org};

const MOST_NOTE: usize = 1_000;
/// Rows for notes on the page; more reasons than this are better told by telephone.
const NOTE_ROWS: usize = 6;

pub(super) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/desk/reviews", web::get().to(queue))
        .route("/desk/reviews/{id}", web::get().to(read))
        .route("/desk/reviews/{id}/publication", web::post().to(publish))
        .route("/desk/reviews/{id}/return", web::post().to(send_back));
}

#[derive(Template)]
#[template(path = "listings/queue.html")]
struct QueuePage {
    shell: Shell,
    rows: Vec<(Listing, Option<Org>)>,
}

async fn queue(cx: Cx, shell: Shell, _who: Coordinator) -> Answer {
    let listings = review::queue(&cx.db).await?;
    let ids: Vec<_> = listings.iter().filter_map(|listing| listing.org_id).collect();
    let orgs = orgs::many(&cx.db, &ids).await?;
    let rows = listings
        .into_iter()
        .map(|listing| {
            let org = orgs.iter().find(|org| Some(org.id) == listing.org_id).cloned();
            (listing, org)
        })
        .collect();
    page(&QueuePage { shell, rows })
}

#[derive(Template)]
#[template(path = "listings/review.html")]
struct ReviewPage {
    shell: Shell,
    form: Form,
    listing: Listing,
    org: Option<Org>,
    texts: Vec<Shown>,
    facts: Vec<Fact>,
    findings: Vec<Finding>,
    notes: Vec<Note>,
    /// Field names and labels a note may be about.
    subjects: Vec<(&'static str, &'static str)>,
    own: bool,
}

/// A text of the version under review, with what changed since readers last saw it.
struct Shown {
    heading: &'static str,
    lang: Lang,
    pieces: Vec<Piece>,
}

impl ReviewPage {
    fn note_rows(&self) -> std::ops::Range<usize> {
        0..NOTE_ROWS
    }

    fn typed<'a>(&'a self, name: &'a str, row: &usize) -> &'a str {
        self.form.values(name).nth(*row).unwrap_or("")
    }

    fn subject(&self, note: &Note) -> &'static str {
        letters::field_name(self.listing.kind, &note.field, self.shell.lang)
    }
}

async fn read(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<ListingId>) -> Answer {
    show(&cx, shell, &who.0, id, Form::default()).await
}

async fn show(cx: &Cx, shell: Shell, coordinator: &Actor, id: ListingId, form: Form) -> Answer {
    let listing = listings::get(&cx.db, id).await?;
    if listing.state != State::Review {
        return Err(Fault::stale(
            "Tin này không còn chờ duyệt: có lẽ ai đó vừa quyết định.",
            "It no longer waits for review: someone may have just decided.",
        ));
    }
    let mut findings = findings::of(listing.kind, &listing.draft, listing.org_id.is_some());
    findings.extend(findings::duplicates(cx, &listing).await?);
    findings.sort_by_key(|finding| finding.severity);
    let org = match listing.org_id {
        Some(org) => Some(orgs::get(&cx.db, org).await?),
        None => None,
    };
    let status = if form.is_sound() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = ReviewPage {
        texts: texts(&listing, shell.lang),
        facts: facts::of(listing.kind, &listing.draft, shell.lang),
        notes: review::open_notes(&cx.db, id).await?,
        subjects: subjects(listing.kind, shell.lang),
        own: writer::owns(cx, coordinator, &listing).await?,
        shell,
        form,
        listing,
        org,
        findings,
    };
    page_with(status, &page)
}

async fn publish(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<ListingId>, mut form: Form) -> Answer {
    let notes = notes(&mut form);
    let version = form.value("version").parse().unwrap_or(0);
    let done = if form.is_sound() {
        let done = review::publish(&cx, &who.0, id, version, &notes).await;
        form.tried(done)?
    } else {
        None
    };
    match done {
        Some(()) => see_other_saying(shell.url("desk/reviews"), shell.t("Đã đăng.", "Published.")),
        None => show(&cx, shell, &who.0, id, form).await,
    }
}

async fn send_back(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<ListingId>, mut form: Form) -> Answer {
    let notes = notes(&mut form);
    let version = form.value("version").parse().unwrap_or(0);
    let done = if form.is_sound() {
        let done = review::send_back(&cx, &who.0, id, version, &notes).await;
        form.tried(done)?
    } else {
        None
    };
    match done {
        Some(()) => see_other_saying(
            shell.url("desk/reviews"),
            shell.t("Đã trả lại kèm mọi lý do.", "Returned with all reasons."),
        ),
        None => show(&cx, shell, &who.0, id, form).await,
    }
}

/// The rows of the form that say something.
fn notes(form: &mut Form) -> Vec<NewNote> {
    let column =
        |name: &str| -> Vec<String> { form.values(name).take(NOTE_ROWS).map(str::to_owned).collect() };
    let (subjects, severities, bodies) = (column("note_field"), column("note_severity"), column("note"));
    let notes: Vec<NewNote> = bodies
        .into_iter()
        .enumerate()
        .map(|(row, body)| NewNote {
            field: subjects.get(row).cloned().unwrap_or_default(),
            severity: severities
                .get(row)
                .and_then(|code| Severity::from_code(code))
                .unwrap_or(Severity::Major),
            body: body.trim().to_owned(),
        })
        .filter(|note| !note.body.is_empty())
        .collect();
    if notes.iter().any(|note| note.body.chars().count() > MOST_NOTE) {
        form.flaw(
            "note",
            "Một lý do dài tối đa 1.000 ký tự.",
            "A reason may have 1,000 characters.",
        );
    }
    notes
}

fn subjects(kind: Kind, lang: Lang) -> Vec<(&'static str, &'static str)> {
    let rest = ["fit", "facts", "evidence", "openness"];
    ["whole"]
        .into_iter()
        .chain(fields::all(kind).map(|field| field.name))
        .chain(
            rest.into_iter()
                .filter(|name| kind == Kind::Offer || *name != "evidence"),
        )
        .map(|name| (name, letters::field_name(kind, name, lang)))
        .collect()
}

fn texts(listing: &Listing, reader: Lang) -> Vec<Shown> {
    let mut shown = Vec::new();
    for lang in [reader, reader.other()] {
        for field in fields::all(listing.kind) {
            let text = |content: &listings::Content| {
                content
                    .in_lang(lang)
                    .map(|text| field.of(text).to_owned())
                    .unwrap_or_default()
            };
            let new = text(&listing.draft);
            // A first version has nothing to differ from.
            let old = listing.live.as_deref().map_or_else(|| new.clone(), text);
            if !(new.is_empty() && old.is_empty()) {
                shown.push(Shown {
                    heading: field.heading(&reader),
                    lang,
                    pieces: diff::words(&old, &new),
                });
            }
        }
    }
    shown
}
