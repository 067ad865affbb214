//! Pages and answers: `web::page(&template)`, `web::see_other("/vi/desk")`, and the [`Shell`] every page wears.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;

use super::Cx;
use super::fault::Fault;

pub mod assets;
pub mod cookies;
pub mod form;
pub mod guard;
pub mod packing;
mod params;
pub mod qr;
mod shell;
pub mod text;

pub use form::Form;
pub use params::Params;
pub use shell::{Holds, Link, Shell, Who, lang_of};

/// What a handler returns.
pub type Answer = Result<HttpResponse, Fault>;

/// A page with status 200.
pub fn page(template: &impl Template) -> Answer {
    page_with(StatusCode::OK, template)
}

/// A page with another status: 422 for a form that comes back with its faults.
pub fn page_with(status: StatusCode, template: &impl Template) -> Answer {
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .body(template.render()?))
}

/// After an act: on to where its result shows.
pub fn see_other(path: impl AsRef<str>) -> Answer {
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path.as_ref()))
        .finish())
}

/// As `see_other`, with a sentence the next page shows once.
pub fn see_other_saying(path: impl AsRef<str>, sentence: &str) -> Answer {
    let mut answer = see_other(path)?;
    answer.extensions_mut().insert(Notice(sentence.to_owned()));
    Ok(answer)
}

/// A sentence inside a response's extensions, on its way to `guard`, which gives it to the browser as a cookie.
struct Notice(String);

const NOTICE: &str = "notice";

impl FromRequest for Cx {
    type Error = Fault;
    type Future = Ready<Result<Cx, Fault>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            request
                .app_data::<web::Data<Cx>>()
                .map(|cx| cx.get_ref().clone())
                .ok_or_else(|| Fault::broken("no Cx")),
        )
    }
}

/// The `{id}` of the path, parsed; anything else is "no such page".
pub struct Id<T>(pub T);

impl<T: FromStr> FromRequest for Id<T> {
    type Error = Fault;
    type Future = Ready<Result<Id<T>, Fault>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            request
                .match_info()
                .get("id")
                .and_then(|id| id.parse().ok())
                .map(Id)
                .ok_or(Fault::Missing),
        )
    }
}

impl ResponseError for Fault {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// A bare answer that carries the fault; `guard` dresses it as a page in the reader's language.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(guard::Carried {
            said: if let Fault::Stale(said) = self {
                said.clone()
            } else {
                None
            },
            why: if let Fault::Broken(why) = self {
                Some(format!("{why:#}"))
            } else {
                None
            },
            sign_in: matches!(self, Fault::SignIn),
        });
        response
    }
}
