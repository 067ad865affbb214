//! `caunoi suggest`: what would be suggested for a listing, seen from the terminal.

use super::{Among, Fitting, Sought, fitting, in_order};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::listings;
use crate::matching::judge::judge;
use crate::matching::score::Strength;
use crate::matching::stage::Side;
use crate::matching::thresholds;

/// What the command line prints: the same search and the same reasons, nothing written down.
pub async fn suggest_for_terminal(cx: &Cx, reference: &str) -> Result<String, Fault> {
    let listing = listings::by_reference(&cx.db, reference).await?;
    let mut out = format!("{}  {}\n", listing.reference(), listing.best().title(Lang::Vi));
    let floor = thresholds::read(&cx.db).await?.floor();
    let fitting = fitting(cx, &listing, Among::All, floor).await?;
    if fitting.is_empty() {
        out.push_str("  Chưa có ai đủ hợp. Nobody fits well enough yet.\n");
    }
    let sought = Sought { listing, fitting };
    for Fitting { other, hit, .. } in sought.of_the_day().into_iter().map(|at| &sought.fitting[at]) {
        let listing = &sought.listing;
        let (need, offer) = in_order(listing, other);
        let judged = judge(cx, need, offer, Some(*hit)).await?;
        let side = Side::of(listing.kind);
        out.push_str(&format!(
            "  {:.2} {:<6} {}  {}\n         {}\n",
            judged.score,
            Strength::of(cx.search_all.weights().calibration.share(judged.score)).label(Lang::Vi),
            other.reference(),
            other.best().title(Lang::Vi),
            judged.why.line(side, Lang::Vi),
        ));
    }
    Ok(out)
}
