//! All SQL about which letters a person wants.

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
