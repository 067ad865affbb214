//! Who belongs to an organisation: asking, letting in, inviting, removing.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{ServiceConfig, get, post};
use askama::Template;

use super::Slug;
use super::form::managed;
use crate::accounts::limits::{self, Pace};
use crate::accounts::{self, Actor, address};
use crate::ids::{OrgId, PersonId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::web::{self, Answer, Form, Id, Shell};
use crate::orgs::{Belonging, MemberRole, MemberState, Org, is_member, joining, may_manage, store};

pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .route("/organisations/{slug}/membership", post().to(ask))
        .route("/organisations/{slug}/members", get().to(list))
        .route("/organisations/{slug}/invitations", post().to(invite))
        .route("/organisations/{slug}/members/{id}/approval", post().to(approve))
        .route("/organisations/{slug}/members/{id}/removal", post().to(remove))
        .route("/organisations/{slug}/members/{id}/role", post().to(set_role));
}

#[derive(Template)]
#[template(path = "orgs/members.html")]
struct MembersPage {
    shell: Shell,
    form: Form,
    org: Org,
    asking: Vec<Belonging>,
    members: Vec<Belonging>,
    manages: bool,
    me: PersonId,
}

async fn ask(cx: Cx, shell: Shell, request: HttpRequest, me: Actor, Slug(slug): Slug) -> Answer {
    let org = store::by_slug(&cx.db, &slug).await?;
    // Each time those in charge get a letter, also of one who asks, leaves and asks again.
    limits::admit(&cx, &request, Pace::Letter, &me.id.to_string()).await?;
    joining::ask(&cx, &me, org.id).await?;
    // Not to the organisation's own page: one that nobody has checked yet shows to its people only.
    web::see_other_saying(
        shell.url("organisations/new"),
        shell.t(
            "Đã gửi yêu cầu. Người phụ trách tổ chức sẽ trả lời; bạn sẽ nhận được thư.",
            "Your request was sent. Those in charge will answer, and you will get a letter.",
        ),
    )
}

async fn list(cx: Cx, shell: Shell, me: Actor, Slug(slug): Slug) -> Answer {
    web::page(&page_for(&cx, shell, &me, &slug, Form::default()).await?)
}

/// For members; whoever manages the organisation also sees who asks.
async fn page_for(cx: &Cx, shell: Shell, me: &Actor, slug: &str, form: Form) -> Result<MembersPage, Fault> {
    let org = store::by_slug(&cx.db, slug).await?;
    let manages = may_manage(cx, me, org.id).await?;
    let belongs = is_member(&cx.db, org.id, me.id).await?;
    if !manages && !belongs {
        return Err(Fault::Forbidden);
    }
    if !belongs {
        note_reading(cx, me, org.id).await?;
    }
    let all = store::members::all(&cx.db, org.id).await?;
    let (members, asking) = all.into_iter().partition(|one| one.state == MemberState::Active);
    let asking = if manages { asking } else { Vec::new() };
    Ok(MembersPage {
        shell,
        form,
        org,
        asking,
        members,
        manages,
        me: me.id,
    })
}

/// Their addresses stand there: that a coordinator looked at them is noted.
async fn note_reading(cx: &Cx, me: &Actor, org: OrgId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    accounts::audit(cx, &mut tx, "members:read", me.by(), Some(org.0)).await?;
    tx.commit().await
}

async fn invite(
    cx: Cx,
    shell: Shell,
    request: HttpRequest,
    me: Actor,
    Slug(slug): Slug,
    mut form: Form,
) -> Answer {
    let org = managed(&cx, &me, &slug).await?;
    let email = address::email_in(&mut form);
    if !form.is_sound() {
        let page = page_for(&cx, shell, &me, &slug, form).await?;
        return web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    limits::admit(&cx, &request, Pace::Letter, &email).await?;
    joining::invite(&cx, &me, &org, &email).await?;
    back(
        &shell,
        &slug,
        shell.t("Đã gửi lời mời.", "The invitation is on its way."),
    )
}

async fn approve(cx: Cx, shell: Shell, me: Actor, Slug(slug): Slug, Id(id): Id<PersonId>) -> Answer {
    let org = managed(&cx, &me, &slug).await?;
    joining::approve(&cx, &me, org.id, id).await?;
    back(&shell, &slug, shell.t("Đã nhận vào tổ chức.", "They belong now."))
}

async fn remove(cx: Cx, shell: Shell, me: Actor, Slug(slug): Slug, Id(id): Id<PersonId>) -> Answer {
    let leaving = me.id == id;
    let org = if leaving {
        store::by_slug(&cx.db, &slug).await?
    } else {
        managed(&cx, &me, &slug).await?
    };
    joining::remove(&cx, &me, org.id, id).await?;
    if leaving {
        let sentence = shell.t("Bạn đã rời tổ chức.", "You have left the organisation.");
        return web::see_other_saying(shell.url(format!("organisations/{slug}")), sentence);
    }
    back(
        &shell,
        &slug,
        shell.t("Đã xóa khỏi danh sách.", "Taken off the list."),
    )
}

async fn set_role(
    cx: Cx,
    shell: Shell,
    me: Actor,
    Slug(slug): Slug,
    Id(id): Id<PersonId>,
    form: Form,
) -> Answer {
    let org = managed(&cx, &me, &slug).await?;
    let role = MemberRole::from_code(form.value("role")).ok_or(Fault::Missing)?;
    joining::set_role(&cx, &me, org.id, id, role).await?;
    back(&shell, &slug, shell.t("Đã đổi vai trò.", "The role was changed."))
}

fn back(shell: &Shell, slug: &str, sentence: &str) -> Answer {
    web::see_other_saying(shell.url(format!("organisations/{slug}/members")), sentence)
}
