//! A program that reads and posts for its person, by a token they made.

use actix_web::http::header;
use actix_web::test::TestRequest;
use caunoi::accounts::Role;
use caunoi::kit::clock::DAY;
use serde_json::{Value, json};

use crate::scene::Scene;
use crate::world::{Browser, Seen, World, story};

#[test]
fn a_program_posts_what_its_person_would_and_a_coordinator_reads_it() {
    story(|world| async move {
        let scene = Scene::set(world.clone()).await;
        let program = Program::of(&scene.farmer, "write").await;
        let draft = program
            .post(&json!({ "kind": "need", "title": "Đếm bao gạo khi xuống hàng", "submit": true }))
            .await;
        let told = json_of(draft.is(201));
        assert_eq!(told["state"], "draft");
        let missing = told["missing"].as_array().unwrap();
        assert!(missing.iter().any(|one| one["field"] == "summary"), "{told}");
        assert!(draft.location.as_deref().unwrap().ends_with("/edit/check"));

        let whole = json!({
            "kind": "need", "submit": true,
            "title": "Đếm bao gạo khi xuống hàng ở bến",
            "summary": "Mỗi ngày 4.000 bao đi qua băng chuyền, hai người đếm tay và thường lệch nhau vài chục bao.",
            "body": "Bến có ba băng chuyền và camera ở mỗi đầu. Chúng tôi muốn đếm tự động, sai số dưới nửa phần trăm, \
                     chạy trên máy tính tại chỗ.",
            "success": "Sai số dưới 0,5 % trong một tháng liền.",
            "sector": ["agriculture"], "capability": ["cv.class"], "cooperation": ["pilot"], "data": "raw",
        });
        let told = json_of(program.post(&whole).await.is(201));
        assert_eq!(told["missing"], json!([]), "{told}");
        assert_eq!(told["state"], "review");
        let reference = told["reference"].as_str().unwrap();
        let queue = scene.coordinator.get("/vi/desk/reviews").await;
        queue.is(200).shows("Đếm bao gạo khi xuống hàng ở bến");
        let mine = json_of(program.get("/api/mine").await.is(200));
        let states: Vec<&str> = mine["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["state"].as_str().unwrap())
            .collect();
        assert_eq!(states.len(), 3, "{mine}");
        assert!(mine.to_string().contains(reference));
        scene.scientist.get("/vi/mine").await.hides("Đếm bao gạo");
    });
}

#[test]
fn a_token_does_what_it_is_for_and_ends_when_its_owner_says() {
    story(|world| async move {
        let scene = Scene::set(world.clone()).await;
        let page = "/vi/settings/tokens";
        scene
            .farmer
            .post(page, &[("name", " "), ("scope", "read")])
            .await
            .is(422)
            .shows("Đặt tên");
        let reader = Program::of(&scene.farmer, "read").await;
        reader.get("/api/mine").await.is(200);
        let need = json!({ "kind": "need", "title": "Đếm bao gạo khi xuống hàng" });
        reader.post(&need).await.is(403);
        scene
            .farmer
            .get(page)
            .await
            .is(200)
            .hides(&reader.token)
            .shows("đồng bộ");
        assert!(!page_of_data(&scene.farmer).await.contains(&reader.token));

        // A cookie is no token, and a made-up token none at all.
        let refused = scene.farmer.get("/api/mine").await;
        assert_eq!(refused.is(401).header("www-authenticate"), Some("Bearer"));
        assert_eq!(refused.header("content-type"), Some("application/problem+json"));
        assert_eq!(json_of(&refused)["status"], 401);
        Program::with(&world, "caunoi_nobody")
            .get("/api/mine")
            .await
            .is(401);

        let removal = scene.farmer.get(page).await.link("/removal");
        scene.scientist.post(&removal, &[]).await.is(303);
        reader.get("/api/mine").await.is(200);
        scene.farmer.post(&removal, &[]).await.is(303);
        reader.get("/api/mine").await.is(401);

        let old = Program::of(&scene.scientist, "write").await;
        old.get("/api/mine").await.is(200);
        world.cx.clock.advance(366 * DAY);
        old.get("/api/mine").await.is(401);
    });
}

#[test]
fn no_token_opens_the_desk_and_a_closed_account_has_none() {
    story(|world| async move {
        let lan = world.person_at("Lan", "lan@city.test", Role::Coordinator).await;
        let program = Program::of(&lan, "write").await;
        program.get("/api/mine").await.is(200);
        program.get("/vi/desk").await.is(303);
        let admin = world.person("Quản trị", Role::Admin).await;
        let page = admin.get("/vi/admin/people?q=lan%40city").await;
        admin.post(&page.link("/closure"), &[]).await.is(303);
        program.get("/api/mine").await.is(401);
    });
}

#[test]
fn what_cannot_be_taken_is_told_as_a_problem() {
    story(|world| async move {
        let minh = world.person("Minh", Role::Member).await;
        let program = Program::of(&minh, "write").await;
        for (body, field) in [
            (
                json!({ "kind": "wish", "title": "Đếm bao gạo khi xuống hàng" }),
                "kind",
            ),
            (json!({ "kind": "need", "title": "ngắn" }), "title"),
            (json!({ "kind": "need", "title": "x".repeat(300) }), "title"),
            (
                json!({ "kind": "need", "tilte": "Đếm bao gạo khi xuống hàng" }),
                "body",
            ),
            (json!(["need"]), "body"),
            (
                json!({ "kind": "need", "title": { "vi": "Đếm bao gạo" } }),
                "body",
            ),
            (
                json!({ "kind": "need", "title": "Đếm bao gạo khi xuống hàng", "trl": 12 }),
                "trl",
            ),
        ] {
            let seen = program.post(&body).await;
            assert_eq!(
                seen.is(422).header("content-type"),
                Some("application/problem+json"),
                "{body}"
            );
            assert_eq!(json_of(&seen)["errors"][0]["field"], field, "{body}");
        }
        program
            .send(TestRequest::post().set_payload("{\"kind\":"))
            .await
            .is(422);
        program
            .send(TestRequest::post().set_payload("x".repeat(200_000)))
            .await
            .is(413);
        program
            .send(TestRequest::post().set_payload("x".repeat(300_000)))
            .await
            .is(413);
        program
            .get("/api/listings/nothing")
            .await
            .is(404)
            .shows("\"type\":\"about:blank\"");
        program.get("/api/nothing").await.is(404).shows("\"status\":404");
        let described = json_of(program.get("/api/openapi.json").await.is(200));
        assert_eq!(described["openapi"], "3.1.0");
        assert!(described["paths"]["/api/listings"]["post"]["security"].is_array());
    });
}

pub struct Program {
    browser: Browser,
    token: String,
}

impl Program {
    /// With a token its person has just made.
    pub async fn of(person: &Browser, scope: &str) -> Program {
        let fields = [("name", "đồng bộ"), ("scope", scope)];
        let page = person.post("/vi/settings/tokens", &fields).await;
        let token = page.is(200).body.split("<span class=\"ref\">").nth(1).unwrap();
        Program::with(&person.world, token.split('<').next().unwrap())
    }

    fn with(world: &World, token: &str) -> Program {
        Program {
            browser: world.visitor(),
            token: token.to_owned(),
        }
    }

    pub async fn get(&self, path: &str) -> Seen {
        self.browser
            .send(self.bearing(TestRequest::get().uri(path)))
            .await
    }

    async fn post(&self, body: &Value) -> Seen {
        self.send(TestRequest::post().set_json(body)).await
    }

    async fn send(&self, request: TestRequest) -> Seen {
        self.browser
            .send(self.bearing(request.uri("/api/listings")))
            .await
    }

    fn bearing(&self, request: TestRequest) -> TestRequest {
        request.insert_header((header::AUTHORIZATION, format!("Bearer {}", self.token)))
    }
}

async fn page_of_data(browser: &Browser) -> String {
    browser.get("/vi/settings/data").await.body
}

fn json_of(seen: &Seen) -> Value {
    serde_json::from_str(&seen.body).unwrap()
}
