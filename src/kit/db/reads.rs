//! The two questions one may ask of a database: all rows, or the first.

use super::statement::bound;
use super::{Db, Pool, Row, Sql, Tx, TxInner, note};
use crate::kit::fault::Fault;

/// What can be read from: `&Db`, or `&mut Tx` to see one's own change.
#[expect(
    async_fn_in_trait,
    reason = "handlers and jobs run on one thread each; no Send bound is wanted"
)]
pub trait Reads {
    async fn all<T: Row>(self, statement: Sql) -> Result<Vec<T>, Fault>;
    async fn maybe<T: Row>(self, statement: Sql) -> Result<Option<T>, Fault>;
}

/// One statement on a connection of either database.
macro_rules! asked {
    ($db:expr, $statement:expr, $fetch:ident) => {
        match &$db.pool {
            Pool::Sqlite { read, .. } => {
                read.ask(async |on| bound!(query_as, $statement.clone()).$fetch(on).await)
                    .await
            }
            Pool::Postgres { read, .. } => {
                read.ask(async |on| bound!(query_as, $statement.clone()).$fetch(on).await)
                    .await
            }
        }
    };
}

impl Reads for &Db {
    async fn all<T: Row>(self, statement: Sql) -> Result<Vec<T>, Fault> {
        Ok(asked!(self, statement, fetch_all)?)
    }

    async fn maybe<T: Row>(self, statement: Sql) -> Result<Option<T>, Fault> {
        Ok(asked!(self, statement, fetch_optional)?)
    }
}

impl Reads for &mut Tx {
    async fn all<T: Row>(self, statement: Sql) -> Result<Vec<T>, Fault> {
        let found = match &mut self.inner {
            TxInner::Sqlite(tx) => bound!(query_as, statement)
                .fetch_all(&mut **tx)
                .await
                .map_err(Fault::from),
            TxInner::Postgres(tx) => tx.ask(statement).await.and_then(|answer| answer.all()),
        };
        note(&self.refused, found)
    }

    async fn maybe<T: Row>(self, statement: Sql) -> Result<Option<T>, Fault> {
        let found = match &mut self.inner {
            TxInner::Sqlite(tx) => bound!(query_as, statement)
                .fetch_optional(&mut **tx)
                .await
                .map_err(Fault::from),
            TxInner::Postgres(tx) => tx.ask(statement).await.and_then(|answer| answer.first()),
        };
        note(&self.refused, found)
    }
}
