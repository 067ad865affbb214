//! Everything as tables to take away. Column names and cells are codes, the same in both languages, and those
//! of listings are the ones the import understands, so what goes out can come in again. No table holds a
//! person's name, address or number.

use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::codes;
use crate::kit::fault::{Fault, Said, said};
use crate::kit::table::Table;
use crate::listings::{Content, Text};
use crate::vocab::Scheme;

use super::store::exports::{self as store, ListingRow};

codes! {
    pub enum What {
        Listings = "listings", Organisations = "organisations", Pairings = "pairings", Moves = "moves",
        Outcomes = "outcomes",
    }
}

impl What {
    pub fn told(self) -> (Said, Said) {
        match self {
            What::Listings => (
                said("Nhu cầu và năng lực", "Needs and offers"),
                said(
                    "Mọi tin đã từng gửi duyệt, với văn bản ở cả hai ngôn ngữ và mọi thẻ. Nhập lại được ở trang Nhập.",
                    "Every listing ever handed in, with its texts in both languages and all tags. The import page reads it again.",
                ),
            ),
            What::Organisations => (
                said("Tổ chức", "Organisations"),
                said(
                    "Doanh nghiệp và đơn vị nghiên cứu, đã kiểm tra hay chưa, với số người và số tin đang mở.",
                    "Businesses and institutes, checked or not, with how many people and open listings they have.",
                ),
            ),
            What::Pairings => (
                said("Ghép nối", "Pairings"),
                said(
                    "Mỗi cặp một dòng: mã tin hai bên, bước hiện tại, điểm, các mốc thời gian, lý do kết thúc.",
                    "A row a pair: both references, the stage it stands at, the score, the dates, why it ended.",
                ),
            ),
            What::Moves => (
                said("Các bước", "Moves"),
                said(
                    "Mỗi bước của mỗi cặp, theo thời gian: để tính lại mọi số liệu.",
                    "Every step of every pair in the order of time: enough to work out all figures anew.",
                ),
            ),
            What::Outcomes => (
                said("Kết quả", "Outcomes"),
                said(
                    "Thử nghiệm, hợp đồng, giấy phép, công bố, với giá trị và minh chứng.",
                    "Pilots, contracts, licences, publications, with amounts and evidence.",
                ),
            ),
        }
    }
}

pub async fn table(cx: &Cx, what: What) -> Result<Table, Fault> {
    match what {
        What::Listings => listings(cx).await,
        What::Organisations => organisations(cx).await,
        What::Pairings => pairings(cx).await,
        What::Moves => moves(cx).await,
        What::Outcomes => outcomes(cx).await,
    }
}

const BATCH: i64 = 500;

const OF_LISTINGS: [&str; 44] = [
    "reference",
    "kind",
    "state",
    "organisation",
    "organisation_kind",
    "title (vi)",
    "summary (vi)",
    "description (vi)",
    "partner (vi)",
    "technical (vi)",
    "today (vi)",
    "success (vi)",
    "advantage (vi)",
    "economics (vi)",
    "title (en)",
    "summary (en)",
    "description (en)",
    "partner (en)",
    "technical (en)",
    "today (en)",
    "success (en)",
    "advantage (en)",
    "economics (en)",
    "sector",
    "capability",
    "cooperation",
    "sdg",
    "place",
    "budget",
    "data",
    "personal_data",
    "trl",
    "deadline",
    "offer_kind",
    "capacity",
    "visibility",
    "anonymous",
    "open_for_interest",
    "origin",
    "created",
    "published",
    "confirmed",
    "expires",
    "closed_reason",
];

async fn listings(cx: &Cx) -> Result<Table, Fault> {
    let mut table = Table::new(OF_LISTINGS);
    let mut last = None;
    loop {
        let rows = store::listings(cx, last, BATCH).await?;
        let Some(end) = rows.last().map(|row| row.id) else {
            return Ok(table);
        };
        rows.iter().for_each(|row| table.push(listing(row)));
        last = Some(end);
    }
}

fn listing(row: &ListingRow) -> Vec<String> {
    let content: &Content = &row.content;
    let organisation = [&row.org_vi, &row.org_en]
        .into_iter()
        .flatten()
        .find(|name| !name.is_empty());
    let mut cells = vec![
        row.reference.clone().unwrap_or_default(),
        row.kind.clone(),
        row.state.clone(),
        organisation.cloned().unwrap_or_default(),
        row.org_kind.clone().unwrap_or_default(),
    ];
    cells.extend(text(content.vi.as_ref()));
    cells.extend(text(content.en.as_ref()));
    for scheme in [
        Scheme::Sector,
        Scheme::Capability,
        Scheme::Cooperation,
        Scheme::Sdg,
    ] {
        cells.push(content.codes(scheme).collect::<Vec<_>>().join("; "));
    }
    cells.extend([
        content.place.clone().unwrap_or_default(),
        content.budget.clone().unwrap_or_default(),
        content.data.clone().unwrap_or_default(),
        yes(content.personal_data),
        number(content.trl),
        day(content.deadline),
        content.offer_kind.clone().unwrap_or_default(),
        number(content.capacity),
        row.visibility.clone(),
        yes(row.anonymous),
        yes(row.open_for_interest),
        row.origin.clone(),
        day(Some(row.created_at)),
        day(row.published_at),
        day(row.refreshed_at),
        day(row.expires_at),
        row.closed_reason.clone().unwrap_or_default(),
    ]);
    cells
}

fn text(text: Option<&Text>) -> Vec<String> {
    let text = text.cloned().unwrap_or_default();
    vec![
        text.title,
        text.summary,
        text.body,
        text.partner,
        text.technical,
        text.today,
        text.success,
        text.advantage,
        text.economics,
    ]
}

async fn organisations(cx: &Cx) -> Result<Table, Fault> {
    let mut table = Table::new([
        "slug",
        "kind",
        "name (vi)",
        "name (en)",
        "place",
        "size",
        "website",
        "tax_code",
        "capacity",
        "verified",
        "foreign_sample",
        "created",
        "people",
        "open_needs",
        "open_offers",
    ]);
    for row in store::organisations(cx).await? {
        table.push([
            row.slug,
            row.kind,
            row.name_vi,
            row.name_en,
            row.place,
            row.size,
            row.website.unwrap_or_default(),
            row.tax_code.unwrap_or_default(),
            row.capacity.to_string(),
            day(row.verified_at),
            yes(row.foreign_sample),
            day(Some(row.created_at)),
            row.people.to_string(),
            row.needs.to_string(),
            row.offers.to_string(),
        ]);
    }
    Ok(table)
}

async fn pairings(cx: &Cx) -> Result<Table, Fault> {
    let mut table = Table::new([
        "pairing",
        "need",
        "offer",
        "origin",
        "interested",
        "stage",
        "score",
        "model",
        "reason",
        "asked",
        "due",
        "introduced",
        "created",
        "updated",
    ]);
    for row in store::pairings(cx).await? {
        table.push([
            row.id.to_string(),
            row.need.unwrap_or_default(),
            row.offer.unwrap_or_default(),
            row.origin,
            row.interested.unwrap_or_default(),
            row.stage,
            format!("{:.3}", row.score),
            row.model,
            row.reason.unwrap_or_default(),
            moment(row.asked_at),
            moment(row.due_at),
            moment(row.introduced_at),
            moment(Some(row.created_at)),
            moment(Some(row.updated_at)),
        ]);
    }
    Ok(table)
}

async fn moves(cx: &Cx) -> Result<Table, Fault> {
    let mut table = Table::new([
        "pairing", "need", "offer", "step", "from", "to", "side", "by", "reason", "at",
    ]);
    for row in store::moves(cx).await? {
        let by = if row.by_a_person { "person" } else { "service" };
        table.push([
            row.pairing_id.to_string(),
            row.need.unwrap_or_default(),
            row.offer.unwrap_or_default(),
            row.step,
            row.from_stage,
            row.to_stage,
            row.side.unwrap_or_default(),
            by.to_owned(),
            row.reason.unwrap_or_default(),
            moment(Some(row.at)),
        ]);
    }
    Ok(table)
}

async fn outcomes(cx: &Cx) -> Result<Table, Fault> {
    let mut table = Table::new([
        "pairing",
        "need",
        "offer",
        "kind",
        "amount_vnd",
        "words",
        "evidence",
        "at",
    ]);
    for row in store::outcomes(cx).await? {
        table.push([
            row.pairing_id.to_string(),
            row.need.unwrap_or_default(),
            row.offer.unwrap_or_default(),
            row.kind,
            number(row.amount),
            row.body,
            row.evidence,
            moment(Some(row.created_at)),
        ]);
    }
    Ok(table)
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

fn number(number: Option<i64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// 2026-11-22, as the city's calendar has it.
fn day(at: Option<At>) -> String {
    at.map(|at| at.local().strftime("%Y-%m-%d").to_string())
        .unwrap_or_default()
}

fn moment(at: Option<At>) -> String {
    at.map(At::iso).unwrap_or_default()
}
