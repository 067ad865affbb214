//! Forms: what was typed is kept, whatever happens; faults stand at their field, all at once.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use unicode_normalization::UnicodeNormalization as _;

use crate::kit::clock::At;
use crate::kit::fault::{Fault, Flaw, said};
use crate::kit::lang::Lang;

/// A form of ours is far smaller; what is larger is not a form.
const MOST_BYTES: usize = 256 * 1024;
const MOST_FIELDS: usize = 500;

/// A form as it was sent (or as it will first be shown), with the faults found in it so far.
#[derive(Debug, Clone, Default)]
pub struct Form {
    fields: Vec<(String, String)>,
    flaws: Vec<Flaw>,
}

impl Form {
    /// A form to show for the first time, with these values in it.
    pub fn with(fields: impl IntoIterator<Item = (&'static str, String)>) -> Form {
        Form::of(
            fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    /// What was sent.
    pub(super) fn of(fields: Vec<(String, String)>) -> Form {
        Form {
            fields,
            flaws: Vec::new(),
        }
    }

    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value.into()));
    }

    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.fields.push((name.to_owned(), value.into()));
    }

    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// As typed; empty where the field is missing.
    pub fn value(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(field, _)| field == name)
            .map_or("", |(_, value)| value)
    }

    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a box or a choice is ticked.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.values(name).any(|sent| sent == value)
    }

    pub fn ticked(&self, name: &str) -> bool {
        !matches!(self.value(name), "" | "0" | "false" | "no")
    }

    /// Trimmed, NFC, without control characters (line ends stay); `None` where blank.
    pub fn text(&self, name: &str) -> Option<String> {
        let clean = clean(self.value(name));
        (!clean.is_empty()).then_some(clean)
    }

    /// As `text`, on one line and at most `most` characters; a longer one is a flaw.
    pub fn line(&mut self, name: &'static str, most: usize) -> Option<String> {
        let text = self.text(name)?.split_whitespace().collect::<Vec<_>>().join(" ");
        self.bounded(name, text, most)
    }

    /// As `line`, several lines allowed.
    pub fn prose(&mut self, name: &'static str, most: usize) -> Option<String> {
        let text = self.text(name)?;
        self.bounded(name, text, most)
    }

    fn bounded(&mut self, name: &'static str, text: String, most: usize) -> Option<String> {
        let length = text.chars().count();
        if length > most {
            self.flaw(
                name,
                format!("Dài {length} ký tự; tối đa {most}. Hãy rút gọn."),
                format!("{length} characters long; {most} is the most. Please shorten it."),
            );
            return None;
        }
        Some(text)
    }

    /// The value of a field that must be filled in; blank is a flaw with these words.
    pub fn must<T: Default>(
        &mut self,
        value: Option<T>,
        name: &'static str,
        vi: &'static str,
        en: &'static str,
    ) -> T {
        if value.is_none() && self.error(name).is_none() {
            self.flaw(name, vi, en);
        }
        value.unwrap_or_default()
    }

    /// A whole number within bounds; blank is `None`, anything else a flaw.
    pub fn number(&mut self, name: &'static str, least: i64, most: i64) -> Option<i64> {
        let text = self.text(name)?;
        let plain: String = text
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != '.' && *letter != ',')
            .collect();
        match plain.parse() {
            Ok(number) if (least..=most).contains(&number) => Some(number),
            _ => {
                self.flaw(
                    name,
                    format!("Nhập một số từ {least} đến {most}."),
                    format!("Enter a number from {least} to {most}."),
                );
                None
            }
        }
    }

    /// A date as a browser's date field sends it (2026-12-31) or as people write it (31/12/2026).
    pub fn date(&mut self, name: &'static str) -> Option<At> {
        let text = self.text(name)?;
        let parts: Vec<&str> = text.split(['-', '/', '.']).map(str::trim).collect();
        let at = match parts.as_slice() {
            [year, month, day] if year.len() == 4 => date_of(year, month, day),
            [day, month, year] if year.len() == 4 => date_of(year, month, day),
            _ => None,
        };
        if at.is_none() {
            self.flaw(
                name,
                "Nhập ngày theo dạng 31/12/2026.",
                "Enter a date such as 31/12/2026.",
            );
        }
        at
    }

    pub fn flaw(
        &mut self,
        field: &'static str,
        vi: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) {
        self.flaws.push(Flaw {
            field: Cow::Borrowed(field),
            said: said(vi, en),
        });
    }

    /// Takes over the faults a verb found.
    pub fn take_flaws(&mut self, flaws: Vec<Flaw>) {
        self.flaws.extend(flaws);
    }

    pub fn is_sound(&self) -> bool {
        self.flaws.is_empty()
    }

    /// Of the page that shows the form: 422 where it comes back with its faults.
    pub fn status(&self) -> StatusCode {
        if self.is_sound() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }

    /// The faults as a `Fault`, or nothing.
    pub fn sound(&self) -> Result<(), Fault> {
        if self.flaws.is_empty() {
            Ok(())
        } else {
            Err(Fault::Invalid(self.flaws.clone()))
        }
    }

    /// The first fault of a field.
    pub fn error(&self, name: &str) -> Option<&Flaw> {
        self.flaws.iter().find(|flaw| flaw.field == name)
    }

    /// The fault of a field in the reader's language; empty where there is none (templates ask so).
    pub fn error_text(&self, name: &str, lang: &Lang) -> &str {
        self.error(name).map_or("", |flaw| lang.say(&flaw.said))
    }

    pub fn flaws(&self) -> &[Flaw] {
        &self.flaws
    }

    /// `Ok` of a verb passes through; its `Invalid` becomes `None` with the faults taken over into the form,
    /// so the handler shows the form again. Other faults go on.
    pub fn tried<T>(&mut self, outcome: Result<T, Fault>) -> Result<Option<T>, Fault> {
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(Fault::Invalid(flaws)) => {
                self.take_flaws(flaws);
                Ok(None)
            }
            Err(fault) => Err(fault),
        }
    }
}

/// What was sent, for the page that says it could not be saved.
pub(super) struct Sent(pub Vec<(String, String)>);

impl FromRequest for Form {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Form, Fault>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = web::BytesMut::new();
        let mut payload = payload.take();
        let declared = request
            .headers()
            .get("content-length")
            .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        let request = request.clone();
        Box::pin(async move {
            use futures_util::StreamExt as _;
            if declared.is_some_and(|bytes| bytes > MOST_BYTES) {
                return Err(Fault::TooLarge);
            }
            let mut body = body;
            while let Some(chunk) = payload.next().await {
                let chunk = chunk.map_err(|_| Fault::TooSlow)?;
                if body.len() + chunk.len() > MOST_BYTES {
                    return Err(Fault::TooLarge);
                }
                body.extend_from_slice(&chunk);
            }
            let fields = parse(&body)?;
            request.extensions_mut().insert(Sent(fields.clone()));
            Ok(Form::of(fields))
        })
    }
}

/// Fields as a form or an address carries them; a name may come several times.
pub(super) fn parse(bytes: &[u8]) -> Result<Vec<(String, String)>, Fault> {
    let fields: Vec<(String, String)> = serde_html_form::from_bytes(bytes)
        .map_err(|_| Fault::flaw("form", "Không đọc được biểu mẫu.", "The form cannot be read."))?;
    if fields.len() > MOST_FIELDS {
        return Err(Fault::TooLarge);
    }
    Ok(fields)
}

/// Trimmed, NFC, one kind of line end, nothing invisible.
pub fn clean(text: &str) -> String {
    let kept: String = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .nfc()
        .filter(|letter| {
            *letter == '\n' || *letter == '\t' || !(letter.is_control() || is_invisible(*letter))
        })
        .collect();
    kept.trim().to_owned()
}

/// Marks that turn text around or hide it: they let one name look like another.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn date_of(year: &str, month: &str, day: &str) -> Option<At> {
    At::of_date(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_text_is_made_clean_and_nothing_else() {
        let form = Form::with([(
            "title",
            "  Tiê\u{301}ng \u{202e}Vie\u{323}\u{302}t\r\nhai dòng\u{0} ".to_owned(),
        )]);
        assert_eq!(form.text("title").unwrap(), "Tiếng Việt\nhai dòng");
    }

    #[test]
    fn all_faults_stand_at_their_fields() {
        let mut form = Form::with([
            ("title", "x".repeat(300)),
            ("trl", "eleven".to_owned()),
            ("deadline", "31.2.2026".to_owned()),
        ]);
        assert_eq!(form.line("title", 256), None);
        assert_eq!(form.number("trl", 1, 9), None);
        assert_eq!(form.date("deadline"), None);
        assert_eq!(form.flaws().len(), 3);
        assert!(form.error_text("title", &Lang::En).contains("256"));
    }
}
