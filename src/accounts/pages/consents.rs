//! What one agreed to, when and in which words; each can be taken back by itself.

use actix_web::web::{Path, ServiceConfig, get, post};
use askama::Template;

use crate::accounts::Actor;
use crate::accounts::consent::{self, Consent, Purpose};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::web::{self, Answer, Shell};

pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .route("/settings/consents", get().to(show))
        .route("/settings/consents/{purpose}/withdrawal", post().to(withdraw));
}

#[derive(Template)]
#[template(path = "accounts/consents.html")]
struct ConsentsPage {
    shell: Shell,
    ledger: Vec<Consent>,
}

async fn show(cx: Cx, shell: Shell, me: Actor) -> Answer {
    let mut ledger = consent::ledger(&cx, me.id).await?;
    ledger.reverse();
    web::page(&ConsentsPage { shell, ledger })
}

async fn withdraw(cx: Cx, shell: Shell, me: Actor, path: Path<(String, String)>) -> Answer {
    let purpose = Purpose::from_code(&path.1).ok_or(Fault::Missing)?;
    consent::withdraw(&cx, &me, purpose).await?;
    web::see_other_saying(
        shell.url("settings/consents"),
        shell.t(
            "Đã rút lại. Những thư đang chờ cũng không gửi nữa.",
            "Withdrawn. Letters that were waiting are not sent either.",
        ),
    )
}
