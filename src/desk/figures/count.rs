//! Counting, without clock or database: what the facts of a period add up to.

use std::collections::{BTreeMap, HashMap};

use crate::desk::store::figures::{Asked, Listed, Moved, Paired, Told};
use crate::ids::{ListingId, PairingId};
use crate::kit::clock::{At, DAY};
use crate::listings::{Kind, State, Weight};
use crate::vocab::{self, Scheme};

use super::Period;

/// What happened, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub needs: i64,
    pub offers: i64,
    pub raised: i64,
    pub approved: i64,
    pub accepted: i64,
    pub declined: i64,
    pub lapsed: i64,
    pub introduced: i64,
    pub outcomes: i64,
}

impl Tally {
    pub fn cells(&self) -> [i64; 9] {
        [
            self.needs,
            self.offers,
            self.raised,
            self.approved,
            self.accepted,
            self.declined,
            self.lapsed,
            self.introduced,
            self.outcomes,
        ]
    }
}

/// One thing that happened: when, to which need (or listing), and the number it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    at: At,
    listing: ListingId,
    what: fn(&mut Tally) -> &mut i64,
}

/// All that is counted, in one line of marks. Pairs of listings we do not look at are left out.
pub fn marks(listed: &[Listed], paired: &[Paired], moved: &[Moved], told: &[Told]) -> Vec<Mark> {
    let ours: HashMap<ListingId, Kind> = listed.iter().map(|listing| (listing.id, listing.kind)).collect();
    let is_ours = |need: ListingId, offer: ListingId| ours.contains_key(&need) && ours.contains_key(&offer);
    let mut marks: Vec<Mark> = Vec::with_capacity(listed.len() + paired.len() + moved.len());
    for listing in listed {
        let what: fn(&mut Tally) -> &mut i64 = match listing.kind {
            Kind::Need => |tally| &mut tally.needs,
            Kind::Offer => |tally| &mut tally.offers,
        };
        marks.push(Mark {
            at: listing.published_at,
            listing: listing.id,
            what,
        });
    }
    for pair in paired.iter().filter(|pair| is_ours(pair.need_id, pair.offer_id)) {
        marks.push(Mark {
            at: pair.created_at,
            listing: pair.need_id,
            what: |tally| &mut tally.raised,
        });
    }
    for step in moved.iter().filter(|step| is_ours(step.need_id, step.offer_id)) {
        let mut push = |what| {
            marks.push(Mark {
                at: step.at,
                listing: step.need_id,
                what,
            });
        };
        match step.step.as_str() {
            "approve" => push(|tally| &mut tally.approved),
            "accept" => push(|tally| &mut tally.accepted),
            "decline" => push(|tally| &mut tally.declined),
            "lapse" => push(|tally| &mut tally.lapsed),
            _ => {}
        }
        if step.to_stage == "introduced" {
            push(|tally| &mut tally.introduced);
        }
    }
    for outcome in told
        .iter()
        .filter(|outcome| is_ours(outcome.need_id, outcome.offer_id))
    {
        // "Nothing came of it" is an answer, not a result.
        if outcome.kind != "none" {
            marks.push(Mark {
                at: outcome.at,
                listing: outcome.need_id,
                what: |tally| &mut tally.outcomes,
            });
        }
    }
    marks
}

pub fn total(marks: &[Mark], period: Period) -> Tally {
    let mut tally = Tally::default();
    for mark in marks.iter().filter(|mark| period.holds(mark.at)) {
        *(mark.what)(&mut tally) += 1;
    }
    tally
}

/// One tally a week, by its Monday; weeks without anything too.
pub fn by_week(marks: &[Mark], period: Period) -> Vec<(At, Tally)> {
    let mut weeks: BTreeMap<At, Tally> = period
        .weeks()
        .into_iter()
        .map(|monday| (monday, Tally::default()))
        .collect();
    for mark in marks.iter().filter(|mark| period.holds(mark.at)) {
        if let Some(tally) = weeks.get_mut(&mark.at.week_start()) {
            *(mark.what)(tally) += 1;
        }
    }
    weeks.into_iter().collect()
}

/// One tally a sector, in the order of the list; a listing of two sectors counts in both.
pub fn by_sector(marks: &[Mark], listed: &[Listed], period: Period) -> Vec<(&'static str, Tally)> {
    let sectors: HashMap<ListingId, Vec<&'static str>> = listed
        .iter()
        .map(|listing| (listing.id, sectors_of(listing)))
        .collect();
    let mut tallies: HashMap<&str, Tally> = HashMap::new();
    for mark in marks.iter().filter(|mark| period.holds(mark.at)) {
        for sector in sectors.get(&mark.listing).into_iter().flatten() {
            *(mark.what)(tallies.entry(*sector).or_default()) += 1;
        }
    }
    vocab::terms(Scheme::Sector)
        .iter()
        .map(|term| {
            (
                term.code.as_str(),
                tallies.get(term.code.as_str()).copied().unwrap_or_default(),
            )
        })
        .collect()
}

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

fn rung(stage: &str) -> Option<usize> {
    let stage = match stage {
        "need_accepted" | "offer_accepted" => "accepted",
        other => other,
    };
    LADDER.iter().position(|rung| *rung == stage)
}

/// Of the pairs raised in a period: how far each has come up to now.
pub fn funnel(paired: &[Paired], steps: &[(PairingId, String)], listed: &[Listed]) -> Vec<Rung> {
    let ours: HashMap<ListingId, Kind> = listed.iter().map(|listing| (listing.id, listing.kind)).collect();
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
        if !(ours.contains_key(&pair.need_id) && ours.contains_key(&pair.offer_id)) {
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

/// Open needs and open offers of one sector and one capability.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cell {
    pub needs: i64,
    pub offers: i64,
}

impl Cell {
    /// Positive where more is needed than is offered.
    pub fn balance(self) -> i64 {
        self.needs - self.offers
    }

    pub fn is_empty(self) -> bool {
        self.needs == 0 && self.offers == 0
    }
}

/// Rows are capabilities and columns sectors, both in the order of their lists.
pub fn balance(listed: &[Listed]) -> Vec<(&'static str, Vec<Cell>)> {
    let mut cells: HashMap<(&str, &str), Cell> = HashMap::new();
    for listing in listed.iter().filter(|listing| listing.state == State::Published) {
        for sector in sectors_of(listing) {
            for capability in codes(listing, Scheme::Capability) {
                let cell = cells.entry((capability, sector)).or_default();
                match listing.kind {
                    Kind::Need => cell.needs += 1,
                    Kind::Offer => cell.offers += 1,
                }
            }
        }
    }
    vocab::terms(Scheme::Capability)
        .iter()
        .map(|capability| {
            let row = vocab::terms(Scheme::Sector).iter().map(|sector| {
                cells
                    .get(&(capability.code.as_str(), sector.code.as_str()))
                    .copied()
                    .unwrap_or_default()
            });
            (capability.code.as_str(), row.collect())
        })
        .collect()
}

/// A listing without a known sector belongs to "other", so that every listing is counted somewhere.
pub fn sectors_of(listing: &Listed) -> Vec<&'static str> {
    let sectors = codes(listing, Scheme::Sector);
    if sectors.is_empty() {
        vec![vocab::OTHER]
    } else {
        sectors
    }
}

fn codes(listing: &Listed, scheme: Scheme) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = listing
        .content
        .tags
        .iter()
        .filter(|tag| tag.scheme == scheme && tag.weight != Weight::Not)
        .filter_map(|tag| vocab::term(scheme, &tag.code).map(|term| term.code.as_str()))
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
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
    let ours: HashMap<ListingId, Kind> = listed.iter().map(|listing| (listing.id, listing.kind)).collect();
    let mut replies = Replies::default();
    let mut waits = Vec::new();
    for pair in asked {
        if !(ours.contains_key(&pair.need_id) && ours.contains_key(&pair.offer_id)) {
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

#[cfg(test)]
#[path = "count_tests.rs"]
mod tests;
