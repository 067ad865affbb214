//! All SQL about the ledger of consents.

use uuid::Uuid;

use crate::accounts::consent::{Consent, Purpose};
use crate::ids::PersonId;
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;

pub(in crate::accounts) async fn of_person(on: impl Reads, person: PersonId) -> Result<Vec<Consent>, Fault> {
    on.all(
        sql(
            "select purpose, version, given_at, withdrawn_at from consents where person_id = $1 \
             order by given_at, id",
        )
        .bind(person),
    )
    .await
}

pub(in crate::accounts) async fn add(
    tx: &mut Tx,
    id: Uuid,
    person: PersonId,
    purpose: Purpose,
    version: &str,
    now: At,
) -> Result<(), Fault> {
    tx.exec(
        sql("insert into consents (id, person_id, purpose, version, given_at) values ($1, $2, $3, $4, $5)")
            .bind(id)
            .bind(person)
            .bind(purpose)
            .bind(version)
            .bind(now),
    )
    .await?;
    Ok(())
}

pub(in crate::accounts) async fn withdraw(
    tx: &mut Tx,
    person: PersonId,
    purpose: Purpose,
    now: At,
) -> Result<(), Fault> {
    tx.exec(
        sql(
            "update consents set withdrawn_at = $1 where person_id = $2 and purpose = $3 \
             and withdrawn_at is null",
        )
        .bind(now)
        .bind(person)
        .bind(purpose),
    )
    .await?;
    Ok(())
}

pub(in crate::accounts) async fn clear(tx: &mut Tx, person: PersonId) -> Result<(), Fault> {
    tx.exec(sql("delete from consents where person_id = $1").bind(person))
        .await?;
    Ok(())
}
