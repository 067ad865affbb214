//! Figures for a period, each as a picture, a table and a file.

use actix_web::web::Path;
use askama::Template;

use crate::accounts::Coordinator;
use crate::desk::figures::{self, Figure, Figures, NAMES, Period, calendar};
use crate::kit::Cx;
use crate::kit::web::{self, Answer, Form, Params, Shell};

#[derive(Template)]
#[template(path = "desk/figures.html")]
struct FiguresPage {
    shell: Shell,
    form: Form,
    period: Period,
    figures: Figures,
}

impl FiguresPage {
    /// Periods one click away.
    fn usual(&self) -> [(Period, &str); 3] {
        let now = self.shell.now;
        [
            (Period::this_week(now), self.shell.t("Tuần này", "This week")),
            (Period::four_weeks(now), self.shell.t("4 tuần", "4 weeks")),
            (Period::year(now), self.shell.t("1 năm", "1 year")),
        ]
    }

    /// The sums on top: class, number, the period before, label.
    fn sums(&self) -> [(&'static str, i64, i64, &str); 6] {
        let (now, before) = (&self.figures.now, &self.figures.before);
        [
            (
                "stat-need",
                now.needs,
                before.needs,
                self.shell.t("nhu cầu đăng", "needs published"),
            ),
            (
                "stat-offer",
                now.offers,
                before.offers,
                self.shell.t("năng lực đăng", "offers published"),
            ),
            (
                "stat-brand",
                now.raised,
                before.raised,
                self.shell.t("gợi ý", "suggestions"),
            ),
            (
                "stat-brand",
                now.approved,
                before.approved,
                self.shell.t("đã gửi hai bên", "sent to both sides"),
            ),
            (
                "stat-brand",
                now.introduced,
                before.introduced,
                self.shell.t("giới thiệu", "introductions"),
            ),
            (
                "stat-brand",
                now.outcomes,
                before.outcomes,
                self.shell.t("kết quả", "outcomes"),
            ),
        ]
    }

    fn csv(&self, figure: &Figure) -> String {
        let path = format!("desk/figures/{}.csv?{}", figure.name, self.period.query());
        self.shell.url(path)
    }

    fn trend(&self, now: &i64, before: &i64) -> String {
        let change = match now - before {
            0 => return self.shell.t("bằng kỳ trước", "as the period before").to_owned(),
            more if more > 0 => format!("+{}", self.shell.number(more)),
            less => self.shell.number(less),
        };
        self.shell
            .t1("{} so với kỳ trước", "{} on the period before", change)
    }
}

pub async fn all(cx: Cx, shell: Shell, _who: Coordinator, params: Params) -> Answer {
    let (period, mut form) = Period::asked(&params, shell.now);
    form.set(
        "from",
        if form.is_sound() {
            calendar(period.from)
        } else {
            form.value("from").to_owned()
        },
    );
    form.set(
        "to",
        if form.is_sound() {
            calendar(period.last_day())
        } else {
            form.value("to").to_owned()
        },
    );
    let figures = figures::gather(&cx, shell.lang, period).await?;
    web::page(&FiguresPage {
        shell,
        form,
        period,
        figures,
    })
}

pub async fn csv(
    cx: Cx,
    shell: Shell,
    _who: Coordinator,
    path: Path<(String, String)>,
    params: Params,
) -> Answer {
    let name = super::named(&path, |name| NAMES.into_iter().find(|known| *known == name))?;
    let (period, _) = Period::asked(&params, shell.now);
    let table = figures::table(&cx, shell.lang, period, name).await?;
    super::csv(
        &table,
        &format!("{name}-{}-{}", calendar(period.from), calendar(period.last_day())),
    )
}
