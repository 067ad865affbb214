//! Answers are packed for readers who accept it, by gzip at its quickest: a page is packed anew for each reader, and
//! what that costs counts for more than its last tenth. What stands in `static/` is packed once, and better.

use std::cell::RefCell;

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::{self, Bytes};
use flate2::{Compress, Compression, FlushCompress, Status};

/// A shorter answer fills one packet as it is.
const WORTH_IT: usize = 1_024;
/// A longer one is packed where it keeps nobody waiting.
const LONG: usize = 256 * 1_024;

pub async fn pack(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let accepted = accepts_gzip(request.headers());
    let response = next.call(request).await?.map_into_boxed_body();
    if !accepted || !is_text(response.headers()) {
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let (mut head, body) = response.into_parts();
    let body = match body.try_into_bytes() {
        Ok(plain) if plain.len() >= WORTH_IT => {
            let packed = if plain.len() > LONG {
                let plain = plain.clone();
                web::block(move || gzip(&plain)).await?
            } else {
                gzip(&plain)
            };
            packed.map_or_else(
                || BoxBody::new(plain),
                |packed| {
                    let headers = head.headers_mut();
                    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
                    BoxBody::new(Bytes::from(packed))
                },
            )
        }
        Ok(plain) => BoxBody::new(plain),
        Err(stream) => stream,
    };
    Ok(ServiceResponse::new(request, head.set_body(body)))
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let named = headers
        .get_all(header::ACCEPT_ENCODING)
        .filter_map(|value| value.to_str().ok());
    named.flat_map(|line| line.split(',')).any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let weight = weight.trim().trim_start_matches("q=");
        name.trim().eq_ignore_ascii_case("gzip") && weight.parse() != Ok(0.0)
    })
}

/// Pictures and fonts are packed already, and so is what says so.
fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    !headers.contains_key(header::CONTENT_ENCODING)
        && kind.is_some_and(|kind| kind.starts_with("text/") || kind.contains("json") || kind.contains("xml"))
}

/// One member of gzip (RFC 1952): no name, no time.
fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    // Its tables are a third of a megabyte: a thread keeps its own.
    thread_local!(static PACKER: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), false)));
    // What does not shrink grows by a few bytes a block.
    let mut packed = Vec::with_capacity(plain.len() + plain.len() / 1_000 + 64);
    packed.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255]);
    let ended = PACKER.with_borrow_mut(|packer| {
        packer.reset();
        packer.compress_vec(plain, &mut packed, FlushCompress::Finish)
    });
    if !matches!(ended, Ok(Status::StreamEnd)) {
        return None;
    }
    packed.extend_from_slice(&crc32fast::hash(plain).to_le_bytes());
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the format keeps the length's last 32 bits"
    )]
    packed.extend_from_slice(&(plain.len() as u32).to_le_bytes());
    Some(packed)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn unpacked(packed: &[u8]) -> Vec<u8> {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(packed)
            .read_to_end(&mut plain)
            .unwrap();
        plain
    }

    #[test]
    fn what_was_packed_is_read_again_one_after_another() {
        let noise: Vec<u8> = (0..100_000_u32)
            .map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        let page = "<p>Nhận dạng bệnh trên lá lúa</p>".repeat(900);
        for plain in [page.as_bytes(), &noise, b"", page.as_bytes()] {
            assert_eq!(unpacked(&gzip(plain).unwrap()), plain);
        }
        assert!(gzip(page.as_bytes()).unwrap().len() < page.len() / 20);
    }

    #[test]
    fn only_who_accepts_gets_gzip() {
        let accepts = |line: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
            accepts_gzip(&headers)
        };
        assert!(accepts("br, gzip") && accepts("GZIP;q=0.5") && accepts("deflate, gzip;q=1.0"));
        assert!(
            !accepts("br") && !accepts("gzip;q=0") && !accepts("gzip; q=0.0, br") && !accepts("x-gzip-not")
        );
    }
}
