//! Builds the [`Cx`], mounts each room's routes, starts the HTTP server and the loops of `flow`.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, HttpMessage as _, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::Context as _;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::accounts::{self, Reader};
use crate::kit::clock::Clock;
use crate::kit::config::{Config, MetricsFrom};
use crate::kit::db::Db;
use crate::kit::fault::Fault;
use crate::kit::mail::Mailer;
use crate::kit::search::{Embedder, Meaning, Search, Weights, WhyNot};
use crate::kit::web::{Answer, Link, Shell, Who, assets, guard, packing};
use crate::kit::{Cx, Inner, queue};
use crate::listings;
use crate::listings::index::LAYOUT;
use crate::{desk, events, flow, front, matching, orgs, vocab};

/// Opens everything a configuration names.
pub async fn build(config: Config, clock: Clock) -> anyhow::Result<Cx> {
    let folder = config.index_folder();
    build_with_index(config, clock, &folder).await
}

/// As `build`, with the index in another folder: a command beside a running server has its own.
pub async fn build_with_index(config: Config, clock: Clock, folder: &Path) -> anyhow::Result<Cx> {
    std::fs::create_dir_all(&config.data)
        .with_context(|| format!("the data folder {} cannot be made", config.data.display()))?;
    vocab::load(&config.data)?;
    let db = Db::open(&config.database_url).await?;
    let embedder = load_model(&config).await?;
    if let Err(why) = &embedder {
        tracing::warn!(%why, "no model: ranking by words alone");
    }
    let meaning = open_meaning(&config, folder, embedder).await?;
    let weights = Weights::load(&config.data)?;
    let (search, search_all) = {
        let at = |path: &Path| format!("index in {}", path.display());
        let (public, all) = (folder.join("public"), folder.join("all"));
        let search = Search::open(&public, LAYOUT, &meaning, &weights)
            .with_context(|| at(&public))?
            .search;
        let search_all = Search::open_taught(&all, LAYOUT, &meaning, &weights)
            .with_context(|| at(&all))?
            .search;
        (search, search_all)
    };
    let mailer = Mailer {
        transport: config.mail.clone(),
        sender: config.sender.clone(),
    };
    let clock = match clock {
        Clock::Wall if !db.is_sqlite() => Clock::agreed(),
        clock => clock,
    };
    let cx = Cx::new(Inner {
        db,
        search,
        search_all,
        mailer,
        clock,
        config,
    });
    cx.agree_on_time().await?;
    listings::follow::remember(&cx).await?;
    Ok(cx)
}

/// The embedding model the configuration chooses, or why there is none.
pub async fn load_model(config: &Config) -> anyhow::Result<Result<Embedder, WhyNot>> {
    let (choice, load) = (config.model.clone(), loader(config));
    Ok(tokio::task::spawn_blocking(move || load(&choice)).await?)
}

/// The vectors beside the index; where they are another model's, that one too.
async fn open_meaning(
    config: &Config,
    folder: &Path,
    embedder: Result<Embedder, WhyNot>,
) -> anyhow::Result<Meaning> {
    let (folder, load) = (folder.to_owned(), loader(config));
    tokio::task::spawn_blocking(move || Meaning::open(&folder, embedder, load)).await?
}

fn loader(config: &Config) -> impl Fn(&str) -> Result<Embedder, WhyNot> + Send + 'static {
    let folders = config.runtime_folders();
    let model_dirs: Vec<PathBuf> = folders
        .iter()
        .map(|folder| folder.join("models"))
        .chain([PathBuf::from("models")])
        .collect();
    move |choice| Embedder::load(choice, &folders, &model_dirs)
}

/// Serves until told to stop (SIGINT, SIGTERM), then lets running requests end. What comes `first` is done
/// while pages are served, before the loops begin.
pub async fn serve(cx: Cx, first: impl AsyncFnOnce(&Cx) + 'static) -> anyhow::Result<()> {
    let metrics = metrics_handle()?;
    let upkeep = actix_web::rt::spawn(keep_in_sums(metrics.clone()));
    let data = web::Data::new(cx.clone());
    let bind = cx.config.bind;
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .app_data(web::Data::new(metrics.clone()))
            .wrap(from_fn(know_the_reader))
            .wrap(from_fn(guard::guard))
            .wrap(from_fn(packing::pack))
            .configure(routes)
    })
    .client_request_timeout(Duration::from_secs(10))
    .keep_alive(Duration::from_secs(30))
    .shutdown_timeout(10)
    .bind(bind)
    .with_context(|| format!("cannot listen on {bind}"))?;
    let loops = flow::start(&cx, first);
    tracing::info!(%bind, public_url = cx.config.public_url, mail = cx.mailer.describe(), "serving");
    server.run().await?;
    upkeep.abort();
    drop(loops);
    cx.db.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// All routes of the house. Rooms mount theirs below the reader's language.
pub fn routes(routes: &mut web::ServiceConfig) {
    routes
        .configure(assets::configure)
        .route("/healthz", web::get().to(healthz))
        .route("/readyz", web::get().to(readyz))
        .route("/metrics", web::get().to(metrics))
        .configure(accounts::configure_bare)
        .configure(front::configure_bare)
        .service(web::scope("/{lang:vi|en}").configure(rooms))
        .default_service(web::route().to(nothing_here));
}

fn rooms(routes: &mut web::ServiceConfig) {
    // The router tries one route after another: what is asked for most comes first.
    routes.configure(listings::pages::configure);
    routes.configure(listings::import::pages::configure);
    routes.configure(accounts::configure);
    routes.configure(orgs::configure);
    routes.configure(matching::configure);
    routes.configure(desk::configure);
    // The front comes last: its `/organisations/{slug}` must not hide another room's `/organisations/new`.
    routes.configure(front::configure);
}

async fn nothing_here() -> Answer {
    Err(Fault::Missing)
}

/// Finds out who asks, and what their menu shows.
pub async fn know_the_reader(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let path = request.path();
    let known = path.starts_with("/vi") || path.starts_with("/en");
    if known && let Some(cx) = request.app_data::<web::Data<Cx>>().map(|cx| cx.get_ref().clone()) {
        let reader = accounts::identify(&cx, &request).await?;
        if let Reader::Person(actor) = reader {
            let shell = Shell::of(request.request());
            // Only a page shows the menu; an act leads on to one.
            let waiting = if request.method() == actix_web::http::Method::GET {
                matching::waiting_for(&cx, &actor).await?
            } else {
                0
            };
            let who = Who {
                id: actor.id.0,
                name: actor.name.clone(),
                links: menu(&shell, &actor, waiting),
            };
            request.extensions_mut().insert(who);
        }
    }
    next.call(request).await
}

fn menu(shell: &Shell, actor: &accounts::Actor, waiting: i64) -> Vec<Link> {
    let link = |path: &str, vi: &str, en: &str, icon| Link {
        href: shell.url(path),
        label: shell.t(vi, en).to_owned(),
        icon,
        count: 0,
    };
    let mut links = Vec::new();
    if actor.coordinates() {
        links.push(link("desk", "Bàn điều phối", "Desk", "list-checks"));
    }
    if actor.is_admin() {
        links.push(link("admin", "Quản trị", "Administration", "activity"));
    }
    links.push(Link {
        count: waiting,
        ..link("inbox", "Hộp ghép nối", "Matches", "inbox")
    });
    links.push(link("mine", "Tin của tôi", "My listings", "file-text"));
    links.push(link("settings", "Cài đặt", "Settings", "settings"));
    links
}

// Operation ------------------------------------------------------------------------------------------------------

/// The process lives.
async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// The service can do its work: database, index; and whether it ranks by words alone.
async fn readyz(cx: Cx) -> HttpResponse {
    let database = events::last(&cx.db).await;
    // Asked first: what is counted afterwards is at least as new.
    let position = listings::follow::position(&cx);
    let behind = database.as_ref().map_or(-1, |last| (last - position).max(0));
    // Anybody may ask: what is restricted is not counted.
    let health = cx.search.health();
    let body = serde_json::json!({
        "ready": database.is_ok(),
        "database": if database.is_ok() { "ok" } else { "not reachable" },
        "index": { "documents": health.docs, "vectors": health.vectors.min(health.docs), "events_behind": behind },
        "meaning": match (&health.model, &health.words_only_reason, &health.coming) {
            (Some(model), _, None) => serde_json::json!({ "model": model }),
            (Some(model), _, Some(coming)) => serde_json::json!({
                "model": model,
                "coming": { "model": coming.model, "known": coming.known, "of": coming.of },
            }),
            (None, why, _) => serde_json::json!({ "words_only": true, "why": why }),
        },
        "version": env!("CARGO_PKG_VERSION"),
    });
    if database.is_ok() {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}

/// For Prometheus; counts and times only.
async fn metrics(cx: Cx, request: HttpRequest, handle: web::Data<PrometheusHandle>) -> Answer {
    let address = guard::client_address(&request, cx.config.proxies);
    let may = match &cx.config.metrics_from {
        MetricsFrom::Any => true,
        MetricsFrom::ThisMachine => address.is_loopback(),
        MetricsFrom::Address(allowed) => address == *allowed,
    };
    if !may {
        return Err(Fault::Missing);
    }
    let health = cx.search_all.health();
    #[expect(
        clippy::cast_precision_loss,
        reason = "a gauge is a float; these counts are far below 2^52"
    )]
    {
        metrics::gauge!("caunoi_index_documents").set(health.docs as f64);
        for (state, count) in crate::kit::mail::counts(&cx).await? {
            metrics::gauge!("caunoi_outbox_letters", "state" => state.code()).set(count as f64);
        }
        let (waiting, parked) = queue::counts(&cx).await?;
        metrics::gauge!("caunoi_jobs", "state" => "waiting").set(waiting as f64);
        metrics::gauge!("caunoi_jobs", "state" => "parked").set(parked as f64);
    }
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; version=0.0.4"))
        .body(handle.render()))
}

/// Each time that was measured is kept by itself until somebody reads the metrics: where nobody does, they would pile
/// up by megabytes an hour.
async fn keep_in_sums(metrics: PrometheusHandle) {
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        metrics.run_upkeep();
    }
}

/// The process has one recorder, whoever builds the application first installs it.
pub fn metrics_handle() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    // The recorder can be installed once in a process; two stories may ask for it at the same moment.
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new().install_recorder().context("metrics")?;
    Ok(HANDLE.get_or_init(|| handle).clone())
}
