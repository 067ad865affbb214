//! All SQL about the second step of a sign-in.

use crate::accounts::second_step::Kept;
use crate::ids::PersonId;
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;

pub(in crate::accounts) async fn get(on: impl Reads, id: PersonId) -> Result<Option<Kept>, Fault> {
    on.maybe(sql("select secret, confirmed_at, misses from second_steps where person_id = $1").bind(id))
        .await
}

pub(in crate::accounts) async fn codes_left(on: impl Reads, id: PersonId) -> Result<i64, Fault> {
    let left: Option<(i64,)> = on
        .maybe(sql("select count(*) from recovery_codes where person_id = $1 and used_at is null").bind(id))
        .await?;
    Ok(left.map_or(0, |(left,)| left))
}

pub(in crate::accounts) async fn holders(
    on: impl Reads,
    ids: impl IntoIterator<Item = PersonId>,
) -> Result<Vec<PersonId>, Fault> {
    let rows: Vec<(PersonId,)> = on
        .all(
            sql("select person_id from second_steps where confirmed_at is not null and person_id in ({})")
                .bind_list(ids),
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A new secret in the place of one that was never confirmed; a confirmed one stays.
pub(in crate::accounts) async fn begin(tx: &mut Tx, id: PersonId, secret: Vec<u8>) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into second_steps (person_id, secret, last_step, misses) values ($1, $2, 0, 0) \
             on conflict (person_id) do update set secret = excluded.secret \
             where second_steps.confirmed_at is null",
        )
        .bind(id)
        .bind(secret),
    )
    .await?;
    Ok(())
}

/// `false`: it is on already, or the secret is another one by now.
pub(in crate::accounts) async fn confirm(
    tx: &mut Tx,
    id: PersonId,
    secret: &[u8],
    step: i64,
    now: At,
) -> Result<bool, Fault> {
    tx.takes_effect(
        sql(
            "update second_steps set confirmed_at = $1, last_step = $2, misses = 0 \
             where person_id = $3 and secret = $4 and confirmed_at is null",
        )
        .bind(now)
        .bind(step)
        .bind(id)
        .bind(secret.to_vec()),
    )
    .await
}

/// `false`: the code of this half-minute or of a later one was used before.
pub(in crate::accounts) async fn use_step(
    tx: &mut Tx,
    id: PersonId,
    step: i64,
    most_misses: i64,
) -> Result<bool, Fault> {
    tx.takes_effect(
        sql("update second_steps set last_step = $1 where person_id = $2 and last_step < $1 and misses < $3")
            .bind(step)
            .bind(id)
            .bind(most_misses),
    )
    .await
}

/// `false`: no such code, or it was used before.
pub(in crate::accounts) async fn use_code(
    tx: &mut Tx,
    id: PersonId,
    hash: Vec<u8>,
    now: At,
) -> Result<bool, Fault> {
    tx.takes_effect(
        sql("update recovery_codes set used_at = $1 where person_id = $2 and code_hash = $3 and used_at is null")
            .bind(now)
            .bind(id)
            .bind(hash),
    )
    .await
}

pub(in crate::accounts) async fn miss(tx: &mut Tx, id: PersonId) -> Result<(), Fault> {
    tx.exec(sql("update second_steps set misses = misses + 1 where person_id = $1").bind(id))
        .await?;
    Ok(())
}

pub(in crate::accounts) async fn forgive(tx: &mut Tx, id: PersonId) -> Result<(), Fault> {
    tx.exec(sql("update second_steps set misses = 0 where person_id = $1").bind(id))
        .await?;
    Ok(())
}

pub(in crate::accounts) async fn set_codes(
    tx: &mut Tx,
    id: PersonId,
    hashes: Vec<Vec<u8>>,
) -> Result<(), Fault> {
    tx.exec(sql("delete from recovery_codes where person_id = $1").bind(id))
        .await?;
    for hash in hashes {
        tx.exec(
            sql("insert into recovery_codes (person_id, code_hash) values ($1, $2)")
                .bind(id)
                .bind(hash),
        )
        .await?;
    }
    Ok(())
}

pub(in crate::accounts) async fn remove(tx: &mut Tx, id: PersonId) -> Result<(), Fault> {
    for table in ["second_steps", "recovery_codes"] {
        let statement = format!("delete from {table} where person_id = $1");
        tx.exec(sql(statement).bind(id)).await?;
    }
    Ok(())
}
