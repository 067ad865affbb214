//! How fast one may guess and how often one may have letters sent, for each account and each client address.
//! Kept in the database, so that asking another node helps nobody. A limit says nothing of whether the account exists.

use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use sha2::{Digest as _, Sha256};

use super::{store, trail};
use crate::kit::Cx;
use crate::kit::clock::{MINUTE, SECOND};
use crate::kit::fault::Fault;
use crate::kit::web::guard::client_address;

/// What is limited.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    /// Passwords and codes.
    Guess,
    /// Codes of an authenticator, which live for minutes and are never sent anew.
    SecondStep,
    /// Letters with codes and links.
    Letter,
}

/// So many at once, and one more each time so much has passed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    pub(super) burst: i64,
    pub(super) pause: i64,
}

impl Pace {
    fn of_account(self) -> (&'static str, Limit) {
        match self {
            Pace::Guess => ("guess/account", limit(8, MINUTE)),
            Pace::SecondStep => ("second_step/account", limit(10, 5 * MINUTE)),
            Pace::Letter => ("letter/account", limit(4, 10 * MINUTE)),
        }
    }

    fn of_address(self) -> (&'static str, Limit) {
        match self {
            Pace::Guess | Pace::SecondStep => ("guess/address", limit(40, 10 * SECOND)),
            Pace::Letter => ("letter/address", limit(20, MINUTE)),
        }
    }
}

/// Lets an attempt through, or says that there were too many. The limit by client address is lifted
/// together with the service's own (`rate` 0), the one by account never.
pub(crate) async fn admit(cx: &Cx, request: &HttpRequest, pace: Pace, email: &str) -> Result<(), Fault> {
    let (name, limit) = pace.of_account();
    check(cx, name, email, limit).await?;
    if cx.config.rate > 0 {
        let (name, limit) = pace.of_address();
        let address = client_address(request, cx.config.proxies).to_string();
        check(cx, name, &address, limit).await?;
    }
    Ok(())
}

/// Comes back at the next beat since `started`. What looks for an account before it answers alike takes longer where
/// it finds one; at the beat, the time tells no more than the words.
pub(crate) async fn at_the_beat(started: Instant) {
    let beats = started.elapsed().as_millis() / BEAT.as_millis() + 1;
    let beats = u32::try_from(beats).unwrap_or(u32::MAX);
    tokio::time::sleep_until((started + BEAT * beats).into()).await;
}

const BEAT: Duration = Duration::from_millis(120);

async fn check(cx: &Cx, name: &'static str, who: &str, limit: Limit) -> Result<(), Fault> {
    if store::paces::take(cx, &key(name, who), limit).await? {
        Ok(())
    } else {
        trail::slowed(name);
        Err(Fault::TooMany)
    }
}

const fn limit(burst: i64, pause: i64) -> Limit {
    Limit { burst, pause }
}

/// Of fixed size, whatever was typed, and nothing one could read an address from.
fn key(name: &str, who: &str) -> Vec<u8> {
    let mut digest = Sha256::new();
    digest.update(name.as_bytes());
    digest.update([0]);
    digest.update(who.as_bytes());
    digest.finalize().to_vec()
}
