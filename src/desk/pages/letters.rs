//! Every letter there is, as its readers get it, and a test of one to oneself.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;
use askama::Template;

use crate::accounts::Admin;
use crate::desk::outbox::{KINDS, kind_label};
use crate::desk::rehearsal::{self, Sample};
use crate::kit::Cx;
use crate::kit::lang::Lang;
use crate::kit::web::{self, Answer, Form, Params, Shell};

/// Letters carry their styles in the markup, since mail readers know no sheets. Nothing else may run or load.
const LETTER_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; \
                             frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "desk/letters.html")]
struct LettersPage {
    shell: Shell,
    rows: Vec<Row>,
}

/// A kind of letter with its two subjects.
struct Row {
    kind: &'static str,
    label: String,
    vi: &'static Sample,
    en: &'static Sample,
}

pub async fn list(cx: Cx, shell: Shell, _who: Admin) -> Answer {
    let samples = rehearsal::letters(&cx).await?;
    let of = |kind: &str, lang| {
        samples
            .iter()
            .find(|sample| sample.kind == kind && sample.lang == lang)
    };
    let rows = KINDS
        .iter()
        .filter_map(|(kind, ..)| {
            Some(Row {
                kind,
                label: kind_label(kind, shell.lang),
                vi: of(kind, Lang::Vi)?,
                en: of(kind, Lang::En)?,
            })
        })
        .collect();
    web::page(&LettersPage { shell, rows })
}

#[derive(Template)]
#[template(path = "desk/sample.html")]
struct SamplePage {
    shell: Shell,
    label: String,
    sample: &'static Sample,
}

impl SamplePage {
    fn here(&self) -> String {
        self.shell.url(format!("admin/letters/{}", self.sample.kind))
    }
}

pub async fn look(cx: Cx, shell: Shell, _who: Admin, path: Path<(String, String)>, params: Params) -> Answer {
    let lang = Lang::from_code(params.value("letter")).unwrap_or(shell.lang);
    let sample = rehearsal::letter(&cx, &path.1, lang).await?;
    web::page(&SamplePage {
        label: kind_label(&sample.kind, shell.lang),
        shell,
        sample,
    })
}

/// The HTML twin alone, as a mail reader shows it.
pub async fn as_sent(
    cx: Cx,
    shell: Shell,
    _who: Admin,
    path: Path<(String, String)>,
    params: Params,
) -> Answer {
    let lang = Lang::from_code(params.value("letter")).unwrap_or(shell.lang);
    let sample = rehearsal::letter(&cx, &path.1, lang).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, LETTER_POLICY))
        .body(sample.html.as_str()))
}

pub async fn test(cx: Cx, shell: Shell, who: Admin, path: Path<(String, String)>, form: Form) -> Answer {
    let lang = Lang::from_code(form.value("letter")).unwrap_or(shell.lang);
    let sample = rehearsal::letter(&cx, &path.1, lang).await?;
    rehearsal::send_to_oneself(&cx, &who.0, sample).await?;
    web::see_other_saying(
        shell.url(format!("admin/letters/{}?letter={lang}", sample.kind)),
        &shell.t1(
            "Thư thử đang trên đường tới {}.",
            "A test is on its way to {}.",
            &who.0.email,
        ),
    )
}
