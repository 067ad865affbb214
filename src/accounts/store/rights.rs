//! All SQL about what a person may have and what is taken out when they leave.

use uuid::Uuid;

use crate::accounts::Person;
use crate::ids::PersonId;
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;

/// What they did that is noted, and what was done with their account.
pub(in crate::accounts) async fn audit(
    on: impl Reads,
    person: PersonId,
) -> Result<Vec<(String, Option<Uuid>, At)>, Fault> {
    on.all(
        sql("select act, by_person, at from audit where by_person = $1 or subject = $1 order by at, id")
            .bind(person),
    )
    .await
}

/// Takes all that is personal out of a row, and everything that hung on it. What they asked of us stays as a fact.
pub(in crate::accounts) async fn empty(tx: &mut Tx, nobody: &Person, email: &str) -> Result<(), Fault> {
    tx.exec(
        sql(
            "update people set email = $1, name = $2, phone = null, password = null, role = $3, seen_at = null, \
             letter_token = $4, paused_until = null, disabled_at = $5 where id = $6",
        )
        .bind(&nobody.email)
        .bind(&nobody.name)
        .bind(nobody.role)
        .bind(&nobody.letter_token)
        .bind(nobody.disabled_at)
        .bind(nobody.id),
    )
    .await?;
    for statement in [
        "delete from sessions where person_id = $1",
        "delete from tickets where person_id = $1",
        "delete from preferences where person_id = $1",
        "delete from consents where person_id = $1",
        "delete from second_steps where person_id = $1",
        "delete from recovery_codes where person_id = $1",
        "delete from api_tokens where person_id = $1",
        "update rights_requests set words = '', answer = null, person_id = null where person_id = $1",
    ] {
        tx.exec(sql(statement).bind(nobody.id)).await?;
    }
    tx.exec(sql("delete from tickets where email = $1").bind(email))
        .await?;
    Ok(())
}

// The list of erasures -------------------------------------------------------------------------------------------

pub(in crate::accounts) async fn note_erasure(tx: &mut Tx, person: PersonId, now: At) -> Result<(), Fault> {
    tx.exec(
        sql("insert into erasures (person_id, at) values ($1, $2) on conflict (person_id) do nothing")
            .bind(person)
            .bind(now),
    )
    .await?;
    Ok(())
}

pub(in crate::accounts) async fn erasures(on: impl Reads) -> Result<Vec<(PersonId, At)>, Fault> {
    on.all(sql("select person_id, at from erasures order by at, person_id"))
        .await
}
