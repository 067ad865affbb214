//! The small acts on one's own listing: each a button, each a resource of its own.

use actix_web::web;

use crate::accounts::Actor;
use crate::ids::ListingId;
use crate::kit::Cx;
use crate::kit::web::{Answer, Form, Id, Shell, see_other_saying};
use crate::listings::writer::Writer;
use crate::listings::{Kind, drafts, life};

pub(super) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/{noun:needs|offers}/{id}/withdrawal", web::post().to(withdraw))
        .route("/{noun:needs|offers}/{id}/discarding", web::post().to(discard))
        .route("/{noun:needs|offers}/{id}/pause", web::post().to(pause))
        .route("/{noun:needs|offers}/{id}/resumption", web::post().to(resume))
        .route("/{noun:needs|offers}/{id}/renewal", web::post().to(renew))
        .route("/{noun:needs|offers}/{id}/closure", web::post().to(close))
        .route("/{noun:needs|offers}/{id}/ownership", web::post().to(take))
        .route("/{noun:needs|offers}/{id}/archive", web::post().to(archive))
        .route(
            "/{noun:needs|offers}/{id}/interest-setting",
            web::post().to(set_interest),
        );
}

async fn withdraw(cx: Cx, shell: Shell, writer: Writer, kind: Kind, Id(id): Id<ListingId>) -> Answer {
    drafts::withdraw_submission(&cx, &writer, id).await?;
    let said = shell.t(
        "Đã rút lại. Bạn sửa rồi gửi lại nhé.",
        "Taken back. Edit it and hand it in again.",
    );
    see_other_saying(shell.url(format!("{}/{id}/edit/check", kind.path())), said)
}

async fn discard(cx: Cx, shell: Shell, writer: Writer, Id(id): Id<ListingId>) -> Answer {
    drafts::discard(&cx, &writer, id).await?;
    let path = if writer.actor.is_some() { "mine" } else { "" };
    see_other_saying(shell.url(path), shell.t("Đã bỏ bản nháp.", "Draft discarded."))
}

async fn pause(cx: Cx, shell: Shell, actor: Actor, kind: Kind, Id(id): Id<ListingId>) -> Answer {
    life::pause(&cx, &actor, id).await?;
    back(
        &shell,
        kind,
        id,
        shell.t(
            "Đã tạm dừng: tin không hiện và không được gợi ý.",
            "Paused: it is neither shown nor suggested.",
        ),
    )
}

async fn resume(cx: Cx, shell: Shell, actor: Actor, kind: Kind, Id(id): Id<ListingId>) -> Answer {
    life::resume(&cx, &actor, id).await?;
    back(&shell, kind, id, shell.t("Đã mở lại.", "Resumed."))
}

async fn renew(cx: Cx, shell: Shell, actor: Actor, kind: Kind, Id(id): Id<ListingId>) -> Answer {
    life::renew(&cx, &actor, id).await?;
    back(
        &shell,
        kind,
        id,
        shell.t("Đã gia hạn một năm.", "Renewed for a year."),
    )
}

async fn close(cx: Cx, shell: Shell, actor: Actor, kind: Kind, Id(id): Id<ListingId>, form: Form) -> Answer {
    life::close(&cx, &actor, id, form.value("reason")).await?;
    back(
        &shell,
        kind,
        id,
        shell.t(
            "Đã đóng. Cảm ơn bạn đã cho biết kết quả.",
            "Closed. Thank you for saying how it ended.",
        ),
    )
}

async fn archive(cx: Cx, shell: Shell, actor: Actor, Id(id): Id<ListingId>) -> Answer {
    life::archive(&cx, &actor, id).await?;
    see_other_saying(shell.url("mine"), shell.t("Đã cất vào kho lưu.", "Archived."))
}

async fn take(cx: Cx, shell: Shell, actor: Actor, kind: Kind, Id(id): Id<ListingId>) -> Answer {
    life::take(&cx, &actor, id).await?;
    let said = shell.t(
        "Từ nay bạn phụ trách tin này; hệ thống bắt đầu tìm đối tác.",
        "You answer for this listing now; the service begins to seek partners.",
    );
    back(&shell, kind, id, said)
}

async fn set_interest(
    cx: Cx,
    shell: Shell,
    actor: Actor,
    kind: Kind,
    Id(id): Id<ListingId>,
    form: Form,
) -> Answer {
    let open = form.value("open") == "yes";
    life::set_open_for_interest(&cx, &actor, id, open).await?;
    let said = if open {
        shell.t(
            "Tin lại nhận bày tỏ quan tâm.",
            "It takes expressions of interest again.",
        )
    } else {
        shell.t(
            "Tin thôi nhận bày tỏ quan tâm.",
            "It no longer takes expressions of interest.",
        )
    };
    back(&shell, kind, id, said)
}

fn back(shell: &Shell, kind: Kind, id: ListingId, said: &str) -> Answer {
    see_other_saying(shell.url(format!("{}/{id}", kind.path())), said)
}
