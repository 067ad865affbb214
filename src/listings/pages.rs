//! Routes of the room. Needs and offers share their handlers; the first word of the path says which.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use super::Kind;
use crate::kit::fault::Fault;

mod confirming;
mod mine;
mod posting;
mod reading;
mod reporting;
mod reviewing;
mod tending;

pub fn configure(routes: &mut web::ServiceConfig) {
    routes
        .configure(posting::configure)
        .configure(confirming::configure)
        .configure(mine::configure)
        .configure(reporting::configure)
        .configure(reviewing::configure)
        .configure(tending::configure)
        .configure(reading::configure);
}

/// `needs` or `offers`, from the `{noun}` of the path.
impl FromRequest for Kind {
    type Error = Fault;
    type Future = Ready<Result<Kind, Fault>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let noun = request.match_info().get("noun").unwrap_or_default();
        let kind = Kind::ALL.iter().copied().find(|kind| kind.path() == noun);
        ready(kind.ok_or(Fault::Missing))
    }
}

/// The value of a named piece of the path.
pub(super) fn piece(request: &HttpRequest, name: &str) -> String {
    request.match_info().get(name).unwrap_or_default().to_owned()
}
