//! A coordinator's desk for organisations: those to verify, and pairs that shall not be suggested.

use actix_web::http::StatusCode;
use actix_web::web::{ServiceConfig, get, post};
use askama::Template;

use super::Slug;
use crate::accounts::Coordinator;
use crate::ids::OrgId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::web::{self, Answer, Form, Shell};
use crate::orgs::review::{self, Block, Candidate};
use crate::orgs::{Org, names, store};
use crate::vocab::{self, Scheme};

pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .route("/desk/organisations", get().to(show))
        .route("/organisations/{slug}/verification", post().to(verify))
        .route(
            "/organisations/{slug}/verification/withdrawal",
            post().to(withdraw),
        )
        .route("/desk/blocks", post().to(block))
        .route("/desk/blocks/removal", post().to(unblock));
}

#[derive(Template)]
#[template(path = "orgs/desk.html")]
struct DeskPage {
    shell: Shell,
    form: Form,
    queue: Vec<Candidate>,
    blocks: Vec<Block>,
}

impl DeskPage {
    fn place(&self, org: &Org) -> String {
        vocab::label(Scheme::Place, &org.place, self.shell.lang)
    }

    fn size(&self, org: &Org) -> String {
        vocab::label(Scheme::Size, &org.size, self.shell.lang)
    }
}

async fn show(cx: Cx, shell: Shell, _who: Coordinator) -> Answer {
    web::page(&page_for(&cx, shell, Form::default()).await?)
}

async fn page_for(cx: &Cx, shell: Shell, form: Form) -> Result<DeskPage, Fault> {
    let queue = review::queue(cx).await?;
    let blocks = review::blocks(cx).await?;
    Ok(DeskPage {
        shell,
        form,
        queue,
        blocks,
    })
}

async fn verify(cx: Cx, shell: Shell, who: Coordinator, Slug(slug): Slug) -> Answer {
    let org = store::by_slug(&cx.db, &slug).await?;
    review::verify(&cx, &who, org.id).await?;
    back(&shell, shell.t("Đã xác minh.", "Verified."))
}

async fn withdraw(cx: Cx, shell: Shell, who: Coordinator, Slug(slug): Slug) -> Answer {
    let org = store::by_slug(&cx.db, &slug).await?;
    review::withdraw_verification(&cx, &who, org.id).await?;
    back(
        &shell,
        shell.t("Đã rút xác minh.", "The verification was withdrawn."),
    )
}

async fn block(cx: Cx, shell: Shell, who: Coordinator, mut form: Form) -> Answer {
    let one = named(&cx, &mut form, "one").await?;
    let other = named(&cx, &mut form, "other").await?;
    if let (Some(one), Some(other)) = (one, other) {
        let blocked = review::block(&cx, &who, one, other).await;
        if form.tried(blocked)?.is_some() {
            return back(
                &shell,
                shell.t("Từ nay không ghép hai bên này.", "These two will not be paired."),
            );
        }
    }
    web::page_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        &page_for(&cx, shell, form).await?,
    )
}

async fn unblock(cx: Cx, shell: Shell, who: Coordinator, form: Form) -> Answer {
    let id = |name: &str| form.value(name).parse::<OrgId>().map_err(|_| Fault::Missing);
    review::unblock(&cx, &who, id("one")?, id("other")?).await?;
    back(&shell, shell.t("Đã bỏ chặn.", "The block was lifted."))
}

/// The one organisation a typed name means; else a flaw at the field.
async fn named(cx: &Cx, form: &mut Form, field: &'static str) -> Result<Option<OrgId>, Fault> {
    let name = form.text(field).unwrap_or_default();
    let found = store::find_by_name(&cx.db, &name, 20).await?;
    let key = names::key(&name);
    let exact = |org: &&Org| names::key(&org.name_vi) == key || names::key(&org.name_en) == key;
    let one = found.iter().find(exact).or(match found.as_slice() {
        [only] => Some(only),
        _ => None,
    });
    if one.is_none() {
        let list: Vec<&str> = found
            .iter()
            .take(3)
            .map(|org| org.name(crate::kit::lang::Lang::Vi))
            .collect();
        if list.is_empty() {
            form.flaw(
                field,
                "Không có tổ chức nào tên như vậy.",
                "No organisation has such a name.",
            );
        } else {
            let list = list.join("; ");
            form.flaw(
                field,
                format!("Gõ rõ hơn: {list}…"),
                format!("Be more exact: {list}…"),
            );
        }
    }
    Ok(one.map(|org| org.id))
}

fn back(shell: &Shell, sentence: &str) -> Answer {
    web::see_other_saying(shell.url("desk/organisations"), sentence)
}
