//! Tables to take away.

use actix_web::web::Path;
use askama::Template;

use crate::accounts::Coordinator;
use crate::desk::exports::{self, What};
use crate::kit::Cx;
use crate::kit::web::{self, Answer, Shell};

#[derive(Template)]
#[template(path = "desk/exports.html")]
struct ExportsPage {
    shell: Shell,
    tables: &'static [What],
}

pub async fn list(shell: Shell, _who: Coordinator) -> Answer {
    web::page(&ExportsPage {
        shell,
        tables: What::ALL,
    })
}

pub async fn csv(cx: Cx, _who: Coordinator, path: Path<(String, String)>) -> Answer {
    let what = super::named(&path, What::from_code)?;
    super::csv(&exports::table(&cx, what).await?, what.code())
}
