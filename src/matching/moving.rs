//! One step of a pairing, as part of somebody's change: compare-and-set of the stage, and the move written down.

use super::stage::{self, Stage, Step};
use super::{Move, Pairing, store};
use crate::accounts::{self, Role};
use crate::events::{self, Event};
use crate::ids::{By, PairingId};
use crate::kit::Cx;
use crate::kit::db::Tx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;

/// Why a step is taken, in a code and in words.
#[derive(Debug, Clone, Default)]
pub struct Because {
    pub reason: Option<String>,
    pub note: Option<String>,
}

/// Takes one step as part of `tx`: compare-and-set of the stage, and the move written down.
pub(super) async fn advance(
    cx: &Cx,
    tx: &mut Tx,
    by: By,
    pairing: &Pairing,
    step: Step,
    because: &Because,
) -> Result<Stage, Fault> {
    let now = cx.now();
    let to = match stage::after(pairing.stage, step) {
        Some(to) if store::shift(tx, pairing.id, pairing.stage, to, now).await? => to,
        _ => return Err(moved_on(tx, pairing.id).await?),
    };
    let side = match step {
        Step::Accept(side) | Step::Decline(side) => Some(side),
        _ => None,
    };
    let made = Move {
        step: step.code().to_owned(),
        from_stage: pairing.stage,
        to_stage: to,
        side,
        by_person: by.person(),
        reason: because.reason.clone(),
        note: because.note.clone(),
        at: now,
    };
    store::add_move(tx, pairing.id, &made).await?;
    if matches!(
        to,
        Stage::Dismissed | Stage::Declined | Stage::Withdrawn | Stage::Lapsed
    ) {
        store::reasoned(tx, pairing.id, because.reason.as_deref(), because.note.as_deref()).await?;
    }
    Ok(to)
}

/// A pairing just come to be, with its first move.
pub(super) async fn begin(
    cx: &Cx,
    tx: &mut Tx,
    by: By,
    pairing: &Pairing,
    step: &str,
) -> Result<bool, Fault> {
    if !store::add(tx, pairing).await? {
        return Ok(false);
    }
    let first = Move {
        step: step.to_owned(),
        from_stage: Stage::Suggested,
        to_stage: Stage::Suggested,
        side: pairing.interested,
        by_person: by.person(),
        reason: None,
        note: None,
        at: cx.now(),
    };
    store::add_move(tx, pairing.id, &first).await?;
    Ok(true)
}

pub(super) async fn tell(cx: &Cx, tx: &mut Tx, by: By, event: Event) -> Result<(), Fault> {
    events::record(cx, tx, by, &event).await?;
    Ok(())
}

/// Says what happened first, and when.
async fn moved_on(tx: &mut Tx, pairing: PairingId) -> Result<Fault, Fault> {
    let moves = store::moves(&mut *tx, pairing).await?;
    let Some(last) = moves.last() else {
        return Ok(Fault::Stale(None));
    };
    let who = match last.by_person {
        Some(person) => accounts::person(&mut *tx, person)
            .await
            .ok()
            .filter(|person| person.role != Role::Member)
            .map(|person| person.name),
        None => None,
    };
    let told = Step::told(&last.step);
    let at = Lang::Vi.date_time(last.at);
    let by = |lead: &str| {
        who.as_deref()
            .map_or_else(String::new, |who| format!(" ({lead} {who})"))
    };
    Ok(Fault::stale(
        format!(
            "Ghép nối đã đổi trước đó: {} lúc {at}{}.",
            told.vi.to_lowercase(),
            by("điều phối viên")
        ),
        format!(
            "The pairing had moved on: {} at {at}{}.",
            told.en.to_lowercase(),
            by("coordinator")
        ),
    ))
}
