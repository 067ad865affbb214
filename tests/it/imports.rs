//! Lists come in from files and go out again.

use caunoi::accounts::Role;
use caunoi::events::{self, Event};
use caunoi::ids::{By, ListingId};
use caunoi::kit::table::Table;
use caunoi::listings::import::Reading;
use caunoi::listings::{self, Kind, Listing, Origin, State};
use caunoi::matching;

use crate::scene::Scene;
use crate::world::{Browser, Seen, World, story};

const LEAVES: &str = "Nhận dạng bệnh trên lá lúa từ ảnh chụp";
const GREENLEAF: &str = "Phòng thí nghiệm Lá Xanh";
/// Row 2 can come in, row 3 says the same, row 4 says nothing, row 5 is of no known kind and has no title.
const SHEET: &str = "\
Loại;Tiêu đề;Mô tả;Đơn vị;Loại đơn vị;Lĩnh vực;Năng lực AI;Ghi chú nội bộ\n\
năng lực;Nhận dạng bệnh trên lá lúa từ ảnh chụp;Mô hình nhận dạng bệnh trên lá lúa từ ảnh điện thoại, chạy không cần mạng, đã thử ở ba huyện.;Phòng thí nghiệm Lá Xanh;institute;agriculture;cv.class;gọi lại\n\
năng lực;Nhận dạng bệnh trên lá lúa từ ảnh chụp;Mô hình nhận dạng bệnh trên lá lúa từ ảnh điện thoại, chạy không cần mạng, đã thử ở ba huyện.;Phòng thí nghiệm Lá Xanh;institute;agriculture;cv.class;\n\
;;;;;;;\n\
việc;;Ngắn quá;Xưởng Gỗ An;business;trồng rừng;;\n";

#[test]
fn a_sheet_is_judged_row_by_row_before_anything_is_written() {
    story(|world| async move {
        let coordinator = world.coordinator().await;
        let page = send(&coordinator, "danh-sach.csv", SHEET.as_bytes()).await;
        let seen = coordinator.get(&page).await;
        seen.is(200)
            .shows("danh-sach.csv")
            .shows("chưa ghi gì")
            .shows("Ghi chú nội bộ: không hiểu, bỏ qua")
            .shows("Trùng với dòng 2; được bỏ qua.")
            .shows("Thiếu tiêu đề.")
            .shows("Mô tả quá ngắn")
            .shows("Nhập 1 tin")
            .shows(LEAVES);
        world.settle().await;
        assert!(titles(&world).await.is_empty(), "a dry run writes nothing");

        let findings = coordinator.get(&format!("{page}/errors.csv")).await;
        let table = Table::read(&findings.is(200).bytes).unwrap();
        assert_eq!(table.columns, ["row", "column", "verdict", "lý do", "reason"]);
        let graves: Vec<(&str, &str)> = (0..table.rows.len())
            .filter(|row| table.cell(*row, 2) == "error")
            .map(|row| (table.cell(row, 0), table.cell(row, 1)))
            .collect();
        assert_eq!(graves, [("5", "Loại"), ("5", "Tiêu đề"), ("5", "Mô tả")]);

        // The file is seen by whoever sent it; members never bring in lists.
        world
            .person("Điều phối viên khác", Role::Coordinator)
            .await
            .get(&page)
            .await
            .is(404);
        let member = world.person("Minh", Role::Member).await;
        member.get("/vi/desk/imports").await.is(403);

        bring_in(&coordinator, &page)
            .await
            .shows("Đã nhập 1 tin; 1 tổ chức mới.");
        assert_eq!(titles(&world).await, [LEAVES]);
        // The same file again brings nothing twice.
        let again = send(&coordinator, "danh-sach.csv", SHEET.as_bytes()).await;
        coordinator
            .get(&again)
            .await
            .shows("Đã có ở đây; được bỏ qua.")
            .hides("Nhập 1 tin");
        coordinator.post(&format!("{again}/dismissal"), &[]).await.is(303);
        coordinator.get(&again).await.is(404);
    });
}

#[test]
fn a_workbook_and_json_lines_say_the_same_as_a_sheet() {
    story(|world| async move {
        let coordinator = world.coordinator().await;
        let template = coordinator.get("/vi/desk/imports/template.xlsx").await;
        let page = send(&coordinator, "mau.xlsx", &template.is(200).bytes).await;
        coordinator
            .get(&page)
            .await
            .shows("Đếm bao gạo khi xuống hàng")
            .shows("Counting objects on conveyor belts by camera");
        bring_in(&coordinator, &page)
            .await
            .shows("Đã nhập 2 tin; 2 tổ chức mới.");

        // The same template as CSV is known already.
        let template = coordinator.get("/vi/desk/imports/template.csv").await;
        let page = send(&coordinator, "mau.csv", &template.is(200).bytes).await;
        coordinator.get(&page).await.hides("Nhập 2 tin");

        let lines = "{\"title\":\"Đọc chỉ số đồng hồ nước từ ảnh\",\"description\":\"Nhân viên chụp đồng hồ nước, chỉ số \
                     được đọc và ghi ngay vào sổ.\",\"organisation\":\"Cấp nước Sông Xanh\",\"sector\":[\"admin\"]}\n\
                     {\"title\": \"dòng này đứt gi\n";
        let page = coordinator
            .upload(
                "/vi/desk/imports",
                "dong-ho.jsonl",
                lines.as_bytes(),
                &[("kind", "need")],
            )
            .await
            .went_to();
        coordinator
            .get(&page)
            .await
            .is(200)
            .shows("Đọc chỉ số đồng hồ nước từ ảnh")
            .shows("Dòng này không phải là JSON đúng.");
        bring_in(&coordinator, &page).await.shows("Đã nhập 1 tin");
        assert_eq!(titles(&world).await.len(), 3);

        coordinator
            .upload("/vi/desk/imports", "anh.png", b"\x89PNG\r\n\x1a\n\0\0", &[])
            .await
            .is(422)
            .shows("Tệp không phải là CSV");
        coordinator
            .upload("/vi/desk/imports", "", b"", &[])
            .await
            .is(422)
            .shows("Hãy chọn một tệp.");
    });
}

#[test]
fn an_imported_offer_is_shown_but_left_alone_until_its_people_take_it() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        let world = &scene.world;
        world.letters().await;
        let page = send(&scene.coordinator, "danh-sach.csv", SHEET.as_bytes()).await;
        bring_in(&scene.coordinator, &page).await;
        let offer = imported(world).await;
        assert_eq!(
            (offer.state, offer.origin, offer.open_for_interest),
            (State::Published, Origin::Import, false)
        );
        let address = format!("/vi/{}", offer.path());
        world.visitor().get("/vi/offers").await.shows(LEAVES);
        world
            .visitor()
            .get(&address)
            .await
            .is(200)
            .shows(GREENLEAF)
            .hides("/interest");
        let words = "Hợp tác xã chúng tôi trồng 300 ha lúa ở ngoại thành và muốn thử mô hình này ngay trong vụ tới, có \
                     ảnh và có cán bộ kỹ thuật đi cùng nhóm nghiên cứu ra đồng.";
        let interest = scene
            .farmer
            .post(&format!("{address}/interest"), &[("message", words)])
            .await;
        interest.is(409);
        assert!(!beside(world, scene.need, offer.id).await, "matched unasked");
        assert!(world.letters().await.is_empty(), "nobody is written to");

        // A person of the laboratory is let in by a coordinator, since nobody is there yet, and takes the offer.
        let hoa = world.person_at("Hoa", "hoa@laxanh.test", Role::Member).await;
        hoa.post(&format!("{address}/ownership"), &[]).await.is(404);
        let house = "/vi/organisations/phong-thi-nghiem-la-xanh";
        hoa.post(&format!("{house}/membership"), &[]).await.is(303);
        let members = scene.coordinator.get(&format!("{house}/members")).await;
        scene
            .coordinator
            .post(&members.link("/approval"), &[])
            .await
            .is(303);
        hoa.get(&address).await.shows("Tôi phụ trách tin này");
        // A coordinator answers for no provider.
        let ownership = format!("{address}/ownership");
        scene.coordinator.post(&ownership, &[]).await.is(404);
        hoa.post(&ownership, &[]).await.is(303);
        hoa.post(&ownership, &[]).await.is(409);
        world.settle().await;
        assert!(imported(world).await.open_for_interest);
        assert!(beside(world, scene.need, offer.id).await, "now it is matched");
        scene.farmer.get(&address).await.shows("/interest");
    });
}

#[test]
fn imported_offers_are_matched_where_the_operator_asks_for_it() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        let world = &scene.world;
        let page = send(&scene.coordinator, "danh-sach.csv", SHEET.as_bytes()).await;
        bring_in(&scene.coordinator, &page).await;
        let offer = imported(world).await;
        matching::suggest(&world.cx, offer.id).await.unwrap();
        assert!(!beside(world, scene.need, offer.id).await);
        // What `caunoi import --suggest` records when the file is in.
        let mut tx = world.cx.db.begin().await.unwrap();
        events::record(&world.cx, &mut tx, By::Service, &Event::ImportedMatchesAsked)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        world.settle().await;
        assert!(beside(world, scene.need, offer.id).await);
    });
}

#[test]
fn what_goes_out_comes_in_again_and_runs_in_no_spreadsheet() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        let world = &scene.world;
        let evil = "title,description,organisation,kind\n\
                    \"=HYPERLINK(\"\"http://x.test\"\")\",\"+84 28 rồi tới một mô tả đủ dài để được nhận vào đây.\",@Xưởng,need\n";
        let page = send(&scene.coordinator, "evil.csv", evil.as_bytes()).await;
        bring_in(&scene.coordinator, &page).await.shows("Đã nhập 1 tin");

        let file = scene.coordinator.get("/vi/desk/exports/listings.csv").await;
        file.is(200)
            .shows("\"'=HYPERLINK(")
            .shows("'@Xưởng")
            .shows("'+84 28");
        let reading = Reading::of(&file.bytes, None).unwrap();
        assert_eq!(reading.refused_rows(), 0, "{:?}", reading.findings);
        let mut all: Vec<Listing> = published(world).await;
        assert_eq!(reading.entries.len(), all.len());
        for entry in &reading.entries {
            let at = all
                .iter()
                .position(|listing| listing.kind == entry.kind && listing.best().vi == entry.content.vi);
            let listing = all.remove(at.expect("every row is one of the listings"));
            assert_eq!(listing.best().en, entry.content.en);
            assert_eq!(listing.best().trl, entry.content.trl);
            assert_eq!(listing.best().data, entry.content.data);
            assert_eq!(listing.visibility, entry.visibility);
        }
        // Beside the originals nothing comes in twice.
        let page = send(&scene.coordinator, "lai.csv", &file.bytes).await;
        scene
            .coordinator
            .get(&page)
            .await
            .is(200)
            .shows("Đã có ở đây; được bỏ qua.")
            .hides(&format!("{page}/entry"));
        for name in ["organisations", "pairings", "moves", "outcomes"] {
            let file = scene
                .coordinator
                .get(&format!("/vi/desk/exports/{name}.csv"))
                .await;
            Table::read(&file.is(200).bytes).unwrap();
        }
        scene.farmer.get("/vi/desk/exports/listings.csv").await.is(403);
    });
}

// Steps of the stories ---------------------------------------------------------------------------

/// Sends a file; the address of its dry run.
async fn send(browser: &Browser, name: &str, bytes: &[u8]) -> String {
    browser
        .upload("/vi/desk/imports", name, bytes, &[])
        .await
        .went_to()
}

async fn bring_in(browser: &Browser, page: &str) -> Seen {
    let goal = browser.post(&format!("{page}/entry"), &[]).await.went_to();
    browser.world.settle().await;
    browser.get(&goal).await
}

async fn published(world: &World) -> Vec<Listing> {
    listings::export::all(&world.cx).await.unwrap()
}

async fn titles(world: &World) -> Vec<String> {
    let all = published(world).await;
    all.iter()
        .map(|one| one.best().title(caunoi::kit::lang::Lang::Vi).to_owned())
        .collect()
}

/// The offer of the sheet.
async fn imported(world: &World) -> Listing {
    let found = published(world).await.into_iter();
    found
        .filter(|one| one.origin == Origin::Import)
        .find(|one| one.kind == Kind::Offer)
        .expect("the sheet's offer")
}

async fn beside(world: &World, need: ListingId, offer: ListingId) -> bool {
    let found = matching::of_listing(&world.cx.db, need).await.unwrap();
    found.iter().any(|one| one.offer_id == offer)
}
