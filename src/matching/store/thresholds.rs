//! SQL for the thresholds, and for what the last weeks would have been with others.

use crate::ids::PersonId;
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;

pub(in crate::matching) async fn all(on: impl Reads) -> Result<Vec<(String, i64)>, Fault> {
    on.all(sql("select name, value from settings order by name"))
        .await
}

pub(in crate::matching) async fn set(
    tx: &mut Tx,
    name: &str,
    value: i64,
    by: PersonId,
    now: At,
) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into settings (name, value, by_person, changed_at) values ($1, $2, $3, $4) \
             on conflict (name) do update set value = excluded.value, by_person = excluded.by_person, \
             changed_at = excluded.changed_at",
        )
        .bind(name)
        .bind(value)
        .bind(by)
        .bind(now),
    )
    .await?;
    Ok(())
}

/// The fit of every pair the service suggested by itself since a moment, and how many letters asked about it.
pub(in crate::matching) async fn suggested(on: impl Reads, since: At) -> Result<Vec<(f64, i64)>, Fault> {
    on.all(
        sql(
            "select p.score, (select count(*) from outbox o where o.pairing_id = p.id \
             and o.kind in ('invitation', 'nudge')) from pairings p \
             where p.origin = 'system' and p.created_at >= $1 order by p.id",
        )
        .bind(since),
    )
    .await
}

/// A pair that was asked about.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(in crate::matching) struct Asked {
    pub asked_at: At,
    /// When nothing more was waited for: both had answered, or it had ended.
    pub settled_at: Option<At>,
}

/// Pairs whose letters were sent since a moment.
pub(in crate::matching) async fn asked(on: impl Reads, since: At) -> Result<Vec<Asked>, Fault> {
    on.all(
        sql(
            "select p.asked_at, (select min(m.at) from moves m where m.pairing_id = p.id \
             and m.at >= p.asked_at and m.to_stage in ('introduced', 'declined', 'withdrawn')) \
             as settled_at from pairings p where p.asked_at >= $1 order by p.asked_at, p.id",
        )
        .bind(since),
    )
    .await
}

/// Since a moment, each side's answers: when its letter was sent, when it said yes or no.
pub(in crate::matching) async fn answers(on: impl Reads, since: At) -> Result<Vec<(At, At)>, Fault> {
    on.all(
        sql(
            "select p.asked_at, m.at from moves m join pairings p on p.id = m.pairing_id \
             where m.step in ('accept', 'decline') and m.by_person is not null and p.asked_at is not null \
             and m.at >= p.asked_at and m.at >= $1 order by m.at, m.id",
        )
        .bind(since),
    )
    .await
}

/// Letters that suggested something, since a moment: to whom, when, and whether they bundled.
pub(in crate::matching) async fn suggesting(
    on: impl Reads,
    since: At,
) -> Result<Vec<(PersonId, At, String)>, Fault> {
    on.all(
        sql(
            "select person_id, created_at, kind from outbox where person_id is not null and created_at >= $1 \
             and kind in ('invitation', 'bundle', 'search_news') and state <> 'cancelled' order by created_at, id",
        )
        .bind(since),
    )
    .await
}
