//! The coordinator's page for files: send one, look at the verdicts, bring it in.

use std::time::Duration;

use actix_multipart::Multipart;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web as routes};
use askama::Template;
use futures_util::TryStreamExt as _;

use super::{
    Column, Entry, Finding, Reading, Upload, Verdict, bring_in, forget_upload, judge, keep, kept, template,
};
use crate::accounts::Coordinator;
use crate::ids::UploadId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::table::{Table, limits};
use crate::kit::web::{self, Answer, Form, Id, Shell};
use crate::listings::Kind;
use crate::vocab::{self, Scheme};

/// So many findings and so many listings are shown; the file of findings holds all.
const SHOWN: usize = 100;
const LISTINGS_SHOWN: usize = 20;
/// A long list goes on behind the page that asked for it.
const PATIENCE: Duration = Duration::from_secs(8);

pub fn configure(pages: &mut routes::ServiceConfig) {
    pages
        .route("/desk/imports", routes::get().to(new))
        .route("/desk/imports", routes::post().to(send))
        .route("/desk/imports/template.csv", routes::get().to(template_csv))
        .route("/desk/imports/template.xlsx", routes::get().to(template_xlsx))
        .route("/desk/imports/{id}", routes::get().to(look))
        .route("/desk/imports/{id}/errors.csv", routes::get().to(findings))
        .route("/desk/imports/{id}/entry", routes::post().to(bring))
        .route("/desk/imports/{id}/dismissal", routes::post().to(dismiss));
}

#[derive(Template)]
#[template(path = "listings/import.html")]
struct NewPage {
    shell: Shell,
    form: Form,
}

async fn new(shell: Shell, _who: Coordinator) -> Answer {
    web::page(&NewPage {
        shell,
        form: Form::default(),
    })
}

async fn send(cx: Cx, shell: Shell, who: Coordinator, body: Multipart) -> Answer {
    let mut form = Form::default();
    let sent = Sent::take(body).await?;
    form.set("kind", sent.kind.map_or("", Kind::code));
    if sent.bytes.is_empty() {
        form.flaw("file", "Hãy chọn một tệp.", "Please choose a file.");
        return web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &NewPage { shell, form });
    }
    let kept = keep(&cx, &who.0, &sent.name, sent.kind, sent.bytes).await;
    match form.tried(kept)? {
        Some(id) => web::see_other(shell.url(format!("desk/imports/{id}"))),
        None => web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &NewPage { shell, form }),
    }
}

#[derive(Template)]
#[template(path = "listings/import_dry_run.html")]
struct LookPage {
    shell: Shell,
    upload: Upload,
    reading: Reading,
}

impl LookPage {
    fn counts(&self) -> Counts {
        let warned = |row: &usize| self.reading.verdict(*row) == Verdict::Warning;
        let mut rows: Vec<usize> = self.reading.entries.iter().map(|entry| entry.row).collect();
        rows.dedup();
        Counts {
            rows: whole(self.reading.rows),
            ready: whole(self.reading.entries.len()),
            warned: whole(rows.iter().filter(|row| warned(row)).count()),
            refused: whole(self.reading.refused_rows()),
            known: whole(self.reading.known),
        }
    }

    fn understood(&self) -> impl Iterator<Item = &Column> {
        self.reading
            .columns
            .iter()
            .filter(|column| column.field.is_some())
    }

    fn not_understood(&self) -> Vec<&Column> {
        self.reading
            .columns
            .iter()
            .filter(|column| column.field.is_none() && !column.name.is_empty())
            .collect()
    }

    /// What cannot come in stands first.
    fn findings(&self) -> Vec<&Finding> {
        let (grave, light): (Vec<&Finding>, Vec<&Finding>) =
            self.reading.findings.iter().partition(|finding| finding.grave);
        grave.into_iter().chain(light).take(SHOWN).collect()
    }

    fn entries(&self) -> &[Entry] {
        &self.reading.entries[..self.reading.entries.len().min(LISTINGS_SHOWN)]
    }

    fn title<'a>(&self, entry: &'a Entry) -> &'a str {
        entry.content.title(self.shell.lang)
    }

    /// What can be done with this file, or got of it.
    fn url(&self, act: &str) -> String {
        self.shell.url(format!("desk/imports/{}/{act}", self.upload.id))
    }

    fn sectors(&self, entry: &Entry) -> String {
        let label = |code| vocab::label(Scheme::Sector, code, self.shell.lang);
        entry
            .content
            .codes(Scheme::Sector)
            .map(label)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

struct Counts {
    rows: i64,
    ready: i64,
    warned: i64,
    refused: i64,
    known: i64,
}

async fn look(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<UploadId>) -> Answer {
    let upload = kept(&cx, &who.0, id).await?;
    let reading = judge(&cx, &upload).await?;
    web::page(&LookPage {
        shell,
        upload,
        reading,
    })
}

async fn findings(cx: Cx, who: Coordinator, Id(id): Id<UploadId>) -> Answer {
    let upload = kept(&cx, &who.0, id).await?;
    let table = judge(&cx, &upload).await?.findings_table();
    download(
        table.to_csv()?,
        "text/csv; charset=utf-8",
        "caunoi-import-findings.csv",
    )
}

async fn bring(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<UploadId>) -> Answer {
    let upload = kept(&cx, &who.0, id).await?;
    let reading = judge(&cx, &upload).await?;
    let by = who.0.by();
    // On its own feet: a reader who leaves must not stop it half way; what is in stays in, the rest can follow.
    let work = actix_web::rt::spawn(async move {
        let done = bring_in(&cx, by, &reading.entries, |_| ()).await?;
        forget_upload(&cx, id).await?;
        Ok::<_, Fault>(done)
    });
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(ended) => {
            let done = ended??;
            let said = shell.t2(
                "Đã nhập {} tin; {} tổ chức mới.",
                "{} listings brought in; {} organisations are new.",
                done.added,
                done.organisations,
            );
            web::see_other_saying(shell.url("desk/imports"), &said)
        }
        Err(_) => web::see_other_saying(
            shell.url("desk/imports"),
            shell.t(
                "Danh sách dài: đang nhập tiếp ở phía sau.",
                "A long list: it goes on coming in behind this page.",
            ),
        ),
    }
}

async fn dismiss(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<UploadId>) -> Answer {
    let upload = kept(&cx, &who.0, id).await?;
    forget_upload(&cx, upload.id).await?;
    web::see_other(shell.url("desk/imports"))
}

async fn template_csv(_who: Coordinator) -> Answer {
    download(
        template().to_csv()?,
        "text/csv; charset=utf-8",
        "caunoi-template.csv",
    )
}

async fn template_xlsx(_who: Coordinator) -> Answer {
    let bytes = Table::to_xlsx(&template(), "Cầu Nối")?;
    download(
        bytes,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "caunoi-template.xlsx",
    )
}

fn download(bytes: Vec<u8>, kind: &'static str, name: &str) -> Answer {
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .body(bytes))
}

/// The parts of the form, each no larger than it may be.
#[derive(Default)]
struct Sent {
    name: String,
    kind: Option<Kind>,
    bytes: Vec<u8>,
}

impl Sent {
    async fn take(mut body: Multipart) -> Result<Sent, Fault> {
        let mut sent = Sent::default();
        let unreadable = |_| Fault::flaw("file", "Không đọc được biểu mẫu.", "The form cannot be read.");
        let mut parts = 0;
        while let Some(mut part) = body.try_next().await.map_err(unreadable)? {
            parts += 1;
            if parts > 8 {
                return Err(Fault::TooLarge);
            }
            let is_file = part.name() == Some("file");
            let most = if is_file { limits::BYTES } else { 100 };
            let bytes = part
                .bytes(most)
                .await
                .map_err(|_| Fault::TooLarge)?
                .map_err(unreadable)?;
            if is_file {
                let named = part
                    .content_disposition()
                    .and_then(|told| told.get_filename().map(str::to_owned));
                sent.name = named.unwrap_or_default();
                sent.bytes = bytes.to_vec();
            } else if part.name() == Some("kind") {
                sent.kind = std::str::from_utf8(&bytes).ok().and_then(Kind::from_code);
            }
        }
        Ok(sent)
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
