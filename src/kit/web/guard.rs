//! Around every request: an id, a deadline, the origin check, the rate limit, safe headers, one log line,
//! and faults dressed as pages in the reader's language. A panic becomes such a page too.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpResponse, web};
use futures_util::FutureExt as _;
use uuid::Uuid;

use super::form::Sent;
use super::shell::encode_notice;
use super::{NOTICE, Notice, Shell, Who, cookies};
use crate::kit::Cx;
use crate::kit::clock::new_id;
use crate::kit::fault::{Fault, Said};

mod admission;
mod fault_page;
pub use admission::client_address;

use admission::admit;
use fault_page::fault_page;

const DEADLINE: Duration = Duration::from_secs(15);
const UPLOAD_DEADLINE: Duration = Duration::from_secs(60);

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What a fault hands to the guard inside a response's extensions.
#[derive(Clone, Default)]
pub(super) struct Carried {
    pub said: Option<Said>,
    pub why: Option<String>,
    pub sign_in: bool,
}

pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<BoxBody>>, Error> {
    let started = Instant::now();
    let id = short_id();
    let shell = Shell::of(request.request());
    let cx = request.app_data::<web::Data<Cx>>().map(|cx| cx.get_ref().clone());
    let glimpse = Glimpse {
        method: request.method().clone(),
        pattern: "-".to_owned(),
        who: None,
        is_https: cx.as_ref().is_some_and(|cx| cx.config.is_https()),
        id,
    };
    if let Some(cx) = &cx
        && let Err(fault) = admit(cx, request.request())
    {
        let response = fault_page(&shell, &fault.status_code_and_carried(), &glimpse, &[]);
        glimpse.log(response.status(), started, None);
        return Ok(request
            .into_response(dressed(response, &glimpse))
            .map_body(|_, body| EitherBody::left(body)));
    }
    let deadline = if request.path().ends_with("/imports") || request.path().contains("/files") {
        UPLOAD_DEADLINE
    } else {
        DEADLINE
    };
    let handled = AssertUnwindSafe(tokio::time::timeout(deadline, next.call(request)))
        .catch_unwind()
        .await;
    let (status, carried) = match handled {
        Ok(Ok(Ok(response))) => return Ok(finish(response, glimpse, started)),
        Ok(Ok(Err(error))) => {
            let response = error.error_response();
            let carried = response
                .extensions()
                .get::<Carried>()
                .cloned()
                .unwrap_or_default();
            (response.status(), carried)
        }
        Ok(Err(_too_slow)) => (StatusCode::REQUEST_TIMEOUT, Carried::default()),
        Err(panic) => {
            let why = panic_words(panic.as_ref());
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                Carried {
                    why: Some(why),
                    ..Carried::default()
                },
            )
        }
    };
    let page = fault_page(&shell, &(status, carried.clone()), &glimpse, &[]);
    let response = dressed(page, &glimpse);
    glimpse.log(status, started, carried.why.as_deref());
    Err(InternalError::from_response("refused", response).into())
}

struct Glimpse {
    method: Method,
    pattern: String,
    /// Who asked, where they are known; a refusal is told with it.
    who: Option<Uuid>,
    is_https: bool,
    id: String,
}

impl Glimpse {
    /// One line a request: the route's pattern, never the address itself, which may hold a token. What was refused
    /// has a line of its own kind, so that a watcher need not look for it among mistakes.
    fn log(&self, status: StatusCode, started: Instant, why: Option<&str>) {
        let milliseconds = started.elapsed().as_secs_f64() * 1e3;
        let (method, pattern, id) = (self.method.as_str(), self.pattern.as_str(), self.id.as_str());
        metrics::histogram!("caunoi_request_seconds", "route" => self.pattern.clone())
            .record(milliseconds / 1e3);
        metrics::counter!("caunoi_requests_total", "status" => status.as_u16().to_string()).increment(1);
        let (status, ms) = (status.as_u16(), milliseconds);
        if let Some(why) = why {
            tracing::error!(id, method, route = pattern, status, ms, why, "request");
        } else if matches!(status, 403 | 429) {
            let who = self
                .who
                .map_or_else(|| "nobody known".to_owned(), |who| who.to_string());
            tracing::warn!(id, method, route = pattern, status, ms, who, "refused");
        } else {
            tracing::info!(id, method, route = pattern, status, ms, "request");
        }
    }
}

fn finish(
    response: ServiceResponse<impl MessageBody + 'static>,
    mut glimpse: Glimpse,
    started: Instant,
) -> ServiceResponse<EitherBody<BoxBody>> {
    glimpse.pattern = response
        .request()
        .match_pattern()
        .unwrap_or_else(|| "-".to_owned());
    glimpse.who = response.request().extensions().get::<Who>().map(|who| who.id);
    let status = response.status();
    let carried = response.response().extensions().get::<Carried>().cloned();
    let bare = carried.is_some()
        || (status == StatusCode::NOT_FOUND && is_empty(&response))
        || status == StatusCode::METHOD_NOT_ALLOWED;
    glimpse.log(
        status,
        started,
        carried.as_ref().and_then(|carried| carried.why.as_deref()),
    );
    if bare {
        // Built from the request as it is now: by this time the reader is known, and the page may say so.
        let shell = Shell::of(response.request());
        // What could not be saved is given back, so that it need not be typed again.
        let sent = response.request().extensions_mut().remove::<Sent>();
        let not_saved = [StatusCode::INSUFFICIENT_STORAGE, StatusCode::SERVICE_UNAVAILABLE];
        let sent = sent.filter(|_| not_saved.contains(&status));
        let fields = sent.map(|sent| sent.0).unwrap_or_default();
        let page = fault_page(&shell, &(status, carried.unwrap_or_default()), &glimpse, &fields);
        let page = dressed(page, &glimpse);
        return response
            .into_response(page)
            .map_body(|_, body| EitherBody::left(body));
    }
    let mut response = response.map_into_boxed_body();
    dress_headers(response.headers_mut(), &glimpse);
    carry_notice(&mut response);
    response.map_body(|_, body| EitherBody::left(body))
}

/// Sends a sentence on to the next page, and takes it back from the browser once a page has shown it.
fn carry_notice(response: &mut ServiceResponse<BoxBody>) {
    let Some(cx) = response.request().app_data::<web::Data<Cx>>().cloned() else {
        return;
    };
    let sentence = response.response_mut().extensions_mut().remove::<Notice>();
    // What a cache may keep shows no notice, and carries nobody's cookie.
    let is_page = response
        .headers()
        .get(header::CACHE_CONTROL)
        .is_some_and(|kept| kept == "no-store");
    let was_shown = is_page
        && response.status() == StatusCode::OK
        && cookies::value_of(&cx, response.request(), NOTICE).is_some();
    let cookie = match sentence {
        Some(Notice(sentence)) => cookies::build(&cx, NOTICE, encode_notice(&sentence)).finish(),
        None if was_shown => cookies::gone(&cx, NOTICE),
        None => return,
    };
    let _added = response.response_mut().add_cookie(&cookie);
}

fn is_empty(response: &ServiceResponse<impl MessageBody>) -> bool {
    matches!(
        response.response().body().size(),
        actix_web::body::BodySize::None | actix_web::body::BodySize::Sized(0)
    )
}

fn dressed(mut response: HttpResponse, glimpse: &Glimpse) -> HttpResponse {
    dress_headers(response.headers_mut(), glimpse);
    response
}

fn dress_headers(headers: &mut HeaderMap, glimpse: &Glimpse) {
    // A sample letter brings a policy of its own.
    let has_its_own = headers.contains_key(header::CONTENT_SECURITY_POLICY);
    let mut put = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    if !has_its_own {
        put(header::CONTENT_SECURITY_POLICY, POLICY);
    }
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(header::REFERRER_POLICY, "same-origin");
    put(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    put(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    put(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    );
    if glimpse.is_https {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, two_years);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(id) = HeaderValue::from_str(&glimpse.id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}

impl Fault {
    fn status_code_and_carried(&self) -> (StatusCode, Carried) {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Carried::default())
    }
}

fn panic_words(panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
    let words = words.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panic: {}", words.unwrap_or_default())
}

fn short_id() -> String {
    let id = new_id().simple().to_string();
    id[id.len() - 12..].to_owned()
}
