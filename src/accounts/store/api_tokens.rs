//! All SQL about tokens for programs.

use crate::accounts::api_tokens::{ApiToken, Scope};
use crate::accounts::{PERSON, Person};
use crate::ids::{ApiTokenId, PersonId};
use crate::kit::Cx;
use crate::kit::clock::{At, HOUR};
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;

pub(in crate::accounts) async fn add(
    tx: &mut Tx,
    person: PersonId,
    hash: Vec<u8>,
    token: &ApiToken,
) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into api_tokens (id, token_hash, person_id, name, scope, created_at, expires_at) \
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(token.id)
        .bind(hash)
        .bind(person)
        .bind(&token.name)
        .bind(token.scope)
        .bind(token.created_at)
        .bind(token.expires_at),
    )
    .await?;
    Ok(())
}

pub(in crate::accounts) async fn list(
    on: impl Reads,
    person: PersonId,
    now: At,
) -> Result<Vec<ApiToken>, Fault> {
    on.all(
        sql(
            "select id, name, scope, created_at, expires_at, used_at from api_tokens \
             where person_id = $1 and expires_at > $2 order by created_at desc, id desc",
        )
        .bind(person)
        .bind(now),
    )
    .await
}

pub(in crate::accounts) async fn remove(tx: &mut Tx, person: PersonId, id: ApiTokenId) -> Result<(), Fault> {
    tx.exec(
        sql("delete from api_tokens where person_id = $1 and id = $2")
            .bind(person)
            .bind(id),
    )
    .await?;
    Ok(())
}

/// The person of a living token whose account is open; notes, once an hour, that it was used.
pub(in crate::accounts) async fn owner(cx: &Cx, hash: Vec<u8>) -> Result<Option<(Person, Scope)>, Fault> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        person: Person,
        token_scope: Scope,
        token_used_at: Option<At>,
    }
    let found: Option<Row> = cx
        .db
        .maybe(
            sql(format!(
                "select {PERSON}, t.scope as token_scope, t.used_at as token_used_at from api_tokens t \
                 join people p on p.id = t.person_id \
                 where t.token_hash = $1 and t.expires_at > $2 and p.disabled_at is null"
            ))
            .bind(hash.clone())
            .bind(cx.now()),
        )
        .await?;
    let Some(row) = found else {
        return Ok(None);
    };
    if row.token_used_at.is_none_or(|used| cx.now().0 - used.0 > HOUR) {
        let used = sql("update api_tokens set used_at = $1 where token_hash = $2");
        match cx.db.exec(used.bind(cx.now()).bind(hash)).await {
            // Whoever only reads is not turned away because nothing can be written.
            Ok(_) | Err(Fault::Full) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(Some((row.person, row.token_scope)))
}
