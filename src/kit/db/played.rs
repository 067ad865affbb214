//! A change on PostgreSQL that outlives being undone.
//!
//! Of two changes that wait for each other the database undoes one (a deadlock); where only serializable is offered, it
//! may undo any of two that overlap. What was undone is played again from its first statement, and is the same change
//! as long as each statement is answered as it was before: by those answers was decided what came next. Otherwise it is
//! a [`Fault::Clash`].

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use futures_util::TryStreamExt as _;
use sqlx::postgres::PgRow;
use sqlx::{Either, Executor as _, PgConnection, PgPool, Postgres, Row as _, Transaction, ValueRef as _};

use super::statement::bound;
use super::{Row, Sql};
use crate::kit::fault::Fault;

/// Each time some other change went through, so few are enough.
const TRIES: usize = 3;

pub(super) struct Played {
    pool: PgPool,
    tx: Transaction<'static, Postgres>,
    so_far: Vec<(Sql, u64)>,
    failed: bool,
}

impl Played {
    pub async fn begin(pool: &PgPool) -> Result<Played, Fault> {
        Ok(Played {
            pool: pool.clone(),
            tx: pool.begin().await?,
            so_far: Vec::new(),
            failed: false,
        })
    }

    pub async fn ask(&mut self, statement: Sql) -> Result<Answer, Fault> {
        let mut answer = answer(&mut self.tx, statement.clone()).await;
        for _ in 0..TRIES {
            if !matches!(answer, Err(Fault::Clash)) {
                break;
            }
            self.tx.execute("rollback; begin").await?;
            answer = self.play_and(&statement).await;
        }
        self.failed |= answer.is_err();
        let answer = answer?;
        self.so_far.push((statement, answer.digest()?));
        Ok(answer)
    }

    pub async fn commit(mut self) -> Result<(), Fault> {
        if self.failed {
            return Err(Fault::broken(
                "one of its statements failed: this change cannot be committed",
            ));
        }
        for _ in 0..TRIES {
            match self.tx.commit().await.map_err(Fault::from) {
                Err(Fault::Clash) => {}
                done => return done,
            }
            self.tx = self.pool.begin().await?;
            self.play().await?;
        }
        Ok(self.tx.commit().await?)
    }

    async fn play_and(&mut self, last: &Sql) -> Result<Answer, Fault> {
        self.play().await?;
        answer(&mut self.tx, last.clone()).await
    }

    /// All so far, once more.
    async fn play(&mut self) -> Result<(), Fault> {
        for (statement, digest) in &self.so_far {
            let again = answer(&mut self.tx, statement.clone()).await?;
            if again.digest()? != *digest {
                return Err(Fault::Clash);
            }
        }
        Ok(())
    }
}

/// What the database said to one statement.
pub(super) struct Answer {
    rows: Vec<PgRow>,
    pub touched: u64,
}

async fn answer(connection: &mut PgConnection, statement: Sql) -> Result<Answer, Fault> {
    let mut told = connection.fetch_many(bound!(query, statement));
    let (mut rows, mut touched) = (Vec::new(), 0);
    while let Some(part) = told.try_next().await? {
        match part {
            Either::Left(done) => touched += done.rows_affected(),
            Either::Right(row) => rows.push(row),
        }
    }
    Ok(Answer { rows, touched })
}

impl Answer {
    pub fn all<T: Row>(&self) -> Result<Vec<T>, Fault> {
        Ok(self.rows.iter().map(T::from_row).collect::<Result<_, _>>()?)
    }

    pub fn first<T: Row>(&self) -> Result<Option<T>, Fault> {
        Ok(self.rows.first().map(T::from_row).transpose()?)
    }

    fn digest(&self) -> Result<u64, Fault> {
        let mut digest = DefaultHasher::new();
        self.touched.hash(&mut digest);
        for row in &self.rows {
            for column in 0..row.len() {
                let value = row.try_get_raw(column)?;
                let bytes = if value.is_null() {
                    None
                } else {
                    Some(value.as_bytes().map_err(Fault::broken)?)
                };
                bytes.hash(&mut digest);
            }
        }
        Ok(digest.finish())
    }
}
