//! A letter as it goes over the wire: RFC 5322, with a plain twin beside the HTML.

use std::time::Duration;

use anyhow::Context as _;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::sending::Claimed;
use crate::kit::Cx;

/// RFC 5322 with a plain twin; RFC 8058 headers where the letter can be refused.
pub(super) fn compose(cx: &Cx, letter: &Claimed) -> anyhow::Result<Message> {
    let to: Mailbox = letter.recipient.parse().context("recipient")?;
    let at = std::time::UNIX_EPOCH + Duration::from_millis(letter.created_at.0.unsigned_abs());
    let mut builder = Message::builder()
        .message_id(Some(letter.message_id.clone()))
        .date(at)
        .from(cx.mailer.sender.clone())
        .to(to)
        .subject(letter.subject.clone())
        .header(AutoSubmitted);
    if let Some(url) = &letter.unsubscribe {
        builder = builder
            .header(ListUnsubscribe(format!("<{url}>")))
            .header(ListUnsubscribePost);
    }
    let message = builder.multipart(
        MultiPart::alternative()
            .singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_PLAIN)
                    .body(letter.plain.clone()),
            )
            .singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_HTML)
                    .body(letter.html.clone()),
            ),
    )?;
    Ok(message)
}

/// `"Name" <address>`; lettre panics on control characters in a name, so they go first.
pub(super) fn recipient(name: &str, address: &str) -> String {
    let parsed: Result<Address, _> = address.parse();
    let name = one_line(name);
    match parsed {
        Ok(email) if !name.is_empty() => Mailbox::new(Some(name), email).to_string(),
        _ => one_line(address),
    }
}

pub(super) fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect::<String>()
        .trim()
        .to_owned()
}

macro_rules! fixed_header {
    ($name:ident, $header:literal, $value:literal) => {
        #[derive(Clone)]
        struct $name;
        impl Header for $name {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($header)
            }
            fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok($name)
            }
            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), $value.to_owned())
            }
        }
    };
}
fixed_header!(AutoSubmitted, "Auto-Submitted", "auto-generated");
fixed_header!(
    ListUnsubscribePost,
    "List-Unsubscribe-Post",
    "List-Unsubscribe=One-Click"
);

#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }
    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(ListUnsubscribe(text.to_owned()))
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), self.0.clone())
    }
}
