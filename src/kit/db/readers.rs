//! Connections that read, lent for one statement each.
//!
//! sqlx's own pool asks a connection whether it is well before it is lent and again when it comes back, which makes
//! three journeys to the database of one. Here it is asked only after a rest. A connection that gave no good answer, or
//! whose asker left in the middle of one, is not lent again.

use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Manager, Metrics, Pool, PoolError, QueueMode, RecycleError, RecycleResult};
use sqlx::{ConnectOptions as _, Connection, Database};

/// After so long a connection is asked whether it is still there.
const RESTED: Duration = Duration::from_secs(1);
/// After so long it makes room for a new one.
const SERVED: Duration = Duration::from_mins(30);
/// So long a statement waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

type Options<D> = <<D as Database>::Connection as Connection>::Options;

pub(super) struct Readers<D: Database>(Pool<Opener<D>>);

pub(super) struct Opener<D: Database>(Options<D>);

/// A connection, and whether its last answer was a good one.
pub(super) struct Lane<D: Database> {
    connection: D::Connection,
    well: bool,
}

impl<D: Database> Clone for Readers<D> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<D: Database> Manager for Opener<D> {
    type Type = Lane<D>;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Lane<D>, sqlx::Error> {
        Ok(Lane {
            connection: self.0.connect().await?,
            well: true,
        })
    }

    async fn recycle(&self, lane: &mut Lane<D>, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        if !lane.well || metrics.age() > SERVED {
            return Err(RecycleError::message("a new one is wanted"));
        }
        if metrics.last_used() > RESTED {
            lane.connection.ping().await?;
        }
        Ok(())
    }
}

impl<D: Database> Readers<D> {
    /// At most so many; the first is opened here.
    pub async fn open(options: Options<D>, most: usize) -> anyhow::Result<Self> {
        let pool = Pool::builder(Opener(options))
            .max_size(most)
            .queue_mode(QueueMode::Lifo)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .recycle_timeout(Some(PATIENCE))
            .build()?;
        drop(pool.get().await?);
        Ok(Self(pool))
    }

    /// What one statement answers. Where the connection turns out to be lost it is asked once more on a new one.
    pub async fn ask<T>(
        &self,
        statement: impl AsyncFn(&mut D::Connection) -> Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        // In boxes: a handler that asks twenty things would else carry the room for all of them on its stack.
        match Box::pin(self.ask_once(&statement)).await {
            Err(why) if is_lost(&why) => {
                tracing::info!(%why, "the database went, and is asked again");
                // Very likely the others went with it.
                self.0.retain(|_, _| false);
                Box::pin(self.ask_once(&statement)).await
            }
            answer => answer,
        }
    }

    async fn ask_once<T>(
        &self,
        statement: &impl AsyncFn(&mut D::Connection) -> Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        let mut lane = self.0.get().await.map_err(not_lent)?;
        lane.well = false;
        let answer = statement(&mut lane.connection).await;
        lane.well = answer.is_ok();
        answer
    }

    pub async fn close(&self) {
        for lane in self.0.retain(|_, _| false).removed {
            if let Err(why) = lane.connection.close().await {
                tracing::debug!(%why, "closing a connection");
            }
        }
        self.0.close();
    }
}

fn not_lent(why: PoolError<sqlx::Error>) -> sqlx::Error {
    match why {
        PoolError::Backend(why) => why,
        PoolError::Closed => sqlx::Error::PoolClosed,
        _ => sqlx::Error::PoolTimedOut,
    }
}

/// The connection is gone, whatever was asked: broken, or ended by PostgreSQL's operator (class 57).
fn is_lost(why: &sqlx::Error) -> bool {
    match why {
        sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(why) => why.code().is_some_and(|code| code.starts_with("57P")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Sqlite;
    use sqlx::sqlite::SqliteConnectOptions;

    use super::*;

    async fn readers(most: usize) -> Readers<Sqlite> {
        Readers::open(SqliteConnectOptions::new().in_memory(true), most)
            .await
            .unwrap()
    }

    /// A table of one connection's own tells which connection answers.
    async fn marked(readers: &Readers<Sqlite>) -> bool {
        let marks = readers
            .ask(async |connection| {
                sqlx::query("select * from mark")
                    .fetch_all(connection)
                    .await
                    .map_or(Ok(false), |_| Ok(true))
            })
            .await;
        marks.unwrap()
    }

    async fn mark(readers: &Readers<Sqlite>) {
        let marked = readers
            .ask(async |connection| {
                sqlx::query("create table mark (at integer)")
                    .execute(connection)
                    .await
            })
            .await;
        marked.unwrap();
    }

    #[tokio::test]
    async fn a_connection_that_answered_well_answers_again() {
        let readers = readers(2).await;
        mark(&readers).await;
        assert!(marked(&readers).await);
    }

    #[tokio::test]
    async fn a_connection_that_failed_is_not_lent_again() {
        let readers = readers(1).await;
        mark(&readers).await;
        let failed = readers
            .ask(async |connection| sqlx::query("no statement").execute(connection).await)
            .await;
        assert!(failed.is_err());
        assert!(!marked(&readers).await);
    }

    #[tokio::test]
    async fn a_connection_left_in_mid_answer_is_not_lent_again() {
        let readers = readers(1).await;
        mark(&readers).await;
        let never = readers.ask(async |_| std::future::pending::<Result<(), sqlx::Error>>().await);
        assert!(
            tokio::time::timeout(Duration::from_millis(10), never)
                .await
                .is_err()
        );
        assert!(!marked(&readers).await);
    }

    #[tokio::test]
    async fn what_a_lost_connection_was_asked_is_asked_again() {
        let readers = readers(1).await;
        let asked = std::cell::Cell::new(0);
        let answer = readers
            .ask(async |_| {
                asked.set(asked.get() + 1);
                if asked.get() == 1 {
                    return Err(sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into()));
                }
                Ok("here")
            })
            .await;
        assert_eq!(answer.unwrap(), "here");
    }
}
