//! The page on which people make tokens for programs of their own, and take them away.

use actix_web::web::{ServiceConfig, get, post};
use askama::Template;

use super::through_the_door;
use crate::accounts::api_tokens::{self, ApiToken, Scope};
use crate::accounts::{Actor, session};
use crate::ids::ApiTokenId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::web::{self, Answer, Form, Id, Shell};

const LONGEST_NAME: usize = 60;

pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .route("/settings/tokens", get().to(show))
        .route("/settings/tokens", post().to(make))
        .route("/settings/tokens/{id}/removal", post().to(remove));
}

#[derive(Template)]
#[template(path = "accounts/tokens.html")]
struct TokensPage {
    shell: Shell,
    form: Form,
    tokens: Vec<ApiToken>,
    /// Shown once, on the answer to the act that made it.
    fresh: String,
}

impl TokensPage {
    fn scopes(&self) -> Vec<(&'static str, &'static str)> {
        let option = |scope: &Scope| (scope.code(), scope.label(self.shell.lang));
        Scope::ALL.iter().map(option).collect()
    }
}

async fn show(cx: Cx, shell: Shell, me: Actor) -> Answer {
    web::page(&page_for(&cx, shell, &me, Form::default(), String::new()).await?)
}

async fn page_for(cx: &Cx, shell: Shell, me: &Actor, form: Form, fresh: String) -> Result<TokensPage, Fault> {
    Ok(TokensPage {
        tokens: api_tokens::list(cx, me.id).await?,
        shell,
        form,
        fresh,
    })
}

async fn make(cx: Cx, shell: Shell, me: Actor, mut form: Form) -> Answer {
    let name = form.line("name", LONGEST_NAME);
    let name = form.must(
        name,
        "name",
        "Đặt tên để sau này còn nhận ra.",
        "Give it a name by which you will know it.",
    );
    let scope = Scope::from_code(form.value("scope")).unwrap_or(Scope::Read);
    if !session::is_fresh(&cx, &me) {
        return through_the_door(&shell, "settings/tokens");
    }
    let mut fresh = String::new();
    if form.is_sound() {
        let made = api_tokens::make(&cx, &me, &name, scope).await;
        fresh = form.tried(made)?.unwrap_or_default();
    }
    let status = form.status();
    web::page_with(status, &page_for(&cx, shell, &me, form, fresh).await?)
}

async fn remove(cx: Cx, shell: Shell, me: Actor, Id(id): Id<ApiTokenId>) -> Answer {
    api_tokens::remove(&cx, &me, id).await?;
    web::see_other_saying(
        shell.url("settings/tokens"),
        shell.t(
            "Mã đã bị xóa và không dùng được nữa.",
            "The token is gone and opens nothing any more.",
        ),
    )
}
