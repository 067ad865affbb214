//! A coordinator reads before anyone else does: publishes, or sends back with every reason at once.
//!
//! Nobody publishes what is their own or their organisation's. What a coordinator wrote in an interview the
//! firm confirms first; then that coordinator may publish it.

use super::drafts::{New, add, changed_meanwhile};
use super::life::LIFE_DAYS;
use super::{Listing, Origin, Severity, State, store, writer};
use crate::accounts::tickets::{self, Purpose, Ticket};
use crate::accounts::{self, Actor, Person};
use crate::events::{self, Event};
use crate::ids::{By, ListingId, NoteId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::Reads;
use crate::kit::fault::Fault;
use crate::orgs;

/// A reviewer's remark on one field.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Note {
    pub id: NoteId,
    pub version: i64,
    /// A name of [`super::fields`], or `whole`.
    pub field: String,
    pub severity: Severity,
    pub body: String,
    pub created_at: At,
}

#[derive(Debug, Clone)]
pub struct NewNote {
    pub field: String,
    pub severity: Severity,
    pub body: String,
}

// Looking ----------------------------------------------------------------------------------------

/// Everything handed in, the longest waiting first.
pub async fn queue(on: impl Reads) -> Result<Vec<Listing>, Fault> {
    store::queue(on).await
}

/// How many a coordinator could decide on now.
pub async fn waiting(on: impl Reads) -> Result<i64, Fault> {
    store::queue_length(on).await
}

pub async fn open_notes(on: impl Reads, id: ListingId) -> Result<Vec<Note>, Fault> {
    store::open_notes(on, id).await
}

// Acts of people ---------------------------------------------------------------------------------

/// Makes the version that was read what readers see. Minor remarks may go with it.
pub async fn publish(
    cx: &Cx,
    coordinator: &Actor,
    id: ListingId,
    version: i64,
    remarks: &[NewNote],
) -> Result<(), Fault> {
    if remarks.iter().any(|note| note.severity != Severity::Minor) {
        return Err(Fault::flaw(
            "note",
            "Còn điểm phải sửa: hãy trả lại thay vì đăng.",
            "Something must be mended: return it instead of publishing.",
        ));
    }
    let listing = impartially(cx, coordinator, id, version).await?;
    if listing.needs_confirmation() {
        return Err(Fault::stale(
            "Đơn vị chưa xác nhận bản này.",
            "The firm has not confirmed this version yet.",
        ));
    }
    let now = cx.now();
    let mut tx = cx.db.begin().await?;
    let expires = now.plus_days(LIFE_DAYS);
    if !store::publish(&mut tx, &listing, listing.draft(), coordinator.id, now, expires).await? {
        return Err(changed_meanwhile());
    }
    store::resolve_notes(&mut tx, id, now).await?;
    store::resolve_escalations(&mut tx, id, now).await?;
    for note in remarks {
        store::add_note(&mut tx, id, version, note, Some(coordinator.id), now).await?;
    }
    events::record(
        cx,
        &mut tx,
        coordinator.by(),
        &Event::ListingPublished { listing: id },
    )
    .await?;
    tx.commit().await
}

/// Sends it back with all the reasons together, so that nobody is returned twice for what was there before.
pub async fn send_back(
    cx: &Cx,
    coordinator: &Actor,
    id: ListingId,
    version: i64,
    notes: &[NewNote],
) -> Result<(), Fault> {
    if notes.is_empty() {
        return Err(Fault::flaw(
            "note",
            "Hãy ghi ít nhất một lý do: người viết cần biết phải sửa gì.",
            "Write at least one reason: the author needs to know what to mend.",
        ));
    }
    impartially(cx, coordinator, id, version).await?;
    let now = cx.now();
    let mut tx = cx.db.begin().await?;
    if !store::send_back(&mut tx, id, version, Some(coordinator.id), now).await? {
        return Err(changed_meanwhile());
    }
    store::resolve_notes(&mut tx, id, now).await?;
    store::resolve_escalations(&mut tx, id, now).await?;
    for note in notes {
        store::add_note(&mut tx, id, version, note, Some(coordinator.id), now).await?;
    }
    events::record(
        cx,
        &mut tx,
        coordinator.by(),
        &Event::ListingReturned { listing: id },
    )
    .await?;
    tx.commit().await
}

/// A coordinator begins a listing for a firm they talk with; one of its people will be asked to confirm.
pub async fn begin_interview(cx: &Cx, coordinator: &Actor, new: New) -> Result<ListingId, Fault> {
    let (Some(org), Some(contact)) = (new.org, new.owner) else {
        return Err(Fault::flaw(
            "contact",
            "Hãy chọn người liên hệ.",
            "Choose the contact person.",
        ));
    };
    if !orgs::is_member(&cx.db, org, contact).await? {
        return Err(Fault::flaw(
            "contact",
            "Người này không thuộc tổ chức đã chọn.",
            "This person does not belong to the chosen organisation.",
        ));
    }
    let mut tx = cx.db.begin().await?;
    let new = New {
        origin: Origin::Coordinator,
        coordinator: Some(coordinator.id),
        ..new
    };
    let id = add(cx, &mut tx, &new).await?;
    tx.commit().await?;
    Ok(id)
}

/// The listing a mailed link asks to confirm, and who is asked.
pub async fn to_confirm(cx: &Cx, token: &str) -> Result<(Ticket, Listing, Person), Fault> {
    let ticket = tickets::read(cx, &cx.db, token, Purpose::ConfirmListing).await?;
    let (Some(subject), Some(person)) = (ticket.subject, ticket.person_id) else {
        return Err(Fault::Missing);
    };
    let listing = store::get(&cx.db, ListingId(subject)).await?;
    let person = accounts::person(&cx.db, person).await?;
    Ok((ticket, listing, person))
}

/// The firm says: yes, that is our need.
pub async fn confirm(cx: &Cx, token: &str, version: i64) -> Result<Listing, Fault> {
    let (ticket, listing, person) = to_confirm(cx, token).await?;
    let mut tx = cx.db.begin().await?;
    tickets::spend(cx, &mut tx, &ticket).await?;
    if !store::confirm(&mut tx, listing.id, version, cx.now()).await? {
        return Err(changed_meanwhile());
    }
    let event = Event::ListingConfirmed { listing: listing.id };
    events::record(cx, &mut tx, By::Person(person.id), &event).await?;
    tx.commit().await?;
    Ok(listing)
}

/// The firm says what is wrong; the coordinator mends it and asks again.
pub async fn object(cx: &Cx, token: &str, version: i64, words: String) -> Result<(), Fault> {
    let (ticket, listing, person) = to_confirm(cx, token).await?;
    let note = NewNote {
        field: "whole".to_owned(),
        severity: Severity::Blocker,
        body: words,
    };
    let mut tx = cx.db.begin().await?;
    tickets::spend(cx, &mut tx, &ticket).await?;
    if !store::send_back(&mut tx, listing.id, version, None, cx.now()).await? {
        return Err(changed_meanwhile());
    }
    store::add_note(&mut tx, listing.id, version, &note, Some(person.id), cx.now()).await?;
    let event = Event::ListingReturned { listing: listing.id };
    events::record(cx, &mut tx, By::Person(person.id), &event).await?;
    tx.commit().await
}

// What they rest on ------------------------------------------------------------------------------

/// The listing, if it waits for review in this version and is not the coordinator's own.
pub(super) async fn impartially(
    cx: &Cx,
    coordinator: &Actor,
    id: ListingId,
    version: i64,
) -> Result<Listing, Fault> {
    let listing = store::get(&cx.db, id).await?;
    if listing.state != State::Review {
        return Err(Fault::stale(
            "Tin này không còn chờ duyệt: có lẽ ai đó vừa quyết định.",
            "It no longer waits for review: someone may have just decided.",
        ));
    }
    if listing.version != version {
        return Err(changed_meanwhile());
    }
    if writer::owns(cx, coordinator, &listing).await? {
        return Err(Fault::stale(
            "Đây là tin của chính bạn hoặc tổ chức bạn: một điều phối viên khác phải duyệt.",
            "This is your own listing or your organisation's: another coordinator must review it.",
        ));
    }
    Ok(listing)
}
