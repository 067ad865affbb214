//! The pages of this room: registering and changing an organisation, its members, invitations, and a
//! coordinator's desk for organisations. The public page belongs to the front.

use actix_web::web::ServiceConfig;
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use std::future::{Ready, ready};

use crate::kit::fault::Fault;

mod desk;
mod form;
mod invitation;
mod members;

/// Mounted inside the scope of the reader's language, before the front's page at `/organisations/{slug}`.
pub fn configure(routes: &mut ServiceConfig) {
    form::configure(routes);
    members::configure(routes);
    invitation::configure(routes);
    desk::configure(routes);
}

/// The `{slug}` of an organisation's address.
struct Slug(String);

impl FromRequest for Slug {
    type Error = Fault;
    type Future = Ready<Result<Slug, Fault>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let slug = request.match_info().get("slug");
        ready(slug.map(|slug| Slug(slug.to_owned())).ok_or(Fault::Missing))
    }
}
