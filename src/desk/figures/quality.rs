//! How right the suggestions are over time: what the service has learnt, seen by those who decide.

use crate::kit::clock::At;
use crate::kit::lang::Lang;
use crate::kit::table::Table;

use super::count::{ENOUGH, FIRST, Precision, Share};
use super::draw;
use super::{Figure, Period};

/// More weeks than this are drawn as months.
const MOST_WEEKS: usize = 13;

/// The stretches a period is cut into, by their beginnings.
pub fn stretches(period: Period) -> Vec<At> {
    let weeks = period.weeks();
    if weeks.len() > MOST_WEEKS {
        period.months()
    } else {
        weeks
    }
}

pub fn precision(lang: Lang, whole: Precision, parts: &[(At, Precision)]) -> Figure {
    let mut columns = vec![
        lang.t("Từ ngày", "From").to_owned(),
        lang.t("Quyết định", "Decisions").to_owned(),
    ];
    for first in FIRST {
        columns.push(lang.fill("Gợi ý, {} đầu", "Suggestions, first {}", &[&first]));
        columns.push(lang.fill("Chỉ theo từ, {} đầu", "Words alone, first {}", &[&first]));
    }
    let mut table = Table::new(columns.iter().map(String::as_str));
    let total = lang.t("Cả kỳ", "The whole period").to_owned();
    let rows = parts.iter().map(|(begin, part)| (lang.date(*begin), part));
    for (label, part) in rows.chain([(total, &whole)]) {
        let shares = pairs(part).flat_map(|(_, fit, words)| [fit, words]);
        let shares = shares.map(|share| lang.percent(share.share()));
        table.push([label, part.decisions.to_string()].into_iter().chain(shares));
    }
    Figure {
        name: "precision",
        title: lang
            .t("Gợi ý đúng đến đâu", "How right suggestions were")
            .to_owned(),
        note: note(lang, whole),
        told: told(lang, whole),
        chart: chart(lang, parts),
        legend: vec![
            (
                "swatch-brand",
                lang.t(
                    "Gợi ý: 1, 3, 5 đầu (từ trái)",
                    "Suggestions: first 1, 3, 5 (from the left)",
                )
                .to_owned(),
            ),
            (
                "swatch-lost",
                lang.t("Nếu chỉ xếp theo từ", "Had words alone put them in order")
                    .to_owned(),
            ),
        ],
        table,
        numbers: 1..8,
    }
}

fn note(lang: Lang, whole: Precision) -> String {
    let how = lang.fill(
        "Trong các gợi ý của máy xếp 1, 3, 5 đầu của mỗi nhu cầu mà điều phối viên đã quyết định trong kỳ, bao nhiêu phần \
         được duyệt; bên cạnh là cùng những quyết định ấy nếu chỉ xếp theo từ ngữ chung. Bỏ vì không hợp là sai; bỏ vì \
         tiền, thời gian hay nguồn lực không tính. Số quyết định: {}.",
        "Of the machine's suggestions that stood among the first 1, 3, 5 of their need and that a coordinator decided \
         about in the period, the share approved; beside it the same decisions, had shared words alone put them in \
         order. Dismissed as not fitting is wrong; dismissed for money, time or capacity does not count. Decisions: {}.",
        &[&lang.number(whole.decisions)],
    );
    if whole.decisions >= ENOUGH {
        return how;
    }
    lang.fill(
        "{} Dưới {} quyết định thì chưa đủ để kết luận.",
        "{} Fewer than {} are too few to tell.",
        &[&how, &ENOUGH],
    )
}

fn told(lang: Lang, whole: Precision) -> String {
    let shares = pairs(&whole).map(|(first, fit, words)| {
        lang.fill(
            "{} đầu: {}, chỉ theo từ {}",
            "first {}: {}, words alone {}",
            &[&first, &lang.percent(fit.share()), &lang.percent(words.share())],
        )
    });
    shares.collect::<Vec<_>>().join("; ")
}

fn chart(lang: Lang, parts: &[(At, Precision)]) -> draw::Chart {
    let labels: Vec<String> = parts
        .iter()
        .map(|(begin, _)| begin.local().strftime("%d/%m").to_string())
        .collect();
    let mut series = Vec::new();
    for (at, first) in FIRST.into_iter().enumerate() {
        for (class, by) in [
            ("bar", lang.t("gợi ý", "suggestions")),
            ("bar-lost", lang.t("chỉ theo từ", "words alone")),
        ] {
            let bars = parts.iter().map(|(begin, part)| {
                let share = if class == "bar" {
                    part.fit[at]
                } else {
                    part.words[at]
                };
                let told = lang.fill(
                    "{}, {} đầu, {}: {} ({}/{})",
                    "{}, first {}, {}: {} ({}/{})",
                    &[
                        &lang.date(*begin),
                        &first,
                        &by,
                        &lang.percent(share.share()),
                        &share.right,
                        &share.all,
                    ],
                );
                (share.hundredths(), told)
            });
            series.push((class, bars.collect()));
        }
    }
    draw::standing(&labels, &series)
}

/// For each of the first so many: the share by fit, and by words alone.
fn pairs(part: &Precision) -> impl Iterator<Item = (usize, Share, Share)> {
    FIRST
        .into_iter()
        .zip(part.fit)
        .zip(part.words)
        .map(|((first, fit), words)| (first, fit, words))
}
