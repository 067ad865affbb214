//! What a visitor meets: home, search, the directory of organisations, texts about the service, feeds and
//! the API. Nothing here changes anything, save what a program posts by its own token, and nothing shows what its
//! reader may not read.

use actix_web::web;

mod api;
mod feeds;
mod grid;
mod home;
mod my_data;
mod organisations;
mod search;
mod store;
mod texts;

/// Pages below the reader's language. Mounted last: `/organisations/{slug}` must not hide other rooms' nouns.
pub fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("", web::get().to(home::show))
        .configure(search::configure)
        .configure(organisations::configure)
        .configure(texts::configure)
        .route("/settings/data", web::get().to(my_data::json))
        .route("/settings/data.zip", web::get().to(my_data::csv))
        .route("/feed.xml", web::get().to(feeds::atom));
}

/// What stands outside the two languages: the way in, machines' files, the API.
pub fn configure_bare(routes: &mut web::ServiceConfig) {
    routes
        .route("/", web::get().to(home::choose_language))
        .configure(feeds::configure)
        .configure(api::configure);
}
