//! The coordinator's desk: what waits, what was sent, what came of it, what can be taken away.

use caunoi::accounts::Role;
use caunoi::kit::db::sql;
use caunoi::kit::table::Table;
use caunoi::listings::{self, Content, Kind, Text};
use caunoi::matching;
use caunoi::matching::stage::Stage;

use crate::scene::{FARM, LAB, Poster, Scene, knows_leaves, posted, sick_rice, tagged};
use crate::world::{Browser, story};

#[test]
fn the_desk_puts_what_is_late_on_top() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        let desk = || scene.coordinator.get("/vi/desk");
        desk().await.is(200).shows("Gợi ý chờ xem").hides("Hạn trả lời");
        scene.farmer.get("/vi/desk").await.is(403);
        let lonely = Content {
            vi: Some(Text {
                title: "Dự báo lượng khách ở bến phà".to_owned(),
                summary: "Biết trước ngày đông để thêm chuyến.".to_owned(),
                body: "Mỗi dịp lễ khách chờ ba giờ vì không ai biết trước sẽ đông tới mức nào.".to_owned(),
                ..Text::default()
            }),
            ..tagged("transport", "ts.forecast")
        };
        let ferry = Poster::new(Kind::Need, "Bến phà Sông Hậu", "phuc@benpha.example", "Phúc");
        posted(&scene.world, &ferry, lonely).await;
        let minh = scene.world.person("Minh", Role::Member).await;
        let form = [
            ("kind", "business"),
            ("name_vi", "Xưởng Gỗ An"),
            ("place", "25747"),
            ("size", "small"),
        ];
        minh.post("/vi/organisations", &form).await.is(303);
        scene.approved().await;
        scene.world.letters().await;
        scene.world.days_pass(8).await;
        let coordinator = scene.world.coordinator().await;
        coordinator
            .get("/vi/desk")
            .await
            .shows("Hạn trả lời")
            .shows("Phát hiện bệnh trên lá lúa từ ảnh điện thoại ↔ Nhận dạng bệnh cây trồng")
            .shows("Tổ chức chờ kiểm tra")
            .shows("Xưởng Gỗ An")
            .hides("14 ngày chưa có ghép nối");
        scene.world.days_pass(8).await;
        let seen = coordinator.get("/vi/desk").await;
        seen.shows("14 ngày chưa có ghép nối")
            .shows("Dự báo lượng khách ở bến phà");
        let by_hand = seen.link("need=NC-2026-0002");
        coordinator
            .get(&by_hand)
            .await
            .is(200)
            .shows("value=\"NC-2026-0002\"");
    });
}

#[test]
fn a_letter_in_doubt_waits_for_a_person() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        scene.approved().await;
        scene.world.letters().await;
        let doubt = sql("update outbox set state = 'in_doubt' where kind = 'invitation'");
        scene.world.cx.db.exec(doubt).await.unwrap();
        scene.coordinator.get("/vi/desk").await.shows("Thư gặp trục trặc");
        let list = scene.coordinator.get("/vi/desk/outbox?state=in_doubt").await;
        list.is(200)
            .shows("Chưa chắc")
            .shows("Gợi ý ghép nối")
            .shows(FARM);
        scene.farmer.get("/vi/desk/outbox").await.is(403);
        let path = list.link("/desk/outbox/");
        let letter = scene.coordinator.get(&path).await;
        // Whoever reads another's letter cannot answer in their place.
        letter.is(200).shows("answer?token=••••••").shows("Vì sao hợp");
        scene
            .coordinator
            .post(&format!("{path}/arrival"), &[])
            .await
            .is(303);
        scene
            .coordinator
            .post(&format!("{path}/cancellation"), &[])
            .await
            .is(409);
        let list = scene.coordinator.get("/vi/desk/outbox?state=in_doubt").await;
        let other = list.link("/desk/outbox/");
        assert_ne!(path, other);
        scene
            .coordinator
            .post(&format!("{other}/sending"), &[])
            .await
            .is(303);
        assert_eq!(
            scene.world.letters().await.len(),
            1,
            "the same letter goes out again"
        );

        let admin = scene.world.person("Quản trị", Role::Admin).await;
        admin
            .get("/vi/admin/audit")
            .await
            .is(200)
            .shows("mở một lá thư")
            .shows("ghi nhận thư đã tới")
            .shows("cho gửi lại thư");
        let table = table(&admin, "/vi/admin/audit.csv").await;
        let acts = table.rows.iter().filter(|row| !row[1].starts_with("event:"));
        assert_eq!(acts.count(), 3, "{table:?}");
        scene.coordinator.get("/vi/admin/audit").await.is(403);
    });
}

#[test]
fn the_figures_and_their_files_tell_what_happened() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        let neighbour = Poster::new(Kind::Need, "Nông trường Đồng Cò", "hoa@dongco.example", "Hoa");
        let (need, hoa) = posted(&scene.world, &neighbour, sick_rice()).await;
        scene.world.settle().await;
        let first = scene.introduced().await;
        let outcome = [
            ("kind", "pilot"),
            ("amount", "50.000.000"),
            ("body", "Thử trên 20 ha."),
        ];
        let outcomes = format!("/vi/pairings/{}/outcomes", first.id);
        scene.farmer.post(&outcomes, &outcome).await.is(303);
        let second = scene.pairing_of(need).await.expect("a second pair");
        scene
            .coordinator
            .post(&format!("/vi/pairings/{}/approval", second.id), &[])
            .await
            .is(303);
        let no = [("reason", "budget")];
        hoa.post(&format!("/vi/pairings/{}/refusal", second.id), &no)
            .await
            .is(303);
        scene.world.settle().await;

        let figure = async |name: &str| {
            let path = format!("/vi/desk/figures/{name}.csv");
            table(&scene.coordinator, &path).await
        };
        let pairings = figure("pairings").await;
        assert_eq!(
            pairings.columns[1..].join(","),
            "Gợi ý,Đã gửi,Đồng ý,Từ chối,Hết hạn trả lời,Giới thiệu,Kết quả"
        );
        let sums: Vec<i64> = (1..8).map(|column| sum(&pairings, column)).collect();
        assert_eq!(sums, [2, 2, 2, 1, 0, 1, 1]);
        let listed = figure("listings").await;
        assert_eq!((sum(&listed, 1), sum(&listed, 2)), (2, 1), "{listed:?}");
        let refusals = figure("refusals").await;
        assert_eq!((refusals.rows.len(), sum(&refusals, 1)), (1, 1), "{refusals:?}");
        scene
            .coordinator
            .get("/en/desk/figures")
            .await
            .is(200)
            .shows("<svg")
            .shows("Pairings by week");
        // A period before anything happened is empty, and says so in numbers.
        let before = table(
            &scene.coordinator,
            "/vi/desk/figures/pairings.csv?from=01/01/2025&to=31/01/2025",
        )
        .await;
        assert!((1..8).all(|column| sum(&before, column) == 0), "{before:?}");
        scene
            .coordinator
            .get("/vi/desk/figures?from=31/01/2025&to=01/01/2025")
            .await
            .shows("Ngày đầu phải trước ngày cuối.");

        // The exports say the same, step by step, and name nobody.
        let moves = table(&scene.coordinator, "/vi/desk/exports/moves.csv").await;
        let step = moves.columns.iter().position(|name| name == "step").unwrap();
        let count = |code: &str| {
            (0..moves.rows.len())
                .filter(|row| moves.cell(*row, step) == code)
                .count()
        };
        assert_eq!((count("approve"), count("accept"), count("decline")), (2, 2, 1));
        let pairs = scene.coordinator.get("/vi/desk/exports/pairings.csv").await;
        pairs.shows("introduced").shows("declined").hides(FARM).hides(LAB);
        let told = scene.coordinator.get("/vi/desk/exports/outcomes.csv").await;
        told.shows("50000000").shows("Thử trên 20 ha.");
        hoa.get("/vi/desk/figures").await.is(403);
    });
}

#[test]
fn a_coordinator_pairs_by_hand_what_the_machine_did_not_see() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        let other = Content {
            vi: Some(Text {
                title: "Đánh giá giọng nói bằng tiếng dân tộc".to_owned(),
                summary: "Phòng thí nghiệm tiếng nói.".to_owned(),
                body: "Thu và đánh giá giọng nói của sáu ngôn ngữ ít người dùng.".to_owned(),
                ..Text::default()
            }),
            ..tagged("culture", "speech.asr")
        };
        let voices = Poster::new(Kind::Offer, "Phòng Tiếng nói", "thu@tiengnoi.example", "Thu");
        let (offer, thu) = posted(&scene.world, &voices, other).await;
        scene.world.settle().await;
        let need = listings::get(&scene.world.cx.db, scene.need).await.unwrap();
        let offer = listings::get(&scene.world.cx.db, offer).await.unwrap();
        let form = |need: &str, offer: &str| vec![("need", need.to_owned()), ("offer", offer.to_owned())];
        let pair = async |need: &str, offer: &str| {
            let fields = form(need, offer);
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            scene.coordinator.post("/vi/desk/pairings", &fields).await
        };
        pair("NC-2026-9999", "")
            .await
            .is(422)
            .shows("Nhập mã năng lực.")
            .shows("value=\"NC-2026-9999\"");
        pair("NC-2026-9999", need.reference())
            .await
            .is(422)
            .shows("Không có nhu cầu nào đang mở với mã này.")
            .shows("Không có năng lực nào đang mở với mã này.");
        let page = pair(need.reference(), offer.reference()).await.went_to();
        assert_eq!(
            pair(need.reference(), offer.reference()).await.went_to(),
            page,
            "one pair, one page"
        );
        thu.get(&page).await.is(404);
        scene.coordinator.get(&page).await.is(200).shows("tiếng dân tộc");
        scene.world.letters().await;
        scene
            .coordinator
            .post(&format!("{page}/approval"), &[])
            .await
            .is(303);
        let letter = scene.world.letters().await;
        let asked = letter
            .iter()
            .find(|one| one.to.contains("thu@tiengnoi.example"))
            .unwrap();
        assert!(
            asked
                .plain
                .contains("Điều phối viên thấy hai đơn vị có thể giúp được nhau."),
            "{}",
            asked.plain
        );

        // Two that shall not meet are neither found nor paired.
        let blocked = [("one", "Phòng Tiếng nói"), ("other", "Nông trường Đồng Cò")];
        scene
            .coordinator
            .post("/vi/desk/blocks", &blocked)
            .await
            .is(422)
            .shows("Không có tổ chức nào tên như vậy.");
        let blocked = [("one", "Viện Thị giác Nam"), ("other", "Hợp tác xã Sông Xanh")];
        scene.coordinator.post("/vi/desk/blocks", &blocked).await.is(303);
        let again = Poster::new(Kind::Need, "Hợp tác xã Sông Xanh", FARM, "Lan");
        let (second, _) = posted(&scene.world, &again, sick_rice()).await;
        scene.world.settle().await;
        assert!(scene.pairing_of(second).await.is_none());
    });
}

#[test]
fn the_board_moves_on_what_a_coordinator_may_move() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        let pairing = scene.introduced().await;
        let (offer, _) = posted(
            &scene.world,
            &Poster::new(Kind::Offer, "Trường Đồng Bằng", "hoa@dongbang.example", "Hoa"),
            knows_leaves(),
        )
        .await;
        scene.world.settle().await;
        let fresh = scene.pairing_with(offer).await;
        let board = scene.coordinator.get("/vi/desk/pairings").await;
        board
            .is(200)
            .shows(&pairing.id.to_string())
            .shows(&fresh.id.to_string());
        let to = async |id, stage: &str| {
            let path = format!("/vi/pairings/{id}/stage");
            scene.coordinator.post(&path, &[("stage", stage)]).await
        };
        to(pairing.id, "negotiating").await.is(303);
        to(pairing.id, "meeting").await.is(409);
        to(fresh.id, "need_accepted")
            .await
            .is(409)
            .shows("Bước này do hai bên quyết định.");
        to(fresh.id, "dismissed").await.is(303);
        to(fresh.id, "suggested").await.is(303);
        let stage = matching::get(&scene.world.cx.db, pairing.id).await.unwrap().stage;
        assert_eq!(stage, Stage::Negotiating);
        scene
            .farmer
            .post(
                &format!("/vi/pairings/{}/stage", fresh.id),
                &[("stage", "dismissed")],
            )
            .await
            .is(403);
    });
}

// Steps of the stories ---------------------------------------------------------------------------

async fn table(browser: &Browser, path: &str) -> Table {
    let file = browser.get(path).await;
    Table::read(&file.is(200).bytes).unwrap()
}

fn sum(table: &Table, column: usize) -> i64 {
    let cells = (0..table.rows.len()).map(|row| table.cell(row, column));
    cells.map(|cell| cell.parse::<i64>().unwrap_or(0)).sum()
}
