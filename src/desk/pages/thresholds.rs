//! The numbers an admin tunes, each beside what last month would have been with it.

use askama::Template;

use crate::accounts::Admin;
use crate::kit::Cx;
use crate::kit::web::{self, Answer, Form, Params, Shell};
use crate::matching::hindsight::{self, DAYS, Hindsight};
use crate::matching::thresholds::{self, Threshold, Thresholds};

#[derive(Template)]
#[template(path = "desk/thresholds.html")]
struct ThresholdsPage {
    shell: Shell,
    form: Form,
    /// What holds, and what last month was or would have been with it.
    now: Thresholds,
    was: Hindsight,
    /// The same for what stands in the form, where that is something else.
    wished: Option<Hindsight>,
    days: i64,
}

impl ThresholdsPage {
    fn fields(&self) -> Vec<Field> {
        Threshold::ALL
            .iter()
            .map(|threshold| self.field(*threshold))
            .collect()
    }

    fn field(&self, threshold: Threshold) -> Field {
        let shell = &self.shell;
        let (label, hint) = match threshold {
            Threshold::Floor => (
                shell.t("Điểm hợp thấp nhất để gợi ý (phần trăm)", "Lowest fit that is suggested (hundredths)"),
                shell.t(
                    "Cao hơn: ít gợi ý hơn, chắc hơn. Có hiệu lực từ lần tìm sau.",
                    "Higher: fewer suggestions, surer ones. Holds from the next search on.",
                ),
            ),
            Threshold::Likeness => (
                shell.t("Độ gần để hiện “tương tự” khi đang viết (phần trăm)", "Nearness that shows as similar while typing (hundredths)"),
                shell.t(
                    "Thấp hơn: hiện nhiều tin tương tự hơn, kém gần hơn. Không được ghi lại nên không đếm trước được.",
                    "Lower: more similar listings, less near. Nothing of it is kept, so nothing can be counted ahead.",
                ),
            ),
            Threshold::ReplyDays => (
                shell.t("Số ngày để trả lời", "Days to reply"),
                shell.t(
                    "Tính từ lúc thư thật sự được gửi; quá hạn thì ghép nối khép lại.",
                    "From the moment the letter was really sent; after that the pairing lapses.",
                ),
            ),
            Threshold::NudgeDays => (
                shell.t("Nhắc sau số ngày", "Remind after days"),
                shell.t(
                    "Bên chưa trả lời được nhắc một lần, trước khi hết hạn.",
                    "The side that has not answered is reminded once, before the reply is due.",
                ),
            ),
            Threshold::LettersADay => (
                shell.t("Số thư gợi ý nhiều nhất mỗi ngày cho một người", "Most suggesting letters a day for one person"),
                shell.t(
                    "Ai đã nhận đủ thì thư gộp chờ sang ngày sau.",
                    "Who got so many waits until another day for a bundle.",
                ),
            ),
        };
        Field {
            name: threshold.code(),
            label: label.to_owned(),
            hint: format!(
                "{hint} {}",
                shell.t2(
                    "Đang là {}; thường là {}.",
                    "Now {}; usually {}.",
                    self.now.get(threshold),
                    threshold.usual()
                )
            ),
            was: self.told(threshold, &self.was),
            would_be: self
                .wished
                .as_ref()
                .map(|wished| self.told(threshold, wished))
                .unwrap_or_default(),
        }
    }

    /// What a value did or would have done; empty where nothing can be counted.
    fn told(&self, threshold: Threshold, seen: &Hindsight) -> String {
        let shell = &self.shell;
        let number = |count| shell.number(count);
        match threshold {
            Threshold::Floor => shell.t2(
                "{} gợi ý, {} thư",
                "{} suggestions, {} letters",
                number(seen.suggested),
                number(seen.letters),
            ),
            Threshold::Likeness => String::new(),
            Threshold::ReplyDays => shell.t2(
                "{} trong {} câu trả lời đến kịp",
                "{} of {} answers in time",
                number(seen.in_time),
                number(seen.answers),
            ),
            Threshold::NudgeDays => shell.t1(
                "{} ghép nối được nhắc",
                "{} pairings reminded of",
                number(seen.reminded),
            ),
            Threshold::LettersADay => shell.t1(
                "{} thư gộp phải chờ",
                "{} bundles had to wait",
                number(seen.held_back),
            ),
        }
    }

    /// A lower floor than the one that holds cannot be counted.
    fn is_below_what_was_kept(&self) -> bool {
        self.form
            .value(Threshold::Floor.code())
            .parse::<i64>()
            .is_ok_and(|floor| floor < self.now.get(Threshold::Floor))
    }
}

struct Field {
    name: &'static str,
    label: String,
    hint: String,
    was: String,
    would_be: String,
}

/// With a query: what its values would have done. Looking changes nothing.
pub async fn look(cx: Cx, shell: Shell, _who: Admin, params: Params) -> Answer {
    let now = thresholds::read(&cx.db).await?;
    let mut form: Form = (*params).clone();
    let wished = wished(&mut form, &now);
    show(&cx, shell, now, wished, form).await
}

pub async fn set(cx: Cx, shell: Shell, who: Admin, mut form: Form) -> Answer {
    let now = thresholds::read(&cx.db).await?;
    let wished = wished(&mut form, &now);
    let done = if form.is_sound() {
        form.tried(thresholds::set(&cx, &who.0, wished).await)?
    } else {
        None
    };
    match done {
        Some(()) => web::see_other_saying(
            shell.url("admin/thresholds"),
            shell.t("Các ngưỡng mới có hiệu lực.", "The new thresholds hold."),
        ),
        None => show(&cx, shell, now, wished, form).await,
    }
}

async fn show(cx: &Cx, shell: Shell, now: Thresholds, wished: Thresholds, mut form: Form) -> Answer {
    let past = hindsight::past(cx).await?;
    for threshold in Threshold::ALL {
        if form.value(threshold.code()).is_empty() {
            form.set(threshold.code(), now.get(*threshold).to_string());
        }
    }
    let status = form.status();
    let page = ThresholdsPage {
        was: past.with(&now),
        wished: (wished != now).then(|| past.with(&wished)),
        shell,
        form,
        now,
        days: DAYS,
    };
    web::page_with(status, &page)
}

/// What stands in the form; where a field is blank or wrong, what holds.
fn wished(form: &mut Form, now: &Thresholds) -> Thresholds {
    Threshold::ALL.iter().fold(*now, |wished, threshold| {
        let (least, most) = threshold.bounds();
        match form.number(threshold.code(), least, most) {
            Some(value) => wished.with(*threshold, value),
            None => wished,
        }
    })
}
