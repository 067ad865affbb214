//! What a visitor meets: nothing shows through that they may not read, and an empty answer shows ways out.

use caunoi::accounts::Role;
use caunoi::events::{self, Event};
use caunoi::ids::{By, ListingId, OrgId, PairingId};
use caunoi::kit::clock::new_id;
use caunoi::kit::db::sql;
use serde_json::json;

use crate::scene::Scene;
use crate::world::{World, story};

const SECRET: &str = "Soi khuyết tật mạch điện tử";

#[test]
fn what_is_for_members_shows_to_no_visitor_anywhere() {
    story(async |world| {
        let city = City::settled(&world).await;
        let visitor = world.visitor();
        let everywhere = [
            "/vi",
            "/vi/search",
            "/vi/offers",
            "/vi/search?q=khuy%E1%BA%BFt+t%E1%BA%ADt+m%E1%BA%A1ch",
            "/vi/organisations/vien-thu",
            "/vi/feed.xml",
            "/api/listings",
        ];
        for page in everywhere {
            visitor
                .get(page)
                .await
                .is(200)
                .hides(SECRET)
                .hides(&city.members_only.to_string());
        }
        visitor
            .get("/sitemap.xml")
            .await
            .is(200)
            .hides(&city.members_only.to_string());
        visitor
            .get(&format!("/api/listings/{}", city.members_only))
            .await
            .is(404);
        world.coordinator().await.get("/vi/offers").await.shows(SECRET);
    });
}

#[test]
fn neighbours_are_remembered_and_who_may_read_them_is_asked_each_time() {
    story(async |world| {
        let scene = Scene::set(world.clone()).await;
        let visitor = world.visitor();
        let page = format!("/vi/needs/{}", scene.need);
        let (near, name) = ("Nhận dạng bệnh cây trồng từ ảnh lá", "Viện Thị giác Nam");
        visitor.get(&page).await.is(200).shows(near).shows(name);
        // Nobody tells the index: what was found for the first visitor would still be found.
        let becomes = async |change: &str| {
            let statement = sql(format!("update listings set {change} where id = $1")).bind(scene.offer);
            world.cx.db.exec(statement).await.unwrap();
        };
        becomes("visibility = 'members'").await;
        visitor.get(&page).await.is(200).hides(near).hides(name);
        becomes("visibility = 'public', state = 'paused'").await;
        visitor.get(&page).await.is(200).hides(near).hides(name);
        becomes("state = 'published', anonymous = true").await;
        visitor.get(&page).await.is(200).shows(near).hides(name);
    });
}

#[test]
fn an_anonymous_need_is_found_without_its_name() {
    story(async |world| {
        let city = City::settled(&world).await;
        let visitor = world.visitor();
        visitor
            .get("/vi/needs")
            .await
            .shows("Đếm khách ra vào chợ")
            .hides("Chợ Thử")
            .shows("ẩn danh");
        visitor
            .get("/vi/organisations/cho-thu")
            .await
            .is(200)
            .hides("Đếm khách ra vào chợ");
        let one = visitor.get(&format!("/api/listings/{}", city.anonymous)).await;
        one.is(200).shows("\"organisation\":null").hides("Chợ Thử");
    });
}

#[test]
fn what_hidden_listings_bring_about_is_counted_nowhere() {
    story(async |world| {
        let market = organisation(&world, "quan-cho", "Quầy chợ", "business", true).await;
        let lab = organisation(&world, "vien-dem", "Viện đếm", "institute", true).await;
        let offer = listing(
            &world,
            lab,
            "offer",
            "public",
            false,
            "Đếm người bằng camera",
            "tourism",
        )
        .await;
        let hidden = [("members", false), ("invited", false), ("members", true)];
        let open_to_all = [("public", true); 3];
        for (visibility, anonymous) in hidden.into_iter().chain(open_to_all) {
            let title = format!("Đếm khách ở cổng, {visibility}");
            let need = listing(&world, market, "need", visibility, anonymous, &title, "tourism").await;
            came_to_something(&world, need, offer).await;
        }
        world.settle().await;
        let visitor = world.visitor();
        // How it answers would tell that it was asked, and nothing that it was asked for bears its name.
        let market = visitor.get("/vi/organisations/quan-cho").await;
        market.is(200).shows("Chưa đủ lượt hỏi");
        let lab = visitor.get("/vi/organisations/vien-dem").await;
        lab.is(200).shows("0 trong 3 lần");
        // Three needs are open to all, although nobody is told whose they are: these the city counts.
        let home = visitor.get("/vi").await;
        home.shows("<b>3</b><span>cuộc giới thiệu")
            .shows("<b>3</b><span>kết quả");
    });
}

#[test]
fn an_unchecked_organisation_without_a_listing_is_not_there() {
    story(async |world| {
        let org = organisation(&world, "ho-so-moi", "Hồ sơ mới", "business", false).await;
        world.visitor().get("/vi/organisations/ho-so-moi").await.is(404);
        world
            .visitor()
            .get("/vi/organisations")
            .await
            .is(200)
            .hides("Hồ sơ mới");
        world
            .coordinator()
            .await
            .get("/vi/organisations/ho-so-moi")
            .await
            .is(200)
            .shows("Hồ sơ mới");
        world
            .visitor()
            .get(&format!("/vi/organisations/{org}"))
            .await
            .is(404);
    });
}

#[test]
fn where_nothing_fits_the_page_says_which_filter_to_drop() {
    story(async |world| {
        City::settled(&world).await;
        let page = world
            .visitor()
            .get("/vi/search?q=nh%E1%BA%ADn+d%E1%BA%A1ng+s%C3%A2u+b%E1%BB%87nh&sector=sport")
            .await;
        page.is(200)
            .shows("Chưa có tin nào khớp")
            .shows("bỏ Thể thao")
            .shows("/vi/needs/new?text=");
        let found = world.visitor().get("/vi/search?q=nhan+dang+sau+benh").await;
        found.shows("Nhận dạng sâu bệnh từ ảnh lá").shows("<mark>");
    });
}

#[test]
fn every_page_stands_in_both_languages() {
    story(async |world| {
        City::settled(&world).await;
        let visitor = world.visitor();
        for page in [
            "",
            "/search?q=x&sector=health",
            "/organisations",
            "/how",
            "/about",
            "/terms",
            "/privacy",
            "/accessibility",
        ] {
            let vietnamese = visitor.get(&format!("/vi{page}")).await;
            vietnamese
                .is(200)
                .shows("lang=\"vi\"")
                .shows(&format!("href=\"/en{}", page.replace('&', "&#38;")));
            visitor
                .get(&format!("/en{page}"))
                .await
                .is(200)
                .shows("<html lang=\"en\">");
        }
        let person = world.person("Trần Thị Mai", Role::Member).await;
        person
            .get("/vi")
            .await
            .shows("Trần Thị Mai")
            .shows("/vi/session/end");
    });
}

/// Two organisations, and a listing of each sort of secrecy.
struct City {
    members_only: ListingId,
    anonymous: ListingId,
}

impl City {
    async fn settled(world: &World) -> City {
        let institute = organisation(world, "vien-thu", "Viện Thử", "institute", true).await;
        let business = organisation(world, "cho-thu", "Chợ Thử", "business", true).await;
        listing(
            world,
            institute,
            "offer",
            "public",
            false,
            "Nhận dạng sâu bệnh từ ảnh lá",
            "agriculture",
        )
        .await;
        let members_only = listing(world, institute, "offer", "members", false, SECRET, "other").await;
        let anonymous = listing(
            world,
            business,
            "need",
            "public",
            true,
            "Đếm khách ra vào chợ",
            "tourism",
        )
        .await;
        world.settle().await;
        City {
            members_only,
            anonymous,
        }
    }
}

/// The two were asked, introduced, and said what came of it.
async fn came_to_something(world: &World, need: ListingId, offer: ListingId) {
    let (pairing, now) = (PairingId::new(), world.cx.now());
    let statement = sql(
        "insert into pairings (id, need_id, offer_id, origin, stage, score, why, model, asked_at, introduced_at, \
         followed_up, created_at, updated_at) values ($1, $2, $3, 'system', 'introduced', $4, $5, 'words', $6, $6, 0, $6, $6)",
    )
    .bind(pairing)
    .bind(need)
    .bind(offer)
    .bind(0.5)
    .bind(json!({ "need": [], "offer": [], "unknowns": [], "unmet": [], "evidence": [] }))
    .bind(now);
    world.cx.db.exec(statement).await.unwrap();
    let outcome = sql(
        "insert into outcomes (id, pairing_id, kind, body, evidence, created_at) values ($1, $2, 'pilot', '', '', $3)",
    )
        .bind(new_id())
        .bind(pairing)
        .bind(now);
    world.cx.db.exec(outcome).await.unwrap();
}

async fn organisation(world: &World, slug: &str, name: &str, kind: &str, checked: bool) -> OrgId {
    let id = OrgId::new();
    let now = world.cx.now();
    let statement = sql(
        "insert into organisations (id, slug, kind, name_vi, name_en, name_key, place, size, about_vi, about_en, \
         capacity, verified_at, foreign_sample, created_at) \
         values ($1, $2, $3, $4, '', $2, '26734', 'small', '', '', 3, $5, $6, $7)",
    )
    .bind(id)
    .bind(slug)
    .bind(kind)
    .bind(name)
    .bind(checked.then_some(now))
    .bind(false)
    .bind(now);
    world.cx.db.exec(statement).await.unwrap();
    id
}

async fn listing(
    world: &World,
    org: OrgId,
    kind: &str,
    visibility: &str,
    anonymous: bool,
    title: &str,
    sector: &str,
) -> ListingId {
    let id = ListingId::new();
    let now = world.cx.now();
    let content = json!({
        "vi": { "title": title, "summary": title, "body": format!("{title}. Chụp bằng điện thoại, trả lời trong vài giây.") },
        "tags": [{ "scheme": "sector", "code": sector, "weight": "must" }],
    });
    let statement = sql(
        "insert into listings (id, kind, org_id, state, origin, visibility, anonymous, open_for_interest, version, \
         draft, live, live_version, published_at, refreshed_at, created_at, updated_at) \
         values ($1, $2, $3, 'published', 'owner', $4, $5, $6, 1, $7, $8, 1, $9, $9, $9, $9)",
    )
    .bind(id)
    .bind(kind)
    .bind(org)
    .bind(visibility)
    .bind(anonymous)
    .bind(true)
    .bind(content.clone())
    .bind(content)
    .bind(now);
    let mut tx = world.cx.db.begin().await.unwrap();
    tx.exec(statement).await.unwrap();
    let event = Event::ListingPublished { listing: id };
    events::record(&world.cx, &mut tx, By::Service, &event)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}
