//! The desk's questions to the database: all of them only read.

pub mod admin;
pub mod attention;
pub mod figures;
pub mod outbox;
pub mod rehearsal;
