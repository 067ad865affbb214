//! The shared page of a pairing: its messages and outcomes, and who has read the contacts.

use crate::ids::{MessageId, PairingId, PersonId};
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;
use crate::matching::thread::{Message, Outcome};

pub(in crate::matching) async fn add_message(tx: &mut Tx, message: &Message) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into messages (id, pairing_id, by_person, side, body, created_at) \
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(message.id)
        .bind(message.pairing_id)
        .bind(message.by_person)
        .bind(message.side)
        .bind(&message.body)
        .bind(message.created_at),
    )
    .await?;
    Ok(())
}

const MESSAGE: &str = "id, pairing_id, by_person, side, body, created_at";

pub(in crate::matching) async fn message(on: impl Reads, id: MessageId) -> Result<Message, Fault> {
    on.maybe(sql(format!("select {MESSAGE} from messages where id = $1")).bind(id))
        .await?
        .ok_or(Fault::Missing)
}

pub(in crate::matching) async fn messages(on: impl Reads, pairing: PairingId) -> Result<Vec<Message>, Fault> {
    on.all(
        sql(format!(
            "select {MESSAGE} from messages where pairing_id = $1 order by created_at, id"
        ))
        .bind(pairing),
    )
    .await
}

pub(in crate::matching) async fn add_outcome(tx: &mut Tx, outcome: &Outcome) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into outcomes (id, pairing_id, kind, amount, body, evidence, by_person, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(outcome.id)
        .bind(outcome.pairing_id)
        .bind(&outcome.kind)
        .bind(outcome.amount)
        .bind(&outcome.body)
        .bind(&outcome.evidence)
        .bind(outcome.by_person)
        .bind(outcome.created_at),
    )
    .await?;
    Ok(())
}

pub(in crate::matching) async fn outcomes(on: impl Reads, pairing: PairingId) -> Result<Vec<Outcome>, Fault> {
    on.all(
        sql(
            "select id, pairing_id, kind, amount, body, evidence, by_person, created_at from outcomes \
             where pairing_id = $1 order by created_at, id",
        )
        .bind(pairing),
    )
    .await
}

/// A reader of a contact is noted for the admins' log.
pub(in crate::matching) async fn was_audited(
    on: impl Reads,
    act: &str,
    by: PersonId,
    subject: PairingId,
) -> Result<bool, Fault> {
    let row: Option<(i64,)> = on
        .maybe(
            sql("select cast(1 as bigint) from audit where act = $1 and by_person = $2 and subject = $3 limit 1")
                .bind(act)
                .bind(by)
                .bind(subject),
        )
        .await?;
    Ok(row.is_some())
}
