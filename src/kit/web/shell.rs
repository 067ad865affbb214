//! What every page wears: the reader's language and name, the menus, the words of numbers and dates.

use std::fmt::Display;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use uuid::Uuid;

use super::{NOTICE, assets, cookies};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::fault::{Fault, Said};
use crate::kit::lang::Lang;

/// A link in the shell's menus.
#[derive(Debug, Clone)]
pub struct Link {
    pub href: String,
    pub label: String,
    pub icon: &'static str,
    /// Things waiting behind the link; 0 shows no number.
    pub count: i64,
}

/// The signed-in reader as the shell shows them; put among the request's extensions by whoever knows.
#[derive(Debug, Clone, Default)]
pub struct Who {
    pub id: Uuid,
    pub name: String,
    pub links: Vec<Link>,
}

impl Who {
    /// Everything that waits behind the links.
    pub fn waiting(&self) -> i64 {
        self.links.iter().map(|link| link.count).sum()
    }
}

/// Who reads, where, when and in which language: what every page may ask.
#[derive(Clone)]
pub struct Shell {
    pub lang: Lang,
    pub path: String,
    pub query: String,
    pub who: Option<Who>,
    pub notice: Option<String>,
    pub now: At,
    pub programme: String,
    pub public_url: String,
}

impl Shell {
    pub fn of(request: &HttpRequest) -> Shell {
        let cx = request.app_data::<web::Data<Cx>>();
        // Bound first: reading a cookie borrows the extensions too.
        let who = request.extensions().get::<Who>().cloned();
        let notice = cx.and_then(|cx| cookies::value_of(cx, request, NOTICE));
        Shell {
            lang: lang_of(request),
            path: request.path().to_owned(),
            query: request.query_string().to_owned(),
            who,
            notice: notice.as_deref().and_then(decode_notice),
            now: cx.map(|cx| cx.now()).unwrap_or_default(),
            programme: cx.map(|cx| cx.config.programme.clone()).unwrap_or_default(),
            public_url: cx.map(|cx| cx.config.public_url.clone()).unwrap_or_default(),
        }
    }

    /// `vi` or `en`.
    pub fn code(&self) -> &'static str {
        self.lang.code()
    }

    /// Both twins side by side; the reader's is shown.
    pub fn t<'a>(&self, vi: &'a str, en: &'a str) -> &'a str {
        self.lang.t(vi, en)
    }

    /// As `t`, with `{}` replaced.
    pub fn t1(&self, vi: &str, en: &str, value: impl Display) -> String {
        self.lang.fill(vi, en, &[&value])
    }

    pub fn t2(&self, vi: &str, en: &str, first: impl Display, second: impl Display) -> String {
        self.lang.fill(vi, en, &[&first, &second])
    }

    pub fn t3(
        &self,
        vi: &str,
        en: &str,
        first: impl Display,
        second: impl Display,
        third: impl Display,
    ) -> String {
        self.lang.fill(vi, en, &[&first, &second, &third])
    }

    pub fn say<'a>(&self, said: &'a Said) -> &'a str {
        self.lang.say(said)
    }

    /// A page of ours in the reader's language: `shell.url("needs/new")`.
    pub fn url(&self, path: impl Display) -> String {
        format!("/{}/{path}", self.lang).trim_end_matches('/').to_owned()
    }

    /// This page in the other language, with its query; where the page stands in neither, the home page.
    pub fn other_url(&self) -> String {
        let prefix = format!("/{}", self.lang);
        let rest = self
            .path
            .strip_prefix(&prefix)
            .filter(|rest| rest.is_empty() || rest.starts_with('/'));
        match rest {
            None => format!("/{}", self.lang.other()),
            Some(rest) if self.query.is_empty() => format!("/{}{rest}", self.lang.other()),
            Some(rest) => format!("/{}{rest}?{}", self.lang.other(), self.query),
        }
    }

    pub fn asset(&self, path: &str) -> String {
        assets::url(path)
    }

    /// Whether the page stands at `path` or below.
    pub fn at(&self, path: &str) -> bool {
        let rest = self.path.get(3..).unwrap_or("").trim_start_matches('/');
        rest == path || (!path.is_empty() && rest.starts_with(path) && rest[path.len()..].starts_with('/'))
    }

    pub fn date(&self, at: impl Holds<At>) -> String {
        self.lang.date(at.held())
    }

    pub fn date_time(&self, at: impl Holds<At>) -> String {
        self.lang.date_time(at.held())
    }

    /// For `<time datetime>`.
    pub fn iso(&self, at: impl Holds<At>) -> String {
        at.held().iso()
    }

    pub fn ago(&self, at: impl Holds<At>) -> String {
        self.lang.ago(at.held(), self.now)
    }

    pub fn number(&self, number: impl Holds<i64>) -> String {
        self.lang.number(number.held())
    }

    pub fn money(&self, dong: impl Holds<i64>) -> String {
        self.lang.money(dong.held())
    }
}

/// A plain value behind any number of references, as templates hand them over.
pub trait Holds<T> {
    fn held(&self) -> T;
}

macro_rules! holds_itself {
    ($($plain:ty),*) => {$(
        impl Holds<$plain> for $plain {
            fn held(&self) -> $plain {
                *self
            }
        }
    )*};
}

holds_itself!(At, i64, usize);

impl<T, H: Holds<T>> Holds<T> for &H {
    fn held(&self) -> T {
        (**self).held()
    }
}

impl FromRequest for Shell {
    type Error = Fault;
    type Future = Ready<Result<Shell, Fault>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Shell::of(request)))
    }
}

impl FromRequest for Lang {
    type Error = Fault;
    type Future = Ready<Result<Lang, Fault>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(lang_of(request)))
    }
}

/// The language the address names, else the one the browser asks for, else Vietnamese.
pub fn lang_of(request: &HttpRequest) -> Lang {
    let named = request.path().split('/').nth(1).and_then(Lang::from_code);
    named.unwrap_or_else(|| {
        let asked = request
            .headers()
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("");
        let first = asked
            .split(',')
            .map(str::trim)
            .find(|tag| tag.starts_with("vi") || tag.starts_with("en"));
        if first.is_some_and(|tag| tag.starts_with("en")) {
            Lang::En
        } else {
            Lang::Vi
        }
    })
}

/// A sentence as a cookie holds it.
pub(super) fn encode_notice(sentence: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sentence)
}

fn decode_notice(value: &str) -> Option<String> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(value)
        .ok()?;
    String::from_utf8(bytes)
        .ok()
        .filter(|sentence| sentence.chars().count() <= 500)
}
