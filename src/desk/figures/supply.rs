//! Figures of what is needed and what is offered, and where one lacks the other.

use std::collections::{HashMap, HashSet};

use crate::desk::store::figures::Listed;
use crate::kit::clock::At;
use crate::kit::lang::Lang;
use crate::kit::table::Table;
use crate::listings::{Kind, State};
use crate::vocab::{self, Scheme};

use super::count::{self, Cell, Tally};
use super::draw::{self, Part, Row, Square};
use super::flow::{by_week, said_sums};
use super::{Figure, Unmet};

fn need_and_offer(lang: Lang) -> Vec<(&'static str, String)> {
    vec![
        ("swatch-need", lang.t("Nhu cầu", "Needs").to_owned()),
        ("swatch-offer", lang.t("Năng lực", "Offers").to_owned()),
    ]
}

pub fn listings(lang: Lang, weeks: &[(At, Tally)]) -> Figure {
    let series = [
        (
            "bar-need",
            lang.t("Nhu cầu", "Needs"),
            (|tally| tally.needs) as fn(&Tally) -> i64,
        ),
        ("bar-offer", lang.t("Năng lực", "Offers"), |tally| tally.offers),
    ];
    let mut table = Table::new([
        lang.t("Tuần từ", "Week from"),
        lang.t("Nhu cầu", "Needs"),
        lang.t("Năng lực", "Offers"),
    ]);
    for (monday, tally) in weeks {
        table.push([
            lang.date(*monday),
            tally.needs.to_string(),
            tally.offers.to_string(),
        ]);
    }
    Figure {
        name: "listings",
        title: lang
            .t("Tin được đăng theo tuần", "Listings published by week")
            .to_owned(),
        note: lang
            .t(
                "Lần đăng đầu tiên của mỗi tin, sau khi đã duyệt.",
                "Each listing's first publication, after review.",
            )
            .to_owned(),
        told: said_sums(lang, weeks, &series.map(|(_, label, of)| (label, of))),
        chart: by_week(lang, weeks, &series),
        legend: need_and_offer(lang),
        table,
        numbers: 1..3,
    }
}

pub fn sectors(lang: Lang, sectors: &[(&'static str, Tally)]) -> Figure {
    let columns = [lang.t("Lĩnh vực", "Sector")]
        .into_iter()
        .chain(Tally::columns(lang));
    let mut table = Table::new(columns);
    let mut rows = Vec::new();
    for (code, tally) in sectors {
        let label = vocab::label(Scheme::Sector, code, lang);
        table.push(
            [label.clone()]
                .into_iter()
                .chain(tally.cells().iter().map(ToString::to_string)),
        );
        rows.push(Row {
            value: format!("{} + {}", lang.number(tally.needs), lang.number(tally.offers)),
            parts: vec![
                Part {
                    class: "bar-need",
                    count: tally.needs,
                    told: lang.fill("{}: {} nhu cầu", "{}: {} needs", &[&label, &tally.needs]),
                },
                Part {
                    class: "bar-offer",
                    count: tally.offers,
                    told: lang.fill("{}: {} năng lực", "{}: {} offers", &[&label, &tally.offers]),
                },
            ],
            label,
        });
    }
    let told = sectors.iter().map(|(code, tally)| {
        format!(
            "{}: {} + {}",
            vocab::label(Scheme::Sector, code, lang),
            tally.needs,
            tally.offers
        )
    });
    Figure {
        name: "sectors",
        title: lang.t("Theo lĩnh vực", "By sector").to_owned(),
        note: lang
            .t(
                "Tin đăng trong kỳ; cặp ghép được tính theo lĩnh vực của nhu cầu. Tin thuộc nhiều lĩnh vực được đếm ở từng lĩnh vực. Bảng có cả các bước sau.",
                "Listings published in the period; pairs count by the sector of their need. A listing of several sectors counts in each. The table has the later steps too.",
            )
            .to_owned(),
        told: told.collect::<Vec<_>>().join("; "),
        chart: draw::lying(&rows),
        legend: need_and_offer(lang),
        table,
        numbers: 1..10,
    }
}

pub fn balance(lang: Lang, rows: &[(&'static str, Vec<Cell>)]) -> Figure {
    let sectors: Vec<String> = vocab::terms(Scheme::Sector)
        .iter()
        .map(|term| term.label(&lang).to_owned())
        .collect();
    let most = rows
        .iter()
        .flat_map(|(_, cells)| cells)
        .map(|cell| cell.balance().abs())
        .max()
        .unwrap_or(0);
    let mut table = Table::new([
        lang.t("Năng lực AI", "AI capability"),
        lang.t("Lĩnh vực", "Sector"),
        lang.t("Nhu cầu", "Needs"),
        lang.t("Năng lực", "Offers"),
        lang.t("Chênh lệch", "Balance"),
    ]);
    let mut scarce: Vec<(i64, String)> = Vec::new();
    let mut drawn = Vec::new();
    for (code, cells) in rows {
        let label = vocab::label(Scheme::Capability, code, lang);
        let mut squares = Vec::new();
        for (sector, cell) in sectors.iter().zip(cells) {
            let told = lang.fill(
                "{}, {}: {} nhu cầu, {} năng lực",
                "{}, {}: {} needs, {} offers",
                &[&label, sector, &cell.needs, &cell.offers],
            );
            squares.push(Square {
                shade: draw::shade(cell.balance(), most, cell.is_empty()),
                text: if cell.is_empty() {
                    String::new()
                } else {
                    signed(cell.balance())
                },
                told,
            });
            if !cell.is_empty() {
                table.push([
                    label.clone(),
                    sector.clone(),
                    cell.needs.to_string(),
                    cell.offers.to_string(),
                    cell.balance().to_string(),
                ]);
            }
            if cell.balance() > 0 {
                scarce.push((
                    cell.balance(),
                    format!("{label}, {sector} ({})", signed(cell.balance())),
                ));
            }
        }
        drawn.push((label, squares));
    }
    scarce.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    let scarcest: Vec<String> = scarce.into_iter().take(5).map(|(_, told)| told).collect();
    let told = if scarcest.is_empty() {
        lang.t("Không ô nào thiếu năng lực.", "No square lacks offers.")
            .to_owned()
    } else {
        lang.fill(
            "Thiếu năng lực nhất: {}.",
            "Offers are scarcest for: {}.",
            &[&scarcest.join("; ")],
        )
    };
    Figure {
        name: "balance",
        title: lang.t("Cung và cầu", "Supply and demand").to_owned(),
        note: lang
            .t(
                "Tin đang mở lúc này, theo lĩnh vực và năng lực AI: số nhu cầu trừ số năng lực.",
                "Listings open now, by sector and AI capability: needs minus offers.",
            )
            .to_owned(),
        told,
        chart: draw::grid(&sectors, &drawn),
        legend: vec![
            ("heat-9", lang.t("thiếu năng lực", "offers are scarce").to_owned()),
            ("heat-5", lang.t("cân bằng", "even").to_owned()),
            ("heat-1", lang.t("nhiều năng lực", "offers abound").to_owned()),
            ("heat-0", lang.t("chưa có gì", "nothing yet").to_owned()),
        ],
        table,
        numbers: 2..5,
    }
}

pub(super) fn unmet(lang: Lang, now: At, unmet: &Unmet, listed: &[Listed]) -> Figure {
    let lonely: HashSet<_> = unmet.ids.iter().collect();
    let mut by_sector: HashMap<&str, (i64, i64)> = HashMap::new();
    let open = listed
        .iter()
        .filter(|one| one.kind == Kind::Need && one.state == State::Published);
    for listing in open {
        for sector in count::sectors_of(listing) {
            let (met, missing) = by_sector.entry(sector).or_default();
            *if lonely.contains(&listing.id) {
                missing
            } else {
                met
            } += 1;
        }
    }
    let rows = vocab::terms(Scheme::Sector).iter().filter_map(|term| {
        let (met, missing) = by_sector.get(term.code.as_str()).copied()?;
        let label = term.label(&lang).to_owned();
        Some(Row {
            value: lang.fill("{} / {}", "{} / {}", &[&missing, &(met + missing)]),
            parts: vec![
                Part {
                    class: "bar-need",
                    count: missing,
                    told: lang.fill("{}: {} chưa có ai", "{}: {} with nobody yet", &[&label, &missing]),
                },
                Part {
                    class: "bar-lost",
                    count: met,
                    told: lang.fill(
                        "{}: {} đã có người được hỏi",
                        "{}: {} with somebody asked",
                        &[&label, &met],
                    ),
                },
            ],
            label,
        })
    });
    let rows: Vec<Row> = rows.collect();
    let mut table = Table::new([
        lang.t("Mã", "Reference"),
        lang.t("Nhu cầu", "Need"),
        lang.t("Lĩnh vực", "Sector"),
        lang.t("Đăng ngày", "Published"),
        lang.t("Số ngày", "Days"),
    ]);
    for listing in &unmet.first {
        let content = listing.best();
        let sectors: Vec<String> = content
            .codes(Scheme::Sector)
            .map(|code| vocab::label(Scheme::Sector, code, lang))
            .collect();
        let since = listing.published_at.unwrap_or(listing.created_at);
        table.push([
            listing.reference().to_owned(),
            content.title(lang).to_owned(),
            sectors.join(", "),
            lang.date(since),
            now.days_since(since).to_string(),
        ]);
    }
    let total = unmet.ids.len();
    Figure {
        name: "unmet",
        title: lang.t("Nhu cầu chưa có lời đáp", "Needs nobody was asked about").to_owned(),
        note: lang.fill(
            "Nhu cầu đang mở lúc này mà chưa cặp nào được gửi đi: {}. Bảng ghi những tin chờ lâu nhất, tệp CSV ghi tất cả.",
            "Needs open now of which no pair was ever sent out: {}. The table has those waiting longest, the CSV has all.",
            &[&total],
        ),
        told: lang.fill("{} nhu cầu đang mở chưa có ai được hỏi.", "{} open needs with nobody asked yet.", &[&total]),
        chart: draw::lying(&rows),
        legend: vec![
            ("swatch-need", lang.t("chưa có ai", "nobody yet").to_owned()),
            ("swatch-lost", lang.t("đã có người được hỏi", "somebody was asked").to_owned()),
        ],
        table,
        numbers: 4..5,
    }
}

fn signed(number: i64) -> String {
    match number {
        0 => "0".to_owned(),
        more if more > 0 => format!("+{more}"),
        less => format!("−{}", less.abs()),
    }
}
