//! The letters on their way, in words: what waits, what left, what the mail server refused, and what may or
//! may not have arrived and only a person can settle.

use crate::accounts::{self, Actor};
use crate::ids::{LetterId, PairingId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::codes;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::mail::{self, Transport};

use super::store;

codes! {
    /// How a letter stands, as a reader tells the cases apart.
    pub enum Standing {
        InDoubt = "in_doubt", Failed = "failed", Retrying = "retrying", Queued = "queued",
        Sending = "sending", Sent = "sent", Cancelled = "cancelled",
    }
}

impl Standing {
    pub fn label(self, lang: &Lang) -> &'static str {
        match self {
            Standing::InDoubt => lang.t("Chưa chắc", "In doubt"),
            Standing::Failed => lang.t("Bị từ chối", "Refused"),
            Standing::Retrying => lang.t("Thử lại", "Trying again"),
            Standing::Queued => lang.t("Đang chờ", "Waiting"),
            Standing::Sending => lang.t("Đang gửi", "Sending"),
            Standing::Sent => lang.t("Đã gửi", "Sent"),
            Standing::Cancelled => lang.t("Đã hủy", "Cancelled"),
        }
    }

    /// What it means, and what can be done about it.
    pub fn meaning(self, lang: &Lang) -> &'static str {
        match self {
            Standing::InDoubt => lang.t(
                "Đường truyền đứt đúng lúc nội dung vừa đi: thư có thể đã tới, có thể chưa. Hãy hỏi người nhận, rồi chọn “Đã tới” hoặc “Gửi lại”.",
                "The line broke just as the text had left: the letter may have arrived or not. Ask its reader, then choose “It arrived” or “Send again”.",
            ),
            Standing::Failed => lang.t(
                "Máy chủ thư không nhận. Xem câu trả lời bên dưới; nếu địa chỉ đã được sửa hoặc máy chủ đã hoạt động lại, hãy gửi lại.",
                "The mail server did not take it. See its answer below; once the address is mended or the server works again, send it again.",
            ),
            Standing::Retrying => lang.t(
                "Máy chủ thư bảo đợi. Dịch vụ tự thử lại, mỗi lần chờ lâu hơn.",
                "The mail server asked to wait. The service tries again by itself, with longer pauses.",
            ),
            Standing::Queued => lang.t("Thư đang chờ đến lượt.", "The letter waits for its turn."),
            Standing::Sending => lang.t("Thư đang được gửi.", "The letter is leaving just now."),
            Standing::Sent => lang.t("Máy chủ thư đã nhận.", "The mail server has taken it."),
            Standing::Cancelled => lang.t("Thư này sẽ không được gửi.", "This letter will not be sent."),
        }
    }

    /// The ending of its chip's class.
    pub fn tone(self) -> &'static str {
        match self {
            Standing::Sent => "chip-good",
            Standing::InDoubt | Standing::Retrying => "chip-warn",
            Standing::Failed => "chip-bad",
            Standing::Queued | Standing::Sending | Standing::Cancelled => "chip-quiet",
        }
    }

    pub fn can_go_again(self) -> bool {
        matches!(self, Standing::InDoubt | Standing::Failed)
    }

    pub fn can_be_laid_aside(self) -> bool {
        matches!(
            self,
            Standing::InDoubt | Standing::Failed | Standing::Retrying | Standing::Queued
        )
    }
}

/// A letter in the list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Line {
    pub id: LetterId,
    pub kind: String,
    pub recipient: String,
    pub subject: String,
    pub standing: Standing,
    pub attempts: i64,
    pub answer: Option<String>,
    pub created_at: At,
    pub next_at: At,
    pub sent_at: Option<At>,
}

impl Line {
    pub fn subject(&self) -> String {
        veiled(&self.subject)
    }

    pub fn kind(&self, lang: &Lang) -> String {
        kind_label(&self.kind, *lang)
    }
}

/// A letter on a page of its own.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Letter {
    #[sqlx(flatten)]
    pub line: Line,
    pub give_up_at: At,
    pub message_id: String,
    pub lang: Lang,
    pub plain: String,
    pub html: String,
    pub pairing_id: Option<PairingId>,
}

impl Letter {
    pub fn plain(&self) -> String {
        veiled(&self.plain)
    }

    pub fn html(&self) -> String {
        veiled(&self.html)
    }
}

pub const PER_PAGE: i64 = 50;

/// One page of letters of a standing, or of all.
pub async fn page(cx: &Cx, standing: Option<Standing>, page: usize) -> Result<Vec<Line>, Fault> {
    let skipped = i64::try_from(page.saturating_sub(1)).unwrap_or(0) * PER_PAGE;
    store::outbox::page(cx, standing, PER_PAGE, skipped).await
}

/// How many letters stand how, in the order in which they want attention.
pub async fn counts(cx: &Cx) -> Result<Vec<(Standing, i64)>, Fault> {
    let mut counts = store::outbox::counts(cx).await?;
    counts.sort_by_key(|(standing, _)| *standing);
    Ok(counts)
}

/// One letter; that it was opened is noted, because it may tell a contact.
pub async fn open(cx: &Cx, reader: &Actor, id: LetterId) -> Result<Letter, Fault> {
    let letter = store::outbox::letter(cx, id).await?;
    let mut tx = cx.db.begin().await?;
    accounts::audit(cx, &mut tx, "letter:read", reader.by(), Some(id.0)).await?;
    tx.commit().await?;
    Ok(letter)
}

/// Where the file of a sent letter lies, when letters go into a folder instead of to a server.
pub fn file_of(cx: &Cx, letter: &Letter) -> Option<String> {
    match &cx.mailer.transport {
        Transport::File(folder) if letter.line.standing == Standing::Sent => Some(
            folder
                .join(format!("{}.eml", letter.line.id))
                .display()
                .to_string(),
        ),
        _ => None,
    }
}

// Acts of people -----------------------------------------------------------------------------------

pub async fn send_again(cx: &Cx, who: &Actor, id: LetterId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    mail::send_again(&mut tx, id.0, cx.now()).await?;
    accounts::audit(cx, &mut tx, "letter:again", who.by(), Some(id.0)).await?;
    tx.commit().await
}

pub async fn lay_aside(cx: &Cx, who: &Actor, id: LetterId, arrived: bool) -> Result<(), Fault> {
    let act = if arrived {
        "letter:arrived"
    } else {
        "letter:cancelled"
    };
    let mut tx = cx.db.begin().await?;
    mail::lay_aside(&mut tx, id.0, arrived, cx.now()).await?;
    accounts::audit(cx, &mut tx, act, who.by(), Some(id.0)).await?;
    tx.commit().await
}

// Words --------------------------------------------------------------------------------------------

/// Every kind there is: its code and what a coordinator calls it.
pub const KINDS: [(&str, &str, &str); 24] = [
    ("confirm", "Xác nhận địa chỉ", "Address confirmation"),
    ("known_already", "Đã có tài khoản", "Account exists"),
    ("sign_in", "Đăng nhập", "Sign-in"),
    ("reset", "Mật khẩu mới", "New password"),
    ("invite", "Lời mời vào tổ chức", "Invitation to join"),
    ("asked", "Xin vào tổ chức", "Asks to join"),
    ("granted", "Đã vào tổ chức", "Let into an organisation"),
    ("refused", "Chưa được vào tổ chức", "Not let in"),
    ("verified", "Tổ chức đã xác minh", "Organisation verified"),
    ("confirm_listing", "Xin xác nhận tin", "Confirm a listing"),
    ("listing_returned", "Tin cần sửa", "Listing returned"),
    ("listing_published", "Tin đã đăng", "Listing published"),
    ("listing_expiring", "Tin sắp hết hạn", "Listing expiring"),
    ("invitation", "Gợi ý ghép nối", "Match to answer"),
    ("bundle", "Gợi ý gộp", "Matches in one letter"),
    ("nudge", "Nhắc trả lời", "Reminder"),
    ("introduction", "Giới thiệu", "Introduction"),
    ("pairing_ended", "Ghép nối đã dừng", "Pairing ended"),
    ("message", "Tin nhắn", "Message"),
    ("outcome", "Hỏi kết quả", "Outcome request"),
    ("search_news", "Kết quả mới của tìm kiếm", "New search results"),
    ("request_answered", "Yêu cầu về dữ liệu", "Request about data"),
    ("summary", "Tổng kết tuần", "Weekly summary"),
    ("test", "Thư gửi thử", "Test letter"),
];

/// What kind of letter it is, for a coordinator; the bare code for a kind that came later.
pub fn kind_label(kind: &str, lang: Lang) -> String {
    KINDS
        .iter()
        .find(|(code, ..)| *code == kind)
        .map_or(kind, |(_, vi, en)| lang.t(vi, en))
        .to_owned()
}

/// The text with one-time links and codes blotted out: whoever reads other people's letters must not be
/// able to sign in, or to answer, in their place.
fn veiled(text: &str) -> String {
    const TOKEN: usize = 40;
    const CODE: usize = 6;
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    let settle = |run: &mut String, out: &mut String| {
        let is_code = run.len() == CODE && run.bytes().all(|byte| byte.is_ascii_digit());
        if run.len() >= TOKEN || is_code {
            out.push_str("••••••");
        } else {
            out.push_str(run);
        }
        run.clear();
    };
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() || letter == '-' || letter == '_' {
            run.push(letter);
        } else {
            settle(&mut run, &mut out);
            out.push(letter);
        }
    }
    settle(&mut run, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_signs_in_with_a_letter_of_somebody_else() {
        let token = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYm";
        let text = format!("123456 – mã đăng nhập\nhttp://x.test/vi/session/links/{token}?next=/vi/desk");
        assert_eq!(
            veiled(&text),
            "•••••• – mã đăng nhập\nhttp://x.test/vi/session/links/••••••?next=/vi/desk"
        );
    }

    #[test]
    fn everything_else_stays_readable() {
        let text = "NC-2026-0042, 500.000.000 ₫, /vi/pairings/0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
        assert_eq!(veiled(text), text);
    }
}
