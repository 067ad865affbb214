//! All SQL about tickets.

use crate::accounts::tickets::{Purpose, Ticket};
use crate::ids::PersonId;
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;

const TICKET: &str = "token_hash, code_hash, person_id, email, subject, created_at, expires_at, used_at";

pub(in crate::accounts) async fn add(tx: &mut Tx, purpose: Purpose, ticket: &Ticket) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into tickets (token_hash, code_hash, purpose, person_id, email, subject, created_at, \
             expires_at, tries) values ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
        )
        .bind(ticket.token_hash.clone())
        .bind(ticket.code_hash.clone())
        .bind(purpose)
        .bind(ticket.person_id)
        .bind(ticket.email.clone())
        .bind(ticket.subject)
        .bind(ticket.created_at)
        .bind(ticket.expires_at),
    )
    .await?;
    Ok(())
}

pub(in crate::accounts) async fn by_hash(
    on: impl Reads,
    hash: &[u8],
    purpose: Purpose,
) -> Result<Option<Ticket>, Fault> {
    on.maybe(
        sql(format!(
            "select {TICKET} from tickets where token_hash = $1 and purpose = $2"
        ))
        .bind(hash.to_vec())
        .bind(purpose),
    )
    .await
}

/// What was mailed to a person or to their address: for what, when, until when it works, when it was used.
pub(in crate::accounts) async fn of_person(
    on: impl Reads,
    person: PersonId,
    email: &str,
) -> Result<Vec<(Purpose, At, At, Option<At>)>, Fault> {
    on.all(
        sql(
            "select purpose, created_at, expires_at, used_at from tickets where person_id = $1 or email = $2 \
             order by created_at, token_hash",
        )
        .bind(person)
        .bind(email),
    )
    .await
}

/// `false`: it was spent before.
pub(in crate::accounts) async fn spend(tx: &mut Tx, hash: &[u8], now: At) -> Result<bool, Fault> {
    tx.takes_effect(
        sql("update tickets set used_at = $1 where token_hash = $2 and used_at is null")
            .bind(now)
            .bind(hash.to_vec()),
    )
    .await
}

/// Counts a guess at the newest living ticket of an address and gives it back, while guesses are left.
pub(in crate::accounts) async fn guess(
    cx: &Cx,
    email: &str,
    purpose: Purpose,
    most: i64,
) -> Result<Option<Ticket>, Fault> {
    let mut tx = cx.db.begin().await?;
    let ticket = tx
        .maybe(
            sql(format!(
                "update tickets set tries = tries + 1 where token_hash in (select token_hash from tickets \
                 where email = $1 and purpose = $2 and code_hash is not null and used_at is null \
                 and expires_at > $3 order by created_at desc, token_hash limit 1) and tries < $4 \
                 returning {TICKET}"
            ))
            .bind(email)
            .bind(purpose)
            .bind(cx.now())
            .bind(most),
        )
        .await?;
    tx.commit().await?;
    Ok(ticket)
}

/// `false`: the ticket was spent, or tried often enough.
pub(in crate::accounts) async fn count_try(cx: &Cx, hash: &[u8], most: i64) -> Result<bool, Fault> {
    let mut tx = cx.db.begin().await?;
    let counted = tx
        .takes_effect(
            sql("update tickets set tries = tries + 1 where token_hash = $1 and used_at is null and tries < $2")
                .bind(hash.to_vec())
                .bind(most),
        )
        .await?;
    tx.commit().await?;
    Ok(counted)
}

pub(in crate::accounts) async fn void(
    tx: &mut Tx,
    email: &str,
    purpose: Purpose,
    now: At,
) -> Result<(), Fault> {
    tx.exec(
        sql("update tickets set used_at = $1 where email = $2 and purpose = $3 and used_at is null")
            .bind(now)
            .bind(email)
            .bind(purpose),
    )
    .await?;
    Ok(())
}
