//! Pairings, their steps and what came of them, as tables: references and codes, nobody's name.

use super::store::export as store;
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::fault::Fault;
use crate::kit::table::Table;

pub async fn pairings(cx: &Cx) -> Result<Table, Fault> {
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
    for row in store::pairings(&cx.db).await? {
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

pub async fn moves(cx: &Cx) -> Result<Table, Fault> {
    let mut table = Table::new([
        "pairing", "need", "offer", "step", "from", "to", "side", "by", "reason", "at",
    ]);
    for row in store::moves(&cx.db).await? {
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

pub async fn outcomes(cx: &Cx) -> Result<Table, Fault> {
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
    for row in store::outcomes(&cx.db).await? {
        table.push([
            row.pairing_id.to_string(),
            row.need.unwrap_or_default(),
            row.offer.unwrap_or_default(),
            row.kind,
            row.amount.map(|amount| amount.to_string()).unwrap_or_default(),
            row.body,
            row.evidence,
            moment(Some(row.created_at)),
        ]);
    }
    Ok(table)
}

fn moment(at: Option<At>) -> String {
    at.map(At::iso).unwrap_or_default()
}
