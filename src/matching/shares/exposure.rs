//! Who is seen how often: the suggestions of each provider, as they were made and as fit alone would have made them.

use std::collections::{HashMap, HashSet};

use super::Provider;
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::fault::Fault;
use crate::matching::score::MOST;
use crate::matching::store;

/// An offer that a need's last search found worth suggesting, by fit alone or in the end.
#[derive(Debug, Clone, Copy)]
pub struct Placing {
    pub provider: Provider,
    pub fit: f64,
    /// Its place by fit alone, from 1.
    pub by_fit: i64,
    /// Its place among those suggested; `None` where it gave way.
    pub given: Option<i64>,
}

/// What a list of suggestions means for providers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Carried {
    pub suggestions: i64,
    /// Of these, how many name the most named tenth of all providers.
    pub of_tenth: i64,
    /// How many name the most named of all.
    pub busiest: i64,
    /// How many providers are named at all.
    pub named: i64,
    /// All fits together.
    pub fit: f64,
}

impl Carried {
    /// Each suggestion by whom it names and how well it fits, in a city of so many providers.
    pub(super) fn of(suggestions: impl Iterator<Item = (Provider, f64)>, providers: usize) -> Carried {
        let mut counts: HashMap<Provider, i64> = HashMap::new();
        let mut fit = 0.0;
        for (provider, fits) in suggestions {
            *counts.entry(provider).or_default() += 1;
            fit += fits;
        }
        let mut counts: Vec<i64> = counts.into_values().collect();
        counts.sort_unstable_by(|one, other| other.cmp(one));
        Carried {
            suggestions: counts.iter().sum(),
            of_tenth: counts.iter().take(tenth_of(providers)).sum(),
            busiest: counts.first().copied().unwrap_or(0),
            named: whole(counts.len()),
            fit,
        }
    }

    pub fn share_of_tenth(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "shown as a whole per cent")]
        (self.suggestions > 0).then(|| self.of_tenth as f64 / self.suggestions as f64)
    }
}

/// The same needs twice: with shares, and as each need alone would have chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Exposure {
    pub providers: i64,
    /// How many a tenth of them is.
    pub tenth: i64,
    pub with: Carried,
    pub without: Carried,
}

/// What the last search of each need came to, where it was made in a stretch of time.
pub async fn seen(cx: &Cx, from: At, until: At) -> Result<Exposure, Fault> {
    let offers = store::open_offers(&cx.db).await?;
    let providers: HashSet<Provider> = offers
        .into_iter()
        .map(|(offer, org)| Provider::new(offer, org))
        .collect();
    let placings: Vec<Placing> = store::seen(&cx.db, from, until)
        .await?
        .into_iter()
        .map(|one| Placing {
            provider: Provider::new(one.offer_id, one.org_id),
            fit: one.fit,
            by_fit: one.by_fit,
            given: one.given,
        })
        .collect();
    Ok(exposure(&placings, providers.len()))
}

/// `providers` counts everybody with an open offer, whether anything names them or not.
pub fn exposure(placings: &[Placing], providers: usize) -> Exposure {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let of = |is: &dyn Fn(&&Placing) -> bool| {
        let named = placings.iter().filter(is);
        Carried::of(named.map(|one| (one.provider, one.fit)), providers)
    };
    Exposure {
        providers: whole(providers),
        tenth: whole(tenth_of(providers)),
        with: of(&|one| one.given.is_some()),
        without: of(&|one| one.by_fit <= most),
    }
}

fn tenth_of(providers: usize) -> usize {
    providers.div_ceil(10)
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
