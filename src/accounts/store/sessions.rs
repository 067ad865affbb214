//! All SQL about sessions.

use crate::accounts::session::Session;
use crate::ids::{PersonId, SessionId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::{Tx, sql};
use crate::kit::fault::Fault;

pub(in crate::accounts) async fn add(
    tx: &mut Tx,
    hash: &[u8],
    person: PersonId,
    agent: &str,
    now: At,
    until: At,
) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into sessions (token_hash, id, person_id, created_at, seen_at, expires_at, agent) \
             values ($1, $2, $3, $4, $4, $5, $6)",
        )
        .bind(hash.to_vec())
        .bind(SessionId::new())
        .bind(person)
        .bind(now)
        .bind(until)
        .bind(agent),
    )
    .await?;
    Ok(())
}

/// Those that live and were used since.
pub(in crate::accounts) async fn list(cx: &Cx, person: PersonId, since: At) -> Result<Vec<Session>, Fault> {
    cx.db
        .all(
            sql(
                "select id, agent, created_at, seen_at from sessions where person_id = $1 and expires_at > $2 \
                 and seen_at >= $3 order by seen_at desc, id",
            )
            .bind(person)
            .bind(cx.now())
            .bind(since),
        )
        .await
}

/// The one of this cookie, whosever it is.
pub(in crate::accounts) async fn end_by_token(tx: &mut Tx, hash: &[u8]) -> Result<(), Fault> {
    tx.exec(sql("delete from sessions where token_hash = $1").bind(hash.to_vec()))
        .await?;
    Ok(())
}

pub(in crate::accounts) async fn end(cx: &Cx, person: PersonId, session: SessionId) -> Result<(), Fault> {
    cx.db
        .exec(
            sql("delete from sessions where person_id = $1 and id = $2")
                .bind(person)
                .bind(session),
        )
        .await?;
    Ok(())
}

/// Ends all sessions of a person, save one if it is named.
pub(in crate::accounts) async fn end_all(
    tx: &mut Tx,
    person: PersonId,
    save: Option<SessionId>,
) -> Result<(), Fault> {
    let statement = match save {
        None => sql("delete from sessions where person_id = $1").bind(person),
        Some(kept) => sql("delete from sessions where person_id = $1 and id <> $2")
            .bind(person)
            .bind(kept),
    };
    tx.exec(statement).await?;
    Ok(())
}
