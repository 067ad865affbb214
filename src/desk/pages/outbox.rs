//! The outbox: a list by standing, one letter a page, and what can be done with it.

use askama::Template;

use crate::accounts::Coordinator;
use crate::desk::outbox::{self, Letter, Line, PER_PAGE, Standing};
use crate::ids::LetterId;
use crate::kit::Cx;
use crate::kit::web::{self, Answer, Id, Params, Shell};

#[derive(Template)]
#[template(path = "desk/outbox.html")]
struct OutboxPage {
    shell: Shell,
    params: Params,
    standing: Option<Standing>,
    counts: Vec<(Standing, i64)>,
    total: i64,
    letters: Vec<Line>,
    page: usize,
    pages: usize,
    way: String,
}

impl OutboxPage {
    fn is_on(&self, standing: &Standing) -> bool {
        self.standing == Some(*standing)
    }
}

pub async fn list(cx: Cx, shell: Shell, _who: Coordinator, params: Params) -> Answer {
    let standing = Standing::from_code(params.value("state"));
    let counts = outbox::counts(&cx).await?;
    let total = counts.iter().map(|(_, count)| count).sum();
    let held = counts
        .iter()
        .filter(|(each, _)| standing.is_none_or(|standing| standing == *each))
        .map(|(_, count)| count)
        .sum::<i64>();
    let page = params.page();
    web::page(&OutboxPage {
        letters: outbox::page(&cx, standing, page).await?,
        pages: usize::try_from(held.div_euclid(PER_PAGE) + i64::from(held % PER_PAGE > 0)).unwrap_or(1),
        way: cx.mailer.describe(),
        shell,
        params,
        standing,
        counts,
        total,
        page,
    })
}

#[derive(Template)]
#[template(path = "desk/letter.html")]
struct LetterPage {
    shell: Shell,
    letter: Letter,
    file: Option<String>,
}

pub async fn letter(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<LetterId>) -> Answer {
    let letter = outbox::open(&cx, &who.0, id).await?;
    let file = outbox::file_of(&cx, &letter);
    web::page(&LetterPage { shell, letter, file })
}

pub async fn send_again(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<LetterId>) -> Answer {
    outbox::send_again(&cx, &who.0, id).await?;
    web::see_other_saying(
        shell.url(format!("desk/outbox/{id}")),
        shell.t("Thư được xếp hàng gửi lại.", "The letter is in line again."),
    )
}

pub async fn arrived(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<LetterId>) -> Answer {
    outbox::lay_aside(&cx, &who.0, id, true).await?;
    web::see_other_saying(
        shell.url(format!("desk/outbox/{id}")),
        shell.t("Đã ghi nhận là thư đã tới.", "Noted: the letter arrived."),
    )
}

pub async fn cancel(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<LetterId>) -> Answer {
    outbox::lay_aside(&cx, &who.0, id, false).await?;
    web::see_other_saying(
        shell.url(format!("desk/outbox/{id}")),
        shell.t("Thư này sẽ không được gửi.", "This letter will not be sent."),
    )
}
