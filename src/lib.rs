//! Cầu Nối: a bridge between those who need AI and those who can build it.
//!
//! The map of the house, top floor first; a blank line is a floor border. A room may use what stands
//! below it, never what stands beside or above: `tests/it/house.rs` reads this page and every
//! `use crate::` and fails on a wrong arrow.

pub mod cli;

pub mod app;

pub mod flow;

pub mod demo;
pub mod desk;
pub mod front;

pub mod digests;

pub mod matching;

pub mod listings;

pub mod orgs;

pub mod accounts;

pub mod events;
pub mod retention;

pub mod ids;
pub mod vocab;

pub mod kit;
