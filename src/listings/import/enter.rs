//! Bringing in what was read: in batches, each one commit, so that a long list stops nobody else from writing.

use std::collections::HashMap;

use super::{Entry, Finding, Reading, mark_of_reference};
use crate::events::{self, Event};
use crate::ids::{By, ListingId, OrgId, PersonId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::Tx;
use crate::kit::fault::{Fault, said};
use crate::listings::drafts::next_reference;
use crate::listings::life::LIFE_DAYS;
use crate::listings::store::importing as store;
use crate::listings::{Content, Kind, Origin, Visibility};
use crate::orgs;

const BATCH: usize = 200;

/// A listing that is published as it is entered.
#[derive(Debug, Clone)]
pub struct Ready {
    pub kind: Kind,
    pub org: OrgId,
    pub owner: Option<PersonId>,
    pub origin: Origin,
    pub visibility: Visibility,
    pub anonymous: bool,
    pub open_for_interest: bool,
    pub content: Content,
    pub published_at: At,
}

/// What came of it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    pub added: usize,
    pub organisations: usize,
    /// Here already.
    pub known: usize,
}

/// Takes out of a reading what came in before, or was written here and only went out and came back; says so at
/// its row.
pub async fn already_here(cx: &Cx, reading: &mut Reading) -> Result<(), Fault> {
    let mut known = std::collections::HashSet::new();
    for batch in reading.entries.chunks(BATCH) {
        known.extend(store::known(&cx.db, batch.iter().map(|entry| entry.mark.clone())).await?);
        let references = batch.iter().map(|entry| entry.reference.clone());
        for (reference, kind, vi, en) in store::ours(&cx.db, references).await? {
            known.extend([vi, en].map(|org| mark_of_reference(kind, &org, &reference)));
        }
    }
    let findings = &mut reading.findings;
    let before = reading.entries.len();
    reading.entries.retain(|entry| {
        let fresh = !known.contains(&entry.mark);
        if !fresh {
            findings.push(Finding {
                row: entry.row,
                column: String::new(),
                grave: false,
                said: said("Đã có ở đây; được bỏ qua.", "It is here already; it is left out."),
            });
        }
        fresh
    });
    reading.known += before - reading.entries.len();
    reading.findings.sort_by_key(|finding| finding.row);
    Ok(())
}

/// Brings in all entries. `progress` is told how many are through.
pub async fn bring_in(
    cx: &Cx,
    by: By,
    entries: &[Entry],
    mut progress: impl FnMut(usize),
) -> Result<Done, Fault> {
    let mut done = Done::default();
    for batch in entries.chunks(BATCH) {
        let mut tx = cx.db.begin().await?;
        let known = store::known(&mut tx, batch.iter().map(|entry| entry.mark.clone())).await?;
        let mut known_orgs: HashMap<String, OrgId> = HashMap::new();
        for entry in batch {
            if known.contains(&entry.mark) {
                done.known += 1;
                continue;
            }
            let org = if let Some(org) = known_orgs.get(entry.org.name()) {
                *org
            } else {
                let (org, new) = orgs::import::find_or_enter(cx, &mut tx, by, &entry.org, cx.now()).await?;
                done.organisations += usize::from(new);
                known_orgs.insert(entry.org.name().to_owned(), org);
                org
            };
            let listing = enter(cx, &mut tx, by, &ready(cx, entry, org)).await?;
            store::remember(&mut tx, &entry.mark, listing, cx.now()).await?;
            done.added += 1;
        }
        tx.commit().await?;
        progress(batch.len());
    }
    Ok(done)
}

fn ready(cx: &Cx, entry: &Entry, org: OrgId) -> Ready {
    Ready {
        kind: entry.kind,
        org,
        owner: None,
        origin: Origin::Import,
        visibility: entry.visibility,
        anonymous: entry.anonymous,
        open_for_interest: false,
        content: entry.content.clone(),
        published_at: cx.now(),
    }
}

/// Enters one listing, published.
pub async fn enter(cx: &Cx, tx: &mut Tx, by: By, ready: &Ready) -> Result<ListingId, Fault> {
    let id = ListingId::new();
    let reference = next_reference(tx, ready.kind, ready.published_at).await?;
    let expires_at = ready.published_at.plus_days(LIFE_DAYS);
    store::insert(tx, id, &reference, ready, expires_at).await?;
    events::record(cx, tx, by, &Event::ListingPublished { listing: id }).await?;
    Ok(id)
}
