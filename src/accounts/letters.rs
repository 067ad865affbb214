//! Letters about the account itself. They answer an act of their reader's, so no preference holds them back.

use super::Person;
use super::tickets::Given;
use crate::ids::PersonId;
use crate::kit::Cx;
use crate::kit::clock::new_id;
use crate::kit::db::Tx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::mail::words::{Piece, Words};
use crate::kit::mail::{self, Class, Letter, PATIENCE, PATIENCE_FOR_CODES};

/// The link and the code that show an address to be one's own.
pub(super) async fn confirm(
    cx: &Cx,
    tx: &mut Tx,
    person: &Person,
    given: &Given,
    next: &str,
) -> Result<(), Fault> {
    let lang = person.lang;
    let subject = subject_with_code(lang, given, "xác nhận địa chỉ của bạn", "confirm your address");
    let words = Words::new(lang)
        .greet(&person.name)
        .para(
            "Bạn vừa đăng ký tài khoản. Hãy nhập mã này ở trang đang mở:",
            "You have just signed up. Type this code on the page that is open:",
        )
        .piece(Piece::Code(given.code.clone().unwrap_or_default()))
        .para(
            "Hoặc bấm nút dưới đây rồi xác nhận trên trang mở ra:",
            "Or press the button below and confirm on the page that opens:",
        )
        .button(
            "Xác nhận địa chỉ",
            "Confirm the address",
            link(cx, lang, "confirmation", given, next),
        )
        .small(
            "Mã và liên kết dùng được trong 24 giờ. Nếu bạn không đăng ký, xin bỏ qua thư này; địa chỉ sẽ tự được xóa sau bảy ngày.",
            "The code and the link work for 24 hours. If you did not sign up, please ignore this letter; the address is erased by itself after seven days.",
        );
    send(cx, tx, "confirm", person, subject, words, PATIENCE_FOR_CODES).await
}

/// Someone signed up with an address that has an account.
pub(super) async fn known_already(cx: &Cx, tx: &mut Tx, person: &Person) -> Result<(), Fault> {
    let lang = person.lang;
    let subject = lang
        .t("Bạn đã có tài khoản", "You have an account already")
        .to_owned();
    let words = Words::new(lang)
        .greet(&person.name)
        .para(
            "Có người (có lẽ là bạn) vừa đăng ký bằng địa chỉ này, nhưng địa chỉ đã có tài khoản. Không có gì thay đổi; bạn chỉ cần đăng nhập.",
            "Someone, perhaps you, has just signed up with this address, which has an account already. Nothing was changed; simply sign in.",
        )
        .button("Đăng nhập", "Sign in", cx.url(lang, "session/new"))
        .small(
            "Quên mật khẩu? Ở trang đăng nhập, bạn có thể nhận liên kết qua thư.",
            "Forgot the password? The sign-in page can mail you a link.",
        );
    send(cx, tx, "known_already", person, subject, words, PATIENCE).await
}

/// The link and the code that sign in.
pub(super) async fn sign_in(
    cx: &Cx,
    tx: &mut Tx,
    person: &Person,
    given: &Given,
    next: &str,
) -> Result<(), Fault> {
    let lang = person.lang;
    let subject = subject_with_code(lang, given, "mã đăng nhập", "your sign-in code");
    let words = Words::new(lang)
        .greet(&person.name)
        .para(
            "Mã đăng nhập của bạn:",
            "Your sign-in code:",
        )
        .piece(Piece::Code(given.code.clone().unwrap_or_default()))
        .para("Hoặc mở liên kết này:", "Or open this link:")
        .button("Đăng nhập", "Sign in", link(cx, lang, "session/links", given, next))
        .small(
            "Mã và liên kết dùng được một lần, trong 20 phút. Nếu không phải bạn yêu cầu, xin bỏ qua thư này và đừng chuyển mã cho ai.",
            "The code and the link work once, for 20 minutes. If you did not ask for them, ignore this letter and give the code to nobody.",
        );
    send(cx, tx, "sign_in", person, subject, words, PATIENCE_FOR_CODES).await
}

/// The link to choose a new password.
pub(super) async fn reset(cx: &Cx, tx: &mut Tx, person: &Person, given: &Given) -> Result<(), Fault> {
    let lang = person.lang;
    let subject = lang.t("Đặt mật khẩu mới", "Choose a new password").to_owned();
    let words = Words::new(lang)
        .greet(&person.name)
        .para(
            "Bạn vừa yêu cầu đặt mật khẩu mới. Khi đặt xong, mọi thiết bị đang đăng nhập sẽ bị đăng xuất.",
            "You asked to choose a new password. Once you have, every device that is signed in will be signed out.",
        )
        .button("Đặt mật khẩu mới", "Choose a new password", link(cx, lang, "password", given, ""))
        .small(
            "Liên kết dùng được một lần, trong một giờ. Nếu không phải bạn yêu cầu, xin bỏ qua thư này; mật khẩu cũ vẫn giữ nguyên.",
            "The link works once, for one hour. If you did not ask for it, ignore this letter; the old password stays.",
        );
    send(cx, tx, "reset", person, subject, words, PATIENCE_FOR_CODES).await
}

fn subject_with_code(lang: Lang, given: &Given, vi: &str, en: &str) -> String {
    let code = given.code.as_deref().unwrap_or_default();
    format!("{code} – {}", lang.t(vi, en))
}

fn link(cx: &Cx, lang: Lang, path: &str, given: &Given, next: &str) -> String {
    let url = cx.url(lang, &format!("{path}/{}", given.token));
    if next.is_empty() {
        url
    } else {
        let query = serde_html_form::to_string([("next", next)]).unwrap_or_default();
        format!("{url}?{query}")
    }
}

async fn send(
    cx: &Cx,
    tx: &mut Tx,
    kind: &'static str,
    person: &Person,
    subject: String,
    words: Words,
    patience: i64,
) -> Result<(), Fault> {
    let words = words.footer(answers_an_act(cx, person.lang));
    let to = Envelope {
        once: format!("{kind}:{}:{}", person.id, new_id()),
        kind,
        person: Some(person.id),
        name: &person.name,
        email: &person.email,
        unsubscribe: None,
        patience,
    };
    post(cx, tx, to, subject, &words).await
}

/// The end of a letter that nobody can refuse, since it answers what its reader did.
pub fn answers_an_act(cx: &Cx, lang: Lang) -> String {
    lang.fill(
        "Thư này trả lời một việc vừa làm ở {} với địa chỉ của bạn.",
        "This letter answers something done at {} with your address.",
        &[&cx.config.public_url],
    )
}

/// A letter to someone with an account. Whoever knows better changes its class, or adds how it is refused.
pub fn letter(
    cx: &Cx,
    person: &Person,
    kind: &'static str,
    once: String,
    subject: &str,
    words: &Words,
) -> Result<Letter, Fault> {
    let programme = &cx.config.programme;
    Ok(Letter {
        once,
        kind,
        class: Class::Resend,
        person: Some(person.id.0),
        pairing: None,
        to_name: person.name.clone(),
        to_address: person.email.clone(),
        lang: person.lang,
        subject: subject.to_owned(),
        plain: words.plain(programme),
        html: words.html(subject, programme)?,
        unsubscribe: None,
        patience: PATIENCE,
    })
}

/// Whom a letter goes to, and under which name it is queued once.
#[derive(Debug)]
pub struct Envelope<'a> {
    pub once: String,
    pub kind: &'static str,
    pub person: Option<PersonId>,
    pub name: &'a str,
    pub email: &'a str,
    pub unsubscribe: Option<String>,
    pub patience: i64,
}

/// Puts a letter into the outbox; one that arrives twice does no harm.
pub async fn post(
    cx: &Cx,
    tx: &mut Tx,
    to: Envelope<'_>,
    subject: String,
    words: &Words,
) -> Result<(), Fault> {
    let programme = &cx.config.programme;
    let letter = Letter {
        once: to.once,
        kind: to.kind,
        class: Class::Resend,
        person: to.person.map(|person| person.0),
        pairing: None,
        to_name: to.name.to_owned(),
        to_address: to.email.to_owned(),
        lang: words.lang,
        plain: words.plain(programme),
        html: words.html(&subject, programme)?,
        subject,
        unsubscribe: to.unsubscribe,
        patience: to.patience,
    };
    mail::post(cx, tx, &letter).await?;
    Ok(())
}
