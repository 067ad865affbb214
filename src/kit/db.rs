//! SQLite or PostgreSQL behind one face.
//!
//! One SQL text with `$1` serves both; drivers stay typed (`sqlx::Any` loses types). SQLite has one
//! writing connection, so writers wait in line instead of failing with "busy".

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow, PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use tokio::sync::Notify;

use super::clock::At;
use super::fault::Fault;

mod carrying;
mod codes;
mod open;
mod played;
mod readers;
mod reads;
mod statement;
pub use carrying::{Carried, carry};
pub use codes::codes;
use played::Played;
use readers::Readers;
pub use reads::Reads;
use statement::bound;
pub use statement::{Arg, Sql, sql};

#[derive(Clone)]
pub struct Db {
    pool: Pool,
    committed: Arc<Notify>,
    refused: Arc<AtomicBool>,
}

#[derive(Clone)]
enum Pool {
    Sqlite {
        read: Readers<Sqlite>,
        write: SqlitePool,
    },
    Postgres {
        read: Readers<Postgres>,
        write: PgPool,
    },
}

/// A row both drivers can read: `#[derive(sqlx::FromRow)]` or a tuple.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl Db {
    /// Opens and brings the schema up to date. `url` is `sqlite:PATH` or `postgres://…`.
    pub async fn open(url: &str) -> anyhow::Result<Db> {
        let pool = if let Some(path) = url.strip_prefix("sqlite:") {
            open::sqlite(path.trim_start_matches("//")).await?
        } else {
            open::postgres(url).await?
        };
        Ok(Db {
            pool,
            committed: Arc::new(Notify::new()),
            refused: Arc::default(),
        })
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self.pool, Pool::Sqlite { .. })
    }

    /// Begins a change. Dropped without `commit`, it never happened.
    pub async fn begin(&self) -> Result<Tx, Fault> {
        let inner = match &self.pool {
            Pool::Sqlite { write, .. } => {
                // SQLite opens what it may not write for reading alone, and such a connection stays so for ever.
                if self.refused.swap(false, Ordering::Relaxed) {
                    write.acquire().await?.close().await?;
                }
                TxInner::Sqlite(note(
                    &self.refused,
                    begin_sqlite(write).await.map_err(Fault::from),
                )?)
            }
            Pool::Postgres { write, .. } => TxInner::Postgres(Played::begin(write).await?),
        };
        Ok(Tx {
            inner,
            committed: self.committed.clone(),
            refused: self.refused.clone(),
        })
    }

    /// How late it is for all nodes of this service; `None` where a single process owns the database.
    pub async fn time(&self) -> Result<Option<At>, Fault> {
        let Pool::Postgres { read, .. } = &self.pool else {
            return Ok(None);
        };
        let statement = "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)";
        let now = read.ask(async |on| sqlx::query_scalar(statement).fetch_one(on).await);
        Ok(Some(now.await?))
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
                let ask = async |statement: &'static str| -> Result<String, sqlx::Error> {
                    read.ask(async |on| sqlx::query_scalar(statement).fetch_one(on).await)
                        .await
                };
                let answer = ask("pragma quick_check(1)").await?;
                let version = ask("select sqlite_version()").await?;
                if answer == "ok" {
                    Ok(format!("SQLite {version}"))
                } else {
                    Err(Fault::broken(format!("SQLite {version}: {answer}")))
                }
            }
            Pool::Postgres { read, .. } => {
                let version =
                    read.ask(async |on| sqlx::query_scalar("show server_version").fetch_one(on).await);
                let version: String = version.await?;
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
            Pool::Postgres { read, write } => {
                read.close().await;
                write.close().await;
            }
        }
    }
}

/// SQLite ends a change by itself when the disk refuses it. The driver does not notice and would take the next change
/// for one inside it, for ever: such a connection is put away for a new one.
async fn begin_sqlite(write: &SqlitePool) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
    const BEGIN: &str = "BEGIN IMMEDIATE";
    match write.begin_with(BEGIN).await {
        Err(sqlx::Error::InvalidSavePointStatement) => {
            write.acquire().await?.close().await?;
            write.begin_with(BEGIN).await
        }
        begun => begun,
    }
}

/// A change under way.
pub struct Tx {
    inner: TxInner,
    committed: Arc<Notify>,
    /// Whether the database last refused to be written.
    refused: Arc<AtomicBool>,
}

enum TxInner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Played),
}

impl Tx {
    pub async fn commit(self) -> Result<(), Fault> {
        let done = match self.inner {
            TxInner::Sqlite(tx) => tx.commit().await.map_err(Fault::from),
            TxInner::Postgres(tx) => tx.commit().await,
        };
        note(&self.refused, done)?;
        self.committed.notify_waiters();
        Ok(())
    }

    pub async fn exec(&mut self, statement: Sql) -> Result<u64, Fault> {
        let done = match &mut self.inner {
            TxInner::Sqlite(tx) => bound!(query, statement)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected())
                .map_err(Fault::from),
            TxInner::Postgres(tx) => tx.ask(statement).await.map(|answer| answer.touched),
        };
        note(&self.refused, done)
    }

    /// A change of one row. `false`: it stands there already, or no longer as the statement says.
    pub async fn takes_effect(&mut self, statement: Sql) -> Result<bool, Fault> {
        Ok(self.exec(statement).await? == 1)
    }

    /// As `takes_effect`, where `false` means that somebody else was quicker.
    pub async fn exec_if_fresh(&mut self, statement: Sql) -> Result<(), Fault> {
        if self.takes_effect(statement).await? {
            Ok(())
        } else {
            Err(Fault::Stale(None))
        }
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

    /// Ends a `select` that takes the next row of a line: on PostgreSQL several workers take at once and pass over
    /// each other's rows; SQLite has one writer.
    pub fn skip_locked(&self) -> &'static str {
        match self.inner {
            TxInner::Sqlite(_) => "",
            TxInner::Postgres(_) => "for update skip locked",
        }
    }
}

fn note<T>(refused: &AtomicBool, outcome: Result<T, Fault>) -> Result<T, Fault> {
    if matches!(outcome, Err(Fault::Full)) {
        refused.store(true, Ordering::Relaxed);
    }
    outcome
}
