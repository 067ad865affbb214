//! People, for admins: find them, give a role, sign them out, close an account.

use actix_web::web::{ServiceConfig, get, post};
use askama::Template;

use crate::accounts::{Admin, Person, Role, people, second_step};
use crate::ids::PersonId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::web::{self, Answer, Form, Id, Params, Shell};

pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .route("/admin/people", get().to(list))
        .route("/admin/people/{id}/role", post().to(set_role))
        .route("/admin/people/{id}/sessions/end", post().to(end_sessions))
        .route("/admin/people/{id}/closure", post().to(close))
        .route("/admin/people/{id}/reopening", post().to(reopen));
}

#[derive(Template)]
#[template(path = "accounts/people.html")]
struct PeoplePage {
    shell: Shell,
    params: Params,
    people: Vec<Person>,
    with_second_step: Vec<PersonId>,
    count: i64,
    page: usize,
    pages: usize,
    me: PersonId,
}

async fn list(cx: Cx, shell: Shell, admin: Admin, params: Params) -> Answer {
    let page = params.page();
    people::note_reading(&cx, &admin).await?;
    let (people, count) = people::list(&cx, params.value("q"), page).await?;
    let pages = usize::try_from(count.div_euclid(people::PER_PAGE) + 1).unwrap_or(1);
    let with_second_step = second_step::holders(&cx, people.iter().map(|person| person.id)).await?;
    web::page(&PeoplePage {
        shell,
        params,
        people,
        with_second_step,
        count,
        page,
        pages,
        me: admin.0.id,
    })
}

async fn set_role(cx: Cx, shell: Shell, admin: Admin, Id(id): Id<PersonId>, form: Form) -> Answer {
    let role = Role::from_code(form.value("role")).ok_or(Fault::Missing)?;
    people::set_role(&cx, &admin, id, role).await?;
    web::see_other_saying(
        shell.url("admin/people"),
        shell.t("Đã đổi vai trò.", "The role was changed."),
    )
}

async fn end_sessions(cx: Cx, shell: Shell, admin: Admin, Id(id): Id<PersonId>) -> Answer {
    people::end_sessions(&cx, &admin, id).await?;
    web::see_other_saying(
        shell.url("admin/people"),
        shell.t(
            "Người đó đã được đăng xuất khỏi mọi thiết bị.",
            "They were signed out of every device.",
        ),
    )
}

async fn close(cx: Cx, shell: Shell, admin: Admin, Id(id): Id<PersonId>) -> Answer {
    people::set_disabled(&cx, &admin, id, true).await?;
    web::see_other_saying(
        shell.url("admin/people"),
        shell.t("Đã khóa tài khoản.", "The account was closed."),
    )
}

async fn reopen(cx: Cx, shell: Shell, admin: Admin, Id(id): Id<PersonId>) -> Answer {
    people::set_disabled(&cx, &admin, id, false).await?;
    web::see_other_saying(
        shell.url("admin/people"),
        shell.t("Đã mở lại tài khoản.", "The account is open again."),
    )
}
