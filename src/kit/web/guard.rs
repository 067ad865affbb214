//! Around every request: an id, a deadline, the origin check, the rate limit, safe headers, one log line,
//! and faults dressed as pages in the reader's language. A panic becomes such a page too.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, web};
use askama::Template;
use futures_util::FutureExt as _;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::{NOTICE, Shell};
use crate::kit::Cx;
use crate::kit::clock::new_id;
use crate::kit::config::origin_of;
use crate::kit::fault::{Fault, Said};

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

/// The reader's address, behind as many proxies as the configuration trusts.
pub fn client_address(request: &HttpRequest, proxies: u8) -> IpAddr {
    let peer = request
        .peer_addr()
        .map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.ip());
    if proxies == 0 {
        return peer;
    }
    let forwarded = request
        .headers()
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let mut hops = forwarded.rsplit(',').map(str::trim);
    hops.nth(usize::from(proxies) - 1)
        .and_then(|hop| hop.parse().ok())
        .unwrap_or(peer)
}

pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<BoxBody>>, Error> {
    let started = Instant::now();
    let id = short_id();
    let shell = Shell::of(request.request());
    let glimpse = Glimpse {
        method: request.method().clone(),
        pattern: "-".to_owned(),
        had_notice: request.cookie(NOTICE).is_some(),
        id,
    };
    let cx = request.app_data::<web::Data<Cx>>().map(|cx| cx.get_ref().clone());
    if let Some(cx) = &cx
        && let Err(fault) = admit(cx, request.request())
    {
        let response = fault_page(&shell, &fault.status_code_and_carried(), &glimpse);
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
    let response = dressed(fault_page(&shell, &(status, carried.clone()), &glimpse), &glimpse);
    glimpse.log(status, started, carried.why.as_deref());
    Err(InternalError::from_response("refused", response).into())
}

struct Glimpse {
    method: Method,
    pattern: String,
    had_notice: bool,
    id: String,
}

impl Glimpse {
    /// One line a request: the route's pattern, never the address itself, which may hold a token.
    fn log(&self, status: StatusCode, started: Instant, why: Option<&str>) {
        let milliseconds = started.elapsed().as_secs_f64() * 1e3;
        let (method, pattern, id) = (self.method.as_str(), self.pattern.as_str(), self.id.as_str());
        metrics::histogram!("caunoi_request_seconds", "route" => self.pattern.clone())
            .record(milliseconds / 1e3);
        metrics::counter!("caunoi_requests_total", "status" => status.as_u16().to_string()).increment(1);
        let (status, ms) = (status.as_u16(), milliseconds);
        if let Some(why) = why {
            tracing::error!(id, method, route = pattern, status, ms, why, "request");
        } else {
            tracing::info!(id, method, route = pattern, status, ms, "request");
        }
    }
}

/// Rate limit and origin check, before anything is done.
fn admit(cx: &Cx, request: &HttpRequest) -> Result<(), Fault> {
    let path = request.path();
    if !path.starts_with("/static/") && cx.config.rate > 0 {
        static LIMITER: OnceLock<DefaultKeyedRateLimiter<IpAddr>> = OnceLock::new();
        let limiter = LIMITER.get_or_init(|| {
            let rate = std::num::NonZeroU32::new(cx.config.rate).unwrap_or(std::num::NonZeroU32::MIN);
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

const TEN: std::num::NonZeroU32 = match std::num::NonZeroU32::new(10) {
    Some(ten) => ten,
    None => std::num::NonZeroU32::MIN,
};

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

fn finish(
    response: ServiceResponse<impl MessageBody + 'static>,
    mut glimpse: Glimpse,
    started: Instant,
) -> ServiceResponse<EitherBody<BoxBody>> {
    glimpse.pattern = response
        .request()
        .match_pattern()
        .unwrap_or_else(|| "-".to_owned());
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
        let page = fault_page(&shell, &(status, carried.unwrap_or_default()), &glimpse);
        let page = dressed(page, &glimpse);
        return response
            .into_response(page)
            .map_body(|_, body| EitherBody::left(body));
    }
    let mut response = response.map_into_boxed_body();
    dress_headers(response.headers_mut(), &glimpse);
    if glimpse.had_notice && status == StatusCode::OK {
        let mut gone = actix_web::cookie::Cookie::build(NOTICE, "").path("/").finish();
        gone.make_removal();
        let _added = response.response_mut().add_cookie(&gone);
    }
    response.map_body(|_, body| EitherBody::left(body))
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
    let mut put = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    put(header::CONTENT_SECURITY_POLICY, POLICY);
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

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage<'a> {
    shell: &'a Shell,
    status: u16,
    title: &'static str,
    words: String,
    id: &'a str,
}

fn fault_page(shell: &Shell, (status, carried): &(StatusCode, Carried), glimpse: &Glimpse) -> HttpResponse {
    if carried.sign_in && glimpse.method == Method::GET {
        let question = if shell.query.is_empty() { "" } else { "?" };
        let next = format!("{}{question}{}", shell.path, shell.query);
        let query = serde_html_form::to_string([("next", next.as_str())]).unwrap_or_default();
        let to = format!("/{}/session/new?{query}", shell.lang);
        return HttpResponse::SeeOther()
            .insert_header((header::LOCATION, to))
            .finish();
    }
    let (title, words) = words(shell, *status, carried);
    if shell.path.starts_with("/api/") {
        let body =
            serde_json::json!({ "error": { "status": status.as_u16(), "message": words, "id": glimpse.id } });
        return HttpResponse::build(*status).json(body);
    }
    let page = FaultPage {
        shell,
        status: status.as_u16(),
        title,
        words,
        id: &glimpse.id,
    };
    match page.render() {
        Ok(html) => HttpResponse::build(*status)
            .content_type("text/html; charset=utf-8")
            .body(html),
        Err(_) => HttpResponse::build(*status).body(page.words),
    }
}

fn words(shell: &Shell, status: StatusCode, carried: &Carried) -> (&'static str, String) {
    let t = |vi: &'static str, en: &'static str| shell.lang.t(vi, en);
    let (title, usual) = match status.as_u16() {
        401 => (
            t("Cần đăng nhập", "Please sign in"),
            t(
                "Trang này dành cho người đã đăng nhập.",
                "This page is for people who have signed in.",
            ),
        ),
        403 => (
            t("Bạn không có quyền", "Not allowed"),
            t(
                "Tài khoản của bạn không được phép làm việc này. Nếu bạn vừa gửi một biểu mẫu, hãy mở lại trang rồi gửi lần nữa.",
                "Your account may not do this. If you have just sent a form, open its page again and send it once more.",
            ),
        ),
        404 => (
            t("Không tìm thấy trang", "Page not found"),
            t(
                "Trang không tồn tại, hoặc không còn mở cho bạn. Bạn có thể tìm kiếm, hoặc về trang chủ.",
                "The page does not exist, or is no longer open to you. You can search, or go to the home page.",
            ),
        ),
        405 => (
            t("Không làm được như vậy", "That cannot be done here"),
            t(
                "Địa chỉ này cần một nút bấm, không phải một liên kết.",
                "This address wants a button, not a link.",
            ),
        ),
        408 => (
            t("Quá thời gian chờ", "That took too long"),
            t(
                "Máy chủ hoặc đường truyền quá chậm. Hãy thử lại.",
                "The server or the line was too slow. Please try again.",
            ),
        ),
        409 => (
            t("Việc này đã thay đổi", "This has moved on"),
            t(
                "Ai đó đã xử lý việc này trước bạn. Hãy mở lại trang để xem tình trạng mới nhất.",
                "Somebody dealt with this before you. Open the page again to see how it stands now.",
            ),
        ),
        413 => (
            t("Quá lớn", "Too large"),
            t("Nội dung gửi lên quá lớn.", "What was sent is too large."),
        ),
        422 => (
            t("Chưa hợp lệ", "Not quite right"),
            t(
                "Nội dung gửi lên chưa hợp lệ. Hãy quay lại và sửa.",
                "What was sent is not valid. Go back and correct it.",
            ),
        ),
        429 => (
            t("Quá nhiều yêu cầu", "Too many requests"),
            t("Hãy chờ một lát rồi thử lại.", "Wait a moment, then try again."),
        ),
        507 => (
            t("Máy chủ hết chỗ lưu", "The server's disk is full"),
            t(
                "Hiện chưa lưu được. Nội dung bạn gõ vẫn còn khi quay lại trang trước; hãy thử lại sau ít phút.",
                "Nothing can be saved just now. What you typed is still there when you go back; try again in a few minutes.",
            ),
        ),
        _ => (
            t("Lỗi của chúng tôi", "Our fault"),
            t(
                "Có lỗi phía máy chủ và đã được ghi lại. Hãy thử lại; nếu vẫn lỗi, gửi cho chúng tôi mã bên dưới.",
                "Something broke on our side and was noted. Try again; if it stays, send us the id below.",
            ),
        ),
    };
    let said = carried.said.as_ref().map(|said| shell.lang.say(said).to_owned());
    (title, said.unwrap_or_else(|| usual.to_owned()))
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
