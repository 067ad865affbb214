//! The coordinators' review: one listing a screen, what the machine noticed, what changed, and the decision.

use actix_web::web;
use askama::Template;

use crate::accounts::{Actor, Coordinator};
use crate::ids::{ListingId, PersonId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::web::{Answer, Form, Id, Shell, page, page_with, see_other_saying};
use crate::listings::diff::Piece;
use crate::listings::escalation::{self, Escalation};
use crate::listings::findings::{self, Finding};
use crate::listings::review::{self, NewNote, Note};
use crate::listings::{self, Kind, Listing, Severity, State, fields, letters, writer};
use crate::orgs::{self, Org};
use crate::vocab::{self, Scheme};

mod shown;

use shown::{Change, ShownEvidence, ShownFact, ShownText};

const MOST_NOTE: usize = 1_000;
/// Rows for notes on the page; more reasons than this are better told by telephone.
const NOTE_ROWS: usize = 6;

/// What no machine can see. All of it is looked at before a listing is published.
const CHECKS: [(&str, &str, &str); 5] = [
    (
        "clear",
        "Người ngoài ngành đọc là hiểu cần gì, hoặc làm được gì.",
        "Someone from another trade understands what is needed, or what can be done.",
    ),
    (
        "safe",
        "Không lộ liên hệ, bí mật kinh doanh hay dữ liệu cá nhân.",
        "It reveals no contact, no trade secret, no personal data.",
    ),
    (
        "true",
        "Số liệu và lời hứa nghe hợp lý; minh chứng quan trọng đã được tra.",
        "Figures and promises are plausible; the evidence that matters was looked up.",
    ),
    (
        "fit",
        "Lĩnh vực, năng lực AI và mức sẵn sàng được chọn đúng.",
        "Sector, AI capability and readiness are chosen rightly.",
    ),
    (
        "lawful",
        "Hợp pháp, đúng mục đích của chương trình, không phải quảng cáo.",
        "Lawful, within the programme, and no advertising.",
    ),
];

pub(super) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/desk/reviews", web::get().to(queue))
        .route("/desk/reviews/{id}", web::get().to(read))
        .route("/desk/reviews/{id}/publication", web::post().to(publish))
        .route("/desk/reviews/{id}/return", web::post().to(send_back))
        .route("/desk/reviews/{id}/escalation", web::post().to(escalate))
        .route("/desk/reviews/{id}/evidence", web::post().to(check_evidence));
}

#[derive(Template)]
#[template(path = "listings/queue.html")]
struct QueuePage {
    shell: Shell,
    rows: Vec<(Listing, Option<Org>)>,
    escalations: Vec<Escalation>,
}

impl QueuePage {
    fn escalation(&self, listing: &Listing) -> Option<&Escalation> {
        self.escalations
            .iter()
            .find(|asked| asked.listing_id == listing.id)
    }
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
    page(&QueuePage {
        shell,
        rows,
        escalations: escalation::open(&cx.db).await?,
    })
}

#[derive(Template)]
#[template(path = "listings/review.html")]
struct ReviewPage {
    shell: Shell,
    form: Form,
    listing: Listing,
    org: Option<Org>,
    texts: Vec<ShownText>,
    facts: Vec<ShownFact>,
    evidence: Vec<ShownEvidence>,
    findings: Vec<Finding>,
    notes: Vec<Note>,
    /// Field names and labels a note may be about.
    subjects: Vec<(&'static str, &'static str)>,
    own: bool,
    escalation: Option<Escalation>,
    /// Who could be asked instead.
    others: Vec<(String, String)>,
}

impl ReviewPage {
    fn note_rows(&self) -> std::ops::Range<usize> {
        0..NOTE_ROWS
    }

    fn typed<'a>(&'a self, name: &'a str, row: &usize) -> &'a str {
        self.form.values(name).nth(*row).unwrap_or("")
    }

    fn checks(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        CHECKS
            .into_iter()
            .map(|(code, vi, en)| (code, self.shell.lang.t(vi, en)))
    }

    fn is_ticked(&self, code: &str) -> bool {
        self.form.has("check", code)
    }

    fn evidence_kind(&self, row: &ShownEvidence) -> String {
        vocab::label(Scheme::Evidence, &row.piece.kind, self.shell.lang)
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
    let mut findings = findings::of(listing.kind, listing.draft(), listing.org_id.is_some());
    findings.extend(findings::duplicates(cx, &listing).await?);
    findings.sort_by_key(|finding| finding.severity);
    let org = match listing.org_id {
        Some(org) => Some(orgs::get(&cx.db, org).await?),
        None => None,
    };
    let status = form.status();
    let page = ReviewPage {
        texts: shown::texts(&listing, shell.lang),
        facts: shown::facts(&listing, shell.lang),
        evidence: shown::evidence(&listing),
        notes: review::open_notes(&cx.db, id).await?,
        subjects: subjects(listing.kind, shell.lang),
        own: writer::owns(cx, coordinator, &listing).await?,
        escalation: escalation::of(&cx.db, id).await?,
        others: others(cx, coordinator, &listing, shell.lang).await?,
        shell,
        form,
        listing,
        org,
        findings,
    };
    page_with(status, &page)
}

async fn others(
    cx: &Cx,
    coordinator: &Actor,
    listing: &Listing,
    lang: Lang,
) -> Result<Vec<(String, String)>, Fault> {
    let others = escalation::others(cx, coordinator, listing).await?;
    Ok(others
        .into_iter()
        .map(|person| {
            let who = format!("{} ({})", person.name, person.role.label(lang).to_lowercase());
            (person.id.to_string(), who)
        })
        .collect())
}

async fn publish(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<ListingId>, mut form: Form) -> Answer {
    let notes = notes(&mut form);
    look_at_all(&mut form);
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

async fn escalate(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<ListingId>, mut form: Form) -> Answer {
    let version = form.value("version").parse().unwrap_or(0);
    let to: Option<PersonId> = form.value("escalate_to").parse().ok();
    let to = to.unwrap_or(who.0.id);
    let note = form.prose("escalate_note", MOST_NOTE);
    let note = form.must(
        note,
        "escalate_note",
        "Hãy ghi điều cần người kia xem giúp.",
        "Say what the other one should look at.",
    );
    let done = if form.is_sound() {
        let done = escalation::escalate(&cx, &who.0, id, version, to, &note).await;
        form.tried(done)?
    } else {
        None
    };
    match done {
        Some(()) => see_other_saying(
            shell.url("desk/reviews"),
            shell.t("Đã chuyển cho người kia xem.", "Handed to the other one."),
        ),
        None => show(&cx, shell, &who.0, id, form).await,
    }
}

/// The page is shown again rather than left, so that reasons typed so far stay.
async fn check_evidence(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<ListingId>, form: Form) -> Answer {
    let (mark, checked) = match form.value("checked") {
        "" => (form.value("unchecked"), false),
        mark => (mark, true),
    };
    listings::set_checked(&cx, &who.0, id, mark, checked).await?;
    show(&cx, shell, &who.0, id, form).await
}

/// Nothing on the list may be passed over.
fn look_at_all(form: &mut Form) {
    if CHECKS.iter().any(|(code, ..)| !form.has("check", code)) {
        form.flaw(
            "checks",
            "Hãy đánh dấu mọi điều đã xem; điều nào chưa ổn thì trả lại kèm lý do.",
            "Tick everything you looked at; where something is not right, return it with the reason.",
        );
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
