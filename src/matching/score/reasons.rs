//! What speaks for a pairing, what nobody has said, what one side demands and the other does not show.

use super::{Party, band, budget_fit, excluded, missed, place};
use crate::listings::Content;
use crate::matching::stage::Side;
use crate::matching::why::{Evidence, Lack, Reason, Unknown, Why};
use crate::vocab::{self, Scheme};

/// Reasons in common before what the offer brings beyond them.
const COMMON_GROUND_FIRST: usize = 2;

/// What can be said of the pairing to each side, the strongest first.
pub fn why(need: &Party<'_>, offer: &Party<'_>, terms: &[String], evidence: Evidence) -> Why {
    let mut shared = Vec::new();
    push_codes(&mut shared, need, offer, Scheme::Capability, |codes| {
        Reason::Capability { codes }
    });
    push_codes(&mut shared, need, offer, Scheme::Sector, |codes| Reason::Sector {
        codes,
    });
    if !evidence.links.is_empty() {
        shared.push(Reason::Answers {
            sentences: evidence.links.len(),
        });
    }
    if !terms.is_empty() {
        shared.push(Reason::Terms {
            terms: terms.iter().take(5).cloned().collect(),
        });
    }
    // What a side gains from the other comes first for the offer, which chooses among needs. The need asks "can they?":
    // the common ground comes first, and the offer's merits early enough to be among the few that a letter tells.
    let mut for_need = shared.clone();
    let early = for_need.len().min(COMMON_GROUND_FIRST);
    for_need.splice(early..early, offer_merits(need, offer));
    let mut for_offer = need_merits(need, offer);
    for_offer.extend(shared);
    for side in [&mut for_need, &mut for_offer] {
        push_codes(side, need, offer, Scheme::Cooperation, |codes| {
            Reason::Cooperation { codes }
        });
        if let (Some(here), Some(there)) = (place(need), place(offer))
            && here == there
            && here != vocab::OUTSIDE
        {
            side.push(Reason::Place {
                place: here.to_owned(),
            });
        }
    }
    Why {
        for_need,
        for_offer,
        unknown: unknowns(need.content, offer.content),
        unmet: lacks(need, offer),
        evidence,
    }
}

fn offer_merits(need: &Party<'_>, offer: &Party<'_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let (Some(offered), Some(wanted)) = (offer.content.trl, need.content.trl)
        && offered >= wanted
    {
        reasons.push(Reason::Readiness { offered, wanted });
    }
    let evidence = &offer.content.evidence;
    if !evidence.is_empty() {
        let mut kinds: Vec<String> = evidence.iter().map(|one| one.kind.clone()).collect();
        kinds.sort();
        kinds.dedup();
        reasons.push(Reason::Proof {
            kinds,
            checked: evidence.iter().any(|one| one.checked.is_some()),
        });
    }
    if offer.verified {
        reasons.push(Reason::Verified);
    }
    reasons
}

fn need_merits(need: &Party<'_>, offer: &Party<'_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let Some(data) = need
        .content
        .data
        .as_deref()
        .filter(|data| matches!(*data, "raw" | "labelled"))
    {
        reasons.push(Reason::Data {
            data: data.to_owned(),
        });
    }
    if let (Some(band), Some(fit)) = (&need.content.budget, budget_fit(need.content, offer.content))
        && fit >= 1.0
    {
        reasons.push(Reason::Budget { band: band.clone() });
    }
    if let Some(at) = need.content.deadline {
        reasons.push(Reason::Deadline { at });
    }
    if need.verified {
        reasons.push(Reason::Verified);
    }
    reasons
}

fn unknowns(need: &Content, offer: &Content) -> Vec<Unknown> {
    let priced = [&offer.vi, &offer.en]
        .into_iter()
        .flatten()
        .any(|text| !text.economics.trim().is_empty());
    [
        (band(need).is_none(), Unknown::Budget),
        (!priced && band(offer).is_none(), Unknown::Price),
        (need.trl.is_some() && offer.trl.is_none(), Unknown::Readiness),
        (need.data.is_none(), Unknown::Data),
        (offer.evidence.is_empty(), Unknown::Proof),
    ]
    .into_iter()
    .filter_map(|(unknown, what)| unknown.then_some(what))
    .collect()
}

pub(super) fn lacks(need: &Party<'_>, offer: &Party<'_>) -> Vec<Lack> {
    let mut lacks = Vec::new();
    let sides = [
        (Side::Need, need.content, offer.content),
        (Side::Offer, offer.content, need.content),
    ];
    for (by, one, other) in sides {
        lacks.extend(excluded(one, other).map(|tag| Lack::Excluded {
            by,
            scheme: tag.scheme,
            term: tag.code.clone(),
        }));
        lacks.extend(missed(one, other).map(|tag| Lack::Must {
            by,
            scheme: tag.scheme,
            term: tag.code.clone(),
        }));
    }
    if let (Some(offered), Some(wanted)) = (offer.content.trl, need.content.trl)
        && offered < wanted
    {
        lacks.push(Lack::Readiness { offered, wanted });
    }
    if let (Some(has), Some(asks)) = (band(need.content), band(offer.content))
        && has < asks
        && let (Some(offered), Some(wanted)) = (&need.content.budget, &offer.content.budget)
    {
        lacks.push(Lack::Budget {
            offered: offered.clone(),
            wanted: wanted.clone(),
        });
    }
    lacks
}

fn push_codes(
    into: &mut Vec<Reason>,
    need: &Party<'_>,
    offer: &Party<'_>,
    scheme: Scheme,
    reason: impl Fn(Vec<String>) -> Reason,
) {
    let both: Vec<String> = need
        .content
        .codes(scheme)
        .filter(|code| *code != vocab::OTHER && offer.content.codes(scheme).any(|other| other == *code))
        .map(str::to_owned)
        .collect();
    if !both.is_empty() {
        into.push(reason(both));
    }
}
