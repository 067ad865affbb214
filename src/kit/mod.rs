//! The tool room: knows no domain noun. Everything above receives a [`Cx`] first.

use std::sync::Arc;

pub mod backup;
pub mod clock;
pub mod config;
pub mod db;
pub mod fault;
pub mod lang;
pub mod mail;
pub mod queue;
pub mod search;
pub mod table;
pub mod web;

use clock::{At, Clock};
use config::Config;
use db::Db;
use mail::Mailer;
use search::Search;

/// What every verb needs: database, search, mailer, clock, configuration. Cheap to clone.
#[derive(Clone)]
pub struct Cx(Arc<Inner>);

pub struct Inner {
    pub db: Db,
    /// What anyone may read: suggestions, counts and snippets are made of nothing else.
    pub search: Search,
    /// Everything shown to somebody, restricted listings too: for matching and for members.
    pub search_all: Search,
    pub mailer: Mailer,
    pub clock: Clock,
    pub config: Config,
}

impl Cx {
    pub fn new(inner: Inner) -> Cx {
        Cx(Arc::new(inner))
    }

    pub fn now(&self) -> At {
        self.clock.now()
    }

    /// Agrees with the other nodes on how late it is.
    pub async fn agree_on_time(&self) -> Result<(), fault::Fault> {
        let asked = Clock::Wall.now();
        if let Some(database) = self.db.time().await? {
            self.clock.agree(asked, database, Clock::Wall.now());
        }
        Ok(())
    }

    /// An absolute address for a letter: `cx.url(Lang::Vi, "desk")`.
    pub fn url(&self, lang: lang::Lang, path: &str) -> String {
        format!(
            "{}/{}/{}",
            self.config.public_url,
            lang,
            path.trim_start_matches('/')
        )
    }
}

impl std::ops::Deref for Cx {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}
