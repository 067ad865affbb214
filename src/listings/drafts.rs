//! Writing: from the first sentence to the coordinator's desk.
//!
//! Every save is a compare-and-set on the version that was read, so two people who write at once never
//! overwrite each other unseen.

use super::steps::Step;
use super::writer::{self, Writer};
use super::{Content, Kind, Listing, Origin, State, Text, Visibility, limits, ready, store};
use crate::accounts::Actor;
use crate::events::{self, Event};
use crate::ids::{ListingId, OrgId, PersonId};
use crate::kit::Cx;
use crate::kit::clock::{At, new_token};
use crate::kit::db::Tx;
use crate::kit::fault::{Fault, Flaw};
use crate::kit::lang::language_of;
use crate::orgs;

/// A visitor's draft that nobody claimed goes after this many days.
pub const VISITORS_DAYS: i64 = 30;

/// A new listing with all that its row needs; other rooms make drafts with it too.
#[derive(Debug, Clone)]
pub struct New {
    pub kind: Kind,
    pub origin: Origin,
    pub org: Option<OrgId>,
    pub owner: Option<PersonId>,
    pub coordinator: Option<PersonId>,
    pub visibility: Visibility,
    pub content: Content,
}

// Acts of people ---------------------------------------------------------------------------------

/// Begins a listing with one sentence. A visitor gets a token by which they are known again.
pub async fn start(
    cx: &Cx,
    writer: &Writer,
    kind: Kind,
    sentence: &str,
) -> Result<(ListingId, Option<String>), Fault> {
    let orgs = match &writer.actor {
        Some(actor) => orgs::of_person(&cx.db, actor.id).await?,
        None => Vec::new(),
    };
    let new = New {
        kind,
        origin: Origin::Owner,
        org: orgs.first().map(|membership| membership.org.id),
        owner: writer.actor.as_ref().map(|actor| actor.id),
        coordinator: None,
        visibility: Visibility::Public,
        content: from_sentence(sentence),
    };
    let token = match (&writer.actor, writer.hash()) {
        (None, None) => Some(new_token()),
        _ => None,
    };
    let visitor = match (&writer.actor, &token) {
        (Some(_), _) => None,
        (None, Some(token)) => Some(writer::hash(token)),
        (None, None) => writer.hash(),
    };
    let mut tx = cx.db.begin().await?;
    let id = store::add(&mut tx, &new, visitor, cx.now()).await?;
    tx.commit().await?;
    Ok((id, token))
}

/// A listing another room begins, as part of its own change.
pub async fn add(cx: &Cx, tx: &mut Tx, new: &New) -> Result<ListingId, Fault> {
    store::add(tx, new, None, cx.now()).await
}

/// Keeps the working copy. Whoever signed in since the draft began becomes its owner.
pub async fn save(
    cx: &Cx,
    writer: &Writer,
    id: ListingId,
    version: i64,
    content: &Content,
) -> Result<i64, Fault> {
    keep(cx, writer, id, version, content, 1).await
}

/// As `save`, while the author is still typing: the version stays, since the open form goes on naming it.
pub async fn autosave(
    cx: &Cx,
    writer: &Writer,
    id: ListingId,
    version: i64,
    content: &Content,
) -> Result<(), Fault> {
    keep(cx, writer, id, version, content, 0).await?;
    Ok(())
}

/// In whose name a listing stands and who may see it.
#[derive(Debug, Clone)]
pub struct Openness {
    pub org: Option<OrgId>,
    pub visibility: Visibility,
    pub guests: Vec<OrgId>,
    pub anonymous: bool,
    pub open_for_interest: bool,
}

/// Says in whose name it stands and who may see it; on a published listing this holds at once.
pub async fn set_openness(cx: &Cx, writer: &Writer, id: ListingId, to: &Openness) -> Result<(), Fault> {
    let listing = writer::open(cx, writer, id).await?;
    let org = org_to_be(cx, writer, &listing, to.org).await?;
    let mut tx = cx.db.begin().await?;
    claim(&mut tx, writer, &listing).await?;
    store::set_openness(&mut tx, id, org, to, cx.now()).await?;
    if listing.live.is_some() {
        events::record(cx, &mut tx, writer.by(), &Event::ListingChanged { listing: id }).await?;
    }
    tx.commit().await
}

/// Hands it to the coordinators; refused with everything that is missing at once.
pub async fn submit(
    cx: &Cx,
    actor: &Actor,
    writer: &Writer,
    id: ListingId,
    version: i64,
) -> Result<(), Fault> {
    let listing = writer::open(cx, writer, id).await?;
    let missing = ready::missing(listing.kind, listing.draft(), listing.org_id.is_some());
    if !missing.is_empty() {
        return Err(Fault::Invalid(
            missing.into_iter().map(|(_, flaw)| flaw).collect(),
        ));
    }
    must_be_editable(&listing)?;
    let mut tx = cx.db.begin().await?;
    claim(&mut tx, writer, &listing).await?;
    let reference = match &listing.reference {
        Some(reference) => reference.clone(),
        None => next_reference(&mut tx, listing.kind, cx.now()).await?,
    };
    if !store::submit(&mut tx, id, version, &reference, cx.now()).await? {
        return Err(changed_meanwhile());
    }
    let event = if listing.needs_confirmation() {
        Event::ConfirmationAsked { listing: id }
    } else {
        Event::ListingSubmitted { listing: id }
    };
    events::record(cx, &mut tx, actor.by(), &event).await?;
    tx.commit().await
}

/// Takes it back from the coordinators' desk to go on writing.
pub async fn withdraw_submission(cx: &Cx, writer: &Writer, id: ListingId) -> Result<(), Fault> {
    let listing = writer::open(cx, writer, id).await?;
    let back = if listing.live.is_some() {
        State::Published
    } else {
        State::Draft
    };
    let mut tx = cx.db.begin().await?;
    if !store::move_state(&mut tx, id, &[State::Review], back, cx.now()).await? {
        return Err(moved_on(&listing));
    }
    tx.commit().await
}

/// Throws a draft away that was never handed in; nobody else has seen it.
pub async fn discard(cx: &Cx, writer: &Writer, id: ListingId) -> Result<(), Fault> {
    let listing = writer::open(cx, writer, id).await?;
    if listing.state != State::Draft || listing.reference.is_some() {
        return Err(moved_on(&listing));
    }
    let mut tx = cx.db.begin().await?;
    store::remove_draft(&mut tx, id).await?;
    tx.commit().await
}

// What they rest on ------------------------------------------------------------------------------

/// A reference is given once and never again, whatever becomes of the listing.
pub(super) async fn next_reference(tx: &mut Tx, kind: Kind, at: At) -> Result<String, Fault> {
    let series = format!("{}-{}", kind.series(), at.local().year());
    let number = store::next_number(tx, &series).await?;
    Ok(format!("{series}-{number:04}"))
}

async fn keep(
    cx: &Cx,
    writer: &Writer,
    id: ListingId,
    version: i64,
    content: &Content,
    step: i64,
) -> Result<i64, Fault> {
    let listing = writer::open(cx, writer, id).await?;
    must_be_editable(&listing)?;
    let mut tx = cx.db.begin().await?;
    claim(&mut tx, writer, &listing).await?;
    if !store::keep_draft(&mut tx, id, version, step, content, cx.now()).await? {
        return Err(changed_meanwhile());
    }
    tx.commit().await?;
    Ok(version + step)
}

/// A visitor's draft becomes the property of whoever comes back to it signed in.
async fn claim(tx: &mut Tx, writer: &Writer, listing: &Listing) -> Result<(), Fault> {
    if let (None, None, Some(actor)) = (listing.owner_id, listing.org_id, &writer.actor) {
        let org = orgs::of_person(&mut *tx, actor.id)
            .await?
            .first()
            .map(|membership| membership.org.id);
        store::claim(tx, listing.id, actor.id, org).await?;
    }
    Ok(())
}

/// The organisation stays once readers have seen it; before, it is one the writer belongs to.
async fn org_to_be(
    cx: &Cx,
    writer: &Writer,
    listing: &Listing,
    wanted: Option<OrgId>,
) -> Result<Option<OrgId>, Fault> {
    if listing.live.is_some() || wanted == listing.org_id {
        return Ok(listing.org_id);
    }
    let (Some(actor), Some(org)) = (&writer.actor, wanted) else {
        return Ok(listing.org_id);
    };
    if orgs::is_member(&cx.db, org, actor.id).await? {
        Ok(Some(org))
    } else {
        Err(Fault::flaw(
            "org",
            "Bạn không thuộc tổ chức này.",
            "You do not belong to this organisation.",
        ))
    }
}

fn must_be_editable(listing: &Listing) -> Result<(), Fault> {
    if listing.is_editable() {
        Ok(())
    } else {
        Err(moved_on(listing))
    }
}

pub(super) fn moved_on(listing: &Listing) -> Fault {
    match listing.state {
        State::Review => Fault::stale(
            "Tin đang chờ duyệt. Hãy rút lại trước khi sửa.",
            "It is being reviewed. Take it back before you edit it.",
        ),
        State::Paused => Fault::stale(
            "Tin đang tạm dừng. Hãy mở lại trước.",
            "It is paused. Please resume it first.",
        ),
        State::Expired => Fault::stale(
            "Tin đã hết hạn. Hãy gia hạn trước.",
            "It has expired. Please renew it first.",
        ),
        State::Closed | State::Archived => Fault::stale("Tin này đã đóng.", "It has been closed."),
        State::Draft | State::Changes | State::Published => {
            Fault::stale("Tin đã sang bước khác.", "It has moved on to another step.")
        }
    }
}

pub(super) fn changed_meanwhile() -> Fault {
    Fault::stale(
        "Ai đó (hoặc bạn, ở cửa sổ khác) vừa sửa tin này. Hãy mở lại trang để xem bản mới nhất rồi sửa tiếp.",
        "Someone (or you, in another window) has just changed this listing. Open the page again to see the latest version.",
    )
}

/// One sentence becomes the title; what is longer is the story, and its beginning the title.
fn from_sentence(sentence: &str) -> Content {
    let sentence = sentence.trim();
    let lang = language_of(sentence);
    let line = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = line.chars().count() <= 120;
    let text = Text {
        title: if fits { line } else { beginning(&line, 100) },
        body: if fits {
            String::new()
        } else {
            sentence.chars().take(limits::BODY).collect()
        },
        ..Text::default()
    };
    let mut content = Content::default();
    *content.slot(lang) = Some(text);
    content
}

/// Whole words, at most `most` characters.
fn beginning(line: &str, most: usize) -> String {
    let cut: String = line.chars().take(most).collect();
    cut.rsplit_once(' ')
        .map_or(cut.clone(), |(whole, _)| format!("{whole}…"))
}

/// The steps that still miss something, for marks beside their names.
pub fn unfinished(listing: &Listing) -> Vec<(Step, Flaw)> {
    ready::missing(listing.kind, listing.draft(), listing.org_id.is_some())
}
