//! The course of pairs: how far they came, why others left, how long answers took.

use std::collections::HashMap;

use super::Ours;
use crate::desk::figures::Period;
use crate::desk::store::figures::{Asked, Listed, Moved, Paired};
use crate::ids::PairingId;
use crate::kit::clock::DAY;

/// How far pairs came, and why the others left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rung {
    pub stage: &'static str,
    /// Came at least this far.
    pub reached: i64,
    /// Left from here: dismissed, declined, lapsed, withdrawn.
    pub left: i64,
    /// Why, the commonest in front: the reason's code, or `dismissed`, `lapsed`, `withdrawn`.
    pub reasons: Vec<(String, i64)>,
}

/// The ladder a pair climbs. A side's acceptance is one rung, whichever side it was.
pub const LADDER: [&str; 8] = [
    "suggested",
    "proposed",
    "accepted",
    "introduced",
    "meeting",
    "negotiating",
    "agreed",
    "completed",
];

/// Of the pairs raised in a period: how far each has come up to now.
pub fn funnel(paired: &[Paired], steps: &[(PairingId, String)], listed: &[Listed]) -> Vec<Rung> {
    let ours = Ours::of(listed);
    let mut furthest: HashMap<PairingId, usize> = HashMap::new();
    for (pairing, stage) in steps {
        if let Some(rung) = rung(stage) {
            let height = furthest.entry(*pairing).or_default();
            *height = rung.max(*height);
        }
    }
    let mut ladder: Vec<Rung> = LADDER
        .iter()
        .map(|stage| Rung {
            stage,
            ..Rung::default()
        })
        .collect();
    let mut reasons: Vec<HashMap<String, i64>> = vec![HashMap::new(); LADDER.len()];
    for pair in paired {
        if !ours.holds(pair.need_id, pair.offer_id) {
            continue;
        }
        let stands = rung(&pair.stage);
        let height = furthest
            .get(&pair.id)
            .copied()
            .unwrap_or(0)
            .max(stands.unwrap_or(0));
        for rung in &mut ladder[..=height] {
            rung.reached += 1;
        }
        if stands.is_none() {
            ladder[height].left += 1;
            let why = match (pair.stage.as_str(), &pair.reason) {
                ("declined", Some(reason)) => reason.clone(),
                (stage, _) => stage.to_owned(),
            };
            *reasons[height].entry(why).or_default() += 1;
        }
    }
    for (rung, reasons) in ladder.iter_mut().zip(reasons) {
        rung.reasons = commonest(reasons);
    }
    ladder
}

fn rung(stage: &str) -> Option<usize> {
    let stage = match stage {
        "need_accepted" | "offer_accepted" => "accepted",
        other => other,
    };
    LADDER.iter().position(|rung| *rung == stage)
}

/// Why sides said no in a period, the commonest reason in front.
pub fn refusals(moved: &[Moved], period: Period) -> Vec<(String, i64)> {
    let mut reasons: HashMap<String, i64> = HashMap::new();
    for step in moved
        .iter()
        .filter(|step| step.step == "decline" && period.holds(step.at))
    {
        let reason = step.reason.clone().unwrap_or_else(|| "declined".to_owned());
        *reasons.entry(reason).or_default() += 1;
    }
    commonest(reasons)
}

fn commonest(counts: HashMap<String, i64>) -> Vec<(String, i64)> {
    let mut counts: Vec<(String, i64)> = counts.into_iter().collect();
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    counts
}

/// How long first answers took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replies {
    /// Answers within one day, within two, … within ten, and later ones.
    pub days: [i64; 11],
    pub asked: i64,
    pub answered: i64,
    /// Half of the answers came faster than this.
    pub median: Option<i64>,
}

pub fn replies(asked: &[Asked], listed: &[Listed]) -> Replies {
    let ours = Ours::of(listed);
    let mut replies = Replies::default();
    let mut waits = Vec::new();
    for pair in asked {
        if !ours.holds(pair.need_id, pair.offer_id) {
            continue;
        }
        replies.asked += 1;
        if let Some(answered) = pair.answered_at {
            let wait = answered.since(pair.asked_at).max(0);
            waits.push(wait);
            let day = usize::try_from(wait / DAY).unwrap_or(usize::MAX).min(10);
            replies.days[day] += 1;
        }
    }
    waits.sort_unstable();
    replies.answered = i64::try_from(waits.len()).unwrap_or(i64::MAX);
    replies.median = match waits.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(waits[odd / 2]),
        even => Some(i64::midpoint(waits[even / 2 - 1], waits[even / 2])),
    };
    replies
}
