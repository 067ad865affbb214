//! What `caunoi doctor` looks at, one function a line.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::doctor::Finding;
use crate::accounts::erasures;
use crate::app;
use crate::events;
use crate::kit::clock::{Clock, HOUR, MINUTE, new_id};
use crate::kit::config::Config;
use crate::kit::db::Db;
use crate::kit::mail::Transport;

/// Below this the service soon cannot write; below the other it is worth a look.
const LEAST_MEGABYTES: u64 = 100;
const FEW_MEGABYTES: u64 = 1_000;
/// Clocks of machines that keep their time differ by less.
const CLOCK_SLACK: i64 = 2 * MINUTE;

pub fn data_folder(config: &Config) -> Finding {
    let shown = config.data.display();
    match try_writing(&config.data) {
        Ok(()) => Finding::good("data folder", format!("{shown} can be written")),
        Err(why) => Finding::bad(
            "data folder",
            format!("{shown}: {why}"),
            "give the service's user the folder, or name another with --data",
        ),
    }
}

fn try_writing(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(format!(".doctor-{}", new_id()));
    std::fs::write(&path, b"ok")?;
    std::fs::remove_file(&path)
}

pub fn free_space(config: &Config) -> Finding {
    let Some(megabytes) = free_megabytes(&config.data) else {
        return Finding::good("free space", "cannot be told on this system");
    };
    let words = format!("{megabytes} MB");
    match megabytes {
        0..LEAST_MEGABYTES => Finding::bad(
            "free space",
            words,
            "make room: the service stops writing when the disk is full",
        ),
        LEAST_MEGABYTES..FEW_MEGABYTES => Finding::look("free space", words, "make room before long"),
        _ => Finding::good("free space", words),
    }
}

/// Asked of `df`, which every system has that this runs on; the standard library cannot tell.
fn free_megabytes(folder: &Path) -> Option<u64> {
    let output = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let kilobytes: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kilobytes / 1024)
}

pub async fn database(config: &Config) -> Finding {
    let mend = "check database_url and that the database is up; a damaged SQLite file is replaced by a backup: caunoi restore";
    let db = match Db::open(&config.database_url).await {
        Ok(db) => db,
        Err(why) => return Finding::bad("database", format!("{why:#}"), mend),
    };
    let answer = db.check().await;
    db.close().await;
    match answer {
        Ok(words) => Finding::good("database", format!("{words}, sound")),
        Err(why) => Finding::bad("database", why.to_string(), mend),
    }
}

/// What happened last happened before now; otherwise a clock jumped, then or since.
pub async fn clock(config: &Config) -> Finding {
    let Ok(db) = Db::open(&config.database_url).await else {
        return Finding::good("clock", "cannot be compared: the database does not open");
    };
    let newest = events::newest_at(&db).await;
    db.close().await;
    let now = Clock::Wall.now();
    match newest {
        Ok(Some(at)) if at.since(now) > CLOCK_SLACK => Finding::look(
            "clock",
            format!(
                "{} now, but something was written {} h {} min later than that",
                now.iso(),
                at.since(now) / HOUR,
                at.since(now) % HOUR / MINUTE
            ),
            "let the machine take its time from the network (chrony, systemd-timesyncd); what is due waits until the \
             clock has caught up, nothing is lost",
        ),
        Ok(_) => Finding::good("clock", now.iso()),
        Err(why) => Finding::bad("clock", why.to_string(), "see the line of the database"),
    }
}

/// The list by which an older backup forgets again.
pub fn erasures(config: &Config) -> Finding {
    let file = erasures::file_of(config);
    match erasures::count(config) {
        Ok(0) => Finding::good("erasures", "nobody asked to be forgotten yet"),
        Ok(count) => Finding::good(
            "erasures",
            format!(
                "{count} in {}: keep a copy apart from the backups",
                file.display()
            ),
        ),
        Err(why) => Finding::bad("erasures", why.to_string(), "give the service's user the file"),
    }
}

pub fn index(config: &Config, server: Option<&serde_json::Value>) -> Finding {
    if let Some(ready) = server {
        let number = |name: &str| ready["index"][name].as_i64().unwrap_or(0);
        let words = format!(
            "{} documents, {} with vectors, {} events behind",
            number("documents"),
            number("vectors"),
            number("events_behind")
        );
        return if number("events_behind") > 1_000 {
            Finding::look("index", words, "wait; if it stays so: caunoi reindex")
        } else {
            Finding::good("index", words)
        };
    }
    let folder = config.index_folder();
    if let Some(torn) = ["public", "all"].iter().find(|name| is_torn(&folder.join(name))) {
        return Finding::look(
            "index",
            format!("{} is torn", folder.join(torn).display()),
            "start the service: it builds it anew from the database while it serves",
        );
    }
    if folder.is_dir() {
        Finding::good("index", "on disk; it catches up when the service starts")
    } else {
        Finding::good(
            "index",
            "none yet; the service builds it from the database when it starts",
        )
    }
}

/// Whether an index is there whose own description cannot be read.
fn is_torn(folder: &Path) -> bool {
    match std::fs::read(folder.join("meta.json")) {
        Ok(bytes) => serde_json::from_slice::<serde_json::Value>(&bytes).is_err(),
        Err(why) => folder.is_dir() && why.kind() != std::io::ErrorKind::NotFound,
    }
}

pub async fn model(config: &Config) -> Finding {
    let mend = "run scripts/setup.py, or set ORT_DYLIB_PATH and --model; the service ranks by words alone until then";
    let embedder = match app::load_model(config).await {
        Ok(Ok(embedder)) => embedder,
        Ok(Err(why)) => return Finding::look("model", why.to_string(), mend),
        Err(why) => return Finding::look("model", format!("{why:#}"), mend),
    };
    let started = Instant::now();
    match embedder.embed(&["Xin chào"]) {
        Ok(_) => Finding::good(
            "model",
            format!(
                "{}, a short text in {} ms",
                embedder.model(),
                started.elapsed().as_millis()
            ),
        ),
        Err(why) => Finding::look("model", format!("{why:#}"), mend),
    }
}

pub async fn mail(config: &Config) -> Finding {
    match &config.mail {
        Transport::Smtp(relay) => {
            let domain = config.sender.email.domain();
            let name = format!("{}:{}", relay.host, relay.port);
            match relay.greet(domain).await {
                Ok(words) => Finding::good("mail", format!("{name} answers: {words}")),
                Err(why) => Finding::bad(
                    "mail",
                    format!("{name}: {why}"),
                    "check mail_url: host, port, TLS, user and password",
                ),
            }
        }
        Transport::File(folder) => match try_writing(folder) {
            Ok(()) => Finding::look(
                "mail",
                format!("letters are written to {}", folder.display()),
                "name a mail server with mail_url when people shall get them",
            ),
            Err(why) => Finding::bad(
                "mail",
                format!("{}: {why}", folder.display()),
                "name a folder that can be written, or a mail server",
            ),
        },
        Transport::Memory(_) => Finding::good("mail", "kept in memory"),
    }
}

pub fn public_url(config: &Config) -> Finding {
    let words = config.public_url.clone();
    let at_home = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        .iter()
        .any(|home| words.starts_with(home));
    if config.is_https() {
        Finding::good("address", words)
    } else if at_home {
        Finding::look(
            "address",
            format!("{words}: for this machine only"),
            "set public_url to the address readers see",
        )
    } else {
        Finding::bad(
            "address",
            format!("{words}: sign-ins travel in the clear"),
            "put a proxy with TLS in front and set public_url to https://…",
        )
    }
}
