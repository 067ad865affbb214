//! Organisations and their people as tables.

use std::collections::HashMap;

use super::Org;
use super::store::import as store;
use crate::ids::OrgId;
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::Reads;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::table::Table;

pub async fn all(on: impl Reads) -> Result<Vec<Org>, Fault> {
    store::all(on).await
}

/// `open`: how many needs and offers stand open in each one's name, which only the room above can count.
pub async fn rows(cx: &Cx, open: impl Fn(OrgId) -> (i64, i64)) -> Result<Table, Fault> {
    let mut table = Table::new([
        "slug",
        "kind",
        "name (vi)",
        "name (en)",
        "place",
        "size",
        "website",
        "tax_code",
        "about (vi)",
        "about (en)",
        "capacity",
        "verified",
        "foreign_sample",
        "registered",
        "people",
        "open_needs",
        "open_offers",
        "address",
    ]);
    let people: HashMap<OrgId, i64> = store::people_by_org(&cx.db).await?.into_iter().collect();
    for org in all(&cx.db).await? {
        let people = people.get(&org.id).copied().unwrap_or_default();
        let (needs, offers) = open(org.id);
        let address = cx.url(Lang::Vi, &format!("organisations/{}", org.slug));
        table.push([
            org.slug,
            org.kind.to_string(),
            org.name_vi,
            org.name_en,
            org.place,
            org.size,
            org.website.unwrap_or_default(),
            org.tax_code.unwrap_or_default(),
            org.about_vi,
            org.about_en,
            org.capacity.to_string(),
            org.verified_at.map(At::iso).unwrap_or_default(),
            org.foreign_sample.to_string(),
            org.created_at.iso(),
            people.to_string(),
            needs.to_string(),
            offers.to_string(),
            address,
        ]);
    }
    Ok(table)
}

/// Who can be reached where: personal data, only where it was asked for.
pub async fn people(cx: &Cx) -> Result<Table, Fault> {
    let mut table = Table::new(["organisation", "role", "name", "email", "phone", "language"]);
    for (organisation, role, name, email, phone, lang) in store::people(&cx.db).await? {
        table.push([organisation, role, name, email, phone.unwrap_or_default(), lang]);
    }
    Ok(table)
}
