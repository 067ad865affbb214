//! Two languages, side by side: `lang.t("Đăng nhu cầu", "Post a need")`. A missing twin does not compile.
//! Dates, numbers and money in the reader's form.

use std::fmt::Display;

use super::clock::{At, DAY, HOUR, MINUTE};
use super::fault::Said;

codes! {
    /// The reader's language.
    pub enum Lang { Vi = "vi", En = "en" }
}
use super::db::codes;

impl Lang {
    pub fn t<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Vi => vi,
            Lang::En => en,
        }
    }

    /// As `t`, with each `{}` replaced in turn by a value.
    pub fn fill(self, vi: &str, en: &str, values: &[&dyn Display]) -> String {
        let mut text = self.t(vi, en).to_owned();
        for value in values {
            text = text.replacen("{}", &value.to_string(), 1);
        }
        text
    }

    pub fn say(self, said: &Said) -> &str {
        self.t(&said.vi, &said.en)
    }

    pub fn other(self) -> Lang {
        match self {
            Lang::Vi => Lang::En,
            Lang::En => Lang::Vi,
        }
    }

    /// 1.234.567 or 1,234,567.
    pub fn number(self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(if self == Lang::Vi { '.' } else { ',' });
            }
            text.push(digit);
        }
        if number < 0 { format!("−{text}") } else { text }
    }

    /// One decimal: 3,5 or 3.5.
    pub fn decimal(self, number: f64) -> String {
        let text = format!("{number:.1}");
        if self == Lang::Vi {
            text.replace('.', ",")
        } else {
            text
        }
    }

    /// Whole per cent of a share between 0 and 1; a dash where there is nothing to divide.
    pub fn percent(self, share: Option<f64>) -> String {
        share.map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", share * 100.0))
    }

    /// 1.234.567 ₫ or VND 1,234,567.
    pub fn money(self, dong: i64) -> String {
        match self {
            Lang::Vi => format!("{} ₫", self.number(dong)),
            Lang::En => format!("VND {}", self.number(dong)),
        }
    }

    /// 22/11/2026, in both languages (the order the country reads).
    pub fn date(self, at: At) -> String {
        at.local().strftime("%d/%m/%Y").to_string()
    }

    pub fn date_time(self, at: At) -> String {
        at.local().strftime("%H:%M %d/%m/%Y").to_string()
    }

    /// "2 giờ trước" or "2 hours ago"; "còn 3 ngày" or "in 3 days".
    pub fn ago(self, at: At, now: At) -> String {
        let passed = now.since(at);
        let (size, vi, en) = match passed.abs() {
            under if under < MINUTE => return self.t("vừa xong", "just now").to_owned(),
            under if under < HOUR => (under / MINUTE, "phút", "minute"),
            under if under < DAY => (under / HOUR, "giờ", "hour"),
            under if under < 60 * DAY => (under / DAY, "ngày", "day"),
            under if under < 730 * DAY => (under / (30 * DAY), "tháng", "month"),
            under => (under / (365 * DAY), "năm", "year"),
        };
        let plural = if size == 1 { "" } else { "s" };
        match (self, passed >= 0) {
            (Lang::Vi, true) => format!("{size} {vi} trước"),
            (Lang::Vi, false) => format!("còn {size} {vi}"),
            (Lang::En, true) => format!("{size} {en}{plural} ago"),
            (Lang::En, false) => format!("in {size} {en}{plural}"),
        }
    }
}

/// Which language a text is written in: Vietnamese where its own letters are more than a name's worth.
pub fn language_of(text: &str) -> Lang {
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
    let marked = text
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|letter| {
            "ăâđêôơư".contains(*letter)
                || ('\u{1ea0}'..='\u{1ef9}').contains(letter)
                || "áàãéèíìĩóòõúùũý".contains(*letter)
        })
        .count();
    if marked * 8 >= letters.max(1) {
        Lang::Vi
    } else {
        Lang::En
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reader_sees_numbers_in_their_own_form() {
        assert_eq!(Lang::Vi.number(1_234_567), "1.234.567");
        assert_eq!(Lang::En.number(-1_234), "−1,234");
        assert_eq!(Lang::Vi.money(500_000_000), "500.000.000 ₫");
        assert_eq!(Lang::Vi.decimal(3.54), "3,5");
    }

    #[test]
    fn time_passed_is_told_in_words() {
        let now = At(1_800_000_000_000);
        assert_eq!(Lang::Vi.ago(now.plus(-2 * HOUR), now), "2 giờ trước");
        assert_eq!(Lang::En.ago(now.plus(-DAY), now), "1 day ago");
        assert_eq!(Lang::En.ago(now.plus(3 * DAY), now), "in 3 days");
    }

    #[test]
    fn a_text_is_recognised_by_its_letters() {
        assert_eq!(language_of("Nhận dạng bệnh trên lá lúa"), Lang::Vi);
        assert_eq!(language_of("Rice leaf disease at Đại học X, a report"), Lang::En);
    }
}
