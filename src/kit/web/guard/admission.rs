//! Who comes in at all: not too often from one address, and no form of a stranger's page.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::OnceLock;

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::kit::Cx;
use crate::kit::config::origin_of;
use crate::kit::fault::Fault;

/// How many seconds' worth of requests may come at once.
const TEN: NonZeroU32 = match NonZeroU32::new(10) {
    Some(ten) => ten,
    None => NonZeroU32::MIN,
};

/// The reader's address, behind as many proxies as the configuration trusts.
pub fn client_address(request: &HttpRequest, proxies: u8) -> IpAddr {
    let peer = request
        .peer_addr()
        .map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.ip());
    if proxies == 0 {
        return peer;
    }
    // A proxy may add a line of its own below the one a stranger sent: the last hop of the last line is the nearest.
    let lines: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .collect();
    let mut hops = lines
        .iter()
        .rev()
        .flat_map(|line| line.rsplit(','))
        .map(str::trim);
    hops.nth(usize::from(proxies) - 1)
        .and_then(|hop| hop.parse().ok())
        .unwrap_or(peer)
}

/// Rate limit and origin check, before anything is done.
pub(super) fn admit(cx: &Cx, request: &HttpRequest) -> Result<(), Fault> {
    let path = request.path();
    if !path.starts_with("/static/") && cx.config.rate > 0 {
        static LIMITER: OnceLock<DefaultKeyedRateLimiter<IpAddr>> = OnceLock::new();
        let limiter = LIMITER.get_or_init(|| {
            let rate = NonZeroU32::new(cx.config.rate).unwrap_or(NonZeroU32::MIN);
            RateLimiter::keyed(Quota::per_second(rate).allow_burst(rate.saturating_mul(TEN)))
        });
        if limiter.len() > 50_000 {
            limiter.retain_recent();
        }
        if limiter
            .check_key(&client_address(request, cx.config.proxies))
            .is_err()
        {
            return Err(Fault::TooMany);
        }
    }
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // These carry a token of their own and rest on no cookie.
    let own_token = path.starts_with("/api/") || path.starts_with("/unsubscription");
    if safe || own_token || same_origin(cx, request.headers()) {
        Ok(())
    } else {
        Err(Fault::Forbidden)
    }
}

/// An unsafe request must come from a page of ours: the browser says so by Sec-Fetch-Site, or by Origin.
/// One that says neither is no browser of today and may only pass without a cookie.
fn same_origin(cx: &Cx, headers: &HeaderMap) -> bool {
    let word = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (word("sec-fetch-site"), word("origin")) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => origin_of(&cx.config.public_url).is_some_and(|ours| ours == origin),
        (None, None) => headers.get(header::COOKIE).is_none(),
    }
}
