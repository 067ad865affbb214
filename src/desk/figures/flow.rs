//! Figures of what becomes of pairs: suggested, asked, answered, introduced, and why not.

use crate::kit::clock::{At, DAY, HOUR};
use crate::kit::lang::Lang;
use crate::kit::table::Table;
use crate::vocab::{self, Scheme};

use super::Figure;
use super::count::{Replies, Rung, Tally};
use super::draw::{self, Part, Row};

/// The first columns of a tally are of listings, which have a figure of their own.
const LISTINGS: usize = 2;

pub fn pairings(lang: Lang, weeks: &[(At, Tally)]) -> Figure {
    let series = [
        (
            "bar-soft",
            lang.t("Gợi ý", "Suggested"),
            (|tally| tally.raised) as fn(&Tally) -> i64,
        ),
        ("bar", lang.t("Đã gửi hai bên", "Sent to both"), |tally| {
            tally.approved
        }),
        ("bar-offer", lang.t("Đã giới thiệu", "Introduced"), |tally| {
            tally.introduced
        }),
    ];
    let columns = Tally::columns(lang).into_iter().skip(LISTINGS);
    let mut table = Table::new([lang.t("Tuần từ", "Week from")].into_iter().chain(columns));
    for (monday, tally) in weeks {
        let cells = tally
            .cells()
            .into_iter()
            .skip(LISTINGS)
            .map(|number| number.to_string());
        table.push([lang.date(*monday)].into_iter().chain(cells));
    }
    Figure {
        name: "pairings",
        title: lang.t("Ghép nối theo tuần", "Pairings by week").to_owned(),
        note: lang
            .t(
                "Mỗi việc được đếm vào tuần nó xảy ra; một cặp có thể được gợi ý tuần này và giới thiệu tuần sau.",
                "Each event counts in the week it happened; a pair may be suggested in one week and introduced in the next.",
            )
            .to_owned(),
        told: said_sums(lang, weeks, &series.map(|(_, label, of)| (label, of))),
        chart: by_week(lang, weeks, &series),
        legend: vec![
            ("swatch-soft", lang.t("Gợi ý", "Suggested").to_owned()),
            ("swatch-brand", lang.t("Đã gửi hai bên", "Sent to both").to_owned()),
            ("swatch-offer", lang.t("Đã giới thiệu", "Introduced").to_owned()),
        ],
        table,
        numbers: 1..8,
    }
}

type Series<'a> = (&'static str, &'a str, fn(&Tally) -> i64);

pub(super) fn by_week(lang: Lang, weeks: &[(At, Tally)], series: &[Series]) -> draw::Chart {
    let labels: Vec<String> = weeks
        .iter()
        .map(|(monday, _)| monday.local().strftime("%d/%m").to_string())
        .collect();
    let bars: Vec<_> = series
        .iter()
        .map(|(class, label, of)| {
            let bars = weeks.iter().map(|(monday, tally)| {
                let number = of(tally);
                (
                    number,
                    format!("{}: {label} {}", lang.date(*monday), lang.number(number)),
                )
            });
            (*class, bars.collect())
        })
        .collect();
    draw::standing(&labels, &bars)
}

/// A name and what it counts.
type Counted<'a> = (&'a str, fn(&Tally) -> i64);

/// "Gợi ý: 12; đã gửi: 5; …"
pub(super) fn said_sums(lang: Lang, weeks: &[(At, Tally)], series: &[Counted<'_>]) -> String {
    let sums = series.iter().map(|(label, of)| {
        let sum = weeks.iter().map(|(_, tally)| of(tally)).sum();
        format!("{label}: {}", lang.number(sum))
    });
    sums.collect::<Vec<_>>().join("; ")
}

pub fn funnel(lang: Lang, ladder: &[Rung]) -> Figure {
    let mut table = Table::new([
        lang.t("Bước", "Step"),
        lang.t("Đã tới", "Reached"),
        lang.t("So với bước trước", "Of the step before"),
        lang.t("Dừng ở đây", "Left here"),
        lang.t("Lý do", "Why"),
    ]);
    let mut rows = Vec::new();
    let mut before = None;
    for rung in ladder {
        let share = before
            .filter(|before| *before > 0)
            .map(|before| share_of(rung.reached, before));
        let why = reasons(lang, &rung.reasons);
        let label = step_label(lang, rung.stage);
        table.push([
            label.to_owned(),
            rung.reached.to_string(),
            lang.percent(share),
            rung.left.to_string(),
            why.clone(),
        ]);
        let value = match share {
            Some(_) => format!("{} · {}", lang.number(rung.reached), lang.percent(share)),
            None => lang.number(rung.reached),
        };
        let left = lang.fill(
            "{}: {} dừng ở đây. {}",
            "{}: {} left here. {}",
            &[&label, &rung.left, &why],
        );
        rows.push(Row {
            label: label.to_owned(),
            value,
            parts: vec![
                Part {
                    class: "bar",
                    count: rung.reached - rung.left,
                    told: format!("{label}: {}", rung.reached),
                },
                Part {
                    class: "bar-lost",
                    count: rung.left,
                    told: left,
                },
            ],
        });
        before = Some(rung.reached);
    }
    let told = ladder
        .iter()
        .map(|rung| format!("{}: {}", step_label(lang, rung.stage), rung.reached));
    Figure {
        name: "funnel",
        title: lang.t("Từ gợi ý đến kết quả", "From suggestion to outcome").to_owned(),
        note: lang
            .t(
                "Các cặp được nêu trong kỳ, tính đến nay: bao nhiêu cặp đã tới từng bước, bao nhiêu dừng lại ở đó và vì sao.",
                "The pairs raised in the period, as of now: how many came to each step, how many stopped there, and why.",
            )
            .to_owned(),
        told: told.collect::<Vec<_>>().join("; "),
        chart: draw::lying(&rows),
        legend: vec![
            ("swatch-brand", lang.t("Đi tiếp hoặc đang ở đây", "Went on, or stands here").to_owned()),
            ("swatch-lost", lang.t("Dừng ở đây", "Left here").to_owned()),
        ],
        table,
        numbers: 1..4,
    }
}

pub fn refusals(lang: Lang, counts: &[(String, i64)]) -> Figure {
    let mut table = Table::new([lang.t("Lý do", "Reason"), lang.t("Số lần", "Times")]);
    let mut rows = Vec::new();
    for (code, times) in counts {
        let label = reason_label(lang, code);
        table.push([label.clone(), times.to_string()]);
        rows.push(Row {
            value: lang.number(*times),
            parts: vec![Part {
                class: "bar",
                count: *times,
                told: format!("{label}: {times}"),
            }],
            label,
        });
    }
    Figure {
        name: "refusals",
        title: lang.t("Vì sao từ chối", "Why sides said no").to_owned(),
        note: lang
            .t(
                "Lý do các bên chọn khi từ chối trong kỳ.",
                "The reasons sides chose when they declined in the period.",
            )
            .to_owned(),
        told: reasons(lang, counts),
        chart: draw::lying(&rows),
        legend: Vec::new(),
        table,
        numbers: 1..2,
    }
}

pub fn replies(lang: Lang, replies: &Replies) -> Figure {
    let label = |day: usize| match day {
        10 => lang.t("sau 10 ngày", "after day 10").to_owned(),
        day => lang.fill("ngày {}", "day {}", &[&(day + 1)]),
    };
    let mut table = Table::new([
        lang.t("Trả lời trong", "Answered in"),
        lang.t("Số cặp", "Pairs"),
        lang.t("Cộng dồn", "So far"),
    ]);
    let mut sum = 0;
    for (day, pairs) in replies.days.iter().enumerate() {
        sum += pairs;
        let share = (replies.asked > 0).then(|| share_of(sum, replies.asked));
        table.push([label(day), pairs.to_string(), lang.percent(share)]);
    }
    let silent = replies.asked - replies.answered;
    table.push([
        lang.t("chưa trả lời", "not yet answered").to_owned(),
        silent.to_string(),
        String::new(),
    ]);
    let labels: Vec<String> = (0..replies.days.len()).map(label).collect();
    let bars = replies
        .days
        .iter()
        .enumerate()
        .map(|(day, pairs)| (*pairs, format!("{}: {pairs}", label(day))));
    let median = replies
        .median
        .map_or_else(|| "–".to_owned(), |wait| span(lang, wait));
    Figure {
        name: "replies",
        title: lang.t("Bao lâu có câu trả lời đầu tiên", "How long the first answer took").to_owned(),
        note: lang.fill(
            "Các cặp gửi đi trong kỳ, tính từ lúc thư đi: {} trên {} đã trả lời, một nửa trong vòng {}.",
            "Pairs sent out in the period, from the moment the letter left: {} of {} answered, half of them within {}.",
            &[&replies.answered, &replies.asked, &median],
        ),
        told: lang.fill(
            "{} cặp được hỏi, {} đã trả lời, trung vị {}.",
            "{} pairs asked, {} answered, median {}.",
            &[&replies.asked, &replies.answered, &median],
        ),
        chart: draw::standing(&labels, &[("bar", bars.collect())]),
        legend: Vec::new(),
        table,
        numbers: 1..3,
    }
}

/// "5 giờ", "2,5 ngày"
fn span(lang: Lang, wait: i64) -> String {
    if wait < 2 * DAY {
        lang.fill("{} giờ", "{} hours", &[&(wait / HOUR).max(1)])
    } else {
        #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
        let days = lang.decimal(wait as f64 / DAY as f64);
        lang.fill("{} ngày", "{} days", &[&days])
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown as a whole per cent")]
fn share_of(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}

fn reasons(lang: Lang, counts: &[(String, i64)]) -> String {
    let told = counts
        .iter()
        .map(|(code, times)| format!("{} ({times})", reason_label(lang, code)));
    told.collect::<Vec<_>>().join(", ")
}

fn reason_label(lang: Lang, code: &str) -> String {
    match code {
        "dismissed" => lang
            .t("điều phối viên không chọn", "dismissed by a coordinator")
            .to_owned(),
        "lapsed" => lang.t("hết hạn trả lời", "no reply in time").to_owned(),
        "withdrawn" => lang.t("đã rút", "withdrawn").to_owned(),
        "declined" => lang.t("không nêu lý do", "no reason given").to_owned(),
        code => vocab::label(Scheme::Decline, code, lang),
    }
}

fn step_label(lang: Lang, stage: &'static str) -> &'static str {
    match stage {
        "suggested" => lang.t("Gợi ý", "Suggested"),
        "proposed" => lang.t("Đã gửi hai bên", "Sent to both"),
        "accepted" => lang.t("Một bên đồng ý", "One side accepted"),
        "introduced" => lang.t("Hai bên đồng ý, giới thiệu", "Both accepted, introduced"),
        "meeting" => lang.t("Đã gặp", "Have met"),
        "negotiating" => lang.t("Đang bàn điều khoản", "Negotiating"),
        "agreed" => lang.t("Đã thỏa thuận", "Agreed"),
        "completed" => lang.t("Đã hoàn thành", "Completed"),
        other => other,
    }
}
