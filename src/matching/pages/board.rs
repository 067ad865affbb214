//! The board: every pairing under its step, and the moves a coordinator may make.

use actix_web::web;
use askama::Template;

use super::desk::as_coordinator;
use crate::accounts::Coordinator;
use crate::ids::PairingId;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::web::{self as pages, Answer, Form, Id, Params, Shell};
use crate::matching::cards::{self, Card};
use crate::matching::stage::{Stage, Step, after};
use crate::matching::{self, Because, store, thread};

pub(super) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/desk/pairings", web::get().to(board))
        .route("/pairings/{id}/stage", web::post().to(move_to));
}

/// Beside other lanes a lane shows its newest pairings …
const ON_LANE: i64 = 12;
/// … and by itself all that a page can bear.
const ALONE: i64 = 300;

#[derive(Template)]
#[template(path = "matching/board.html")]
struct BoardPage {
    shell: Shell,
    lanes: Vec<Lane>,
    ended: Vec<Card>,
}

struct Lane {
    stage: Stage,
    label: &'static str,
    cards: Vec<OnBoard>,
    /// How many stand here, shown or not.
    count: i64,
}

impl Lane {
    fn has_more(&self) -> bool {
        i64::try_from(self.cards.len()).is_ok_and(|shown| shown < self.count)
    }

    /// Where all of it can be seen.
    fn path(&self) -> String {
        match self.stage {
            Stage::Suggested => "desk/suggestions".to_owned(),
            stage => format!("desk/pairings?stage={}", stage.code()),
        }
    }
}

struct OnBoard {
    card: Card,
    /// Where it may be moved to from here.
    moves: Vec<(&'static str, &'static str)>,
}

/// All lanes, or the one that `stage` names.
async fn board(cx: Cx, shell: Shell, _who: Coordinator, params: Params) -> Answer {
    let alone = Stage::LANES
        .into_iter()
        .find(|stage| stage.code() == params.value("stage"));
    let counts = store::count_by_stage(&cx.db).await?;
    let mut lanes = Vec::new();
    for stage in Stage::LANES
        .into_iter()
        .filter(|stage| alone.is_none_or(|alone| alone == *stage))
    {
        let most = if alone.is_some() { ALONE } else { ON_LANE };
        let newest = store::newest_in_stages(&cx.db, &[stage], most).await?;
        let moves = moves_from(stage, &shell);
        lanes.push(Lane {
            stage,
            label: stage.label(shell.lang),
            cards: cards::cards(&cx, shell.lang, as_coordinator(newest))
                .await?
                .into_iter()
                .map(|card| OnBoard {
                    card,
                    moves: moves.clone(),
                })
                .collect(),
            count: counts
                .iter()
                .find(|(at, _)| *at == stage)
                .map_or(0, |(_, count)| *count),
        });
    }
    let ended = [Stage::Dismissed, Stage::Declined, Stage::Lapsed, Stage::Withdrawn];
    let ended = store::newest_in_stages(&cx.db, &ended, 30).await?;
    let ended = cards::cards(&cx, shell.lang, as_coordinator(ended)).await?;
    pages::page(&BoardPage { shell, lanes, ended })
}

/// A coordinator moves what a coordinator may: decides, goes on, withdraws; the answers are the sides' own.
fn step_to(stage: Stage) -> Option<Step> {
    match stage {
        Stage::Proposed => Some(Step::Approve),
        Stage::Dismissed => Some(Step::Dismiss),
        Stage::Withdrawn => Some(Step::Withdraw),
        Stage::Suggested => Some(Step::Reopen),
        other => Step::towards(other),
    }
}

fn moves_from(from: Stage, shell: &Shell) -> Vec<(&'static str, &'static str)> {
    Stage::ALL
        .iter()
        .filter(|to| step_to(**to).is_some_and(|step| after(from, step) == Some(**to)))
        .map(|to| (to.code(), to.label(shell.lang)))
        .collect()
}

async fn move_to(cx: Cx, shell: Shell, who: Coordinator, Id(id): Id<PairingId>, form: Form) -> Answer {
    let to = Stage::from_code(form.value("stage"))
        .ok_or_else(|| Fault::flaw("stage", "Hãy chọn một bước.", "Please choose a step."))?;
    let by = who.0.by();
    let because = Because {
        reason: Some("coordinator".to_owned()),
        note: None,
    };
    match step_to(to) {
        Some(Step::Approve) => matching::approve(&cx, by, id, None).await?,
        Some(Step::Dismiss) => matching::dismiss(&cx, by, id, because).await?,
        Some(Step::Withdraw) => matching::withdraw(&cx, by, id, because).await?,
        Some(Step::Reopen) => matching::reopen(&cx, by, id).await?,
        Some(_) => thread::go_on(&cx, &who.0, id, to, None).await?,
        None => {
            return Err(Fault::stale(
                "Bước này do hai bên quyết định.",
                "The two sides decide about this step.",
            ));
        }
    }
    let said = shell.t1("Đã chuyển: {}.", "Moved: {}.", to.label(shell.lang));
    pages::see_other_saying(shell.url("desk/pairings"), &said)
}
