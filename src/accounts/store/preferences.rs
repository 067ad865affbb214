//! All SQL about which letters a person wants.

use uuid::Uuid;

use crate::accounts::{Frequency, Kind};
use crate::ids::PersonId;
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;

#[derive(sqlx::FromRow)]
pub(in crate::accounts) struct Wish {
    pub frequency: Option<Frequency>,
    pub paused_until: Option<At>,
    pub disabled_at: Option<At>,
    pub consented: bool,
}

pub(in crate::accounts) async fn wish(on: impl Reads, person: PersonId, kind: Kind) -> Result<Wish, Fault> {
    let found = on
        .maybe(
            sql(
                "select f.frequency, p.paused_until, p.disabled_at, exists (select 1 from consents c \
                 where c.person_id = p.id and c.purpose = 'letters' and c.withdrawn_at is null) as consented \
                 from people p left join preferences f on f.person_id = p.id and f.kind = $1 where p.id = $2",
            )
            .bind(kind)
            .bind(person),
        )
        .await?;
    found.ok_or(Fault::Missing)
}

pub(in crate::accounts) async fn all(
    on: impl Reads,
    person: PersonId,
) -> Result<Vec<(Kind, Frequency)>, Fault> {
    on.all(sql("select kind, frequency from preferences where person_id = $1 order by kind").bind(person))
        .await
}

pub(in crate::accounts) async fn set(
    tx: &mut Tx,
    person: PersonId,
    kind: Kind,
    frequency: Frequency,
) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into preferences (person_id, kind, frequency) values ($1, $2, $3) \
             on conflict (person_id, kind) do update set frequency = excluded.frequency",
        )
        .bind(person)
        .bind(kind)
        .bind(frequency),
    )
    .await?;
    Ok(())
}

// The ledger of consents ------------------------------------------------------------------------------------------

#[derive(sqlx::FromRow)]
pub(in crate::accounts) struct Consent {
    pub purpose: String,
    pub version: String,
    pub given_at: At,
    pub withdrawn_at: Option<At>,
}

pub(in crate::accounts) async fn consents(on: impl Reads, person: PersonId) -> Result<Vec<Consent>, Fault> {
    on.all(
        sql(
            "select purpose, version, given_at, withdrawn_at from consents where person_id = $1 \
             order by given_at, id",
        )
        .bind(person),
    )
    .await
}

pub(in crate::accounts) async fn add_consent(
    tx: &mut Tx,
    id: Uuid,
    person: PersonId,
    purpose: &str,
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

pub(in crate::accounts) async fn withdraw_consent(
    tx: &mut Tx,
    person: PersonId,
    purpose: &str,
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

/// For someone who signs up anew before confirming: what was ticked last counts.
pub(in crate::accounts) async fn clear_consents(tx: &mut Tx, person: PersonId) -> Result<(), Fault> {
    tx.exec(sql("delete from consents where person_id = $1").bind(person))
        .await?;
    Ok(())
}

/// Every letter to a person that is still known: its kind, its subject, when it was written and sent.
pub async fn letters_to(
    on: impl Reads,
    person: PersonId,
) -> Result<Vec<(String, String, At, Option<At>)>, Fault> {
    on.all(
        sql("select kind, subject, created_at, sent_at from outbox where person_id = $1 order by created_at, id")
            .bind(person),
    )
    .await
}
