//! Fair shares: a provider with much open gives way to others that fit nearly as well, and a coordinator sees that.

use caunoi::ids::ListingId;
use caunoi::kit::table::Table;
use caunoi::listings::{Content, Kind};
use caunoi::matching;

use crate::scene::{Poster, Scene, knows_leaves, posted, sick_rice};
use crate::world::{World, story};

#[test]
fn who_has_much_open_gives_way_and_a_coordinator_sees_why() {
    story(|world| async move {
        let scene = Scene::set(world.clone()).await;
        let famous = Poster::new(Kind::Offer, "Viện Thị giác Nam", "tu@vien.example", "Tú");
        let (second, _) = posted(&world, &famous, knows_leaves()).await;
        // It fits a little less: it sits in another place.
        let modest = Content {
            place: Some("26824".to_owned()),
            ..knows_leaves()
        };
        let other = Poster::new(Kind::Offer, "Trường Đồng Bằng", "hoa@dongbang.example", "Hoa");
        let (quiet, _) = posted(&world, &other, modest).await;
        world.settle().await;
        for (org, email) in [
            ("Nông trường Đồng Cò", "an@dongco.example"),
            ("Nông trường Cồn Ốc", "binh@conoc.example"),
            ("Nông trường Bãi Ngang", "chi@baingang.example"),
        ] {
            need_of(&world, org, email).await;
        }
        let (need, farmer) = need_of(&world, "Nông trường Gò Sao", "dung@gosao.example").await;
        let found = matching::of_listing(&world.cx.db, need).await.unwrap();
        let offers: Vec<ListingId> = found.iter().map(|one| one.offer_id).collect();
        assert_eq!(offers.len(), 3);
        assert_eq!(offers[2], quiet, "by fit alone it stands last");
        let page = |at: usize| format!("/vi/pairings/{}", found[at].id);
        let gave_way = "Bên cung đang có nhiều đề nghị (8), nên xếp thứ 2 thay vì thứ 1.";
        scene.coordinator.get(&page(0)).await.is(200).shows(gave_way);
        scene
            .coordinator
            .get("/vi/desk/suggestions")
            .await
            .shows(gave_way);
        let quiet_one = scene.coordinator.get(&page(2)).await;
        quiet_one.is(200).hides("đang có nhiều đề nghị");
        assert!(offers.contains(&second));

        // Once it is decided, and for the two sides, the note is nobody's business.
        scene
            .coordinator
            .post(&format!("{}/approval", page(0)), &[])
            .await
            .is(303);
        scene.coordinator.get(&page(0)).await.hides("nhiều đề nghị");
        farmer.get(&page(0)).await.is(200).hides("nhiều đề nghị");

        let csv = scene.coordinator.get("/vi/desk/figures/exposure.csv").await;
        let table = Table::read(&csv.is(200).bytes).unwrap();
        // Five needs: the first was sought for when one offer was there; of the other fourteen or so the Institute
        // has two in three. Both rows are equal, for there is nobody else to be named.
        let numbers = |row: usize| {
            (1..6)
                .map(|column| table.cell(row, column).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(numbers(0), numbers(1));
        assert_eq!(numbers(0), ["13", "9", "69 %", "9", "2"], "{table:?}");
        scene
            .coordinator
            .get("/en/desk/figures")
            .await
            .shows("The most named tenth of providers has 69 % of the suggestions");
    });
}

async fn need_of(world: &World, org: &str, email: &str) -> (ListingId, crate::world::Browser) {
    let posted = posted(
        world,
        &Poster::new(Kind::Need, org, email, "Chủ trại"),
        sick_rice(),
    )
    .await;
    world.settle().await;
    posted
}
