//! What a person may have, and what is taken out when they leave.

use serde_json::Value;
use sqlx::types::Json;

use crate::ids::{ListingId, PersonId};
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;

pub(in crate::listings) async fn saved(
    on: impl Reads,
    person: PersonId,
) -> Result<Vec<(Option<String>, At)>, Fault> {
    on.all(
        sql(
            "select l.reference, s.created_at from saved s join listings l on l.id = s.listing_id \
             where s.person_id = $1 order by s.created_at, l.id",
        )
        .bind(person),
    )
    .await
}

#[derive(sqlx::FromRow)]
pub(in crate::listings) struct OwnReport {
    pub reference: Option<String>,
    pub reason: String,
    pub body: String,
    pub created_at: At,
    pub resolved_at: Option<At>,
}

pub(in crate::listings) async fn reports(on: impl Reads, person: PersonId) -> Result<Vec<OwnReport>, Fault> {
    on.all(
        sql(
            "select l.reference, r.reason, r.body, r.created_at, r.resolved_at from reports r \
             join listings l on l.id = r.listing_id where r.person_id = $1 order by r.created_at, r.id",
        )
        .bind(person),
    )
    .await
}

pub(in crate::listings) async fn notes(
    on: impl Reads,
    person: PersonId,
) -> Result<Vec<(Option<String>, String, At)>, Fault> {
    on.all(
        sql("select l.reference, n.body, n.created_at from review_notes n join listings l on l.id = n.listing_id \
             where n.by_person = $1 order by n.created_at, n.id")
        .bind(person),
    )
    .await
}

/// Asked by them, or of them.
pub(in crate::listings) async fn escalations(
    on: impl Reads,
    person: PersonId,
) -> Result<Vec<(Option<String>, String, bool, At)>, Fault> {
    on.all(
        sql(
            "select l.reference, e.note, e.by_person is not null and e.by_person = $1, e.created_at from escalations e \
             join listings l on l.id = e.listing_id where e.by_person = $1 or e.to_person = $1 \
             order by e.created_at, e.id",
        )
        .bind(person),
    )
    .await
}

pub(in crate::listings) async fn uploads(
    on: impl Reads,
    person: PersonId,
) -> Result<Vec<(String, At)>, Fault> {
    on.all(
        sql("select name, created_at from uploads where person_id = $1 order by created_at, id").bind(person),
    )
    .await
}

// Forgetting -----------------------------------------------------------------------------------------------------

/// A person who left: nothing of theirs stays open, their drafts go, what they saved goes.
pub(in crate::listings) async fn forget(tx: &mut Tx, person: PersonId) -> Result<(), Fault> {
    for statement in [
        "delete from listings where owner_id = $1 and state = 'draft' and reference is null",
        "delete from saved where person_id = $1",
        "delete from searches where person_id = $1",
        "delete from uploads where person_id = $1",
        "delete from escalations where to_person = $1",
        "update escalations set by_person = null where by_person = $1",
        "update listings set owner_id = null where owner_id = $1",
        "update listings set coordinator_id = null where coordinator_id = $1",
        "update reports set person_id = null, body = '' where person_id = $1",
        "update review_notes set by_person = null where by_person = $1",
    ] {
        tx.exec(sql(statement).bind(person)).await?;
    }
    Ok(())
}

/// Listings whose text holds one of these words.
pub(in crate::listings) async fn naming(
    tx: &mut Tx,
    needles: &[String],
) -> Result<Vec<(ListingId, Value, Option<Value>)>, Fault> {
    let mut found: Vec<(ListingId, Json<Value>, Option<Json<Value>>)> = Vec::new();
    for needle in needles {
        let rows = tx
            .all(
                sql(
                    "select id, draft, live from listings where replace(cast(draft as text), $1, '') <> cast(draft as text) \
                     or replace(cast(live as text), $1, '') <> cast(live as text)",
                )
                .bind(needle),
            )
            .await?;
        found.extend(rows);
    }
    found.sort_by_key(|(id, ..)| *id);
    found.dedup_by_key(|(id, ..)| *id);
    let plain = |(id, Json(draft), live): (ListingId, Json<Value>, Option<Json<Value>>)| {
        (id, draft, live.map(|Json(live)| live))
    };
    Ok(found.into_iter().map(plain).collect())
}

pub(in crate::listings) async fn rewrite(
    tx: &mut Tx,
    id: ListingId,
    draft: Value,
    live: Option<Value>,
) -> Result<(), Fault> {
    tx.exec(
        sql("update listings set draft = $1, live = $2 where id = $3")
            .bind(draft)
            .bind(live)
            .bind(id),
    )
    .await?;
    Ok(())
}

pub(in crate::listings) async fn strike(tx: &mut Tx, needles: &[String]) -> Result<(), Fault> {
    for needle in needles {
        for statement in [
            "update review_notes set body = replace(body, $1, '—') where replace(body, $1, '') <> body",
            "update reports set body = replace(body, $1, '—') where replace(body, $1, '') <> body",
            "update escalations set note = replace(note, $1, '—') where replace(note, $1, '') <> note",
        ] {
            tx.exec(sql(statement).bind(needle)).await?;
        }
    }
    Ok(())
}
