//! All SQL about people.

use super::{Actor, PERSON, Person, Role, session};
use crate::ids::{PersonId, SessionId};
use crate::kit::Cx;
use crate::kit::clock::MINUTE;
use crate::kit::db::{Reads, sql};
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;

pub(super) mod preferences;
pub(super) mod tickets;

pub(super) async fn person(on: impl Reads, id: PersonId) -> Result<Person, Fault> {
    let found = on
        .maybe(sql(format!("select {PERSON} from people p where p.id = $1")).bind(id))
        .await?;
    found.ok_or(Fault::Missing)
}

/// People who hold one of these roles and whose account is open.
pub(super) async fn people_in_roles(on: impl Reads, roles: &[Role]) -> Result<Vec<Person>, Fault> {
    on.all(
        sql(format!(
            "select {PERSON} from people p where p.role in ({{}}) and p.disabled_at is null \
             and p.confirmed_at is not null order by p.name, p.id"
        ))
        .bind_list(roles.iter().copied()),
    )
    .await
}

/// The person of a living session; notes, once a quarter of an hour, that they were seen.
pub(super) async fn actor_of(cx: &Cx, token: &str) -> Result<Option<Actor>, Fault> {
    type Row = (SessionId, i64, PersonId, String, String, Lang, Role);
    let now = cx.now();
    let row: Option<Row> = cx
        .db
        .maybe(
            sql(
                "select s.id, s.seen_at, p.id, p.name, p.email, p.lang, p.role from sessions s \
                 join people p on p.id = s.person_id \
                 where s.token_hash = $1 and s.expires_at > $2 and p.disabled_at is null",
            )
            .bind(session::hash(token))
            .bind(now),
        )
        .await?;
    let Some((session, seen_at, id, name, email, lang, role)) = row else {
        return Ok(None);
    };
    if now.0 - seen_at > 15 * MINUTE {
        let mut tx = cx.db.begin().await?;
        tx.exec(
            sql("update sessions set seen_at = $1 where id = $2")
                .bind(now)
                .bind(session),
        )
        .await?;
        tx.exec(
            sql("update people set seen_at = $1 where id = $2")
                .bind(now)
                .bind(id),
        )
        .await?;
        tx.commit().await?;
    }
    Ok(Some(Actor {
        id,
        name,
        email,
        lang,
        role,
        session,
        _only_made_here: (),
    }))
}
