//! The least that answering a page can cost: its bytes stand ready, and a handler does nothing but give them away, as
//! they are and packed anew for each reader. `tests/load` holds the service against it.

use std::net::SocketAddr;
use std::path::Path;

use actix_web::middleware::from_fn;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use anyhow::Context as _;

use crate::kit::web::packing::pack;

pub async fn serve(bind: SocketAddr, page: &Path) -> anyhow::Result<()> {
    let page = Bytes::from(std::fs::read(page).with_context(|| page.display().to_string())?);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::new(page.clone()))
            .wrap(from_fn(pack))
            .default_service(web::get().to(answer))
    });
    server.bind(bind)?.run().await?;
    Ok(())
}

/// `/packed` is a page; what is no text goes out as it is.
async fn answer(request: HttpRequest, page: Data<Bytes>) -> HttpResponse {
    let kind = match request.path() {
        "/packed" => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    };
    HttpResponse::Ok().content_type(kind).body(page.get_ref().clone())
}
