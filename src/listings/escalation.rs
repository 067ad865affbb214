//! A coordinator who cannot decide alone hands a listing under review to another one, with a note.

use super::review::impartially;
use super::store;
use crate::accounts::{self, Actor, Person};
use crate::ids::{ListingId, PersonId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::Reads;
use crate::kit::fault::Fault;
use crate::listings::Listing;
use crate::orgs;

/// A question that waits for an answer: it ends with the decision about that version.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Escalation {
    pub listing_id: ListingId,
    pub note: String,
    pub by_name: Option<String>,
    pub to_person: PersonId,
    pub to_name: String,
    pub created_at: At,
}

/// All that wait, the oldest first.
pub async fn open(on: impl Reads) -> Result<Vec<Escalation>, Fault> {
    store::escalations(on).await
}

/// What waits for an answer about one listing.
pub async fn of(on: impl Reads, listing: ListingId) -> Result<Option<Escalation>, Fault> {
    let open = store::escalations(on).await?;
    Ok(open.into_iter().find(|asked| asked.listing_id == listing))
}

/// Who else could decide: coordinators and admins to whom the listing does not belong.
pub async fn others(cx: &Cx, asking: &Actor, listing: &Listing) -> Result<Vec<Person>, Fault> {
    let mut others = Vec::new();
    for person in accounts::coordinators(&cx.db).await? {
        let of_its_org = match listing.org_id {
            Some(org) => orgs::is_member(&cx.db, org, person.id).await?,
            None => false,
        };
        if person.id != asking.id && listing.owner_id != Some(person.id) && !of_its_org {
            others.push(person);
        }
    }
    Ok(others)
}

/// Asks one of the others; an earlier question about the same listing gives way to it.
pub async fn escalate(
    cx: &Cx,
    coordinator: &Actor,
    id: ListingId,
    version: i64,
    to: PersonId,
    note: &str,
) -> Result<(), Fault> {
    let listing = impartially(cx, coordinator, id, version).await?;
    let may = others(cx, coordinator, &listing).await?;
    if !may.iter().any(|person| person.id == to) {
        return Err(Fault::flaw(
            "escalate_to",
            "Hãy chọn một điều phối viên khác.",
            "Choose another coordinator.",
        ));
    }
    let now = cx.now();
    let mut tx = cx.db.begin().await?;
    store::resolve_escalations(&mut tx, id, now).await?;
    store::add_escalation(&mut tx, &listing, coordinator.id, to, note, now).await?;
    accounts::audit(cx, &mut tx, "listing:escalated", coordinator.by(), Some(id.0)).await?;
    tx.commit().await
}
