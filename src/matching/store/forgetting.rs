//! What is taken out when a person asks to be forgotten. Who approved a pairing stays as a number: without it neither
//! side would know of the pairing any more.

use serde_json::Value;
use sqlx::types::Json;

use crate::ids::{PairingId, PersonId};
use crate::kit::db::{Tx, sql};
use crate::kit::fault::Fault;

/// What a forgotten person wrote to others stays as a fact without its words, and nobody's words name them.
pub(in crate::matching) async fn forget(
    tx: &mut Tx,
    person: PersonId,
    needles: &[String],
) -> Result<(), Fault> {
    for statement in [
        "update messages set body = '', by_person = null where by_person = $1",
        "update moves set note = null, by_person = null where by_person = $1",
        "update outcomes set by_person = null where by_person = $1",
    ] {
        tx.exec(sql(statement).bind(person)).await?;
    }
    for needle in needles {
        for strike in [
            "update messages set body = replace(body, $1, '—') where replace(body, $1, '') <> body",
            "update moves set note = replace(note, $1, '—') where replace(note, $1, '') <> note",
            "update outcomes set body = replace(body, $1, '—') where replace(body, $1, '') <> body",
            "update outcomes set evidence = replace(evidence, $1, '—') where replace(evidence, $1, '') <> evidence",
            "update pairings set words = replace(words, $1, '—') where replace(words, $1, '') <> words",
            "update pairings set note = replace(note, $1, '—') where replace(note, $1, '') <> note",
        ] {
            tx.exec(sql(strike).bind(needle)).await?;
        }
    }
    Ok(())
}

/// Pairings whose reasons quote a sentence with one of these words.
pub(in crate::matching) async fn quoting(
    tx: &mut Tx,
    needles: &[String],
) -> Result<Vec<(PairingId, Value)>, Fault> {
    let mut found: Vec<(PairingId, Json<Value>)> = Vec::new();
    for needle in needles {
        let rows = tx
            .all(
                sql(
                    "select id, why from pairings where replace(cast(why as text), $1, '') <> cast(why as text)",
                )
                .bind(needle),
            )
            .await?;
        found.extend(rows);
    }
    found.sort_by_key(|(id, _)| *id);
    found.dedup_by_key(|(id, _)| *id);
    Ok(found.into_iter().map(|(id, Json(why))| (id, why)).collect())
}

pub(in crate::matching) async fn rewrite_why(tx: &mut Tx, id: PairingId, why: Value) -> Result<(), Fault> {
    tx.exec(
        sql("update pairings set why = $1 where id = $2")
            .bind(why)
            .bind(id),
    )
    .await?;
    Ok(())
}
