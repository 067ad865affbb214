//! What happened in the sample city during the past weeks: some pairings answered, some met, some agreed.
//! Every step is taken through the verb that people use, on a day in the past.

use std::collections::HashSet;

use super::back_then;
use crate::accounts::tickets::{self, Purpose};
use crate::accounts::{self, Actor, Reader};
use crate::ids::{ListingId, OutcomeId, PairingId};
use crate::kit::Cx;
use crate::kit::clock::DAY;
use crate::kit::fault::Fault;
use crate::listings::{self, Kind, Listing};
use crate::matching::stage::{Side, Stage};
use crate::matching::thread::{self, Outcome};
use crate::matching::{self, Because, Couple, answer};

/// One step of a story, so many days ago.
enum Act {
    Approve,
    Dismiss(&'static str),
    Accept(Side),
    Decline(Side, &'static str, &'static str),
    Say(Side, &'static str),
    GoOn(Stage),
    Report(&'static str, Option<i64>, &'static str),
}

use Act::{Accept, Approve, Decline, Dismiss, GoOn, Report, Say};
use Side::{Need, Offer};

type Story = &'static [(i64, Act)];

const STORIES: [Story; 13] = [
    &[
        (41, Approve),
        (40, Accept(Need)),
        (38, Accept(Offer)),
        (
            37,
            Say(
                Need,
                "Chào anh chị, sáng thứ Năm bên tôi rảnh, mời anh chị ghé xem tận nơi.",
            ),
        ),
        (
            37,
            Say(
                Offer,
                "Cảm ơn chị, sáng thứ Năm chúng tôi qua hai người, mang theo máy đo.",
            ),
        ),
        (33, GoOn(Stage::Meeting)),
        (24, GoOn(Stage::Negotiating)),
        (16, GoOn(Stage::Agreed)),
        (3, GoOn(Stage::Completed)),
        (
            3,
            Report(
                "contract",
                Some(680_000_000),
                "Ký hợp đồng triển khai một năm sau sáu tuần chạy thử; bên mua tự đo đạt mức đã hẹn.",
            ),
        ),
    ],
    &[
        (36, Approve),
        (34, Accept(Offer)),
        (33, Accept(Need)),
        (28, GoOn(Stage::Meeting)),
        (19, GoOn(Stage::Agreed)),
        (
            4,
            Report(
                "pilot",
                Some(120_000_000),
                "Thử nghiệm tám tuần trên một dây chuyền, số liệu do hai bên cùng ghi.",
            ),
        ),
    ],
    &[
        (33, Approve),
        (31, Accept(Need)),
        (30, Accept(Offer)),
        (25, GoOn(Stage::Meeting)),
        (
            12,
            Report(
                "none",
                None,
                "Hai bên gặp nhau hai lần; dữ liệu hiện có chưa đủ để bắt đầu, hẹn năm sau.",
            ),
        ),
    ],
    &[
        (27, Approve),
        (26, Accept(Need)),
        (24, Accept(Offer)),
        (
            23,
            Say(
                Offer,
                "We can start from a sample of two hundred records. Could you remove the names before sending?",
            ),
        ),
        (22, Say(Need, "Được, tuần sau chúng tôi gửi một tệp đã bỏ tên.")),
        (15, GoOn(Stage::Meeting)),
        (6, GoOn(Stage::Negotiating)),
    ],
    &[
        (21, Approve),
        (19, Accept(Offer)),
        (17, Accept(Need)),
        (9, GoOn(Stage::Meeting)),
    ],
    &[
        (18, Approve),
        (17, Accept(Need)),
        (14, Accept(Offer)),
        (5, GoOn(Stage::Meeting)),
    ],
    &[
        (12, Approve),
        (11, Accept(Need)),
        (9, Accept(Offer)),
        (
            8,
            Say(
                Need,
                "Chiều thứ Ba tuần tới gọi trực tuyến nửa tiếng được không ạ?",
            ),
        ),
    ],
    &[(6, Approve), (4, Accept(Need))],
    &[(5, Approve), (2, Accept(Offer))],
    &[(2, Approve)],
    &[(1, Approve)],
    &[
        (16, Approve),
        (
            13,
            Decline(Offer, "no_capacity", "Nhóm đang kín việc đến hết quý."),
        ),
    ],
    &[(14, Dismiss("out_of_scope"))],
];

/// Seeks matches for every need on the day after it was posted, then lets the stories happen.
pub async fn live(cx: &Cx) -> Result<(), Fault> {
    while listings::follow::step(cx).await? {}
    while listings::follow::fill(cx).await? {}
    let coordinator = accounts::sample_actor(cx, super::COORDINATOR.0).await?;
    let mut needs = listings::export::all(cx).await?;
    needs.retain(|listing| listing.kind == Kind::Need && listing.shown().is_some());
    for need in &needs {
        matching::suggest(&back_then(cx, days_old(cx, need) - 1, 1), need.id).await?;
    }
    let mut taken: HashSet<ListingId> = HashSet::new();
    for story in STORIES {
        let begins = story.first().map_or(0, |(days, _)| *days);
        if let Some(couple) = fitting(cx, &needs, begins, &taken).await? {
            taken.extend([couple.need.id, couple.offer.id]);
            tell(cx, &coordinator, &couple, story).await?;
        }
    }
    Ok(())
}

/// The best suggestion between two listings that were both there in time and have no story yet.
async fn fitting(
    cx: &Cx,
    needs: &[Listing],
    begins: i64,
    taken: &HashSet<ListingId>,
) -> Result<Option<Couple>, Fault> {
    let mut best: Option<Couple> = None;
    for need in needs
        .iter()
        .filter(|need| days_old(cx, need) > begins && !taken.contains(&need.id))
    {
        for pairing in matching::of_listing(&cx.db, need.id).await? {
            let better = best
                .as_ref()
                .is_none_or(|best| pairing.score > best.pairing.score);
            if pairing.stage != Stage::Suggested || taken.contains(&pairing.offer_id) || !better {
                continue;
            }
            let couple = matching::couple(cx, pairing.id).await?;
            if couple.offer.owner_id.is_some() && days_old(cx, &couple.offer) > begins {
                best = Some(couple);
            }
        }
    }
    Ok(best)
}

async fn tell(cx: &Cx, coordinator: &Actor, couple: &Couple, story: Story) -> Result<(), Fault> {
    for (hour, (days, act)) in (0..).zip(story) {
        match take(&back_then(cx, *days, hour % 9), coordinator, couple, act).await {
            Ok(()) => {}
            // No room for one more introduction, or the like: the story ends where it stands.
            Err(Fault::Stale(_) | Fault::Missing | Fault::Forbidden) => break,
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

async fn take(cx: &Cx, coordinator: &Actor, couple: &Couple, act: &Act) -> Result<(), Fault> {
    let id = couple.pairing.id;
    let because = |reason: &str, note: &str| Because {
        reason: Some(reason.to_owned()),
        note: Some(note.to_owned()).filter(|note| !note.is_empty()),
    };
    match act {
        Approve => matching::approve(cx, coordinator.by(), id, None).await,
        Dismiss(reason) => matching::dismiss(cx, coordinator.by(), id, because(reason, "")).await,
        Accept(side) => {
            let token = letter_token(cx, couple.listing(*side), id).await?;
            answer::accept(cx, id, &Reader::Anyone, &token).await.map(drop)
        }
        Decline(side, reason, note) => {
            let token = letter_token(cx, couple.listing(*side), id).await?;
            answer::decline(cx, id, &Reader::Anyone, &token, because(reason, note))
                .await
                .map(drop)
        }
        Say(side, words) => {
            let actor = owner(cx, couple.listing(*side)).await?;
            thread::post(cx, &actor, id, (*words).to_owned()).await
        }
        GoOn(to) => thread::go_on(cx, coordinator, id, *to, None).await,
        Report(kind, amount, body) => {
            let outcome = Outcome {
                id: OutcomeId::new(),
                pairing_id: id,
                kind: (*kind).to_owned(),
                amount: *amount,
                body: (*body).to_owned(),
                evidence: String::new(),
                by_person: Some(coordinator.id),
                created_at: cx.now(),
            };
            thread::report(cx, coordinator, outcome).await
        }
    }
}

/// What the link in the owner's letter carries.
async fn letter_token(cx: &Cx, listing: &Listing, pairing: PairingId) -> Result<String, Fault> {
    let mut tx = cx.db.begin().await?;
    let given = tickets::give(
        cx,
        &mut tx,
        Purpose::Answer,
        listing.owner_id,
        None,
        Some(pairing.0),
        DAY,
        false,
    )
    .await?;
    tx.commit().await?;
    Ok(given.token)
}

async fn owner(cx: &Cx, listing: &Listing) -> Result<Actor, Fault> {
    let owner = listing.owner_id.ok_or(Fault::Missing)?;
    let person = accounts::person(&cx.db, owner).await?;
    accounts::sample_actor(cx, &person.email).await
}

fn days_old(cx: &Cx, listing: &Listing) -> i64 {
    listing.published_at.map_or(0, |at| cx.now().days_since(at))
}
