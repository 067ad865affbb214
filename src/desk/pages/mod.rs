//! Routes of the desk and of the administration.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{ServiceConfig, get, post};
use askama::Template;

use crate::accounts::Coordinator;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::table::Table;
use crate::kit::web::{self, Answer, Shell};

use super::attention::{self, Attention};

mod admin;
mod audit;
mod backups;
mod exports;
mod figures;
mod letters;
mod outbox;
mod thresholds;

pub fn configure(routes: &mut ServiceConfig) {
    routes
        .route("/desk", get().to(today))
        .route("/desk/outbox", get().to(outbox::list))
        .route("/desk/outbox/{id}", get().to(outbox::letter))
        .route("/desk/outbox/{id}/sending", post().to(outbox::send_again))
        .route("/desk/outbox/{id}/arrival", post().to(outbox::arrived))
        .route("/desk/outbox/{id}/cancellation", post().to(outbox::cancel))
        .route("/desk/figures", get().to(figures::all))
        .route("/desk/figures/{name}.csv", get().to(figures::csv))
        .route("/desk/exports", get().to(exports::list))
        .route("/desk/exports/{name}.csv", get().to(exports::csv))
        .route("/admin", get().to(admin::health))
        .route("/admin/jobs/{id}/attempt", post().to(admin::try_job_again))
        .route("/admin/backups", post().to(backups::ask))
        .route("/admin/backups/{name}", get().to(backups::take))
        .route("/admin/backups/{name}/removal", post().to(backups::remove))
        .route("/admin/letters", get().to(letters::list))
        .route("/admin/letters/{kind}", get().to(letters::look))
        .route("/admin/letters/{kind}/page", get().to(letters::as_sent))
        .route("/admin/letters/{kind}/test", post().to(letters::test))
        .route("/admin/thresholds", get().to(thresholds::look))
        .route("/admin/thresholds", post().to(thresholds::set))
        .route("/admin/vocabularies", get().to(admin::vocabularies))
        .route("/admin/audit", get().to(audit::look))
        .route("/admin/audit.csv", get().to(audit::csv));
}

#[derive(Template)]
#[template(path = "desk/today.html")]
struct TodayPage {
    shell: Shell,
    attention: Attention,
}

async fn today(cx: Cx, shell: Shell, who: Coordinator) -> Answer {
    let attention = attention::gather(&cx, shell.lang, &who.0).await?;
    web::page(&TodayPage { shell, attention })
}

/// A table as a file to keep; `name` is ours, never a reader's.
fn csv(table: &Table, name: &str) -> Answer {
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.csv\""),
        ))
        .body(table.to_csv()?))
}

/// The `{name}` of an address, as one of the names we have.
fn named<T>(
    path: &actix_web::web::Path<(String, String)>,
    from_code: fn(&str) -> Option<T>,
) -> Result<T, Fault> {
    from_code(&path.1).ok_or(Fault::Missing)
}
