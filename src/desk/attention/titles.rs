//! Rows that speak of listings, by their titles.

use std::collections::HashMap;

use super::super::store::attention::{Couple, Timed};
use super::{Group, Row, SHOWN, Tone};
use crate::accounts::Actor;
use crate::ids::ListingId;
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::listings::escalation::Escalation;
use crate::listings::{self, Listing};

/// The listings that rows speak of, looked up once.
pub struct Titles {
    lang: Lang,
    known: HashMap<ListingId, Listing>,
}

impl Titles {
    pub async fn of(cx: &Cx, lang: Lang, mut ids: Vec<ListingId>) -> Result<Titles, Fault> {
        ids.sort_unstable();
        ids.dedup();
        let known = listings::many(&cx.db, &ids).await?;
        Ok(Titles {
            lang,
            known: known.into_iter().map(|listing| (listing.id, listing)).collect(),
        })
    }

    pub fn title(&self, id: ListingId) -> String {
        self.known
            .get(&id)
            .map_or_else(String::new, |listing| listing.best().title(self.lang).to_owned())
    }

    fn reference(&self, id: ListingId) -> &str {
        self.known.get(&id).map_or("–", Listing::reference)
    }

    fn path(&self, id: ListingId) -> String {
        self.known.get(&id).map_or_else(String::new, Listing::path)
    }

    /// `lead`: where its work is done (`desk/reviews`, or an address the reference completes); empty: on its own page.
    pub fn listings(
        &self,
        (count, found): (i64, Vec<Timed>),
        tone: impl Fn(At) -> Tone,
        lead: &str,
    ) -> Group {
        let rows = found.into_iter().map(|(id, at)| Row {
            tone: tone(at),
            title: self.title(id),
            detail: self.reference(id).to_owned(),
            at,
            path: match lead {
                "" => self.path(id),
                lead if lead.ends_with('=') => format!("{lead}{}", self.reference(id)),
                lead => format!("{lead}/{id}"),
            },
        });
        Group {
            count,
            rows: rows.collect(),
        }
    }

    /// What this reader was asked stands in front.
    pub fn escalated(&self, mut asked: Vec<Escalation>, reader: &Actor) -> Group {
        let theirs = |asked: &Escalation| asked.to_person == reader.id;
        asked.sort_by_key(|asked| !theirs(asked));
        let rows = asked
            .iter()
            .take(usize::try_from(SHOWN).unwrap_or(0))
            .map(|asked| Row {
                tone: if theirs(asked) { Tone::Late } else { Tone::Calm },
                title: self.title(asked.listing_id),
                detail: format!(
                    "{} → {}: {}",
                    asked.by_name.as_deref().unwrap_or("–"),
                    asked.to_name,
                    asked.note
                ),
                at: asked.created_at,
                path: format!("desk/reviews/{}", asked.listing_id),
            });
        Group {
            count: i64::try_from(asked.len()).unwrap_or(0),
            rows: rows.collect(),
        }
    }

    pub fn couples(&self, (count, found): (i64, Vec<Couple>), tone: impl Fn(At) -> Tone) -> Group {
        let rows = found.into_iter().map(|couple| Row {
            tone: tone(couple.at),
            title: format!("{} ↔ {}", self.title(couple.need_id), self.title(couple.offer_id)),
            detail: format!(
                "{} ↔ {}",
                self.reference(couple.need_id),
                self.reference(couple.offer_id)
            ),
            at: couple.at,
            path: format!("pairings/{}", couple.id),
        });
        Group {
            count,
            rows: rows.collect(),
        }
    }
}
