//! One test binary: each more would cost another link. Every file tells stories: someone did, someone saw.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on says so and stops"
)]

mod accounts;
mod administration;
mod api;
mod at_once;
mod backup;
mod canaries;
mod clashes;
mod consent;
mod contacts;
mod crawl;
mod desk;
mod digests;
mod erasure;
mod feed;
mod front;
mod hostile;
mod house;
mod imports;
mod interview;
mod judging;
mod letters;
mod level;
mod listings;
mod mailed;
mod models;
mod moving;
mod my_data;
mod orgs;
mod outbox;
mod pairing;
mod relay;
mod requests;
mod retention;
mod reviewing;
mod roles;
mod routes;
mod scene;
mod search_level;
mod searches;
mod second_step;
mod shares;
mod signing_in;
mod statements;
mod storage;
mod thresholds;
mod trail;
mod twins;
mod under_load;
mod versions;
mod world;
