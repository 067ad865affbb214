//! How well an offer answers a need: what forbids it, what speaks for it, how much. Pure: what the texts have in
//! common is found elsewhere and handed in.

use crate::ids::OrgId;
use crate::kit::clock::{At, DAY};
use crate::kit::db::codes;
use crate::kit::lang::Lang;
use crate::listings::{Content, Tag, Weight};
use crate::vocab::{self, Scheme};

mod reasons;
pub use reasons::why;

/// What made a score; it is kept beside each one, so that scores of different makers are never compared.
pub const MODEL: &str = "fit-2";
/// Nobody gets more suggestions for one listing at a time.
pub const MOST: usize = 6;

/// Meanings further apart than this say nothing …
const STRANGERS: f64 = 0.20;
/// … from here on they say the same in other words …
const TWINS: f64 = 0.67;
/// … which is worth this much; the rest is for those that come nearer still, so that two good offers are never equal.
const SAID_ALIKE: f64 = 0.9;

/// One side as the score sees it.
#[derive(Debug, Clone, Copy)]
pub struct Party<'a> {
    pub content: &'a Content,
    pub org: Option<OrgId>,
    pub org_place: Option<&'a str>,
    pub verified: bool,
    pub refreshed_at: Option<At>,
}

/// What the search heard in the two texts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Heard {
    /// Shared words, 0 to 1 within one answer; `None` where nobody counted.
    pub words: Option<f64>,
    /// The cosine of the meanings; `None` without a model.
    pub meaning: Option<f64>,
    pub across_languages: bool,
}

/// Why two listings are never suggested to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bar {
    SameOrganisation,
    TooLate,
    Excluded,
    MustContradicted,
}

codes! {
    /// A score in a word.
    pub enum Strength { Strong = "strong", Fair = "fair", Try = "try" }
}

impl Strength {
    /// One to five dots for the share of such pairs that turn out right (see `Calibration::share`).
    pub fn dots(share: f64) -> u8 {
        match share {
            share if share >= 0.9 => 5,
            share if share >= 0.75 => 4,
            share if share >= 0.5 => 3,
            share if share >= 0.25 => 2,
            _ => 1,
        }
    }

    /// Strong: three of four such pairs are right. Fair: every second. Below that it is worth a try.
    pub fn of(share: f64) -> Strength {
        match Strength::dots(share) {
            4.. => Strength::Strong,
            3 => Strength::Fair,
            _ => Strength::Try,
        }
    }

    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Strength::Strong => lang.t("Mạnh", "Strong"),
            Strength::Fair => lang.t("Khá", "Fair"),
            Strength::Try => lang.t("Thử", "Worth a try"),
        }
    }

    /// What the word promises.
    pub fn meaning(self, lang: Lang) -> &'static str {
        match self {
            Strength::Strong => lang.t(
                "Trong bốn cặp như thế này, ít nhất ba cặp được người đánh giá là hợp.",
                "Of four pairs like this, people judged at least three to fit.",
            ),
            Strength::Fair => lang.t(
                "Trong bốn cặp như thế này, hai đến ba cặp được người đánh giá là hợp.",
                "Of four pairs like this, people judged two to three to fit.",
            ),
            Strength::Try => lang.t(
                "Chưa đến một nửa số cặp như thế này được đánh giá là hợp: nên đọc kỹ trước khi gửi thư.",
                "Fewer than half of the pairs like this were judged to fit: read both before a letter goes out.",
            ),
        }
    }
}

/// What forbids the pairing outright. What a side merely does not mention forbids nothing.
pub fn bar(need: &Party<'_>, offer: &Party<'_>, now: At) -> Option<Bar> {
    if need.org.is_some() && need.org == offer.org {
        return Some(Bar::SameOrganisation);
    }
    if need
        .content
        .deadline
        .is_some_and(|deadline| deadline.plus(DAY) < now)
    {
        return Some(Bar::TooLate);
    }
    if excluded(need.content, offer.content).next().is_some()
        || excluded(offer.content, need.content).next().is_some()
    {
        return Some(Bar::Excluded);
    }
    let contradicted = |one: &Content, other: &Content| {
        missed(one, other).any(|tag| {
            other.codes(tag.scheme).next().is_some() && !matches!(tag.scheme, Scheme::Sdg | Scheme::Industry)
        })
    };
    (contradicted(need.content, offer.content) || contradicted(offer.content, need.content))
        .then_some(Bar::MustContradicted)
}

/// The fit, 0 to 1: the texts carry about half, what both sides stated the rest. What is not known neither helps nor harms.
pub fn fit(need: &Party<'_>, offer: &Party<'_>, heard: Heard, now: At) -> f64 {
    let mut sum = 0.0;
    let mut weights = 0.0;
    let mut weigh = |weight: f64, value: Option<f64>| {
        if let Some(value) = value {
            sum += weight * value.clamp(0.0, 1.0);
            weights += weight;
        }
    };
    weigh(0.52, text_fit(heard));
    weigh(0.20, overlap(need.content, offer.content, Scheme::Capability));
    weigh(0.12, sector_fit(need.content, offer.content));
    weigh(0.04, overlap(need.content, offer.content, Scheme::Cooperation));
    weigh(0.05, readiness_fit(need.content, offer.content));
    weigh(0.03, budget_fit(need.content, offer.content));
    weigh(0.02, Some(place_fit(need, offer)));
    weigh(0.02, offer.refreshed_at.map(|at| freshness(at, now)));
    let penalty = 0.06 * f64::from(u32::try_from(reasons::lacks(need, offer).len()).unwrap_or(u32::MAX));
    if weights == 0.0 {
        return 0.0;
    }
    (sum / weights - penalty).clamp(0.0, 1.0)
}

/// Musts of one side that the other does not name.
fn missed<'a>(one: &'a Content, other: &'a Content) -> impl Iterator<Item = &'a Tag> {
    one.tags
        .iter()
        .filter(|tag| tag.weight == Weight::Must && tag.scheme != Scheme::Place)
        .filter(|tag| !other.codes(tag.scheme).any(|code| code == tag.code))
}

/// What one side excludes and the other names.
fn excluded<'a>(one: &'a Content, other: &'a Content) -> impl Iterator<Item = &'a Tag> {
    one.tags
        .iter()
        .filter(|tag| tag.weight == Weight::Not)
        .filter(|tag| other.codes(tag.scheme).any(|code| code == tag.code))
}

fn text_fit(heard: Heard) -> Option<f64> {
    match (heard.meaning.map(nearness), heard.words) {
        // Across languages the missing words say nothing.
        (Some(meaning), Some(words)) if !heard.across_languages => Some(0.8 * meaning + 0.2 * words),
        (Some(meaning), _) => Some(meaning),
        (None, Some(words)) => Some(words * 0.7),
        (None, None) => None,
    }
}

/// A cosine on the scale of a fit: a line from strangers to twins, and a flatter one from there to the very same text.
fn nearness(cosine: f64) -> f64 {
    let part = |from: f64, to: f64| ((cosine - from) / (to - from)).clamp(0.0, 1.0);
    SAID_ALIKE * part(STRANGERS, TWINS) + (1.0 - SAID_ALIKE) * part(TWINS, 1.0)
}

/// The share of the need's codes that the offer names; half a point where they only belong to one family (`cv.…`).
fn overlap(need: &Content, offer: &Content, scheme: Scheme) -> Option<f64> {
    let (mut all, mut met) = (0.0, 0.0);
    for wanted in need.codes(scheme) {
        all += 1.0;
        let family = wanted.split_once('.').map(|(family, _)| family);
        let best = offer.codes(scheme).map(|has| match has {
            has if has == wanted => 1.0,
            has if family.is_some() && has.split_once('.').map(|(family, _)| family) == family => 0.4,
            _ => 0.0,
        });
        met += best.fold(None, |most: Option<f64>, one| {
            Some(most.map_or(one, |most| most.max(one)))
        })?;
    }
    (all > 0.0).then(|| met / all)
}

/// A lab that names no sector, or *other*, may serve any.
fn sector_fit(need: &Content, offer: &Content) -> Option<f64> {
    if offer.codes(Scheme::Sector).any(|code| code == vocab::OTHER) {
        return None;
    }
    overlap(need, offer, Scheme::Sector)
}

fn readiness_fit(need: &Content, offer: &Content) -> Option<f64> {
    let (wanted, offered) = (need.trl?, offer.trl?);
    let short = f64::from(i32::try_from((wanted - offered).max(0)).unwrap_or(9));
    Some(1.0 - short / 4.0)
}

fn budget_fit(need: &Content, offer: &Content) -> Option<f64> {
    let (has, asks) = (band(need)?, band(offer)?);
    Some(match asks.saturating_sub(has) {
        0 => 1.0,
        1 => 0.5,
        _ => 0.1,
    })
}

fn band(content: &Content) -> Option<usize> {
    const BANDS: [&str; 5] = ["under_100m", "100m_500m", "500m_2b", "2b_10b", "over_10b"];
    let named = content.budget.as_deref()?;
    BANDS.iter().position(|band| *band == named)
}

fn place<'a>(party: &Party<'a>) -> Option<&'a str> {
    party.content.place.as_deref().or(party.org_place)
}

fn place_fit(need: &Party<'_>, offer: &Party<'_>) -> f64 {
    match (place(need), place(offer)) {
        (Some(here), Some(there)) if here == there => 1.0,
        (Some(vocab::OUTSIDE), _) | (_, Some(vocab::OUTSIDE)) => 0.5,
        _ => 0.8,
    }
}

/// Full for three months, then down to nothing at a year.
fn freshness(at: At, now: At) -> f64 {
    let days = f64::from(i32::try_from(now.days_since(at)).unwrap_or(i32::MAX));
    1.0 - ((days - 90.0) / 275.0).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests;
