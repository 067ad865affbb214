//! A fault as its reader meets it: a page in their language, the way to sign in, or JSON for a machine.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode, header};
use askama::Template;

use super::{Carried, Glimpse};
use crate::kit::web::Shell;

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage<'a> {
    shell: &'a Shell,
    status: u16,
    title: &'static str,
    words: String,
    id: &'a str,
    /// What was typed and could not be saved.
    sent: Vec<(&'a str, &'a str)>,
    /// It holds a password or a code, which no page repeats: it cannot be sent again from here.
    has_secret: bool,
}

impl FaultPage<'_> {
    /// Where the form was sent.
    fn here(&self) -> String {
        let question = if self.shell.query.is_empty() { "" } else { "?" };
        format!("{}{question}{}", self.shell.path, self.shell.query)
    }
}

/// Fields that no page shows.
fn is_secret(name: &str) -> bool {
    name.contains("password") || name.contains("code") || name.contains("token") || name.contains("secret")
}

pub(super) fn fault_page(
    shell: &Shell,
    (status, carried): &(StatusCode, Carried),
    glimpse: &Glimpse,
    sent: &[(String, String)],
) -> HttpResponse {
    let for_a_machine = shell.path.starts_with("/api/");
    if carried.sign_in && glimpse.method == Method::GET && !for_a_machine {
        let question = if shell.query.is_empty() { "" } else { "?" };
        let next = format!("{}{question}{}", shell.path, shell.query);
        let query = serde_html_form::to_string([("next", next.as_str())]).unwrap_or_default();
        let to = format!("/{}/session/new?{query}", shell.lang);
        return HttpResponse::SeeOther()
            .insert_header((header::LOCATION, to))
            .finish();
    }
    let (title, words) = words(shell, *status, carried);
    if for_a_machine {
        return problem(*status, title, &words, glimpse);
    }
    let page = FaultPage {
        shell,
        status: status.as_u16(),
        title,
        words,
        id: &glimpse.id,
        sent: sent
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| !is_secret(name))
            .collect(),
        has_secret: sent.iter().any(|(name, _)| is_secret(name)),
    };
    match page.render() {
        Ok(html) => HttpResponse::build(*status)
            .content_type("text/html; charset=utf-8")
            .body(html),
        Err(_) => HttpResponse::build(*status).body(page.words),
    }
}

/// RFC 9457; a missing or worthless token is told as RFC 6750 wants it.
fn problem(status: StatusCode, title: &str, detail: &str, glimpse: &Glimpse) -> HttpResponse {
    let mut answer = HttpResponse::build(status);
    answer.content_type("application/problem+json");
    if status == StatusCode::UNAUTHORIZED {
        answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
    }
    answer.json(serde_json::json!({
        "type": "about:blank",
        "title": title,
        "status": status.as_u16(),
        "detail": detail,
        "instance": format!("urn:caunoi:request:{}", glimpse.id),
    }))
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
        503 => (
            t("Chưa lưu được", "Not saved yet"),
            t(
                "Có thay đổi khác cùng lúc vào đúng chỗ này, nên thay đổi của bạn chưa được lưu. Xin gửi lại.",
                "Something else was changing the same thing at the same moment, so yours was not saved. Please send it again.",
            ),
        ),
        507 => (
            t("Hiện chưa lưu được", "Nothing can be saved just now"),
            t(
                "Đĩa của máy chủ đã đầy hoặc không ghi được. Đọc thì vẫn được; xin thử gửi lại sau ít phút.",
                "The server's disk is full or cannot be written. Reading goes on; please send it again in a few minutes.",
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
