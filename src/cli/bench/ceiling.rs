//! The least that answering a page can cost: its bytes stand ready, and a handler does nothing but give them away, as
//! they are and packed anew for each reader. `tests/load` holds the service against it.

use std::net::SocketAddr;
use std::path::Path;

use actix_web::middleware::from_fn;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer};
use anyhow::Context as _;

use crate::kit::web::packing::pack;

pub async fn serve(bind: SocketAddr, page: &Path) -> anyhow::Result<()> {
    let page = Bytes::from(std::fs::read(page).with_context(|| page.display().to_string())?);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::new(page.clone()))
            .route("/plain", web::get().to(answer))
            .service(web::resource("/packed").wrap(from_fn(pack)).to(answer))
    });
    server.bind(bind)?.run().await?;
    Ok(())
}

async fn answer(page: Data<Bytes>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(page.get_ref().clone())
}
