//! What the service keeps about a person is theirs to take away, and no more than theirs.

use caunoi::accounts::Role;
use serde_json::Value;

use crate::scene::{FARM, LAB, Scene};
use crate::world::{Browser, story};

#[test]
fn a_person_takes_their_pairings_messages_and_letters_away() {
    story(|world| async move {
        let scene = Scene::set(world.clone()).await;
        let pairing = scene.approved().await;
        world.settle().await;
        let before = data(&scene.farmer).await;
        let told = &before["pairings"][0];
        assert_eq!(told["our_side"], "need");
        assert!(
            told["theirs"]["title"]
                .as_str()
                .unwrap()
                .contains("bệnh cây trồng")
        );
        assert!(!before.to_string().contains(LAB), "no contact before both accept");

        for side in [&scene.farmer, &scene.scientist] {
            side.post(&format!("/vi/pairings/{}/acceptance", pairing.id), &[])
                .await
                .is(303);
        }
        world.settle().await;
        let thread = format!("/vi/pairings/{}", pairing.id);
        let words = [("message", "Sáng thứ Năm bên tôi rảnh.")];
        scene
            .farmer
            .post(&format!("{thread}/messages"), &words)
            .await
            .is(303);
        scene
            .farmer
            .post("/vi/searches", &[("query", "q=drone")])
            .await
            .is(303);
        world.settle().await;

        let after = data(&scene.farmer).await;
        let told = &after["pairings"][0];
        assert_eq!(told["stage"], "introduced");
        assert!(told["contacts"].to_string().contains(LAB), "{told}");
        assert_eq!(told["messages"][0]["text"], "Sáng thứ Năm bên tôi rảnh.");
        assert_eq!(told["messages"][0]["by_me"], true);
        assert_eq!(told["our_steps"][0]["step"], "accept");
        assert_eq!(after["saved_searches"][0]["query"], "q=drone");
        let letters = after["account"]["letters_sent"].as_array().unwrap();
        assert!(
            letters.iter().any(|letter| letter["kind"] == "introduction"),
            "{letters:?}"
        );
        assert!(after["account"]["consents"][0]["given"].is_string());

        // The other side has its own, and a stranger nothing of it.
        let theirs = data(&scene.scientist).await;
        assert!(theirs["pairings"][0]["contacts"].to_string().contains(FARM));
        let stranger = world.person("An", Role::Member).await;
        assert_eq!(data(&stranger).await["pairings"], Value::Array(Vec::new()));

        // Seeing the other side's contact is noted for the admins.
        world
            .person("Quản trị", Role::Admin)
            .await
            .get("/vi/admin/audit")
            .await
            .is(200)
            .shows("xem liên hệ của bên kia")
            .shows("NC-2026-0001 ↔ NL-2026-0001");
    });
}

pub async fn data(browser: &Browser) -> Value {
    let seen = browser.get("/vi/settings/data").await;
    seen.is(200);
    serde_json::from_str(&seen.body).unwrap()
}
