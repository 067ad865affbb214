//! Saying that something is wrong with a listing, and the coordinators' list of what was said.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::accounts::{Coordinator, Reader};
use crate::ids::{ListingId, ReportId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::web::{Answer, Form, Id, Shell, page, page_with, see_other_saying};
use crate::listings::saved::{self, Report, Wrong};
use crate::listings::{self, Kind, Listing};

const MOST_WORDS: usize = 1_000;

pub(super) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/{noun:needs|offers}/{id}/reports/new", web::get().to(form))
        .route("/{noun:needs|offers}/{id}/reports", web::post().to(report))
        .route("/desk/reports", web::get().to(list))
        .route("/desk/reports/{id}/resolution", web::post().to(resolve));
}

#[derive(Template)]
#[template(path = "listings/report.html")]
struct ReportPage {
    shell: Shell,
    form: Form,
    listing: Listing,
    reasons: Vec<(&'static str, &'static str)>,
}

impl ReportPage {
    fn new(shell: Shell, form: Form, listing: Listing) -> ReportPage {
        let reasons = Wrong::ALL
            .iter()
            .map(|wrong| (wrong.code(), wrong.label(shell.lang)))
            .collect();
        ReportPage {
            shell,
            form,
            listing,
            reasons,
        }
    }
}

async fn form(cx: Cx, shell: Shell, reader: Reader, kind: Kind, Id(id): Id<ListingId>) -> Answer {
    let listing = readable(&cx, &reader, kind, id).await?;
    page(&ReportPage::new(shell, Form::default(), listing))
}

async fn report(
    cx: Cx,
    shell: Shell,
    reader: Reader,
    kind: Kind,
    Id(id): Id<ListingId>,
    mut form: Form,
) -> Answer {
    let listing = readable(&cx, &reader, kind, id).await?;
    let body = form.prose("body", MOST_WORDS).unwrap_or_default();
    let wrong = Wrong::from_code(form.value("reason"));
    if wrong.is_none() {
        form.flaw("reason", "Hãy chọn một lý do.", "Choose a reason.");
    }
    let (Some(wrong), true) = (wrong, form.is_sound()) else {
        return page_with(
            StatusCode::UNPROCESSABLE_ENTITY,
            &ReportPage::new(shell, form, listing),
        );
    };
    // Only machines fill in the field nobody sees; they are thanked like everyone.
    if form.value("website").is_empty() {
        saved::report(&cx, &reader, &listing, wrong, &body).await?;
    }
    see_other_saying(
        shell.url(listing.path()),
        shell.t(
            "Cảm ơn bạn. Điều phối viên sẽ xem.",
            "Thank you. A coordinator will look into it.",
        ),
    )
}

async fn readable(cx: &Cx, reader: &Reader, kind: Kind, id: ListingId) -> Result<Listing, Fault> {
    let listing = listings::get(&cx.db, id).await?;
    if listing.kind == kind && listings::may_read(cx, reader, &listing).await? {
        Ok(listing)
    } else {
        Err(Fault::Missing)
    }
}

// The coordinators' list -------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "listings/reports.html")]
struct ReportsPage {
    shell: Shell,
    rows: Vec<(Report, Listing)>,
}

impl ReportsPage {
    fn reason(&self, report: &Report, lang: &Lang) -> &'static str {
        report.reason.label(*lang)
    }
}

async fn list(cx: Cx, shell: Shell, _coordinator: Coordinator) -> Answer {
    let reports = saved::open_reports(&cx.db).await?;
    let ids: Vec<ListingId> = reports.iter().map(|report| report.listing_id).collect();
    let about = listings::many(&cx.db, &ids).await?;
    let rows = reports
        .into_iter()
        .filter_map(|report| {
            let listing = about
                .iter()
                .find(|listing| listing.id == report.listing_id)?
                .clone();
            Some((report, listing))
        })
        .collect();
    page(&ReportsPage { shell, rows })
}

async fn resolve(cx: Cx, shell: Shell, _coordinator: Coordinator, Id(id): Id<ReportId>) -> Answer {
    saved::resolve_report(&cx, id).await?;
    see_other_saying(shell.url("desk/reports"), shell.t("Đã xử lý.", "Dealt with."))
}
