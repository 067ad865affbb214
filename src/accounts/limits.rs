//! How fast one may guess and how often one may have letters sent, for each account and each client address.
//! A limit says nothing of whether the account exists.

use std::sync::LazyLock;
use std::time::Duration;

use actix_web::HttpRequest;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use sha2::{Digest as _, Sha256};

use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::web::guard::client_address;

type Key = [u8; 32];
type Limiter = LazyLock<DefaultKeyedRateLimiter<Key>>;

/// What is limited.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    /// Passwords and codes.
    Guess,
    /// Letters with codes and links.
    Letter,
}

static GUESSES_FOR_ACCOUNT: Limiter = LazyLock::new(|| limiter(8, Duration::from_secs(60)));
static GUESSES_FROM_ADDRESS: Limiter = LazyLock::new(|| limiter(40, Duration::from_secs(10)));
static LETTERS_FOR_ACCOUNT: Limiter = LazyLock::new(|| limiter(4, Duration::from_secs(10 * 60)));
static LETTERS_FROM_ADDRESS: Limiter = LazyLock::new(|| limiter(20, Duration::from_secs(60)));

/// Lets an attempt through, or says that there were too many. The limit by client address is lifted
/// together with the service's own (`rate` 0), the one by account never.
pub(crate) fn admit(cx: &Cx, request: &HttpRequest, pace: Pace, email: &str) -> Result<(), Fault> {
    let (for_account, from_address) = match pace {
        Pace::Guess => (&GUESSES_FOR_ACCOUNT, &GUESSES_FROM_ADDRESS),
        Pace::Letter => (&LETTERS_FOR_ACCOUNT, &LETTERS_FROM_ADDRESS),
    };
    let address = client_address(request, cx.config.proxies).to_string();
    check(for_account, key(cx, email))?;
    if cx.config.rate > 0 {
        check(from_address, key(cx, &address))?;
    }
    Ok(())
}

fn limiter(burst: u32, pause: Duration) -> DefaultKeyedRateLimiter<Key> {
    let burst = std::num::NonZeroU32::new(burst).unwrap_or(std::num::NonZeroU32::MIN);
    let quota = Quota::with_period(pause).unwrap_or(Quota::per_minute(burst));
    RateLimiter::keyed(quota.allow_burst(burst))
}

fn check(limiter: &Limiter, key: Key) -> Result<(), Fault> {
    if limiter.len() > 50_000 {
        limiter.retain_recent();
    }
    limiter.check_key(&key).map_err(|_| Fault::TooMany)
}

/// Of fixed size, whatever was typed; two services in one process (as in tests) do not share limits.
fn key(cx: &Cx, who: &str) -> Key {
    let mut digest = Sha256::new();
    digest.update(cx.config.database_url.as_bytes());
    digest.update([0]);
    digest.update(who.as_bytes());
    digest.finalize().into()
}
