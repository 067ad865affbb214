//! SQLite or PostgreSQL behind one face.
//!
//! One SQL text with `$1` serves both; drivers stay typed (`sqlx::Any` loses types). SQLite has one
//! writing connection, so writers wait in line instead of failing with "busy".

use std::borrow::Cow;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, FromRow, PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use tokio::sync::Notify;
use uuid::Uuid;

use super::clock::At;
use super::fault::Fault;

static SQLITE_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// SQLite below 3.51.3 may corrupt a WAL database (the WAL-reset fault); it is bundled, so this guards a re-link.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

#[derive(Clone)]
pub struct Db {
    pool: Pool,
    committed: Arc<Notify>,
}

#[derive(Clone)]
enum Pool {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

/// A row both drivers can read: `#[derive(sqlx::FromRow)]` or a tuple.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl Db {
    /// Opens and brings the schema up to date. `url` is `sqlite:PATH` or `postgres://…`.
    pub async fn open(url: &str) -> anyhow::Result<Db> {
        let pool = if let Some(path) = url.strip_prefix("sqlite:") {
            open_sqlite(path.trim_start_matches("//")).await?
        } else {
            open_postgres(url).await?
        };
        Ok(Db {
            pool,
            committed: Arc::new(Notify::new()),
        })
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self.pool, Pool::Sqlite { .. })
    }

    /// Begins a change. Dropped without `commit`, it never happened.
    pub async fn begin(&self) -> Result<Tx, Fault> {
        let inner = match &self.pool {
            Pool::Sqlite { write, .. } => TxInner::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Pool::Postgres(pool) => TxInner::Postgres(pool.begin().await?),
        };
        Ok(Tx {
            inner,
            committed: self.committed.clone(),
        })
    }

    /// One statement as a change of its own; says how many rows it touched.
    pub async fn exec(&self, statement: Sql) -> Result<u64, Fault> {
        let mut tx = self.begin().await?;
        let touched = tx.exec(statement).await?;
        tx.commit().await?;
        Ok(touched)
    }

    pub async fn all<T: Row>(&self, statement: Sql) -> Result<Vec<T>, Fault> {
        Reads::all(self, statement).await
    }

    pub async fn one<T: Row>(&self, statement: Sql) -> Result<T, Fault> {
        Reads::maybe(self, statement).await?.ok_or(Fault::Missing)
    }

    pub async fn maybe<T: Row>(&self, statement: Sql) -> Result<Option<T>, Fault> {
        Reads::maybe(self, statement).await
    }

    /// The next commit made through this `Db`, from the moment of the call on, polled or not.
    pub fn next_commit(&self) -> tokio::sync::futures::Notified<'_> {
        self.committed.notified()
    }

    /// A consistent copy of a SQLite database while it serves. PostgreSQL has its own tools.
    pub async fn copy_sqlite_to(&self, path: &std::path::Path) -> Result<(), Fault> {
        let Pool::Sqlite { write, .. } = &self.pool else {
            return Err(Fault::broken(
                "a copy by file is SQLite's; use pg_dump for PostgreSQL",
            ));
        };
        let path = path
            .to_str()
            .ok_or_else(|| Fault::broken("the path is not UTF-8"))?;
        let statement = format!("vacuum into '{}'", path.replace('\'', "''"));
        sqlx::query(AssertSqlSafe(statement)).execute(write).await?;
        Ok(())
    }

    /// Asks the database itself whether it can be trusted; `Ok(words)` says what it answered.
    pub async fn check(&self) -> Result<String, Fault> {
        match &self.pool {
            Pool::Sqlite { read, .. } => {
                let (answer,): (String,) = sqlx::query_as("pragma quick_check(1)").fetch_one(read).await?;
                let (version,): (String,) = sqlx::query_as("select sqlite_version()").fetch_one(read).await?;
                if answer == "ok" {
                    Ok(format!("SQLite {version}"))
                } else {
                    Err(Fault::broken(format!("SQLite {version}: {answer}")))
                }
            }
            Pool::Postgres(pool) => {
                let (version,): (String,) = sqlx::query_as("show server_version").fetch_one(pool).await?;
                Ok(format!("PostgreSQL {version}"))
            }
        }
    }

    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

async fn open_sqlite(path: &str) -> anyhow::Result<Pool> {
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
        .pragma("cache_size", "-20000")
        .pragma("journal_size_limit", "67108864");
    let lasting = || SqlitePoolOptions::new().idle_timeout(None).max_lifetime(None);
    let write = lasting()
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
    SQLITE_MIGRATIONS
        .run(&write)
        .await
        .context("bringing the SQLite schema up to date")?;
    let read = lasting()
        .max_connections(4)
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(options.read_only(true).pragma("query_only", "on"))
        .await?;
    Ok(Pool::Sqlite { read, write })
}

fn parse_version(text: &str) -> (u32, u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next())
}

async fn open_postgres(url: &str) -> anyhow::Result<Pool> {
    let options = PgConnectOptions::from_str(url)
        .context("the database URL cannot be read")?
        .application_name("caunoi")
        .options([
            ("statement_timeout", "10s"),
            ("lock_timeout", "5s"),
            ("idle_in_transaction_session_timeout", "15s"),
        ]);
    let pool = PgPoolOptions::new()
        .max_connections(10)
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(options)
        .await
        .context("cannot reach PostgreSQL")?;
    POSTGRES_MIGRATIONS
        .run(&pool)
        .await
        .context("bringing the PostgreSQL schema up to date")?;
    Ok(Pool::Postgres(pool))
}

/// A change under way.
pub struct Tx {
    inner: TxInner,
    committed: Arc<Notify>,
}

enum TxInner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub async fn commit(self) -> Result<(), Fault> {
        match self.inner {
            TxInner::Sqlite(tx) => tx.commit().await?,
            TxInner::Postgres(tx) => tx.commit().await?,
        }
        self.committed.notify_waiters();
        Ok(())
    }

    pub async fn exec(&mut self, statement: Sql) -> Result<u64, Fault> {
        Ok(match &mut self.inner {
            TxInner::Sqlite(tx) => {
                let query = bound!(sqlx::query(AssertSqlSafe(statement.text)), statement.args);
                query.execute(&mut **tx).await?.rows_affected()
            }
            TxInner::Postgres(tx) => {
                let query = bound!(sqlx::query(AssertSqlSafe(statement.text)), statement.args);
                query.execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    pub async fn all<T: Row>(&mut self, statement: Sql) -> Result<Vec<T>, Fault> {
        Reads::all(self, statement).await
    }

    pub async fn one<T: Row>(&mut self, statement: Sql) -> Result<T, Fault> {
        Reads::maybe(self, statement).await?.ok_or(Fault::Missing)
    }

    pub async fn maybe<T: Row>(&mut self, statement: Sql) -> Result<Option<T>, Fault> {
        Reads::maybe(self, statement).await
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self.inner, TxInner::Sqlite(_))
    }
}

macro_rules! bound {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for arg in $args {
            query = match arg {
                Arg::Bool(value) => query.bind(value),
                Arg::Int(value) => query.bind(value),
                Arg::Real(value) => query.bind(value),
                Arg::Text(value) => query.bind(value),
                Arg::Bytes(value) => query.bind(value),
                Arg::Id(value) => query.bind(value),
                Arg::Json(value) => query.bind(value.map(Json)),
            };
        }
        query
    }};
}
use bound;

/// What can be read from: `&Db`, or `&mut Tx` to see one's own change.
#[expect(
    async_fn_in_trait,
    reason = "handlers and jobs run on one thread each; no Send bound is wanted"
)]
pub trait Reads {
    async fn all<T: Row>(self, statement: Sql) -> Result<Vec<T>, Fault>;
    async fn maybe<T: Row>(self, statement: Sql) -> Result<Option<T>, Fault>;
}

impl Reads for &Db {
    async fn all<T: Row>(self, statement: Sql) -> Result<Vec<T>, Fault> {
        Ok(match &self.pool {
            Pool::Sqlite { read, .. } => {
                bound!(sqlx::query_as(AssertSqlSafe(statement.text)), statement.args)
                    .fetch_all(read)
                    .await?
            }
            Pool::Postgres(pool) => {
                bound!(sqlx::query_as(AssertSqlSafe(statement.text)), statement.args)
                    .fetch_all(pool)
                    .await?
            }
        })
    }

    async fn maybe<T: Row>(self, statement: Sql) -> Result<Option<T>, Fault> {
        Ok(match &self.pool {
            Pool::Sqlite { read, .. } => {
                bound!(sqlx::query_as(AssertSqlSafe(statement.text)), statement.args)
                    .fetch_optional(read)
                    .await?
            }
            Pool::Postgres(pool) => {
                bound!(sqlx::query_as(AssertSqlSafe(statement.text)), statement.args)
                    .fetch_optional(pool)
                    .await?
            }
        })
    }
}

impl Reads for &mut Tx {
    async fn all<T: Row>(self, statement: Sql) -> Result<Vec<T>, Fault> {
        Ok(match &mut self.inner {
            TxInner::Sqlite(tx) => {
                bound!(sqlx::query_as(AssertSqlSafe(statement.text)), statement.args)
                    .fetch_all(&mut **tx)
                    .await?
            }
            TxInner::Postgres(tx) => {
                bound!(sqlx::query_as(AssertSqlSafe(statement.text)), statement.args)
                    .fetch_all(&mut **tx)
                    .await?
            }
        })
    }

    async fn maybe<T: Row>(self, statement: Sql) -> Result<Option<T>, Fault> {
        Ok(match &mut self.inner {
            TxInner::Sqlite(tx) => {
                let query = bound!(sqlx::query_as(AssertSqlSafe(statement.text)), statement.args);
                query.fetch_optional(&mut **tx).await?
            }
            TxInner::Postgres(tx) => {
                let query = bound!(sqlx::query_as(AssertSqlSafe(statement.text)), statement.args);
                query.fetch_optional(&mut **tx).await?
            }
        })
    }
}

/// A statement with its values: `sql("select … where id = $1").bind(id)`.
#[derive(Debug, Clone)]
pub struct Sql {
    text: String,
    args: Vec<Arg>,
}

pub fn sql(text: impl Into<Cow<'static, str>>) -> Sql {
    Sql {
        text: text.into().into_owned(),
        args: Vec::new(),
    }
}

impl Sql {
    #[must_use]
    pub fn bind(mut self, value: impl Into<Arg>) -> Sql {
        self.args.push(value.into());
        self
    }

    /// Binds many values at the place of `{}` in the text, as `$3, $4, …` (or `null` for none).
    #[must_use]
    pub fn bind_list<T: Into<Arg>>(mut self, values: impl IntoIterator<Item = T>) -> Sql {
        let first = self.args.len();
        self.args.extend(values.into_iter().map(Into::into));
        let marks: Vec<String> = (first..self.args.len())
            .map(|at| format!("${}", at + 1))
            .collect();
        let list = if marks.is_empty() {
            "null".to_owned()
        } else {
            marks.join(", ")
        };
        self.text = self.text.replacen("{}", &list, 1);
        self
    }
}

/// A value on its way into a statement; `None` is a typed null, as PostgreSQL wants it.
#[derive(Debug, Clone)]
pub enum Arg {
    Bool(Option<bool>),
    Int(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Id(Option<Uuid>),
    Json(Option<serde_json::Value>),
}

macro_rules! arg_from {
    ($($kind:ident($type:ty): $from:ty => |$value:ident| $into:expr;)*) => {$(
        impl From<$from> for Arg {
            fn from($value: $from) -> Arg { Arg::$kind(Some($into)) }
        }
        impl From<Option<$from>> for Arg {
            fn from(value: Option<$from>) -> Arg { Arg::$kind(value.map(|$value| -> $type { $into })) }
        }
    )*};
}

arg_from! {
    Bool(bool): bool => |value| value;
    Int(i64): i64 => |value| value;
    Int(i64): At => |value| value.0;
    Real(f64): f64 => |value| value;
    Text(String): String => |value| value;
    Text(String): &String => |value| value.clone();
    Text(String): &str => |value| value.to_owned();
    Bytes(Vec<u8>): Vec<u8> => |value| value;
    Id(Uuid): Uuid => |value| value;
    Json(serde_json::Value): serde_json::Value => |value| value;
}

/// Codes stored as text: an enum with its words, readable from both databases, from forms and from JSON.
#[macro_export]
macro_rules! codes {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant),* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            pub fn from_code(code: &str) -> Option<$name> {
                match code { $($word => Some($name::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.code()) }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> { to.serialize_str(self.code()) }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let code = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                $name::from_code(&code).ok_or_else(|| serde::de::Error::custom(format!("unknown code {code:?}")))
            }
        }

        impl From<$name> for $crate::kit::db::Arg {
            fn from(value: $name) -> Self { $crate::kit::db::Arg::Text(Some(value.code().to_owned())) }
        }

        impl From<Option<$name>> for $crate::kit::db::Arg {
            fn from(value: Option<$name>) -> Self {
                $crate::kit::db::Arg::Text(value.map(|value| value.code().to_owned()))
            }
        }

        impl<DB: sqlx::Database> sqlx::Type<DB> for $name where String: sqlx::Type<DB> {
            fn type_info() -> DB::TypeInfo { <String as sqlx::Type<DB>>::type_info() }
            fn compatible(info: &DB::TypeInfo) -> bool { <String as sqlx::Type<DB>>::compatible(info) }
        }

        impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for $name where String: sqlx::Decode<'r, DB> {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                let code = <String as sqlx::Decode<'r, DB>>::decode(value)?;
                $name::from_code(&code).ok_or_else(|| format!("unknown {} {code:?}", stringify!($name)).into())
            }
        }
    };
}
pub use codes;
