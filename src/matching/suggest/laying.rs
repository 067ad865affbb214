//! What was found is written down: pairings for the coordinators, and who was placed where.

use super::by_words::ByWords;
use super::{Fitting, Sought, in_order};
use crate::ids::By;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::listings::{self, Kind, Listing};
use crate::matching::judge::{judge, maker};
use crate::matching::score::MOST;
use crate::matching::stage::Stage;
use crate::matching::store::Placed;
use crate::matching::{Origin, Pairing, begin, store};

/// Lays those of the given numbers before the coordinators; how many of them are new.
pub(super) async fn lay(cx: &Cx, sought: &Sought, given: &[usize]) -> Result<usize, Fault> {
    let mut found = Vec::new();
    let mut by_words = ByWords::default();
    for one in given.iter().filter_map(|at| sought.fitting.get(*at)) {
        found.extend(judged_anew(cx, &sought.listing, one, &mut by_words).await?);
    }
    let mut laid = 0;
    let mut tx = cx.db.begin().await?;
    for pairing in found {
        if begin(cx, &mut tx, By::Service, &pairing, "suggest").await? {
            laid += 1;
        } else if let Some(known) = store::of_pair(&mut tx, pairing.need_id, pairing.offer_id).await? {
            store::refresh(&mut tx, known.id, &pairing).await?;
        }
    }
    if sought.listing.kind == Kind::Need {
        let placed = placed(&sought.fitting, given);
        store::place(&mut tx, sought.listing.id, &placed, cx.now()).await?;
    }
    listings::life::sought(&mut tx, sought.listing.id, cx.now()).await?;
    tx.commit().await?;
    Ok(laid)
}

/// The pairing of the two, unless it stands as it would be made now.
async fn judged_anew(
    cx: &Cx,
    listing: &Listing,
    one: &Fitting,
    by_words: &mut ByWords,
) -> Result<Option<Pairing>, Fault> {
    let (need, offer) = in_order(listing, &one.other);
    if is_up_to_date(cx, need, offer).await? {
        return Ok(None);
    }
    let judged = judge(cx, need, offer, Some(one.hit)).await?;
    let words_rank = Some(by_words.place(cx, need, offer).await?);
    Ok(Some(Pairing {
        words_rank,
        ..judged.pairing(cx, need, offer, Origin::System, None)
    }))
}

/// The pair was judged by the same maker since either side last changed, or somebody has decided about it.
async fn is_up_to_date(cx: &Cx, need: &Listing, offer: &Listing) -> Result<bool, Fault> {
    let known = store::of_pair(&cx.db, need.id, offer.id).await?;
    Ok(known.is_some_and(|known| {
        let changed = need.updated_at.max(offer.updated_at);
        let whole = known.words_rank.is_some() && known.model == maker(cx);
        known.stage != Stage::Suggested || (whole && known.updated_at >= changed)
    }))
}

/// The best by fit alone, and those given: what each need would have had, and what it has.
fn placed(fitting: &[Fitting], given: &[usize]) -> Vec<Placed> {
    let mut placed = Vec::new();
    for (by_fit, (at, one)) in (1..).zip(fitting.iter().enumerate()) {
        let given = (1..)
            .zip(given)
            .find(|(_, chosen)| **chosen == at)
            .map(|(place, _)| place);
        if at < MOST || given.is_some() {
            placed.push(Placed {
                offer_id: one.other.id,
                fit: one.fit,
                load: one.load,
                by_fit,
                given,
            });
        }
    }
    placed
}
