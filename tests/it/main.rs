//! One test binary: each more would cost another link. Every file tells stories: someone did, someone saw.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on says so and stops"
)]

mod accounts;
mod feed;
mod front;
mod house;
mod listings;
mod outbox;
mod pairing;
mod reviewing;
mod thresholds;
mod twins;
mod world;
