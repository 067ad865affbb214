//! Backups: one asked for, one taken away, one removed.

use actix_web::web::{Bytes, Path};
use actix_web::{HttpResponse, http::header};
use futures_util::stream;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use crate::accounts::Admin;
use crate::desk::backups;
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::web::{self, Answer, Shell};

const CHUNK: usize = 64 * 1024;

pub async fn ask(cx: Cx, shell: Shell, who: Admin) -> Answer {
    backups::ask(&cx, &who.0).await?;
    web::see_other_saying(
        shell.url("admin#backups"),
        shell.t(
            "Đang sao lưu. Vài giây nữa, tải lại trang thì tệp hiện ở mục Sao lưu.",
            "A backup is being written. Load the page again in some seconds: it will be listed under Backup.",
        ),
    )
}

pub async fn take(cx: Cx, who: Admin, path: Path<(String, String)>) -> Answer {
    let name = &path.1;
    let place = backups::take(&cx, &who.0, name).await?;
    let file = File::open(place).await.map_err(Fault::broken)?;
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .streaming(pieces(file)))
}

/// A backup may be larger than the memory.
fn pieces(file: File) -> impl stream::Stream<Item = std::io::Result<Bytes>> {
    stream::try_unfold(file, async |mut file| {
        let mut piece = vec![0; CHUNK];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(piece), file)))
    })
}

pub async fn remove(cx: Cx, shell: Shell, who: Admin, path: Path<(String, String)>) -> Answer {
    backups::remove(&cx, &who.0, &path.1).await?;
    web::see_other_saying(
        shell.url("admin#backups"),
        shell.t("Đã xóa bản sao lưu.", "The backup is gone."),
    )
}
