//! Who did what, for admins: who saw a contact or a letter, who changed what. The log holds what nobody else notes; what
//! people changed in the open stands in the feed of events, and both are read as one.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use crate::kit::Cx;
use crate::kit::clock::{At, DAY};
use crate::kit::db::codes;
use crate::kit::fault::Fault;
use crate::kit::table::Table;
use crate::kit::web::{Form, Params};

use super::store::admin as store;

codes! {
    /// Which part of the log.
    pub enum Part {
        /// Somebody saw a person's contact, or a letter to them.
        Seen = "seen",
        /// Somebody changed something.
        Changed = "changed",
    }
}

/// What an admin looks for; nothing given is everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub part: Option<Part>,
    /// A piece of the name of who did it.
    pub who: String,
    pub from: Option<At>,
    pub until: Option<At>,
}

impl Filter {
    pub fn of(params: &Params) -> Filter {
        let mut form: Form = (**params).clone();
        Filter {
            part: Part::from_code(params.value("part")),
            who: params.value("who").trim().to_owned(),
            from: form.date("from"),
            // The day that is named counts in full.
            until: form.date("until").map(|day| day.plus(DAY)),
        }
    }
}

/// A row of the log.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Noted {
    pub at: At,
    pub act: String,
    pub subject: Option<Uuid>,
    pub who: Option<String>,
    /// What an event says of itself.
    pub body: Option<String>,
    /// The subject's name, where it has one.
    #[sqlx(skip)]
    pub whom: Option<String>,
}

pub const PER_PAGE: i64 = 100;

/// The most rows a file of the log holds, the newest ones.
const MOST: i64 = 50_000;

/// One page of the log, and how many rows there are.
pub async fn page(cx: &Cx, filter: &Filter, page: usize) -> Result<(Vec<Noted>, i64), Fault> {
    let skipped = i64::try_from(page.saturating_sub(1)).unwrap_or(0) * PER_PAGE;
    let count = store::audit_count(cx, filter).await?;
    let mut rows = store::audit(cx, filter, PER_PAGE, skipped).await?;
    name(cx, &mut rows).await?;
    Ok((rows, count))
}

pub async fn table(cx: &Cx, filter: &Filter) -> Result<Table, Fault> {
    let mut rows = store::audit(cx, filter, MOST, 0).await?;
    for some in rows.chunks_mut(500) {
        name(cx, some).await?;
    }
    let mut table = Table::new(["at", "act", "by", "subject", "subject_name"]);
    for row in rows {
        let subject = row.subject.map(|id| id.to_string()).unwrap_or_default();
        table.push([
            row.at.iso(),
            row.act,
            row.who.unwrap_or_default(),
            subject,
            row.whom.unwrap_or_default(),
        ]);
    }
    Ok(table)
}

async fn name(cx: &Cx, rows: &mut [Noted]) -> Result<(), Fault> {
    for row in rows.iter_mut().filter(|row| row.subject.is_none()) {
        row.subject = row.body.as_deref().and_then(subject_of);
    }
    let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.subject).collect();
    let names: HashMap<Uuid, String> = store::names(cx, &ids).await?.into_iter().collect();
    for row in rows {
        row.whom = row.subject.and_then(|subject| names.get(&subject).cloned());
    }
    Ok(())
}

/// What an event is about: a person where one is named, else the listing, the organisation or the pairing.
fn subject_of(body: &str) -> Option<Uuid> {
    let event: Value = serde_json::from_str(body).ok()?;
    ["person", "listing", "org", "pairing", "message"]
        .iter()
        .find_map(|name| event.get(name)?.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_about_a_person_before_anything_else() {
        let (org, person) = (crate::kit::clock::new_id(), crate::kit::clock::new_id());
        let body = format!(r#"{{"kind":"membership_asked","org":"{org}","person":"{person}"}}"#);
        assert_eq!(subject_of(&body), Some(person));
        assert_eq!(subject_of(r#"{"kind":"reindex_asked"}"#), None);
    }
}
