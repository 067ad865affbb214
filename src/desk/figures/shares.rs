//! Who is seen how often: whether suggestions spread over providers, and what spreading them costs.

use crate::kit::lang::Lang;
use crate::kit::table::Table;
use crate::matching::shares::{Carried, Exposure};

use super::Figure;
use super::draw::{self, Part, Row};

pub fn exposure(lang: Lang, seen: Exposure) -> Figure {
    let cases = [
        (lang.t("Có chia đều", "With fair shares"), "bar", seen.with),
        (
            lang.t("Chỉ theo độ hợp", "By fit alone"),
            "bar-soft",
            seen.without,
        ),
    ];
    let mut table = Table::new([
        lang.t("Cách xếp", "Put in order"),
        lang.t("Gợi ý", "Suggestions"),
        lang.t(
            "Thuộc một phần mười nơi được nêu nhiều nhất",
            "Naming the most named tenth",
        ),
        lang.t("Tỉ lệ", "Share"),
        lang.t("Nơi được nêu nhiều nhất", "Naming the most named"),
        lang.t("Số nơi được nêu", "Providers named"),
        lang.t("Tổng độ hợp", "All fits together"),
    ]);
    let mut rows = Vec::new();
    for (label, class, carried) in cases {
        let share = lang.percent(carried.share_of_tenth());
        table.push([
            label.to_owned(),
            carried.suggestions.to_string(),
            carried.of_tenth.to_string(),
            share.clone(),
            carried.busiest.to_string(),
            carried.named.to_string(),
            lang.decimal(carried.fit),
        ]);
        rows.push(Row {
            label: label.to_owned(),
            parts: parts(lang, class, carried),
            value: share,
        });
    }
    let nothing = seen.with.suggestions == 0 && seen.without.suggestions == 0;
    Figure {
        name: "exposure",
        title: lang.t("Gợi ý chia cho bao nhiêu nơi", "How suggestions spread over providers").to_owned(),
        note: lang.fill(
            "Trong gợi ý của lần tìm gần nhất cho mỗi nhu cầu, bao nhiêu nêu tên một phần mười nơi cung được nêu nhiều \
             nhất ({} trên {} nơi đang có năng lực mở). Nơi đang có nhiều đề nghị nhường một chút cho nơi hợp gần bằng; \
             không gợi ý nào dưới ngưỡng được đưa lên. Tổng độ hợp cho thấy việc chia đều tốn bao nhiêu.",
            "Of the suggestions by the last search of each need, how many name the most named tenth of providers ({} of \
             {} with an open offer). A provider with many proposals open gives way a little to others that fit nearly \
             as well; nothing below the floor comes up by it. All fits together show what sharing costs.",
            &[&seen.tenth, &seen.providers],
        ),
        told: told(lang, &seen),
        chart: if nothing { draw::Chart::default() } else { draw::lying(&rows) },
        legend: vec![
            ("swatch-brand", cases[0].0.to_owned()),
            ("swatch-soft", cases[1].0.to_owned()),
            ("swatch-lost", lang.t("Các nơi khác", "Everybody else").to_owned()),
        ],
        table,
        numbers: 1..7,
    }
}

fn parts(lang: Lang, class: &'static str, carried: Carried) -> Vec<Part> {
    let rest = carried.suggestions - carried.of_tenth;
    vec![
        Part {
            class,
            count: carried.of_tenth,
            told: lang.fill(
                "{} gợi ý nêu một phần mười nơi được nêu nhiều nhất",
                "{} suggestions name the most named tenth",
                &[&carried.of_tenth],
            ),
        },
        Part {
            class: "bar-lost",
            count: rest,
            told: lang.fill(
                "{} gợi ý nêu các nơi khác",
                "{} suggestions name others",
                &[&rest],
            ),
        },
    ]
}

fn told(lang: Lang, seen: &Exposure) -> String {
    lang.fill(
        "Một phần mười nơi cung được nêu nhiều nhất có {} gợi ý; chỉ theo độ hợp thì {}.",
        "The most named tenth of providers has {} of the suggestions; by fit alone it would have {}.",
        &[
            &lang.percent(seen.with.share_of_tenth()),
            &lang.percent(seen.without.share_of_tenth()),
        ],
    )
}
