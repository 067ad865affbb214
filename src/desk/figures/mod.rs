//! What Friday's meeting asks: how many came, how many were brought together, why others left, what is missing.
//!
//! Each figure is a picture, the same numbers as a table, and the table as CSV: one source for all three.
//! Samples imported from abroad are not counted.

use std::ops::Range;

use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::table::Table;
use crate::{listings, matching};

use super::store::figures as store;

mod count;
mod draw;
mod flow;
mod period;
mod quality;
mod shares;
mod supply;

pub use count::Tally;
pub use draw::Chart;
pub use period::{Period, calendar};

/// A picture with its twin.
#[derive(Debug, Clone)]
pub struct Figure {
    pub name: &'static str,
    pub title: String,
    /// How it is counted.
    pub note: String,
    /// The picture in a sentence, for those who do not see it.
    pub told: String,
    pub chart: Chart,
    pub legend: Vec<(&'static str, String)>,
    pub table: Table,
    /// Which columns of the table hold numbers.
    pub numbers: Range<usize>,
}

/// The page: the period's sums, those of the one before, and the figures.
pub struct Figures {
    pub now: Tally,
    pub before: Tally,
    pub figures: Vec<Figure>,
}

/// The names a CSV can be asked by.
pub const NAMES: [&str; 10] = [
    "listings",
    "pairings",
    "sectors",
    "funnel",
    "refusals",
    "replies",
    "precision",
    "exposure",
    "balance",
    "unmet",
];

/// Rows of open needs without a partner that the page shows; the CSV has them all.
const UNMET_SHOWN: usize = 25;

pub async fn gather(cx: &Cx, lang: Lang, period: Period) -> Result<Figures, Fault> {
    let both = period.with_before();
    let listed = store::listed(cx).await?;
    let paired = store::paired(cx, both).await?;
    let moved = store::moved(cx, both).await?;
    let told = store::told(cx, both).await?;
    let marks = count::marks(&listed, &paired, &moved, &told);

    let raised: Vec<_> = paired
        .into_iter()
        .filter(|pair| period.holds(pair.created_at))
        .collect();
    let steps = store::steps_of(cx, period).await?;
    let asked = store::asked(cx, period).await?;
    let weeks = count::by_week(&marks, period);
    let decided = store::decided(cx, period).await?;
    let (precise, precise_by) = count::precision(&decided, &listed, period, &quality::stretches(period));
    Ok(Figures {
        now: count::total(&marks, period),
        before: count::total(&marks, period.before()),
        figures: vec![
            supply::listings(lang, &weeks),
            flow::pairings(lang, &weeks),
            flow::funnel(lang, &count::funnel(&raised, &steps, &listed)),
            flow::refusals(lang, &count::refusals(&moved, period)),
            flow::replies(lang, &count::replies(&asked, &listed)),
            quality::precision(lang, precise, &precise_by),
            shares::exposure(lang, matching::shares::seen(cx, period.from, period.until).await?),
            supply::balance(lang, &count::balance(&listed)),
            supply::unmet(lang, cx.now(), &unmet(cx, Some(UNMET_SHOWN)).await?, &listed),
            supply::sectors(lang, &count::by_sector(&marks, &listed, period)),
        ],
    })
}

/// One figure's whole table.
pub async fn table(cx: &Cx, lang: Lang, period: Period, name: &str) -> Result<Table, Fault> {
    if name == "unmet" {
        let listed = store::listed(cx).await?;
        return Ok(supply::unmet(lang, cx.now(), &unmet(cx, None).await?, &listed).table);
    }
    let figures = gather(cx, lang, period).await?.figures;
    figures
        .into_iter()
        .find(|figure| figure.name == name)
        .map(|figure| figure.table)
        .ok_or(Fault::Missing)
}

/// Open needs that nobody was asked about: how many, and the first few as listings.
pub struct Unmet {
    ids: Vec<crate::ids::ListingId>,
    first: Vec<listings::Listing>,
}

async fn unmet(cx: &Cx, most: Option<usize>) -> Result<Unmet, Fault> {
    let ids: Vec<_> = store::unmet(cx).await?.into_iter().map(|(id,)| id).collect();
    let mut first = Vec::new();
    for some in ids[..most.unwrap_or(ids.len()).min(ids.len())].chunks(500) {
        first.extend(listings::many(&cx.db, some).await?);
    }
    Ok(Unmet { ids, first })
}
