//! Counting, without clock or database: what the facts of a period add up to.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::desk::store::figures::{Listed, Moved, Paired, Told};
use crate::ids::ListingId;
use crate::kit::clock::At;
use crate::kit::lang::Lang;
use crate::listings::Kind;
use crate::vocab::{self, Scheme};

use super::Period;

mod balance;
mod course;
mod precision;
pub use balance::{Cell, balance, sectors_of};
pub use course::{Replies, Rung, funnel, refusals, replies};
pub use precision::{ENOUGH, FIRST, Precision, Share, precision};

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
    /// What the cells of a table are called.
    pub fn columns(lang: Lang) -> [&'static str; 9] {
        [
            lang.t("Nhu cầu", "Needs"),
            lang.t("Năng lực", "Offers"),
            lang.t("Gợi ý", "Suggested"),
            lang.t("Đã gửi", "Sent"),
            lang.t("Đồng ý", "Accepted"),
            lang.t("Từ chối", "Declined"),
            lang.t("Hết hạn trả lời", "No reply"),
            lang.t("Giới thiệu", "Introduced"),
            lang.t("Kết quả", "Outcomes"),
        ]
    }

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
    let ours = Ours::of(listed);
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
    for pair in paired
        .iter()
        .filter(|pair| ours.holds(pair.need_id, pair.offer_id))
    {
        marks.push(Mark {
            at: pair.created_at,
            listing: pair.need_id,
            what: |tally| &mut tally.raised,
        });
    }
    for step in moved
        .iter()
        .filter(|step| ours.holds(step.need_id, step.offer_id))
    {
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
        .filter(|outcome| ours.holds(outcome.need_id, outcome.offer_id))
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

/// The listings we look at. A pair is counted where both its sides are among them.
struct Ours(HashSet<ListingId>);

impl Ours {
    fn of(listed: &[Listed]) -> Ours {
        Ours(listed.iter().map(|listing| listing.id).collect())
    }

    fn holds(&self, need: ListingId, offer: ListingId) -> bool {
        self.0.contains(&need) && self.0.contains(&offer)
    }
}

#[cfg(test)]
mod tests;
