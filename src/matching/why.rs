//! Why two listings were put beside each other, kept as codes and places in texts, never as finished sentences:
//! each reader sees the reasons in their own language.

use serde::{Deserialize, Serialize};

use super::stage::Side;
use crate::kit::clock::At;
use crate::kit::lang::Lang;
use crate::vocab::Scheme;

mod evidence;
mod words;
pub use evidence::{Evidence, Link, Sentence};

/// Everything the service can say for, against and about a pairing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Why {
    pub for_need: Vec<Reason>,
    pub for_offer: Vec<Reason>,
    /// What a side has not said and the other will ask.
    pub unknown: Vec<Unknown>,
    /// What a side demands and the other does not show.
    pub unmet: Vec<Lack>,
    pub evidence: Evidence,
}

/// Something that speaks for the pairing, with what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    Capability {
        codes: Vec<String>,
    },
    Sector {
        codes: Vec<String>,
    },
    Cooperation {
        codes: Vec<String>,
    },
    /// Words that stand in both texts.
    Terms {
        terms: Vec<String>,
    },
    /// So many sentences of the need are answered by sentences of the offer.
    Answers {
        sentences: usize,
    },
    Readiness {
        offered: i64,
        wanted: i64,
    },
    Proof {
        kinds: Vec<String>,
        checked: bool,
    },
    Budget {
        band: String,
    },
    Data {
        data: String,
    },
    Place {
        place: String,
    },
    Deadline {
        at: At,
    },
    Verified,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    Budget,
    Price,
    Readiness,
    Data,
    Proof,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Lack {
    /// One side marked a term as a must; the other does not name it.
    Must {
        by: Side,
        scheme: Scheme,
        term: String,
    },
    /// One side excludes what the other names.
    Excluded {
        by: Side,
        scheme: Scheme,
        term: String,
    },
    Readiness {
        offered: i64,
        wanted: i64,
    },
    Budget {
        offered: String,
        wanted: String,
    },
}

impl Why {
    pub fn reasons_for(&self, side: Side) -> &[Reason] {
        match side {
            Side::Need => &self.for_need,
            Side::Offer => &self.for_offer,
        }
    }

    /// One line for a card: the two strongest reasons.
    pub fn line(&self, side: Side, lang: Lang) -> String {
        let told: Vec<String> = self
            .reasons_for(side)
            .iter()
            .take(2)
            .map(|reason| reason.told(lang))
            .collect();
        told.join(" · ")
    }
}
