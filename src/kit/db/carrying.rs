//! Carries everything from a SQLite database into an empty PostgreSQL one, as one change there: cut short, it never
//! happened and may be begun again. Which tables there are and what they hold, the schemas say.
//!
//! Each table is read back and compared by the number of its rows and by a checksum: the sum of the SHA-256 of every
//! row in one form for both sides, so the order in which a database gives its rows does not matter.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use futures_util::TryStreamExt as _;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, SqliteConnection,
};

use super::open;

mod cells;
use cells::{Batch, Digest, Kind, Shape};

/// A table that was carried over and read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    pub table: String,
    pub rows: u64,
    pub checksum: String,
}

/// Carries the database in `file` to the server at `url`; tells of each table that stands there whole. Nobody writes
/// to the file meanwhile, and nothing in it changes.
pub async fn carry(file: &Path, url: &str, mut tell: impl FnMut(&Carried)) -> anyhow::Result<Vec<Carried>> {
    let mut source = SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(std::time::Duration::from_secs(5))
        .connect()
        .await
        .with_context(|| format!("cannot open {}", file.display()))?;
    source
        .execute("begin immediate")
        .await
        .context("somebody is writing to the database: stop every caunoi that uses it")?;
    open::migrate_postgres(&open::postgres_options(url)?).await?;
    let mut target = open::postgres_options(url)?.connect().await?;
    let mut change = target.begin().await?;

    let shapes = shapes(&mut source, &mut change).await?;
    let order = in_order(&mut source, &shapes).await?;
    empty(&mut change, &shapes, &order).await?;
    let mut carried = Vec::new();
    for table in &order {
        let shape = &shapes[table];
        let sent = copy(&mut source, &mut change, table, shape)
            .await
            .with_context(|| format!("table {table}"))?;
        let arrived = read_postgres(&mut change, table, shape).await?;
        ensure!(
            sent.rows == arrived.rows,
            "table {table}: {} rows left, {} arrived; nothing was kept",
            sent.rows,
            arrived.rows
        );
        ensure!(
            sent == arrived,
            "table {table}: all {} rows arrived, but not as they left; nothing was kept",
            sent.rows
        );
        let done = Carried {
            table: table.clone(),
            rows: sent.rows,
            checksum: sent.checksum(),
        };
        tell(&done);
        carried.push(done);
    }
    change.commit().await?;
    target.close().await?;
    source.execute("rollback").await?;
    source.close().await?;
    Ok(carried)
}

/// What each table holds, as both schemas say it.
async fn shapes(
    source: &mut SqliteConnection,
    target: &mut PgConnection,
) -> anyhow::Result<BTreeMap<String, Shape>> {
    let mut shapes: BTreeMap<String, Shape> = BTreeMap::new();
    let columns: Vec<(String, String, String)> = sqlx::query_as(
        "select table_name::text, column_name::text, data_type::text from information_schema.columns \
         where table_schema = current_schema() and table_name not like '\\_%' order by table_name, column_name",
    )
    .fetch_all(&mut *target)
    .await?;
    for (table, column, kind) in columns {
        let kind = Kind::of(&kind).with_context(|| format!("{table}.{column}: what is {kind:?}?"))?;
        shapes.entry(table).or_default().push(column, kind);
    }
    let tables: Vec<(String,)> = sqlx::query_as(
        "select name from sqlite_master where type = 'table' and name not like '\\_%' escape '\\' \
         and name not like 'sqlite\\_%' escape '\\' order by name",
    )
    .fetch_all(&mut *source)
    .await?;
    let names: BTreeSet<String> = tables.into_iter().map(|(name,)| name).collect();
    let known: BTreeSet<String> = shapes.keys().cloned().collect();
    if let Some(odd) = names.symmetric_difference(&known).next() {
        bail!("only one of the two databases has the table {odd}: {OTHER_VERSION}");
    }
    for (table, shape) in &shapes {
        let columns: Vec<(String,)> = sqlx::query_as("select name from pragma_table_info(?1) order by name")
            .bind(table)
            .fetch_all(&mut *source)
            .await?;
        ensure!(
            columns.iter().map(|(name,)| name).eq(shape.names()),
            "the columns of {table} differ: {OTHER_VERSION}"
        );
    }
    Ok(shapes)
}

const OTHER_VERSION: &str =
    "start this version of caunoi once on the old database, so that both are of one version";

/// A table comes after those it refers to.
async fn in_order(
    source: &mut SqliteConnection,
    shapes: &BTreeMap<String, Shape>,
) -> anyhow::Result<Vec<String>> {
    let mut waiting: BTreeMap<&String, BTreeSet<String>> = BTreeMap::new();
    for table in shapes.keys() {
        let referred: Vec<(String,)> = sqlx::query_as("select \"table\" from pragma_foreign_key_list(?1)")
            .bind(table)
            .fetch_all(&mut *source)
            .await?;
        waiting.insert(table, referred.into_iter().map(|(other,)| other).collect());
    }
    let mut order: Vec<String> = Vec::new();
    while !waiting.is_empty() {
        let ready = waiting
            .iter()
            .find(|(_, needs)| needs.iter().all(|need| order.contains(need)))
            .map(|(table, _)| (*table).clone())
            .with_context(|| format!("these tables refer to each other: {:?}", waiting.keys()))?;
        waiting.remove(&ready);
        order.push(ready);
    }
    Ok(order)
}

/// Makes sure that the target holds what a new schema holds and nothing else, and takes that out, too.
async fn empty(
    target: &mut PgConnection,
    shapes: &BTreeMap<String, Shape>,
    order: &[String],
) -> anyhow::Result<()> {
    let mut new = SqliteConnection::connect("sqlite::memory:").await?;
    open::sqlite_migrations().run(&mut new).await?;
    for table in order.iter().rev() {
        let shape = &shapes[table];
        let there = read_postgres(target, table, shape).await?;
        ensure!(
            there == read_sqlite(&mut new, table, shape).await?,
            "the target is not empty: table {table} holds {} rows. Give a new database: createdb NAME",
            there.rows
        );
        target
            .execute(AssertSqlSafe(format!("delete from \"{table}\"")))
            .await?;
    }
    Ok(())
}

async fn copy(
    source: &mut SqliteConnection,
    target: &mut PgConnection,
    table: &str,
    shape: &Shape,
) -> anyhow::Result<Digest> {
    let (select, insert) = (shape.select_sqlite(table), shape.insert(table));
    let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(source);
    let mut sent = Digest::default();
    let mut batch = Batch::default();
    loop {
        let row = rows.try_next().await?;
        let is_last = row.is_none();
        if let Some(row) = row {
            let cells = shape.read_sqlite(&row)?;
            sent.take(&cells)?;
            batch.push(cells);
        }
        if batch.is_full() || (is_last && !batch.is_empty()) {
            batch.send(target, &insert, shape).await?;
        }
        if is_last {
            return Ok(sent);
        }
    }
}

async fn read_postgres(target: &mut PgConnection, table: &str, shape: &Shape) -> anyhow::Result<Digest> {
    let mut rows = sqlx::query(AssertSqlSafe(shape.select_postgres(table))).fetch(target);
    let mut digest = Digest::default();
    while let Some(row) = rows.try_next().await? {
        digest.take(&shape.read_postgres(&row)?)?;
    }
    Ok(digest)
}

async fn read_sqlite(source: &mut SqliteConnection, table: &str, shape: &Shape) -> anyhow::Result<Digest> {
    let mut rows = sqlx::query(AssertSqlSafe(shape.select_sqlite(table))).fetch(source);
    let mut digest = Digest::default();
    while let Some(row) = rows.try_next().await? {
        digest.take(&shape.read_sqlite(&row)?)?;
    }
    Ok(digest)
}
