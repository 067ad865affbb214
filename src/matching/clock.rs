//! What time does to pairings: the reply clock, the questions about outcomes, the search that is tried again.
//! Each verb is called by the minute and may be called as often as one likes.

use super::stage::{Stage, Step};
use super::thresholds::{self, Threshold};
use super::{Because, Pairing, advance, letters, room, store, tell};
use crate::events::Event;
use crate::ids::{By, ListingId};
use crate::kit::Cx;
use crate::kit::clock::DAY;
use crate::kit::fault::Fault;

/// Days after the introduction when its outcome is asked for.
const FOLLOW_UPS: [i64; 5] = [14, 45, 90, 182, 365];
const SEARCH_AGAIN_DAYS: i64 = 7;
const SEARCH_AGAIN_AT_ONCE: i64 = 20;

/// Everything time asks for now.
pub async fn tick(cx: &Cx) -> Result<(), Fault> {
    start(cx).await?;
    nudge(cx).await?;
    lapse(cx).await?;
    follow_up(cx).await
}

/// Starts the reply clock of those who were really written to. Where nobody wants letters, nothing runs.
async fn start(cx: &Cx) -> Result<(), Fault> {
    let reply_days = thresholds::read(&cx.db).await?.get(Threshold::ReplyDays);
    for pairing in store::unasked(&cx.db).await? {
        let alone = store::first_asked(&cx.db, pairing.id, letters::INVITATION).await?;
        let bundled = store::first_bundled(&cx.db, pairing.id, letters::BUNDLE).await?;
        if let Some(asked) = alone.into_iter().chain(bundled).min() {
            let mut tx = cx.db.begin().await?;
            store::start_clock(&mut tx, pairing.id, asked, asked.plus_days(reply_days)).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

async fn nudge(cx: &Cx) -> Result<(), Fault> {
    let now = cx.now();
    let nudge_days = thresholds::read(&cx.db).await?.get(Threshold::NudgeDays);
    for pairing in store::to_nudge(&cx.db, now.plus_days(-nudge_days)).await? {
        if room::waits_for_room(cx, &pairing).await? {
            continue;
        }
        let mut tx = cx.db.begin().await?;
        if store::nudged(&mut tx, pairing.id, now).await? {
            tell(cx, &mut tx, By::Service, Event::NudgeDue { pairing: pairing.id }).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

async fn lapse(cx: &Cx) -> Result<(), Fault> {
    for pairing in store::overdue(&cx.db, cx.now()).await? {
        if room::waits_for_room(cx, &pairing).await? {
            continue;
        }
        let because = Because {
            reason: Some("no_reply".to_owned()),
            note: None,
        };
        let mut tx = cx.db.begin().await?;
        match advance(cx, &mut tx, By::Service, &pairing, Step::Lapse, &because).await {
            Ok(_) => {
                tell(
                    cx,
                    &mut tx,
                    By::Service,
                    Event::PairingLapsed { pairing: pairing.id },
                )
                .await?;
                tx.commit().await?;
            }
            // An answer came in this very moment.
            Err(Fault::Stale(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

async fn follow_up(cx: &Cx) -> Result<(), Fault> {
    let now = cx.now();
    for (times, days) in (0_i64..).zip(FOLLOW_UPS) {
        for pairing in store::to_follow_up(&cx.db, times, now.plus(-days * DAY)).await? {
            let mut tx = cx.db.begin().await?;
            if store::followed_up(&mut tx, pairing.id, times + 1).await? {
                tell(
                    cx,
                    &mut tx,
                    By::Service,
                    Event::OutcomeDue { pairing: pairing.id },
                )
                .await?;
                tx.commit().await?;
            }
        }
    }
    Ok(())
}

/// Open listings without a match, not sought for a week: `flow` asks for a search of each.
pub async fn to_search_again(cx: &Cx) -> Result<Vec<ListingId>, Fault> {
    let before = cx.now().plus_days(-SEARCH_AGAIN_DAYS);
    let rows = store::unmatched(&cx.db, before, SEARCH_AGAIN_AT_ONCE).await?;
    Ok(rows.into_iter().map(|(id, _)| id).collect())
}

/// Whole days until the reply is due; negative where it is late.
pub fn days_left(pairing: &Pairing, now: crate::kit::clock::At) -> Option<i64> {
    let waits = pairing.stage.awaits_answers() && pairing.stage != Stage::Suggested;
    pairing.due_at.filter(|_| waits).map(|due| due.days_since(now))
}
