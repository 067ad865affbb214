//! What the author of a listing says: texts in one language or both, tags, facts, evidence.

use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::kit::clock::At;
use crate::kit::db::codes;
use crate::kit::lang::Lang;
use crate::vocab::Scheme;

/// All that the author says; kept twice in a listing, as `draft` and as `live`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    pub vi: Option<Text>,
    pub en: Option<Text>,
    /// A code of [`Scheme::Data`], for needs.
    pub data: Option<String>,
    pub personal_data: bool,
    pub decision_at: Option<At>,
    /// The lowest readiness a need accepts, or the readiness of an offer: 1 to 9.
    pub trl: Option<i64>,
    /// A code of [`Scheme::Budget`].
    pub budget: Option<String>,
    pub deadline: Option<At>,
    /// A code of [`Scheme::Place`].
    pub place: Option<String>,
    /// A code of [`Scheme::OfferKind`].
    pub offer_kind: Option<String>,
    /// How many introductions an offer can take at a time; the organisation's own limit holds too.
    pub capacity: Option<i64>,
    pub evidence: Vec<Evidence>,
    pub tags: Vec<Tag>,
}

impl Content {
    /// The text in the reader's language, or the other one.
    pub fn text(&self, lang: Lang) -> Option<&Text> {
        match lang {
            Lang::Vi => self.vi.as_ref().or(self.en.as_ref()),
            Lang::En => self.en.as_ref().or(self.vi.as_ref()),
        }
    }

    pub fn title(&self, lang: Lang) -> &str {
        self.text(lang).map_or("", |text| &text.title)
    }

    pub fn summary(&self, lang: Lang) -> &str {
        self.text(lang).map_or("", |text| &text.summary)
    }

    pub fn in_lang(&self, lang: Lang) -> Option<&Text> {
        match lang {
            Lang::Vi => self.vi.as_ref(),
            Lang::En => self.en.as_ref(),
        }
    }

    pub(super) fn slot(&mut self, lang: Lang) -> &mut Option<Text> {
        match lang {
            Lang::Vi => &mut self.vi,
            Lang::En => &mut self.en,
        }
    }

    /// The language its author wrote first: Vietnamese where both are there, `or` where nothing is.
    pub fn first_lang(&self, or: Lang) -> Lang {
        match (&self.vi, &self.en) {
            (Some(_), _) => Lang::Vi,
            (None, Some(_)) => Lang::En,
            (None, None) => or,
        }
    }

    /// The language of the text a reader of `lang` gets.
    pub fn shown_lang(&self, lang: Lang) -> Lang {
        let has = |lang| match lang {
            Lang::Vi => self.vi.is_some(),
            Lang::En => self.en.is_some(),
        };
        if has(lang) { lang } else { lang.other() }
    }

    pub fn codes(&self, scheme: Scheme) -> impl Iterator<Item = &str> {
        self.tags
            .iter()
            .filter(move |tag| tag.scheme == scheme && tag.weight != Weight::Not)
            .map(|tag| tag.code.as_str())
    }
}

/// The text in one language. Limits in characters are in [`limits`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Text {
    pub title: String,
    pub summary: String,
    pub body: String,
    /// What partner is sought, or who the offer is for.
    pub partner: String,
    pub technical: String,
    /// A need: how it is done today.
    pub today: String,
    /// A need: how success is measured.
    pub success: String,
    /// An offer: what it does better.
    pub advantage: String,
    /// An offer: price, licence, terms.
    pub economics: String,
}

/// The longest each field may be, in characters (Unicode scalars).
pub mod limits {
    pub const TITLE: usize = 256;
    pub const SUMMARY: usize = 500;
    pub const BODY: usize = 4_000;
    pub const PARTNER: usize = 4_000;
    pub const TECHNICAL: usize = 2_000;
    pub const SHORT: usize = 1_000;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    pub scheme: Scheme,
    pub code: String,
    pub weight: Weight,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// A code of [`Scheme::Evidence`].
    pub kind: String,
    pub what: String,
    pub reference: String,
    /// When and by whom it was checked.
    #[serde(default)]
    pub checked: Option<(PersonId, At)>,
}

codes! {
    pub enum Weight { Must = "must", Nice = "nice", Not = "not" }
}
