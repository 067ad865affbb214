//! The harness: a whole service in memory, people who act on it, and the letters they get.
//!
//! Every story runs on SQLite, and on PostgreSQL too where `CAUNOI_TEST_POSTGRES` names a server.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use actix_web::body::to_bytes;
use actix_web::cookie::Cookie;
use actix_web::dev::ServiceResponse;
use actix_web::http::{StatusCode, header};
use actix_web::middleware::from_fn;
use actix_web::{App, test, web};
use caunoi::accounts::Role;
use caunoi::app;
use caunoi::kit::clock::{At, Clock, DAY};
use caunoi::kit::config::{Config, MetricsFrom};
use caunoi::kit::db::sql;
use caunoi::kit::mail::Transport;
use caunoi::kit::web::guard;
use caunoi::kit::{Cx, Inner};
use tokio::sync::OnceCell;

/// Monday, 2 March 2026, 09:00 in the city.
pub fn a_monday() -> At {
    At::of_date(2026, 3, 2).unwrap().plus(9 * 3_600_000)
}

#[derive(Clone)]
pub struct World {
    pub cx: Cx,
    letters: Arc<Mutex<Vec<Vec<u8>>>>,
    people: Arc<AtomicU32>,
    /// Built once: putting up all routes takes longer than most answers.
    service: Rc<OnceCell<Service>>,
}

/// What a page answered.
#[derive(Debug, Clone)]
pub struct Seen {
    pub status: StatusCode,
    pub location: Option<String>,
    pub body: String,
    /// The answer as it came: a file that is no text.
    pub bytes: Vec<u8>,
    pub cookies: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    /// The route that answered, as it was registered.
    pub pattern: Option<String>,
}

impl Seen {
    #[track_caller]
    pub fn shows(&self, text: &str) -> &Seen {
        assert!(
            self.body.contains(text),
            "{text:?} is not on the page ({}):\n{}",
            self.status,
            readable(&self.body)
        );
        self
    }

    #[track_caller]
    pub fn hides(&self, text: &str) -> &Seen {
        assert!(
            !self.body.contains(text),
            "{text:?} is on the page:\n{}",
            readable(&self.body)
        );
        self
    }

    #[track_caller]
    pub fn is(&self, status: u16) -> &Seen {
        assert_eq!(
            self.status.as_u16(),
            status,
            "{:?}\n{}",
            self.location,
            readable(&self.body)
        );
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The line that gives this cookie to the browser.
    #[track_caller]
    pub fn set_cookie(&self, name: &str) -> &str {
        let mut lines = self.headers.iter().filter(|(header, _)| header == "set-cookie");
        let found = lines.find(|(_, line)| line.starts_with(&format!("{name}=")));
        let found = found.unwrap_or_else(|| panic!("no cookie {name:?} among {:?}", self.headers));
        &found.1
    }

    /// The address on the page (of a link, a form) that holds this piece.
    #[track_caller]
    pub fn link(&self, piece: &str) -> String {
        let found = self.body.split('"').find(|part| {
            part.starts_with('/') && part.contains(piece) && !part.contains(char::is_whitespace)
        });
        let found =
            found.unwrap_or_else(|| panic!("no address with {piece:?} on:\n{}", readable(&self.body)));
        found.replace("&amp;", "&").replace("&#38;", "&")
    }

    /// What a field of the page's form holds.
    #[track_caller]
    pub fn value(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let rest = self.body.split(&mark).nth(1);
        let rest = rest.unwrap_or_else(|| panic!("no field {name:?} on:\n{}", readable(&self.body)));
        rest.split('"').next().unwrap().to_owned()
    }

    /// Where it sent the reader on to.
    #[track_caller]
    pub fn went_to(&self) -> String {
        assert_eq!(
            self.status,
            StatusCode::SEE_OTHER,
            "no redirect:\n{}",
            readable(&self.body)
        );
        self.location.clone().expect("a redirect names its goal")
    }
}

/// The words of a page, for a failure one can read.
fn readable(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(3_000).collect()
}

/// A letter as it arrived.
#[derive(Debug, Clone)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub plain: String,
    pub html: String,
    pub raw: String,
}

impl Letter {
    /// The address in the plain text that holds this piece, from its path on.
    #[track_caller]
    pub fn link(&self, piece: &str) -> String {
        let word = self
            .plain
            .split_whitespace()
            .find(|word| word.starts_with("http") && word.contains(piece));
        let word = word.unwrap_or_else(|| panic!("no link with {piece:?} in:\n{}", self.plain));
        let path = word.split_once("://").unwrap().1;
        path[path.find('/').unwrap()..].to_owned()
    }
}

/// Runs a story on every database there is.
pub fn story<F: Future<Output = ()>>(tell: impl Fn(World) -> F) {
    story_with(&model_for_tests(), tell);
}

/// As `story`, by words alone: for what must read the same whatever model is bundled.
pub fn story_by_words<F: Future<Output = ()>>(tell: impl Fn(World) -> F) {
    story_with("none", tell);
}

/// As `story`, on SQLite alone: for what takes minutes and asks nothing of the database that other stories do not.
pub fn story_on_sqlite<F: Future<Output = ()>>(tell: impl Fn(World) -> F) {
    actix_web::rt::System::new().block_on(on_sqlite(&model_for_tests(), tell));
}

fn story_with<F: Future<Output = ()>>(model: &str, tell: impl Fn(World) -> F) {
    actix_web::rt::System::new().block_on(async {
        on_sqlite(model, &tell).await;
        if let Ok(server) = std::env::var("CAUNOI_TEST_POSTGRES") {
            let folder = Folder::new();
            let (url, name) = new_postgres_database(&server).await;
            let world = World::begin(url, &folder.0, model).await;
            let cx = world.cx.clone();
            tell(world).await;
            cx.db.close().await;
            drop_postgres_database(&server, &name).await;
        }
    });
}

async fn on_sqlite<F: Future<Output = ()>>(model: &str, tell: impl Fn(World) -> F) {
    let folder = Folder::new();
    tell(World::begin(folder.sqlite(), &folder.0, model).await).await;
}

/// A folder that goes when the story ends.
pub struct Folder(pub std::path::PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "caunoi-test-{}-{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    /// The address of a database in it.
    pub fn sqlite(&self) -> String {
        format!("sqlite:{}", self.0.join("caunoi.db").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

/// An empty PostgreSQL database beside the story's own: its address and its name; `None` where no server is.
pub async fn postgres_beside() -> Option<(String, String)> {
    let server = std::env::var("CAUNOI_TEST_POSTGRES").ok()?;
    Some(new_postgres_database(&server).await)
}

pub async fn drop_postgres_beside(name: &str) {
    if let Ok(server) = std::env::var("CAUNOI_TEST_POSTGRES") {
        drop_postgres_database(&server, name).await;
    }
}

async fn new_postgres_database(server: &str) -> (String, String) {
    use sqlx::{Connection as _, Executor as _};
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "caunoi_test_{}_{}",
        std::process::id(),
        NUMBER.fetch_add(1, Ordering::Relaxed)
    );
    let mut connection = sqlx::PgConnection::connect(server)
        .await
        .expect("the PostgreSQL server answers");
    connection
        .execute(sqlx::AssertSqlSafe(format!("create database {name}")))
        .await
        .unwrap();
    let (base, query) = server
        .split_once('?')
        .map_or((server, String::new()), |(base, query)| {
            (base, format!("?{query}"))
        });
    let base = base.rsplit_once('/').unwrap().0;
    (format!("{base}/{name}{query}"), name)
}

async fn drop_postgres_database(server: &str, name: &str) {
    use sqlx::{Connection as _, Executor as _};
    let mut connection = sqlx::PgConnection::connect(server).await.unwrap();
    let _gone = connection
        .execute(sqlx::AssertSqlSafe(format!("drop database {name} with (force)")))
        .await;
}

/// A form on its way: whose browser, where to, what was typed.
pub type Post<'a> = (&'a Browser, &'a str, &'a [(&'a str, &'a str)]);

impl World {
    /// A service on this database, with its data in this folder.
    pub async fn begin(database_url: String, folder: &std::path::Path, model: &str) -> World {
        let letters = Arc::new(Mutex::new(Vec::new()));
        let config = Config {
            data: folder.to_path_buf(),
            bind: "127.0.0.1:0".parse().unwrap(),
            public_url: "http://caunoi.test".to_owned(),
            database_url,
            mail: Transport::Memory(letters.clone()),
            sender: "Cầu Nối <caunoi@caunoi.test>".parse().unwrap(),
            model: model.to_owned(),
            log_json: false,
            metrics_from: MetricsFrom::ThisMachine,
            proxies: 0,
            rate: 0,
            second_step_for_desk: false,
            programme: "Cầu Nối".to_owned(),
        };
        let cx = app::build(config, Clock::set_to(a_monday())).await.unwrap();
        World {
            cx,
            letters,
            people: Arc::default(),
            service: Rc::default(),
        }
    }

    /// All in the same moment: who presses which button.
    pub async fn posts_at_once(&self, posts: &[(&Browser, &str)]) -> Vec<Seen> {
        let posts: Vec<_> = posts
            .iter()
            .map(|(browser, path)| (*browser, *path, &[][..]))
            .collect();
        self.forms_at_once(&posts).await
    }

    /// As `posts_at_once`, with what each typed.
    pub async fn forms_at_once(&self, posts: &[Post<'_>]) -> Vec<Seen> {
        self.service().await;
        let posts = posts
            .iter()
            .map(|(browser, path, fields)| browser.send(form(path, fields)));
        futures_util::future::join_all(posts).await
    }

    /// The same service, set up otherwise.
    pub fn with(&self, change: impl FnOnce(&mut Config)) -> World {
        let mut config = self.cx.config.clone();
        change(&mut config);
        let cx = Cx::new(Inner {
            db: self.cx.db.clone(),
            search: self.cx.search.clone(),
            search_all: self.cx.search_all.clone(),
            mailer: self.cx.mailer.clone(),
            clock: self.cx.clock.clone(),
            config,
        });
        World {
            cx,
            service: Rc::default(),
            ..self.clone()
        }
    }

    async fn service(&self) -> Service {
        let service = self.service.get_or_init(|| service_of(&self.cx));
        service.await.clone()
    }

    /// Everything the service does by itself is done; then nothing may be left in the queue.
    pub async fn settle(&self) {
        caunoi::flow::settle(&self.cx).await.unwrap();
        let left = caunoi::kit::queue::counts(&self.cx).await.unwrap();
        assert_eq!(left, (0, 0), "jobs left (waiting, parked)");
    }

    /// Time passes, and what it brings is done.
    pub async fn days_pass(&self, days: i64) {
        self.go_on(days * DAY).await;
        self.settle().await;
    }

    /// Time passes. Whoever is signed in came by in between: how long a session may lie unused is a story of its own.
    pub async fn go_on(&self, milliseconds: i64) {
        self.cx.clock.advance(milliseconds);
        let came_by = sql("update sessions set seen_at = $1").bind(self.cx.now());
        self.cx.db.exec(came_by).await.unwrap();
    }

    /// The letters that went out since the last look, in order.
    pub async fn letters(&self) -> Vec<Letter> {
        self.settle().await;
        self.letters
            .lock()
            .unwrap()
            .drain(..)
            .map(|raw| parse_letter(&raw))
            .collect()
    }

    /// The one letter to this address since the last look.
    pub async fn letter_to(&self, address: &str) -> Letter {
        let letters = self.letters().await;
        let all: Vec<String> = letters
            .iter()
            .map(|letter| format!("{} – {}", letter.to, letter.subject))
            .collect();
        let mut to: Vec<Letter> = letters
            .into_iter()
            .filter(|letter| letter.to.contains(address))
            .collect();
        assert_eq!(to.len(), 1, "letters to {address} among {all:?}");
        to.remove(0)
    }

    /// A visitor without account, in a fresh browser.
    pub fn visitor(&self) -> Browser {
        self.visitor_with("")
    }

    /// As `visitor`, in a browser that says what it is.
    pub fn visitor_with(&self, agent: &'static str) -> Browser {
        Browser {
            world: self.clone(),
            agent,
            cookies: Arc::default(),
        }
    }

    /// A person with this role who has just signed in and asked for letters.
    pub async fn person(&self, name: &str, role: Role) -> Browser {
        let number = self.people.fetch_add(1, Ordering::Relaxed);
        let email = format!("p{number}@people.test");
        self.person_at(name, &email, role).await
    }

    pub async fn person_at(&self, name: &str, email: &str, role: Role) -> Browser {
        let link = caunoi::accounts::add(&self.cx, email, name, role).await.unwrap();
        let browser = self.visitor();
        let path = link.split_once("://").unwrap().1;
        let path = &path[path.find('/').unwrap()..];
        browser.get(path).await.is(200);
        browser.post(path, &[]).await.is(303);
        let wish = [("letters", "yes")];
        browser.post("/vi/settings/letters", &wish).await.is(303);
        browser
    }

    pub async fn coordinator(&self) -> Browser {
        self.person("Điều phối viên Lan", Role::Coordinator).await
    }
}

/// A request goes in, what a browser would see comes out.
type Service = Rc<dyn Fn(test::TestRequest) -> Pin<Box<dyn Future<Output = Seen>>>>;

async fn service_of(cx: &Cx) -> Service {
    let metrics = app::metrics_handle().unwrap();
    let app = App::new()
        .app_data(web::Data::new(cx.clone()))
        .app_data(web::Data::new(metrics))
        .wrap(from_fn(app::know_the_reader))
        .wrap(from_fn(guard::guard))
        .configure(app::routes);
    let service = Rc::new(test::init_service(app).await);
    Rc::new(move |request: test::TestRequest| {
        let service = service.clone();
        Box::pin(async move {
            match test::try_call_service(&*service, request.to_request()).await {
                Ok(response) => read(response).await,
                Err(error) => refused(&error).await,
            }
        })
    })
}

/// The bundled model where its library is at hand, so that `cargo test` alone runs too (by words alone).
fn model_for_tests() -> String {
    static MODEL: OnceLock<String> = OnceLock::new();
    MODEL
        .get_or_init(|| std::env::var("CAUNOI_MODEL").unwrap_or_else(|_| "bundled".to_owned()))
        .clone()
}

/// One browser: keeps its cookies, says where its requests come from.
#[derive(Clone)]
pub struct Browser {
    pub world: World,
    agent: &'static str,
    cookies: Arc<Mutex<Vec<(String, String)>>>,
}

impl Browser {
    /// The same browser, where the name of the service leads to another one.
    pub fn in_world(&self, world: &World) -> Browser {
        let browser = world.visitor_with(self.agent);
        browser
            .cookies
            .lock()
            .unwrap()
            .clone_from(&self.cookies.lock().unwrap());
        browser
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.cookies.lock().unwrap();
        let found = cookies.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    }

    /// As if somebody had laid it into the browser.
    pub fn keep_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap();
        cookies.retain(|(known, _)| known != name);
        cookies.push((name.to_owned(), value.to_owned()));
    }

    pub async fn get(&self, path: &str) -> Seen {
        self.send(test::TestRequest::get().uri(path)).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Seen {
        self.send(form(path, fields)).await
    }

    /// A form with a file in it, as a browser sends one.
    pub async fn upload(&self, path: &str, name: &str, bytes: &[u8], fields: &[(&str, &str)]) -> Seen {
        const BORDER: &str = "caunoi-test-border";
        let mut body = Vec::new();
        for (field, value) in fields {
            let part =
                format!("--{BORDER}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--{BORDER}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{BORDER}--\r\n").as_bytes());
        let request = test::TestRequest::post()
            .uri(path)
            .insert_header((
                header::CONTENT_TYPE,
                format!("multipart/form-data; boundary={BORDER}"),
            ))
            .insert_header(("sec-fetch-site", "same-origin"))
            .set_payload(body);
        self.send(request).await
    }

    pub async fn send(&self, mut request: test::TestRequest) -> Seen {
        if !self.agent.is_empty() {
            request = request.insert_header((header::USER_AGENT, self.agent));
        }
        for (name, value) in self.cookies.lock().unwrap().iter() {
            request = request.cookie(Cookie::new(name.clone(), value.clone()));
        }
        let seen = (self.world.service().await)(request).await;
        let mut kept = self.cookies.lock().unwrap();
        for (name, value) in &seen.cookies {
            kept.retain(|(known, _)| known != name);
            if !value.is_empty() {
                kept.push((name.clone(), value.clone()));
            }
        }
        drop(kept);
        seen
    }
}

/// A form of one of our own pages.
fn form(path: &str, fields: &[(&str, &str)]) -> test::TestRequest {
    test::TestRequest::post()
        .uri(path)
        .insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"))
        .insert_header(("sec-fetch-site", "same-origin"))
        .set_payload(serde_html_form::to_string(fields).unwrap())
}

async fn refused(error: &actix_web::Error) -> Seen {
    let response = error.error_response();
    let (status, headers) = (response.status(), headers_of(response.headers()));
    let body = to_bytes(response.into_body()).await.unwrap_or_default();
    Seen {
        status,
        location: None,
        body: String::from_utf8_lossy(&body).into_owned(),
        bytes: body.to_vec(),
        cookies: Vec::new(),
        headers,
        pattern: None,
    }
}

fn headers_of(headers: &header::HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect()
}

async fn read(response: ServiceResponse<impl actix_web::body::MessageBody>) -> Seen {
    let status = response.status();
    let location = response
        .headers()
        .get(header::LOCATION)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let cookies = response
        .response()
        .cookies()
        .map(|cookie| {
            let gone = cookie
                .max_age()
                .is_some_and(|age| age.is_zero() || age.is_negative());
            let value = if gone {
                String::new()
            } else {
                cookie.value().to_owned()
            };
            (cookie.name().to_owned(), value)
        })
        .collect();
    let headers = headers_of(response.headers());
    let pattern = response.request().match_pattern();
    let body = to_bytes(response.into_body())
        .await
        .unwrap_or_else(|_| web::Bytes::new());
    Seen {
        status,
        location,
        body: String::from_utf8_lossy(&body).into_owned(),
        bytes: body.to_vec(),
        cookies,
        headers,
        pattern,
    }
}

fn parse_letter(raw: &[u8]) -> Letter {
    let raw = String::from_utf8_lossy(raw).into_owned();
    let (head, _) = raw.split_once("\r\n\r\n").expect("a letter has a head");
    let header = |name: &str| {
        let mut value = String::new();
        let mut taking = false;
        for line in head.split("\r\n") {
            if line.starts_with([' ', '\t']) {
                if taking {
                    value.push_str(line);
                }
                continue;
            }
            taking = line.to_lowercase().starts_with(&format!("{name}:"));
            if taking {
                line[name.len() + 1..].trim().clone_into(&mut value);
            }
        }
        decode_words(&value)
    };
    let border = raw.split("boundary=\"").nth(1).expect("it has parts");
    let border = format!("\r\n--{}", border.split('"').next().unwrap());
    let part = |kind: &str| {
        let at = raw
            .find(&format!("Content-Type: {kind}"))
            .expect("both twins are there");
        let (part_head, body) = raw[at..].split_once("\r\n\r\n").unwrap();
        // Not at any two dashes: the line above a signature begins with them, too.
        let body = body.split(&border).next().unwrap();
        if part_head.contains("base64") {
            String::from_utf8(base64_decode(&body.replace("\r\n", ""))).unwrap()
        } else if part_head.contains("quoted-printable") {
            decode_quoted(body)
        } else {
            body.to_owned()
        }
    };
    Letter {
        to: header("to"),
        subject: header("subject"),
        plain: part("text/plain"),
        html: part("text/html"),
        raw: raw.clone(),
    }
}

/// `=?utf-8?b?…?=` words of a header.
fn decode_words(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("=?utf-8?b?") {
        if !rest[..at].trim().is_empty() {
            out.push_str(&rest[..at]);
        }
        let word = &rest[at + 10..];
        let end = word.find("?=").unwrap();
        out.push_str(&String::from_utf8_lossy(&base64_decode(&word[..end])));
        rest = &word[end + 2..];
    }
    out.push_str(rest);
    out
}

fn base64_decode(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

fn decode_quoted(body: &str) -> String {
    let joined = body.replace("=\r\n", "");
    let bytes = joined.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'=' && at + 2 < bytes.len() {
            out.push(u8::from_str_radix(&joined[at + 1..at + 3], 16).unwrap());
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap()
}
