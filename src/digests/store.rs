//! The SQL of bundles and summaries: who wants them, what was sent, what a week brought.

use crate::accounts::{Frequency, Kind};
use crate::ids::{PairingId, PersonId};
use crate::kit::clock::At;
use crate::kit::db::{Reads, sql};
use crate::kit::fault::Fault;

/// People who chose one of these frequencies for a kind.
pub(super) async fn wishing(
    on: impl Reads,
    frequencies: &[Frequency],
    kind: Kind,
) -> Result<Vec<PersonId>, Fault> {
    let rows: Vec<(PersonId,)> = on
        .all(
            sql("select person_id from preferences where kind = $1 and frequency in ({})")
                .bind(kind)
                .bind_list(frequencies.iter().copied()),
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Owners of listings whose side of a pairing is to answer, and who were not asked by any letter since it was
/// approved, before the given moment.
pub(super) async fn overlooked(on: impl Reads, before: At) -> Result<Vec<PersonId>, Fault> {
    let rows: Vec<(PersonId,)> = on
        .all(
            sql(
                "select distinct l.owner_id from pairings p join listings l \
                 on (l.id = p.need_id and p.stage in ('proposed', 'offer_accepted')) \
                 or (l.id = p.offer_id and p.stage in ('proposed', 'need_accepted')) \
                 where l.owner_id is not null and p.updated_at < $1 and not exists (select 1 from tickets t \
                 where t.person_id = l.owner_id and t.subject = p.id and t.purpose = 'answer' and t.created_at >= \
                 (select coalesce(max(m.at), 0) from moves m where m.pairing_id = p.id and m.step = 'approve'))",
            )
            .bind(before),
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn is_posted(on: impl Reads, once: &str) -> Result<bool, Fault> {
    let row: Option<(i64,)> = on
        .maybe(sql("select cast(1 as bigint) from outbox where once = $1").bind(once))
        .await?;
    Ok(row.is_some())
}

/// Letters that suggest something, posted to a person since a moment.
pub(super) async fn suggested_since(on: impl Reads, person: PersonId, since: At) -> Result<i64, Fault> {
    let row: Option<(i64,)> = on
        .maybe(
            sql(
                "select count(*) from outbox where person_id = $1 and created_at > $2 \
                 and kind in ('invitation', 'bundle', 'search_news')",
            )
            .bind(person)
            .bind(since),
        )
        .await?;
    Ok(row.map_or(0, |(count,)| count))
}

/// Whether a letter with a link to answer this pairing went to the person before.
pub(super) async fn was_asked(on: impl Reads, person: PersonId, pairing: PairingId) -> Result<bool, Fault> {
    let row: Option<(i64,)> = on
        .maybe(
            sql(
                "select cast(1 as bigint) from tickets t where t.person_id = $1 and t.subject = $2 \
                 and t.purpose = 'answer' and t.created_at >= \
                 (select coalesce(max(m.at), 0) from moves m where m.pairing_id = $2 and m.step = 'approve') limit 1",
            )
            .bind(person)
            .bind(pairing),
        )
        .await?;
    Ok(row.is_some())
}

#[derive(Debug, sqlx::FromRow)]
pub(super) struct Week {
    pub published: i64,
    pub proposed: i64,
    pub introduced: i64,
    pub outcomes: i64,
    pub in_review: i64,
}

pub(super) async fn week(on: impl Reads, from: At, to: At) -> Result<Week, Fault> {
    let row: Option<Week> = on
        .maybe(
            sql("select \
                 (select count(*) from listings where published_at >= $1 and published_at < $2) as published, \
                 (select count(*) from moves where step = 'approve' and at >= $1 and at < $2) as proposed, \
                 (select count(*) from pairings where introduced_at >= $1 and introduced_at < $2) as introduced, \
                 (select count(*) from outcomes where created_at >= $1 and created_at < $2) as outcomes, \
                 (select count(*) from listings where state = 'review') as in_review")
            .bind(from)
            .bind(to),
        )
        .await?;
    row.ok_or(Fault::Missing)
}
