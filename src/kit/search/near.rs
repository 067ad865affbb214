//! What a text is near to, remembered: every reader of a page sees the neighbours of what it shows, and finding them
//! costs ten times as much as all the rest of the page.
//!
//! Ids of one index are remembered, in that index: what the index of everybody answers never comes from another. Who
//! may read the rows, and what stands in them, is asked of the database each time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::{Like, Result, Search, recall::Recall};

/// More than a city has listings; an answer of eight ids takes some 250 bytes.
const MOST: usize = 50_000;
/// So long a newer document may wait until it shows among the neighbours of an older one.
const HOLDS: Duration = Duration::from_mins(15);

pub(super) struct Neighbours(Recall<Answer>);

#[derive(Clone)]
struct Answer {
    ids: Arc<[Uuid]>,
    found: Instant,
}

impl Answer {
    fn holds(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.found) < HOLDS
    }
}

impl Default for Neighbours {
    fn default() -> Self {
        Self(Recall::new(MOST))
    }
}

impl Search {
    /// The documents most like a whole text, best first, as they were when somebody else asked a moment ago.
    pub async fn near(&self, like: Like) -> Result<Arc<[Uuid]>> {
        let asked = format!("{} {:?}\n{}\n{}", like.limit, like.filters, like.title, like.text);
        let known = self.0.near.0.known(&asked);
        if let Some(known) = known.filter(|known| known.holds(Instant::now())) {
            return Ok(known.ids);
        }
        let hits = self.aside(move |search| search.like(&like)).await?;
        let ids: Arc<[Uuid]> = hits.iter().map(|hit| hit.id).collect();
        let found = Instant::now();
        self.0.near.0.keep(
            &asked,
            Answer {
                ids: ids.clone(),
                found,
            },
        );
        Ok(ids)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            Change,
            tests::{like, stall},
        },
        *,
    };

    #[tokio::test]
    async fn an_answer_is_remembered_for_the_very_text() {
        let (_folder, search) = stall();
        let plates = Uuid::from_u128(2);
        let near = async |title: &str| search.near(like(title)).await.unwrap().contains(&plates);
        assert!(near("biển số xe").await);
        search.apply(vec![Change::Drop(plates)], 8).unwrap();
        assert!(near("biển số xe").await);
        assert!(!near("biển số").await);
    }

    #[test]
    fn an_answer_holds_for_a_while() {
        let found = Instant::now();
        let answer = Answer {
            ids: Arc::new([]),
            found,
        };
        assert!(answer.holds(found + HOLDS / 2));
        assert!(!answer.holds(found + HOLDS));
    }
}
