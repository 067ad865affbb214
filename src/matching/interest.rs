//! A side takes the first step: "this is for us". It names one of its own listings, or says in a few sentences
//! what it has in mind; those become a draft of its own. Its yes is recorded; a coordinator decides whether the
//! other side is asked.

use super::judge::judge;
use super::stage::Side;
use super::{Origin, begin, decide, store, tell};
use crate::accounts::Actor;
use crate::events::Event;
use crate::ids::{ListingId, OrgId, PairingId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::language_of;
use crate::listings::drafts::{self, New};
use crate::listings::{self, Content, Kind, Listing, State, Text};
use crate::orgs;

pub const LEAST: usize = 150;
pub const MOST: usize = 600;

/// What the interested side brings.
#[derive(Debug, Clone)]
pub enum Offered {
    Listing(ListingId),
    Message(String),
}

/// Expresses interest in a listing. Doing it again leads to the same pairing; so does another message, as long as the
/// first one waits for its answer.
pub async fn express(cx: &Cx, actor: &Actor, wanted: &Listing, offered: Offered) -> Result<PairingId, Fault> {
    if !wanted.open_for_interest || wanted.shown().is_none() {
        return Err(Fault::stale(
            "Tin này hiện không nhận thêm quan tâm.",
            "This listing takes no further interest at the moment.",
        ));
    }
    let own = match offered {
        Offered::Listing(id) => own_listing(cx, actor, id, wanted.kind.other()).await?,
        Offered::Message(words) => {
            let org = first_org(cx, actor).await?;
            if let Some(known) = store::of_message(&cx.db, wanted.id, org).await? {
                return Ok(known);
            }
            draft_of(cx, actor, wanted, org, words).await?
        }
    };
    let side = Side::of(own.kind);
    let (need, offer) = if side == Side::Need {
        (&own, wanted)
    } else {
        (wanted, &own)
    };
    if decide::blocked(cx, need, offer).await? {
        return Err(Fault::flaw(
            "own",
            "Không thể ghép hai tin này.",
            "These two listings cannot be paired.",
        ));
    }
    if let Some(known) = store::of_pair(&cx.db, need.id, offer.id).await? {
        return Ok(known.id);
    }
    let judged = judge(cx, need, offer, None).await?;
    let pairing = judged.pairing(cx, need, offer, Origin::Interest, Some(side));
    let mut tx = cx.db.begin().await?;
    if !begin(cx, &mut tx, actor.by(), &pairing, "interest").await? {
        // Somebody paired the two while they were being judged.
        let known = store::of_pair(&mut tx, need.id, offer.id).await?;
        return known.map(|known| known.id).ok_or(Fault::Missing);
    }
    tell(
        cx,
        &mut tx,
        actor.by(),
        Event::InterestExpressed { pairing: pairing.id },
    )
    .await?;
    tx.commit().await?;
    Ok(pairing.id)
}

/// The person's listings of the right kind that may be brought.
pub async fn own_listings(cx: &Cx, actor: &Actor, kind: Kind) -> Result<Vec<Listing>, Fault> {
    let orgs = super::orgs_of(cx, actor.id).await?;
    let mine = listings::of_person(&cx.db, actor.id, &orgs).await?;
    Ok(mine
        .into_iter()
        .filter(|one| one.kind == kind && one.shown().is_some())
        .collect())
}

async fn own_listing(cx: &Cx, actor: &Actor, id: ListingId, kind: Kind) -> Result<Listing, Fault> {
    let mine = own_listings(cx, actor, kind).await?;
    mine.into_iter().find(|one| one.id == id).ok_or_else(|| {
        Fault::flaw(
            "own",
            "Hãy chọn một tin của bạn.",
            "Please choose a listing of yours.",
        )
    })
}

/// The message as a listing nobody else sees: a draft with what the wanted listing lets one guess.
async fn draft_of(
    cx: &Cx,
    actor: &Actor,
    wanted: &Listing,
    org: OrgId,
    words: String,
) -> Result<Listing, Fault> {
    let lang = language_of(&words);
    let title = lang.fill(
        "Quan tâm đến: {}",
        "Interested in: {}",
        &[&wanted.best().title(lang)],
    );
    let text = Text {
        title: title.chars().take(listings::limits::TITLE).collect(),
        summary: words.chars().take(listings::limits::SUMMARY).collect(),
        body: words,
        ..Text::default()
    };
    let mut content = Content {
        tags: sectors_of(wanted),
        ..Content::default()
    };
    match lang {
        crate::kit::lang::Lang::Vi => content.vi = Some(text),
        crate::kit::lang::Lang::En => content.en = Some(text),
    }
    let new = New {
        kind: wanted.kind.other(),
        origin: listings::Origin::Interest,
        org: Some(org),
        owner: Some(actor.id),
        coordinator: None,
        visibility: listings::Visibility::Members,
        content,
    };
    let mut tx = cx.db.begin().await?;
    let id = drafts::add(cx, &mut tx, &new).await?;
    tx.commit().await?;
    listings::get(&cx.db, id).await
}

fn sectors_of(wanted: &Listing) -> Vec<listings::Tag> {
    let sector = |tag: &&listings::Tag| tag.scheme == crate::vocab::Scheme::Sector;
    wanted
        .best()
        .tags
        .iter()
        .filter(sector)
        .filter(|tag| tag.weight != listings::Weight::Not)
        .map(|tag| listings::Tag {
            weight: listings::Weight::Nice,
            ..tag.clone()
        })
        .collect()
}

async fn first_org(cx: &Cx, actor: &Actor) -> Result<OrgId, Fault> {
    let memberships = orgs::of_person(&cx.db, actor.id).await?;
    memberships.first().map(|one| one.org.id).ok_or_else(|| {
        Fault::flaw(
            "message",
            "Hãy thêm tổ chức của bạn trước khi bày tỏ quan tâm.",
            "Please add your organisation before you express interest.",
        )
    })
}

/// A draft born of interest stands in its pairing although it was never published.
pub fn is_interest_draft(listing: &Listing) -> bool {
    listing.origin == listings::Origin::Interest
        && matches!(listing.state, State::Draft | State::Review | State::Changes)
}
