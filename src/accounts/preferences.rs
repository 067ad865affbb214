//! Which letters a person wants, and how often. No letter of these kinds goes to someone who did not
//! consent to letters, who paused them, or whose account is closed.

use std::borrow::Borrow;

use super::{Frequency, Kind, Person, store};
use crate::ids::PersonId;
use crate::kit::Cx;
use crate::kit::db::Reads;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::mail::words::Words;

impl Kind {
    /// What holds for a person who never chose.
    pub fn usual(self) -> Frequency {
        match self {
            Kind::Match | Kind::Message | Kind::Listing => Frequency::AtOnce,
            Kind::Search => Frequency::Daily,
            Kind::Summary => Frequency::Weekly,
        }
    }

    pub fn label(self, lang: impl Borrow<Lang>) -> &'static str {
        let lang = *lang.borrow();
        match self {
            Kind::Match => lang.t("Gợi ý ghép nối cần trả lời", "Suggested pairings to answer"),
            Kind::Message => lang.t("Tin nhắn trên trang chung", "Messages on a shared page"),
            Kind::Listing => lang.t(
                "Tin về nhu cầu và năng lực của bạn",
                "News of your needs and offers",
            ),
            Kind::Search => lang.t("Kết quả mới của tìm kiếm đã lưu", "New results of saved searches"),
            Kind::Summary => lang.t("Bản tổng hợp hằng tuần", "Weekly summary"),
        }
    }
}

impl Frequency {
    pub fn label(self, lang: impl Borrow<Lang>) -> &'static str {
        let lang = *lang.borrow();
        match self {
            Frequency::AtOnce => lang.t("ngay khi có", "at once"),
            Frequency::Daily => lang.t("mỗi ngày một thư", "once a day"),
            Frequency::Weekly => lang.t("mỗi tuần một thư", "once a week"),
            Frequency::Never => lang.t("không gửi", "never"),
        }
    }
}

/// How often letters of a kind go to a person now.
pub async fn frequency(cx: &Cx, on: impl Reads, person: PersonId, kind: Kind) -> Result<Frequency, Fault> {
    let wish = store::preferences::wish(on, person, kind).await?;
    let silent = wish.disabled_at.is_some()
        || !wish.consented
        || wish.paused_until.is_some_and(|until| until > cx.now());
    Ok(if silent {
        Frequency::Never
    } else {
        wish.frequency.unwrap_or(kind.usual())
    })
}

/// The one-click address (RFC 8058): works without a sign-in, and only a POST to it changes anything.
pub fn unsubscribe_url(cx: &Cx, person: &Person, kind: Kind) -> String {
    format!(
        "{}/unsubscription/{}/{kind}",
        cx.config.public_url, person.letter_token
    )
}

/// The end of a letter one may refuse: why it came, how often such letters come, how to change or stop that.
pub fn footer(
    cx: &Cx,
    words: Words,
    person: &Person,
    kind: Kind,
    frequency: Frequency,
    why_vi: &str,
    why_en: &str,
) -> Words {
    let lang = words.lang;
    let often = lang.fill(
        "Tần suất loại thư này: {}.",
        "How often such letters come: {}.",
        &[&frequency.label(lang)],
    );
    words
        .footer(format!("{} {often}", lang.t(why_vi, why_en)))
        .footer(lang.fill(
            "Đổi tần suất: {}",
            "Change how often: {}",
            &[&cx.url(lang, "settings")],
        ))
        .footer(lang.fill(
            "Ngừng nhận loại thư này: {}",
            "Stop letters of this kind: {}",
            &[&unsubscribe_url(cx, person, kind)],
        ))
}
