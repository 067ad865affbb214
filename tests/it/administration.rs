//! What an admin has beside the desk: every letter before anybody gets it, and backups.

use caunoi::accounts::Role;
use caunoi::desk::rehearsal;
use caunoi::kit::lang::Lang;

use crate::world::story;

/// Sent by an admin to themselves; it is a sample of another kind.
const NO_SAMPLE: &str = "test";

#[test]
fn every_letter_can_be_read_and_tried_before_anybody_gets_it() {
    story(|world| async move {
        let kinds = rehearsal::kinds().filter(|kind| *kind != NO_SAMPLE);
        let samples = rehearsal::letters(&world.cx).await.unwrap();
        for kind in kinds {
            for lang in [Lang::Vi, Lang::En] {
                let there = samples
                    .iter()
                    .any(|sample| sample.kind == kind && sample.lang == lang);
                assert!(there, "no sample of {kind} in {lang}");
            }
        }
        assert!(world.letters().await.is_empty(), "samples reach nobody");

        let admin = world.person_at("Quản trị", "admin@city.test", Role::Admin).await;
        world.coordinator().await.get("/vi/admin/letters").await.is(403);
        admin
            .get("/vi/admin/letters")
            .await
            .is(200)
            .shows("Nhắc trả lời: ")
            .shows("A reminder: ");
        admin
            .get("/vi/admin/letters/introduction?letter=en")
            .await
            .is(200)
            .shows("Both sides said yes.")
            .shows("maker-en@sample.example");
        admin.get("/vi/admin/letters/nothing").await.is(404);
        admin
            .get("/vi/admin/letters/introduction/page?letter=vi")
            .await
            .is(200)
            .shows("Cả hai bên đã đồng ý.");
        admin
            .post("/vi/admin/letters/invitation/test", &[("letter", "vi")])
            .await
            .is(303);
        let got = world.letter_to("admin@city.test").await;
        assert!(
            got.subject.starts_with("[Thử] Nhận dạng bệnh cây trồng"),
            "{}",
            got.subject
        );
        admin
            .get("/vi/admin/audit")
            .await
            .shows("gửi thử một lá thư cho mình");
    });
}

#[test]
fn a_backup_is_asked_for_taken_away_and_removed() {
    story(|world| async move {
        let admin = world.person("Quản trị", Role::Admin).await;
        if !world.cx.db.is_sqlite() {
            admin.post("/vi/admin/backups", &[]).await.is(409);
            return;
        }
        let lan = world.coordinator().await;
        lan.post("/vi/admin/backups", &[]).await.is(403);
        admin.post("/vi/admin/backups", &[]).await.is(303);
        world.settle().await;
        let page = admin.get("/vi/admin").await;
        page.is(200).shows("caunoi-2026-03-02-090000.zip");
        let file = "/vi/admin/backups/caunoi-2026-03-02-090000.zip";
        lan.get(file).await.is(403);
        let taken = admin.get(file).await;
        taken.is(200);
        assert!(taken.body.starts_with("PK"), "a zip archive");
        admin.get("/vi/admin/backups/..%2Fcaunoi.db").await.is(404);
        admin.post(&format!("{file}/removal"), &[]).await.is(303);
        admin.get(file).await.is(404);
        admin
            .get("/vi/admin/audit")
            .await
            .shows("yêu cầu sao lưu")
            .shows("tải bản sao lưu về")
            .shows("xóa một bản sao lưu");
    });
}
