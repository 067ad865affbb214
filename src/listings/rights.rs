//! What a person may have of what they wrote here, and what is left when they leave.

use serde_json::{Value, json};

use super::{searches, store};
use crate::accounts::Trace;
use crate::events::{self, Event};
use crate::ids::{By, PersonId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::Tx;
use crate::kit::fault::Fault;

/// All that this room keeps about a person, for them to take away: one list a name.
pub async fn data_of(cx: &Cx, person: PersonId) -> Result<Vec<(&'static str, Value)>, Fault> {
    let own = store::written_by(&cx.db, person).await?;
    let asked = searches::of_person(&cx.db, person).await?;
    let listings = own.iter().map(|listing| {
        json!({
            "reference": listing.reference,
            "kind": listing.kind,
            "state": listing.state,
            "created": listing.created_at.iso(),
            "text": listing.best(),
        })
    });
    let kept_searches = asked
        .iter()
        .map(|search| json!({ "query": search.query, "saved": search.created_at.iso() }));
    let saved = store::rights::saved(&cx.db, person).await?;
    let saved = saved
        .iter()
        .map(|(reference, at)| json!({ "reference": reference, "saved": at.iso() }));
    let reports = store::rights::reports(&cx.db, person).await?;
    let reports = reports.iter().map(|report| {
        json!({
            "reference": report.reference,
            "reason": report.reason,
            "words": report.body,
            "at": report.created_at.iso(),
            "settled": report.resolved_at.map(At::iso),
        })
    });
    let notes = store::rights::notes(&cx.db, person).await?;
    let notes = notes
        .iter()
        .map(|(reference, body, at)| json!({ "reference": reference, "words": body, "at": at.iso() }));
    let escalations = store::rights::escalations(&cx.db, person).await?;
    let escalations = escalations.iter().map(|(reference, note, by_me, at)| {
        json!({ "reference": reference, "words": note, "asked_by_me": by_me, "at": at.iso() })
    });
    let uploads = store::rights::uploads(&cx.db, person).await?;
    let uploads = uploads
        .iter()
        .map(|(name, at)| json!({ "file": name, "at": at.iso() }));
    Ok(vec![
        ("listings", listings.collect()),
        ("saved_listings", saved.collect()),
        ("saved_searches", kept_searches.collect()),
        ("reports", reports.collect()),
        ("review_notes", notes.collect()),
        ("escalations", escalations.collect()),
        ("uploads", uploads.collect()),
    ])
}

/// Their unsent drafts and all they kept go. What was published stays with the organisation, without a word by which
/// they could be known; where a text changed, every index is built anew, since an index keeps old words for a while.
pub async fn forget(cx: &Cx, tx: &mut Tx, trace: &Trace) -> Result<(), Fault> {
    store::rights::forget(tx, trace.id).await?;
    let mut changed = false;
    for (id, mut draft, mut live) in store::rights::naming(tx, trace.needles()).await? {
        trace.strike_from_json(&mut draft);
        if let Some(live) = &mut live {
            trace.strike_from_json(live);
        }
        store::rights::rewrite(tx, id, draft, live).await?;
        changed = true;
    }
    if changed {
        events::record(cx, tx, By::Service, &Event::ReindexAsked).await?;
    }
    store::rights::strike(tx, trace.needles()).await
}
