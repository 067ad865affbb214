//! The matrix: every route, asked as every role, answers as `routes.rs` says.

use caunoi::accounts::Role;
use caunoi::ids::{ListingId, OrgId, PersonId};
use caunoi::kit::clock::new_id;
use caunoi::kit::db::sql;
use caunoi::listings::Kind;
use caunoi::orgs::{self, MemberRole};
use uuid::Uuid;

use crate::routes;
use crate::scene::{FARM, LAB, Poster, Scene, posted, sick_rice, tagged};
use crate::world::{Browser, Seen, World, story_by_words};

const ROLES: [&str; 7] = [
    "a visitor",
    "a member of the firm",
    "a member of the institute",
    "the firm's owner",
    "another firm's owner",
    "a coordinator",
    "an admin",
];

#[test]
fn everyone_gets_in_where_the_table_says() {
    story_by_words(|world| async move {
        if !world.cx.db.is_sqlite() {
            // Who may do what is decided above the database, and backups are SQLite's alone.
            return;
        }
        let cast = Cast::gather(world).await;
        let mut wrong = Vec::new();
        for (may, method, pattern) in routes::all() {
            let mut got = String::new();
            for role in &cast.roles {
                let path = cast.path(&pattern);
                let seen = match method {
                    "GET" => role.get(&path).await,
                    _ => role.post(&path, fields(&pattern)).await,
                };
                let answered = seen.pattern.as_deref();
                assert_eq!(
                    answered,
                    Some(pattern.as_str()),
                    "{method} {path} is another route's"
                );
                got.push(verdict(&seen));
            }
            if got != may {
                wrong.push(format!("(\"{got}\", \"{method} {pattern}\") and not {may}"));
            }
        }
        assert!(wrong.is_empty(), "for {ROLES:?}:\n{}", wrong.join("\n"));
    });
}

fn verdict(seen: &Seen) -> char {
    let to_the_door = seen
        .location
        .as_deref()
        .is_some_and(|to| to.contains("/session/new"));
    match seen.status.as_u16() {
        401 => '?',
        303 if to_the_door => '?',
        403 => 'x',
        404 => '-',
        200..=399 | 409 | 422 | 429 => '+',
        other => panic!("{other}: {}", seen.body),
    }
}

/// The people of the table, and one of each thing a route may name.
struct Cast {
    roles: [Browser; 7],
    need: ListingId,
    offer: ListingId,
    in_review: ListingId,
    pairing: String,
    letter: String,
    imports: [String; 2],
    report: String,
    search: String,
    job: String,
    slug: String,
    asker: String,
    bystander: String,
    backup: String,
}

impl Cast {
    async fn gather(world: World) -> Cast {
        let scene = Scene::set(world.clone()).await;
        let pairing = scene.introduced().await.id.to_string();
        let (farm, institute) = (org_of(&world, FARM).await, org_of(&world, LAB).await);
        let member = joined(&world, "Thành viên nông trại", farm).await;
        let colleague = joined(&world, "Thành viên viện", institute).await;
        let another = Poster::new(Kind::Need, "Công ty Sao Hôm", "hom@saohom.example", "Hòa");
        let (_, stranger) = posted(&world, &another, tagged("transport", "nlp.chat")).await;
        let admin = world.person("Quản trị", Role::Admin).await;

        let again = Poster::new(Kind::Need, "Hợp tác xã Sông Xanh", FARM, "Lan");
        let (in_review, _) = posted(&world, &again, sick_rice()).await;
        let handed_in = sql("update listings set state = 'review' where id = $1");
        world.cx.db.exec(handed_in.bind(in_review)).await.unwrap();
        let reported = format!("/vi/needs/{}/reports", scene.need);
        world
            .visitor()
            .post(&reported, &[("reason", "other"), ("body", "Lạ quá.")])
            .await
            .is(303);
        let slug = orgs::get(&world.cx.db, farm).await.unwrap().slug;
        let asker = world
            .person_at("Người xin vào", "asker@people.test", Role::Member)
            .await;
        asker
            .post(&format!("/vi/organisations/{slug}/membership"), &[])
            .await
            .is(303);
        world
            .person_at("Người đứng xem", "bystander@people.test", Role::Member)
            .await;
        let sheet = b"kind,title\nneed,Doc bien so xe\n";
        let mut imports = [String::new(), String::new()];
        for import in &mut imports {
            let sent = scene
                .coordinator
                .upload("/vi/desk/imports", "a.csv", sheet, &[])
                .await;
            *import = last_piece(&sent.went_to());
        }
        scene
            .farmer
            .post("/vi/searches", &[("query", "q=sen")])
            .await
            .is(303);
        admin.post("/vi/admin/backups", &[]).await.is(303);
        world.settle().await;
        let health = admin.get("/vi/admin").await;
        let backup = health
            .body
            .split("/admin/backups/")
            .nth(1)
            .expect("a backup stands there");
        let backup = backup.split('"').next().unwrap().to_owned();

        Cast {
            roles: [
                world.visitor(),
                member,
                colleague,
                scene.farmer,
                stranger,
                scene.coordinator,
                admin,
            ],
            need: scene.need,
            offer: scene.offer,
            in_review,
            pairing,
            letter: first_id(&world, "outbox").await,
            imports,
            search: first_id(&world, "searches").await,
            report: first_id(&world, "reports").await,
            job: Uuid::nil().to_string(),
            slug,
            asker: person_id(&world, "asker@people.test").await,
            bystander: person_id(&world, "bystander@people.test").await,
            backup,
        }
    }

    /// The pattern with ids of things that are there.
    fn path(&self, pattern: &str) -> String {
        routes::fill(pattern, |piece| {
            let id = |stem: &str| pattern.contains(stem);
            match piece {
                "lang" => "vi".to_owned(),
                "noun" => "needs".to_owned(),
                "slug" => self.slug.clone(),
                "step" => "problem".to_owned(),
                "kind" if id("/unsubscription") => "match".to_owned(),
                "kind" => "introduction".to_owned(),
                "name" if id("/backups") => self.backup.clone(),
                "name" => "listings".to_owned(),
                "path" => "css/base.css".to_owned(),
                "purpose" => "letters".to_owned(),
                "token" => "nobody-was-given-this".to_owned(),
                "id" if id("/desk/outbox") => self.letter.clone(),
                // Bringing one in leaves nothing to be dismissed.
                "id" if id("/desk/imports") => self.imports[usize::from(id("/entry"))].clone(),
                "id" if id("/desk/reports") => self.report.clone(),
                "id" if id("/desk/reviews") => self.in_review.to_string(),
                "id" if id("/jobs") => self.job.clone(),
                "id" if id("/people") => self.bystander.clone(),
                "id" if id("/members") => self.asker.clone(),
                "id" if id("/pairings") => self.pairing.clone(),
                "id" if id("/offers/{id}") => self.offer.to_string(),
                "id" if id("/searches") => self.search.clone(),
                "id" if id("/sessions") || id("/tokens") => Uuid::nil().to_string(),
                "id" => self.need.to_string(),
                other => panic!("what is {other} in {pattern}?"),
            }
        })
    }
}

/// What an act needs to come as far as asking who may.
fn fields(pattern: &str) -> &'static [(&'static str, &'static str)] {
    const NOBODY: &str = "00000000-0000-0000-0000-000000000000";
    match pattern.rsplit('/').next() {
        Some("role") => &[("role", "member")],
        Some("closure") => &[("reason", "dropped")],
        Some("removal") => &[("one", NOBODY), ("other", NOBODY)],
        _ => &[],
    }
}

async fn org_of(world: &World, email: &str) -> OrgId {
    let (person,): (PersonId,) = world
        .cx
        .db
        .one(sql("select id from people where email = $1").bind(email))
        .await
        .unwrap();
    orgs::of_person(&world.cx.db, person).await.unwrap()[0].org.id
}

/// Somebody who belongs to an organisation without being in charge.
async fn joined(world: &World, name: &str, org: OrgId) -> Browser {
    let email = format!("{}@people.test", new_id().simple());
    let browser = world.person_at(name, &email, Role::Member).await;
    let person = person_id(world, &email).await.parse().unwrap();
    let mut tx = world.cx.db.begin().await.unwrap();
    orgs::import::enrol(&mut tx, org, person, MemberRole::Member, world.cx.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    browser
}

async fn person_id(world: &World, email: &str) -> String {
    let (id,): (Uuid,) = world
        .cx
        .db
        .one(sql("select id from people where email = $1").bind(email))
        .await
        .unwrap();
    id.to_string()
}

async fn first_id(world: &World, table: &str) -> String {
    let (id,): (Uuid,) = world
        .cx
        .db
        .one(sql(format!("select id from {table} limit 1")))
        .await
        .unwrap();
    id.to_string()
}

fn last_piece(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}
