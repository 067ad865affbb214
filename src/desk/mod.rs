//! What a coordinator and an admin meet: what needs attention today, the letters, the figures, the exports,
//! the health of the service.
//!
//! A reading room. Its `store` reads the tables of other rooms, counting and listing, and writes none of
//! them: every act goes through the verb of the room that owns the thing.

mod attention;
mod audit;
mod backups;
pub mod exports;
mod figures;
mod health;
mod outbox;
mod pages;
pub mod rehearsal;
mod store;

pub use backups::write as write_backup;
pub use pages::configure;
