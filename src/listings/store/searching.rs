//! Searches people keep.

use crate::ids::{PersonId, SearchId};
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;
use crate::listings::searches::Search;

pub(in crate::listings) async fn searches_of(on: impl Reads, person: PersonId) -> Result<Vec<Search>, Fault> {
    on.all(
        sql(
            "select id, person_id, query, told_at, created_at from searches where person_id = $1 \
             order by created_at desc, id desc",
        )
        .bind(person),
    )
    .await
}

pub(in crate::listings) async fn add_search(
    tx: &mut Tx,
    person: PersonId,
    query: &str,
    now: At,
) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into searches (id, person_id, query, told_at, created_at) values ($1, $2, $3, $4, $4) \
             on conflict (person_id, query) do nothing",
        )
        .bind(SearchId::new())
        .bind(person)
        .bind(query)
        .bind(now),
    )
    .await?;
    Ok(())
}

pub(in crate::listings) async fn remove_search(
    tx: &mut Tx,
    person: PersonId,
    id: SearchId,
) -> Result<bool, Fault> {
    let touched = tx
        .exec(
            sql("delete from searches where id = $1 and person_id = $2")
                .bind(id)
                .bind(person),
        )
        .await?;
    Ok(touched == 1)
}

pub(in crate::listings) async fn search_keepers(on: impl Reads) -> Result<Vec<PersonId>, Fault> {
    let rows: Vec<(PersonId,)> = on
        .all(sql("select distinct person_id from searches order by person_id"))
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(in crate::listings) async fn published_since(on: impl Reads, since: At) -> Result<bool, Fault> {
    let row: Option<(i64,)> = on
        .maybe(
            sql(
                "select cast(1 as bigint) from listings where published_at > $1 and live is not null limit 1",
            )
            .bind(since),
        )
        .await?;
    Ok(row.is_some())
}

pub(in crate::listings) async fn told_of_search(tx: &mut Tx, id: SearchId, now: At) -> Result<(), Fault> {
    tx.exec(
        sql("update searches set told_at = $1 where id = $2 and told_at < $1")
            .bind(now)
            .bind(id),
    )
    .await?;
    Ok(())
}
