//! A hundred listings that most readers may know nothing of, each with words that stand nowhere else. Whoever may
//! not read them opens every route, follows every link and asks the search for those very words: what they see is,
//! to the byte, what they saw before there were any.

use std::collections::BTreeMap;

use caunoi::accounts::Role;
use caunoi::ids::{By, ListingId, OrgId};
use caunoi::kit::db::sql;
use caunoi::listings::import::{Ready, enter};
use caunoi::listings::{Content, Kind, Origin, Text, Visibility};
use caunoi::matching;
use caunoi::orgs::import::Named;
use caunoi::orgs::{self, OrgKind};
use uuid::Uuid;

use crate::crawl::{Sights, crawl, every_address, told};
use crate::routes;
use crate::scene::{Poster, Scene, posted, tagged};
use crate::world::{Browser, World, story};

/// Stands in every canary: whoever keeps this search would be told of them.
const SHARED: &str = "kimcuongden";
/// So do these, written nowhere else; and without their marks, as a hurried reader types them.
const MARKED: (&str, &str) = ("khoằm ngoẻo", "khoam ngoeo");

/// Why a reader may not know of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Secret {
    /// For people of checked organisations.
    Members,
    /// For one organisation that is named.
    Invited,
    /// A draft, or paused, or closed.
    Shut,
    /// Everyone may read it, and nobody whose it is.
    Anonymous,
}

struct Canary {
    secret: Secret,
    /// A word that stands nowhere else: in its text, or in the name behind an anonymous one.
    word: String,
    id: ListingId,
}

#[test]
fn whoever_may_not_read_a_listing_sees_a_world_without_it() {
    story(|world| async move {
        let readers = Readers::gather(&world).await;
        // What is told by letter is younger than the search that was kept.
        world.days_pass(1).await;
        let before = readers.look(&world).await;

        let owner = Owner::of(&world).await;
        let mut canaries = owner.keep(Secret::Invited, 25).await;
        canaries.extend(owner.keep(Secret::Shut, 25).await);
        world.settle().await;
        for (name, sights) in readers.look(&world).await {
            same(name, &before[name], &sights);
        }
        canaries.extend(owner.keep(Secret::Members, 25).await);
        world.settle().await;
        for (name, sights) in readers.look(&world).await {
            if !Readers::checked(name) {
                same(name, &before[name], &sights);
            }
        }
        // A letter names a few listings for each kept search: now these, later they would be others.
        assert!(
            letters_tell(&world, &canaries).await > 0,
            "no kept search told anybody anything"
        );
        canaries.extend(owner.keep(Secret::Anonymous, 25).await);
        world.settle().await;
        let seen = readers.look(&world).await;
        // A page says again what it was asked.
        let shows = |name: &str, word: &str| {
            let mut pages = seen[name].iter();
            pages.any(|(path, page)| !path.contains(word) && page.contains(word))
        };
        for (name, _) in &readers.0 {
            for canary in canaries.iter().filter(|one| hidden(name, one.secret)) {
                assert!(
                    !shows(name, &canary.word),
                    "{name} saw {:?} {}",
                    canary.secret,
                    canary.word
                );
            }
        }
        // The crawl would have seen them: who may read what members offer, does.
        let open = canaries.iter().find(|one| one.secret == Secret::Members).unwrap();
        assert!(
            shows("another firm", &open.word),
            "the crawl does not come far enough"
        );

        readers
            .are_refused_as_if_nothing_were_there(&world, &canaries)
            .await;
        letters_tell(&world, &canaries).await;
        let metrics = world.visitor().get("/metrics").await;
        for canary in &canaries {
            metrics.is(200).hides(&canary.word).hides(&canary.id.to_string());
        }
    });
}

#[test]
fn what_a_cache_may_keep_is_the_same_for_everybody() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        let visitor = scene.world.visitor();
        let addresses = every_address(&[scene.need.to_string()], &["vien-thi-giac-nam".to_owned()]);
        let mut kept = 0;
        for path in addresses {
            let open = visitor.get(&path).await;
            for reader in [&scene.farmer, &scene.coordinator] {
                // A sentence waits to be shown to them: no cache may take it, nor its cookie.
                reader
                    .post("/vi/settings/letters", &[("letters", "yes")])
                    .await
                    .is(303);
                let seen = reader.get(&path).await;
                let policy = seen.header("cache-control").unwrap_or_default();
                if policy == "no-store" {
                    continue;
                }
                assert!(policy.starts_with("public, max-age="), "{path}: {policy}");
                assert_eq!(seen.header("set-cookie"), None, "{path}");
                assert_eq!(told(&seen), told(&open), "{path}");
                kept += 1;
            }
        }
        assert!(kept > 10, "only {kept} answers may be kept");
    });
}

#[test]
fn a_saved_listing_goes_from_sight_when_its_owner_closes_the_door() {
    story(|world| async move {
        let scene = Scene::set(world).await;
        let need = format!("/vi/needs/{}", scene.need);
        scene.scientist.post(&format!("{need}/saved"), &[]).await.is(303);
        let title = "Phát hiện bệnh trên lá lúa";
        scene.scientist.get("/vi/saved").await.shows(title);
        let shut = sql("update listings set visibility = 'invited' where id = $1").bind(scene.need);
        scene.world.cx.db.exec(shut).await.unwrap();
        scene.scientist.get(&need).await.is(404);
        scene.scientist.get("/vi/saved").await.is(200).hides(title);
        scene.farmer.post(&format!("{need}/saved"), &[]).await.is(303);
        scene.farmer.get("/vi/saved").await.shows(title);
    });
}

fn hidden(reader: &str, secret: Secret) -> bool {
    secret != Secret::Members || !Readers::checked(reader)
}

/// Everything seen is as it was; the first page that differs is told.
#[track_caller]
fn same(reader: &str, before: &Sights, after: &Sights) {
    for (path, page) in after {
        let known = before.get(path);
        assert_eq!(known, Some(page), "{reader} sees a difference at {path}");
    }
    assert_eq!(before.len(), after.len(), "{reader} no longer sees a page");
}

/// How often the letters of a week tell a reader of a listing; none tells of one that its reader may not know.
async fn letters_tell(world: &World, canaries: &[Canary]) -> usize {
    let mut letters = world.letters().await;
    world.days_pass(8).await;
    letters.extend(world.letters().await);
    let mut told = 0;
    for letter in letters {
        let Some(reader) = NAMES.iter().find(|name| letter.to.contains(&address(name))) else {
            continue;
        };
        for canary in canaries {
            let tells = letter.plain.contains(&canary.word) || letter.subject.contains(&canary.word);
            assert!(
                !(tells && hidden(reader, canary.secret)),
                "{reader} got {}",
                letter.plain
            );
            told += usize::from(tells);
        }
    }
    told
}

// Who looks ------------------------------------------------------------------------------------------------------

const NAMES: [&str; 4] = ["a visitor", "someone alone", "another firm", "an institute"];

struct Readers(Vec<(&'static str, Browser)>);

fn address(name: &str) -> String {
    format!("{}@canaries.example", name.replace(' ', "-"))
}

impl Readers {
    async fn gather(world: &World) -> Readers {
        let (firm, institute) = (address("another firm"), address("an institute"));
        let firm = Poster::new(Kind::Need, "Công ty Sao Hôm", &firm, "Hòa");
        let institute = Poster::new(Kind::Offer, "Viện Sao Mai", &institute, "Mai");
        let (_, firm) = posted(world, &firm, said("Đọc biển số xe ở cổng cảng", "transport")).await;
        let (_, institute) = posted(
            world,
            &institute,
            said("Dự báo lượng mưa theo giờ", "agriculture"),
        )
        .await;
        let alone = world
            .person_at("Một mình", &address("someone alone"), Role::Member)
            .await;
        for reader in [&firm, &institute, &alone] {
            let query = format!("q={SHARED}");
            reader.post("/vi/searches", &[("query", &query)]).await.is(303);
            // The word of thanks is shown once.
            reader.get("/vi/saved").await.is(200);
        }
        world.letters().await;
        Readers(vec![
            ("a visitor", world.visitor()),
            ("someone alone", alone),
            ("another firm", firm),
            ("an institute", institute),
        ])
    }

    /// Whether a reader is of an organisation that was checked.
    fn checked(name: &str) -> bool {
        matches!(name, "another firm" | "an institute")
    }

    async fn look(&self, world: &World) -> BTreeMap<&'static str, Sights> {
        let orgs: Vec<(OrgId, String)> = world
            .cx
            .db
            .all(sql(
                "select id, slug from organisations where name_vi like '%Sao%'",
            ))
            .await
            .unwrap();
        let slugs: Vec<String> = orgs.into_iter().map(|(_, slug)| slug).collect();
        let mut seen = BTreeMap::new();
        for (name, reader) in &self.0 {
            let addresses = every_address(&[Uuid::nil().to_string()], &slugs);
            let mut sights = crawl(reader, addresses.into_iter().chain(questions())).await;
            for kind in ["needs", "offers"] {
                let path = format!("/vi/{kind}/similar");
                let typed = format!(
                    "{SHARED} {} {} {} dự án của chúng tôi",
                    word(0),
                    word(30),
                    MARKED.0
                );
                let answer = reader.post(&path, &[("title", &typed)]).await;
                sights.insert(path, told(&answer));
            }
            seen.insert(*name, sights);
        }
        seen
    }

    /// Every route that names a listing, or a pairing with it, answers as for an id that was never given.
    async fn are_refused_as_if_nothing_were_there(&self, world: &World, canaries: &[Canary]) {
        let mut told_apart = Vec::new();
        let nothing = Uuid::nil().to_string();
        for secret in [Secret::Invited, Secret::Shut, Secret::Members] {
            let canary = canaries.iter().find(|one| one.secret == secret).unwrap();
            let mut ids = vec![canary.id.to_string()];
            let pairings = matching::of_listing(&world.cx.db, canary.id).await.unwrap();
            ids.extend(pairings.iter().take(1).map(|pairing| pairing.id.to_string()));
            for (name, reader) in self.0.iter().filter(|(name, _)| hidden(name, secret)) {
                for (_, method, pattern) in routes::all().filter(|(.., pattern)| pattern.contains("{id}")) {
                    for id in &ids {
                        let (real, fake) = (
                            ask(reader, method, &pattern, id),
                            ask(reader, method, &pattern, &nothing),
                        );
                        let (real, fake) = (real.await, fake.await);
                        if real.replace(id, &nothing) != fake {
                            told_apart.push(format!("{name}: {method} {pattern}\n{real}\n{fake}"));
                        }
                    }
                }
            }
        }
        assert!(told_apart.is_empty(), "{}", told_apart.join("\n\n"));
    }
}

async fn ask(reader: &Browser, method: &str, pattern: &str, id: &str) -> String {
    let path = routes::fill(pattern, |piece| match piece {
        "lang" => "vi".to_owned(),
        "noun" => "needs".to_owned(),
        "step" => "check".to_owned(),
        "slug" => "vien-sao-mai".to_owned(),
        _ => id.to_owned(),
    });
    told(&match method {
        "GET" => reader.get(&path).await,
        _ => reader.post(&path, &[("keep", "yes"), ("reason", "other")]).await,
    })
}

/// What a curious reader types: the words themselves, the words with a slip of the finger and without their marks; and
/// with a filter that nothing passes, after which the page says what dropping it would give.
fn questions() -> impl Iterator<Item = String> {
    let words = [0, 30, 60, 99].map(word);
    let slips = words.clone().map(|word| word.replace("uz", "us"));
    let others = [SHARED, "kimcuongdem", MARKED.1].map(|text| text.replace(' ', "+"));
    words.into_iter().chain(slips).chain(others).flat_map(|word| {
        [
            "/vi/search?",
            "/vi/search?sector=sport&",
            "/vi/search?sort=newest&kind=need&",
            "/en/search?",
            "/vi/needs?",
            "/en/offers?",
            "/api/listings?",
            "/api/listings?sector=agriculture&",
            "/vi/organisations?",
        ]
        .map(|page| format!("{page}q={word}"))
    })
}

// What they may not know -----------------------------------------------------------------------------------------

/// Keeps all canaries in the name of a checked organisation, save those that hide whose they are.
struct Owner {
    world: World,
    org: OrgId,
    browser: Browser,
}

impl Owner {
    async fn of(world: &World) -> Owner {
        let poster = Poster::new(Kind::Offer, "Viện Sao Mai", "chu@canaries.example", "Chủ");
        // Not a reader: a second person of an organisation that one of them belongs to would be.
        let poster = Poster {
            org: "Hợp tác xã Nguồn Kín",
            ..poster
        };
        let named = Named {
            name_vi: poster.org.to_owned(),
            ..Named::default()
        };
        let browser = world.person_at(poster.name, poster.email, Role::Member).await;
        let org = enter_org(world, &named).await;
        let (person,): (caunoi::ids::PersonId,) = world
            .cx
            .db
            .one(sql("select id from people where email = $1").bind(poster.email))
            .await
            .unwrap();
        let mut tx = world.cx.db.begin().await.unwrap();
        let now = world.cx.now();
        orgs::import::enrol(&mut tx, org, person, orgs::MemberRole::Owner, now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        world.settle().await;
        Owner {
            world: world.clone(),
            org,
            browser,
        }
    }

    async fn keep(&self, secret: Secret, count: usize) -> Vec<Canary> {
        let first = match secret {
            Secret::Invited => 0,
            Secret::Shut => 25,
            Secret::Members => 50,
            Secret::Anonymous => 75,
        };
        let mut kept = Vec::new();
        for number in first..first + count {
            let word = word(number);
            let id = match secret {
                Secret::Shut if number % 3 == 0 => self.draft(&word).await,
                _ => self.publish(secret, &word).await,
            };
            if secret == Secret::Shut && number % 3 > 0 {
                let act = if number % 3 == 1 { "pause" } else { "closure" };
                let path = format!("/vi/needs/{id}/{act}");
                self.browser.post(&path, &[("reason", "dropped")]).await.is(303);
            }
            kept.push(Canary { secret, word, id });
        }
        kept
    }

    async fn draft(&self, word: &str) -> ListingId {
        let sentence = format!("{SHARED} {word} {} chúng tôi cần một mô hình", MARKED.0);
        let begun = self.browser.post("/vi/needs", &[("title", &sentence)]).await;
        let path = begun.went_to();
        path.split('/').nth(3).unwrap().parse().unwrap()
    }

    async fn publish(&self, secret: Secret, word: &str) -> ListingId {
        let cx = &self.world.cx;
        let anonymous = secret == Secret::Anonymous;
        let org = if anonymous {
            let named = Named {
                name_vi: format!("Công ty {word}"),
                ..Named::default()
            };
            enter_org(&self.world, &named).await
        } else {
            self.org
        };
        let text = if anonymous {
            SHARED.to_owned()
        } else {
            format!("{SHARED} {word} {}", MARKED.0)
        };
        let ready = Ready {
            kind: Kind::Need,
            org,
            owner: None,
            origin: Origin::Owner,
            visibility: match secret {
                Secret::Members => Visibility::Members,
                Secret::Invited => Visibility::Invited,
                Secret::Shut | Secret::Anonymous => Visibility::Public,
            },
            anonymous,
            open_for_interest: true,
            content: said(&format!("{text}: nhận dạng bệnh trên lá lúa"), "agriculture"),
            published_at: cx.now(),
        };
        let mut tx = cx.db.begin().await.unwrap();
        let id = enter(cx, &mut tx, By::Service, &ready).await.unwrap();
        if secret == Secret::Invited {
            let guest = sql("insert into listing_guests (listing_id, org_id) values ($1, $2)");
            tx.exec(guest.bind(id).bind(self.org)).await.unwrap();
        }
        tx.commit().await.unwrap();
        id
    }
}

async fn enter_org(world: &World, named: &Named) -> OrgId {
    let named = Named {
        kind: OrgKind::Business,
        place: "outside".to_owned(),
        size: "small".to_owned(),
        ..named.clone()
    };
    let mut tx = world.cx.db.begin().await.unwrap();
    let (org, _) = orgs::import::find_or_enter(&world.cx, &mut tx, By::Service, &named, world.cx.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    org
}

fn said(title: &str, sector: &str) -> Content {
    let text = Text {
        title: title.to_owned(),
        summary: format!("{title}, bằng ảnh chụp từ điện thoại."),
        body: format!("{title}. Dữ liệu có sẵn, cần thử trong ba tháng."),
        ..Text::default()
    };
    Content {
        vi: Some(text),
        ..tagged(sector, "cv.class")
    }
}

/// A word of letters only, so that it is one word for every analyser; another for each number.
fn word(number: usize) -> String {
    let letters = b"bcdfghklmnpqrstvx";
    let pick = |at: usize| char::from(letters[at % letters.len()]);
    format!("kanari{}o{}uz", pick(number), pick(number / letters.len()))
}
