//! Stopping letters of a kind by the link in one (RFC 8058): no sign-in, no cookie, and only a POST counts.

use actix_web::web::{Path, ServiceConfig, get, post};
use askama::Template;

use crate::accounts::{Kind, Person, profile, store};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::web::{self, Answer, Shell};

pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .route("/unsubscription/{token}/{kind}", get().to(ask))
        .route("/unsubscription/{token}/{kind}", post().to(stop));
}

#[derive(Template)]
#[template(path = "accounts/unsubscription.html")]
struct UnsubscriptionPage {
    shell: Shell,
    kind: Kind,
    stopped: bool,
    /// Where the button sends to; this page has no language of its own.
    here: String,
}

async fn ask(cx: Cx, shell: Shell, path: Path<(String, String)>) -> Answer {
    let (person, kind) = known(&cx, &path).await?;
    web::page(&page_for(shell, &person, kind, false))
}

async fn stop(cx: Cx, shell: Shell, path: Path<(String, String)>) -> Answer {
    let (person, kind) = known(&cx, &path).await?;
    profile::unsubscribe(&cx, &path.0, kind).await?;
    web::page(&page_for(shell, &person, kind, true))
}

async fn known(cx: &Cx, path: &(String, String)) -> Result<(Person, Kind), Fault> {
    let kind = Kind::from_code(&path.1).ok_or(Fault::Missing)?;
    Ok((store::by_letter_token(&cx.db, &path.0).await?, kind))
}

/// In the language of the letters; its other twin would need a page of its own, so the switch leads home.
fn page_for(shell: Shell, person: &Person, kind: Kind, stopped: bool) -> UnsubscriptionPage {
    let here = shell.path.clone();
    let shell = Shell {
        lang: person.lang,
        path: format!("/{}", person.lang),
        query: String::new(),
        ..shell
    };
    UnsubscriptionPage {
        shell,
        kind,
        stopped,
        here,
    }
}
