//! What the service's log tells of its doors, for whoever watches it: who came in, who was turned away, at which door
//! and why. Numbers only; of an address without an account nothing is told but that somebody tried.

use crate::ids::PersonId;

pub(super) const PASSWORD: &str = "password";
pub(super) const MAILED_CODE: &str = "mailed code";
pub(super) const SECOND_STEP: &str = "second step";
pub(super) const TOKEN: &str = "token";
pub(super) const ROLE: &str = "role";

pub(super) fn came_in(who: PersonId) {
    tracing::info!(%who, "came in");
}

/// A right password or link, and no session yet.
pub(super) fn was_asked_for_more(who: PersonId) {
    tracing::info!(%who, "asked for the second step");
}

pub(super) fn turned_away(who: Option<PersonId>, door: &'static str, why: &'static str) {
    match who {
        Some(who) => tracing::warn!(%who, door, why, "turned away"),
        None => tracing::warn!(who = "nobody known", door, why, "turned away"),
    }
}

/// Too many tries, by an account or by an address.
pub(super) fn slowed(pace: &'static str) {
    tracing::warn!(pace, "slowed down");
}
