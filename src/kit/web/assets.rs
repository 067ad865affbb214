//! `static/` inside the binary: names carry a hash of the content, so browsers may keep them for a year.

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

use crate::kit::fault::Fault;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

struct Asset {
    hashed: String,
    mime: String,
    plain: Vec<u8>,
    brotli: Option<Vec<u8>>,
}

/// By plain name and by hashed name.
static ASSETS: LazyLock<HashMap<String, &'static Asset>> = LazyLock::new(load);

/// `/static/css/app.1a2b3c4d.css` of `css/app.css`.
pub fn url(path: &str) -> String {
    match ASSETS.get(path) {
        Some(asset) => format!("/static/{}", asset.hashed),
        None => format!("/static/{path}"),
    }
}

pub fn configure(routes: &mut web::ServiceConfig) {
    routes.route("/static/{path:.*}", web::get().to(serve));
    routes.route("/favicon.ico", web::get().to(favicon));
}

async fn serve(request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Fault> {
    answer(&request, &path)
}

async fn favicon(request: HttpRequest) -> Result<HttpResponse, Fault> {
    answer(&request, "favicon.svg")
}

fn answer(request: &HttpRequest, path: &str) -> Result<HttpResponse, Fault> {
    let asset = ASSETS.get(path).ok_or(Fault::Missing)?;
    let age = if asset.hashed == path {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=3600"
    };
    let accepts = request
        .headers()
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let mut response = HttpResponse::Ok();
    response
        .content_type(asset.mime.as_str())
        .insert_header((header::CACHE_CONTROL, age))
        .insert_header((header::VARY, "accept-encoding"));
    match &asset.brotli {
        Some(packed) if accepts.contains("br") => Ok(response
            .insert_header((header::CONTENT_ENCODING, "br"))
            .body(packed.as_slice())),
        _ => Ok(response.body(asset.plain.as_slice())),
    }
}

fn load() -> HashMap<String, &'static Asset> {
    let mut raw: Vec<(String, Vec<u8>)> = Files::iter()
        .filter_map(|name| Some((name.to_string(), Files::get(&name)?.data.into_owned())))
        .collect();
    // Style sheets last: they name fonts and pictures by their hashed names.
    raw.sort_by_key(|(name, _)| (name.ends_with(".css"), name.clone()));
    let mut assets: HashMap<String, &'static Asset> = HashMap::new();
    for (name, mut plain) in raw {
        if name.ends_with(".css") {
            plain = with_hashed_urls(&plain, &assets);
        }
        let hashed = hashed_name(&name, &plain);
        let packs = [".css", ".js", ".svg", ".json", ".webmanifest", ".txt"]
            .iter()
            .any(|ending| name.ends_with(ending));
        let asset: &'static Asset = Box::leak(Box::new(Asset {
            mime: mime_of(&name),
            brotli: packs.then(|| pack(&plain)).flatten(),
            hashed: hashed.clone(),
            plain,
        }));
        assets.insert(name, asset);
        assets.insert(hashed, asset);
    }
    assets
}

fn with_hashed_urls(css: &[u8], assets: &HashMap<String, &'static Asset>) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(css).into_owned();
    for (name, asset) in assets {
        if *name != asset.hashed {
            text = text.replace(&format!("../{name}"), &format!("../{}", asset.hashed));
        }
    }
    text.into_bytes()
}

fn hashed_name(name: &str, content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let hash = digest[..4]
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}.{hash}.{ending}"),
        None => format!("{name}.{hash}"),
    }
}

fn mime_of(name: &str) -> String {
    let ending = name.rsplit('.').next().unwrap_or("");
    match ending {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "png" => "image/png",
        "webp" => "image/webp",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        _ => "text/plain; charset=utf-8",
    }
    .to_owned()
}

fn pack(plain: &[u8]) -> Option<Vec<u8>> {
    let mut packed = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams {
        quality: 9,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &plain[..], &mut packed, &settings)
        .is_ok()
        .then_some(packed)
}
