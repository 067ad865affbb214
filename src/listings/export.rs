//! Listings as a table: whole, in both languages, under the names that the import understands.

use std::collections::HashMap;

use super::import::Field;
use super::{Content, Listing, Text, store};
use crate::ids::OrgId;
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::Reads;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::table::Table;
use crate::orgs::{self, Org};
use crate::vocab::Scheme;

type Part = fn(&Text) -> &str;

/// The texts of a listing, each a column in either language.
const TEXTS: [(Field, Part); 9] = [
    (Field::Title, |text| &text.title),
    (Field::Summary, |text| &text.summary),
    (Field::Body, |text| &text.body),
    (Field::Partner, |text| &text.partner),
    (Field::Technical, |text| &text.technical),
    (Field::Today, |text| &text.today),
    (Field::Success, |text| &text.success),
    (Field::Advantage, |text| &text.advantage),
    (Field::Economics, |text| &text.economics),
];

/// Every listing that was ever submitted, oldest first.
pub async fn all(cx: &Cx) -> Result<Vec<Listing>, Fault> {
    store::submitted(&cx.db).await
}

/// How many needs and offers stand open in each organisation's name.
pub async fn open_by_org(on: impl Reads) -> Result<HashMap<OrgId, (i64, i64)>, Fault> {
    let counted = store::open_by_org(on).await?;
    Ok(counted
        .into_iter()
        .map(|(org, needs, offers)| (org, (needs, offers)))
        .collect())
}

pub async fn rows(cx: &Cx) -> Result<Table, Fault> {
    let listings = all(cx).await?;
    let orgs: HashMap<_, _> = orgs::export::all(&cx.db)
        .await?
        .into_iter()
        .map(|org| (org.id, org))
        .collect();
    let mut table = Table {
        columns: columns(),
        rows: Vec::with_capacity(listings.len()),
    };
    for listing in &listings {
        let org = listing.org_id.and_then(|id| orgs.get(&id));
        table.push(row(cx, listing, org));
    }
    Ok(table)
}

fn columns() -> Vec<String> {
    let plain = |field: &Field| field.code().to_owned();
    let mut columns: Vec<String> = BEFORE.iter().map(plain).collect();
    for (field, _) in TEXTS {
        columns.extend(["vi", "en"].map(|lang| format!("{field} ({lang})")));
    }
    columns.extend(AFTER.iter().map(plain));
    columns.extend(FOR_READERS.map(str::to_owned));
    columns
}

/// What the service knows of a listing and no import may say.
const FOR_READERS: [&str; 9] = [
    "open_for_interest",
    "state",
    "origin",
    "created",
    "published",
    "refreshed",
    "expires",
    "closed_reason",
    "address",
];
const BEFORE: [Field; 4] = [Field::Reference, Field::Kind, Field::Organisation, Field::OrgKind];
const AFTER: [Field; 15] = [
    Field::Sector,
    Field::Capability,
    Field::Cooperation,
    Field::Industry,
    Field::Sdg,
    Field::Place,
    Field::Budget,
    Field::Data,
    Field::PersonalData,
    Field::Trl,
    Field::Deadline,
    Field::OfferKind,
    Field::Capacity,
    Field::Visibility,
    Field::Anonymous,
];

fn row(cx: &Cx, listing: &Listing, org: Option<&Org>) -> Vec<String> {
    let content = listing.best();
    let mut row = vec![
        listing.reference.clone().unwrap_or_default(),
        listing.kind.to_string(),
        org.map_or_else(String::new, |org| org.name(Lang::Vi).to_owned()),
        org.map_or_else(String::new, |org| org.kind.to_string()),
    ];
    for (_, part) in TEXTS {
        row.extend([&content.vi, &content.en].map(|text| {
            text.as_ref()
                .map_or_else(String::new, |text| part(text).to_owned())
        }));
    }
    row.extend([
        codes(content, Scheme::Sector),
        codes(content, Scheme::Capability),
        codes(content, Scheme::Cooperation),
        codes(content, Scheme::Industry),
        codes(content, Scheme::Sdg),
        content.place.clone().unwrap_or_default(),
        content.budget.clone().unwrap_or_default(),
        content.data.clone().unwrap_or_default(),
        yes(content.personal_data),
        content.trl.map(|trl| trl.to_string()).unwrap_or_default(),
        day(content.deadline),
        content.offer_kind.clone().unwrap_or_default(),
        content
            .capacity
            .map(|capacity| capacity.to_string())
            .unwrap_or_default(),
        listing.visibility.to_string(),
        yes(listing.anonymous),
        yes(listing.open_for_interest),
        listing.state.to_string(),
        listing.origin.to_string(),
        day(Some(listing.created_at)),
        day(listing.published_at),
        day(listing.refreshed_at),
        day(listing.expires_at),
        listing.closed_reason.clone().unwrap_or_default(),
        cx.url(Lang::Vi, &listing.path()),
    ]);
    row
}

fn codes(content: &Content, scheme: Scheme) -> String {
    content.codes(scheme).collect::<Vec<_>>().join("; ")
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

/// 2026-12-31: sorts as text and is read by every spreadsheet.
fn day(at: Option<At>) -> String {
    at.map(|at| at.local().strftime("%Y-%m-%d").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listings::import::Reading;

    #[test]
    fn the_import_understands_what_the_export_writes() {
        let columns = columns();
        let mut table = Table {
            columns: columns.clone(),
            rows: Vec::new(),
        };
        let filled = |name: &str| match name {
            "kind" => "need",
            "organisation" => "Xưởng gạo",
            "title (vi)" => "Đếm bao gạo",
            "description (vi)" => "Mỗi ngày 4.000 bao, đếm bằng tay và hay lệch.",
            "personal_data" | "anonymous" => "no",
            "visibility" => "members",
            _ => "",
        };
        table.push(columns.iter().map(|name| filled(name).to_owned()));
        let reading = Reading::of(&table.to_csv().unwrap(), None).unwrap();
        assert_eq!(reading.entries.len(), 1, "{:?}", reading.findings);
        let unknown: Vec<&str> = reading
            .columns
            .iter()
            .filter(|column| column.field.is_none())
            .map(|column| column.name.as_str())
            .collect();
        assert_eq!(unknown, FOR_READERS);
    }
}
