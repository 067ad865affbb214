//! Opening either database: its settings, and the schema brought up to date.

use std::str::FromStr as _;
use std::time::Duration;

use anyhow::Context as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};

use super::{Pool, Readers};

pub(super) fn sqlite_migrations() -> Migrator {
    migrations(sqlx::migrate!("migrations/sqlite"))
}

/// Steps of the schema only add: an older program goes on beside a newer one, whose steps it does not know.
fn migrations(mut steps: Migrator) -> Migrator {
    steps.set_ignore_missing(true);
    steps
}

/// SQLite below 3.51.3 may corrupt a WAL database (the WAL-reset fault); it is bundled, so this guards a re-link.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

pub(super) async fn sqlite(path: &str) -> anyhow::Result<Pool> {
    let options = SqliteConnectOptions::from_str(path)
        .with_context(|| format!("SQLite path {path}"))?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
        .pragma("trusted_schema", "off")
        .pragma("mmap_size", "0")
        .pragma("temp_store", "memory")
        .pragma("cache_size", "-8000")
        .pragma("journal_size_limit", "67108864");
    let write = SqlitePoolOptions::new()
        .idle_timeout(None)
        .max_lifetime(None)
        .max_connections(1)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options.clone())
        .await
        .with_context(|| format!("cannot open the SQLite database {path}"))?;
    let (version,): (String,) = sqlx::query_as("select sqlite_version()")
        .fetch_one(&write)
        .await?;
    anyhow::ensure!(
        parse_version(&version) >= OLDEST_SQLITE,
        "SQLite {version} is too old: {OLDEST_SQLITE:?} or newer is needed"
    );
    sqlite_migrations()
        .run(&write)
        .await
        .context("bringing the SQLite schema up to date")?;
    let read = Readers::open(options.read_only(true).pragma("query_only", "on"), 4).await?;
    Ok(Pool::Sqlite { read, write })
}

pub(super) async fn postgres(url: &str) -> anyhow::Result<Pool> {
    let options = postgres_options(url)?;
    migrate_postgres(&options).await?;
    let options = options.options([
        ("statement_timeout", "10s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "15s"),
    ]);
    let write = PgPoolOptions::new()
        .max_connections(4)
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(options.clone())
        .await
        .context("cannot reach PostgreSQL")?;
    let read = Readers::open(options, 6)
        .await
        .context("cannot reach PostgreSQL")?;
    Ok(Pool::Postgres { read, write })
}

pub(super) fn postgres_options(url: &str) -> anyhow::Result<PgConnectOptions> {
    let options = PgConnectOptions::from_str(url).context("the database URL cannot be read")?;
    Ok(options.application_name("caunoi"))
}

/// On a connection without deadlines: a step over a large table takes its time, and nodes that start together wait
/// for the one that takes it.
pub(super) async fn migrate_postgres(options: &PgConnectOptions) -> anyhow::Result<()> {
    let mut connection = options.connect().await.context("cannot reach PostgreSQL")?;
    migrations(sqlx::migrate!("migrations/postgres"))
        .run(&mut connection)
        .await
        .context("bringing the PostgreSQL schema up to date")?;
    connection.close().await?;
    Ok(())
}

fn parse_version(text: &str) -> (u32, u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next())
}
