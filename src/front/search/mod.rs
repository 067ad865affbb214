//! Search and browse. The address is the whole state: question, filters, order and page.

use actix_web::web as routes;
use askama::Template;

use self::answer::{Answered, Audience};
use self::marks::Why;
use self::ways_out::WaysOut;
use crate::accounts::Reader;
use crate::kit::Cx;
use crate::kit::web::{self, Answer, Params, Shell};
use crate::listings::Kind;
use crate::listings::question::{Question, Sort};

pub mod answer;
mod marks;
mod ways_out;

pub fn configure(pages: &mut routes::ServiceConfig) {
    pages
        .route("/search", routes::get().to(search))
        .route("/needs", routes::get().to(needs))
        .route("/offers", routes::get().to(offers));
}

#[derive(Template)]
#[template(path = "front/search.html")]
struct SearchPage {
    shell: Shell,
    params: Params,
    question: Question,
    answered: Answered,
    /// Where nothing was found.
    ways_out: Option<WaysOut>,
    /// The kind the address itself names.
    fixed: Option<Kind>,
    signed_in: bool,
}

async fn search(cx: Cx, shell: Shell, reader: Reader, params: Params) -> Answer {
    show(cx, shell, reader, params, None).await
}

async fn needs(cx: Cx, shell: Shell, reader: Reader, params: Params) -> Answer {
    show(cx, shell, reader, params, Some(Kind::Need)).await
}

async fn offers(cx: Cx, shell: Shell, reader: Reader, params: Params) -> Answer {
    show(cx, shell, reader, params, Some(Kind::Offer)).await
}

async fn show(cx: Cx, shell: Shell, reader: Reader, params: Params, fixed: Option<Kind>) -> Answer {
    let question = Question::of(&params, fixed);
    let audience = Audience::of(&cx, &reader).await?;
    let answered = answer::ask(&cx, &reader, audience, &shell, &params, &question).await?;
    let ways_out = if answered.total == 0 {
        Some(WaysOut::of(&cx, &reader, audience, &shell, &params, &question).await?)
    } else {
        None
    };
    web::page(&SearchPage {
        shell,
        params,
        question,
        answered,
        ways_out,
        fixed,
        signed_in: reader.actor().is_some(),
    })
}

impl SearchPage {
    fn heading(&self) -> &'static str {
        match self.question.kind {
            Some(Kind::Need) => self.shell.lang.t("Nhu cầu đang mở", "Open needs"),
            Some(Kind::Offer) => self.shell.lang.t("Năng lực sẵn có", "Offers at hand"),
            None => self
                .shell
                .lang
                .t("Tìm nhu cầu và năng lực", "Search needs and offers"),
        }
    }

    /// All, needs, offers: the tabs lead to the same question of another kind.
    fn tabs(&self) -> Vec<Tab> {
        let tab = |kind: Option<Kind>, label: &'static str| Tab {
            href: format!(
                "{}?{}",
                self.shell.url("search"),
                self.params.with_value("kind", kind.map_or("", Kind::code))
            ),
            label,
            count: self.answered.of_kind(kind),
            on: self.question.kind == kind,
        };
        let t = |vi, en| self.shell.lang.t(vi, en);
        vec![
            tab(None, t("Tất cả", "All")),
            tab(Some(Kind::Need), t("Nhu cầu", "Needs")),
            tab(Some(Kind::Offer), t("Năng lực", "Offers")),
        ]
    }

    fn sorts(&self) -> Vec<(Sort, &'static str)> {
        Sort::ALL
            .iter()
            .map(|sort| (*sort, sort.label(self.shell.lang)))
            .collect()
    }

    /// Something was asked that can be kept.
    fn can_be_kept(&self) -> bool {
        self.question.asks_something()
    }

    /// The address without any filter, question kept.
    fn all_cleared(&self) -> String {
        self.question.bare_query()
    }

    fn pages(&self) -> usize {
        self.answered.pages()
    }
}

struct Tab {
    href: String,
    label: &'static str,
    count: usize,
    on: bool,
}
