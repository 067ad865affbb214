//! All SQL about people.

use uuid::Uuid;

use super::{Actor, PERSON, Person, Role, session};
use crate::ids::{By, PersonId, SessionId};
use crate::kit::Cx;
use crate::kit::clock::{At, MINUTE, new_id};
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;

pub(super) mod api_tokens;
pub(super) mod consents;
pub(super) mod paces;
pub(super) mod preferences;
pub(super) mod requests;
pub(super) mod rights;
pub(super) mod second_step;
pub(super) mod sessions;
pub(super) mod tickets;

pub(super) async fn person(on: impl Reads, id: PersonId) -> Result<Person, Fault> {
    let found = on
        .maybe(sql(format!("select {PERSON} from people p where p.id = $1")).bind(id))
        .await?;
    found.ok_or(Fault::Missing)
}

pub(super) async fn by_email(on: impl Reads, email: &str) -> Result<Option<Person>, Fault> {
    on.maybe(sql(format!("select {PERSON} from people p where p.email = $1")).bind(email))
        .await
}

pub(super) async fn by_letter_token(on: impl Reads, token: &str) -> Result<Person, Fault> {
    let found = on
        .maybe(sql(format!("select {PERSON} from people p where p.letter_token = $1")).bind(token))
        .await?;
    found.ok_or(Fault::Missing)
}

/// A person with the hash of their password: the one place that reads it.
pub(super) async fn with_password(
    on: impl Reads,
    email: &str,
) -> Result<Option<(Person, Option<String>)>, Fault> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        person: Person,
        password: Option<String>,
    }
    let found: Option<Row> = on
        .maybe(
            sql(format!(
                "select {PERSON}, p.password from people p where p.email = $1"
            ))
            .bind(email),
        )
        .await?;
    Ok(found.map(|row| (row.person, row.password)))
}

/// People whose name or address holds `text`, the newest in front. SQLite lowers plain letters only, so a
/// name with marks is also sought as it was typed.
pub(super) async fn search(
    on: impl Reads,
    text: &str,
    limit: i64,
    skipped: i64,
) -> Result<Vec<Person>, Fault> {
    on.all(
        sql(format!(
            "select {PERSON} from people p where lower(p.name) like $1 or p.name like $2 or p.email like $1 \
             order by p.created_at desc, p.id desc limit $3 offset $4"
        ))
        .bind(pattern(&text.to_lowercase()))
        .bind(pattern(text))
        .bind(limit)
        .bind(skipped),
    )
    .await
}

pub(super) async fn count(on: impl Reads, text: &str) -> Result<i64, Fault> {
    let row: Option<(i64,)> = on
        .maybe(
            sql("select count(*) from people p where lower(p.name) like $1 or p.name like $2 or p.email like $1")
                .bind(pattern(&text.to_lowercase()))
                .bind(pattern(text)),
        )
        .await?;
    Ok(row.map_or(0, |(count,)| count))
}

/// Wild cards in what was typed would only find more; they are taken as any letter.
fn pattern(text: &str) -> String {
    format!("%{}%", text.trim())
}

pub(super) async fn count_admins(on: impl Reads) -> Result<i64, Fault> {
    let row: Option<(i64,)> = on
        .maybe(sql(
            "select count(*) from people where role = 'admin' and disabled_at is null",
        ))
        .await?;
    Ok(row.map_or(0, |(count,)| count))
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

/// The person of a living session, which has not lain unused for too long; notes, once a quarter of an hour, that
/// they were seen.
pub(super) async fn actor_of(cx: &Cx, token: &str) -> Result<Option<Actor>, Fault> {
    type Row = (
        SessionId,
        At,
        At,
        PersonId,
        String,
        String,
        Lang,
        Role,
        Option<At>,
    );
    let now = cx.now();
    let row: Option<Row> = cx
        .db
        .maybe(
            sql(
                "select s.id, s.created_at, s.seen_at, p.id, p.name, p.email, p.lang, p.role, t.confirmed_at \
                 from sessions s join people p on p.id = s.person_id left join second_steps t on t.person_id = p.id \
                 where s.token_hash = $1 and s.expires_at > $2 and p.disabled_at is null",
            )
            .bind(session::hash(token))
            .bind(now),
        )
        .await?;
    let Some((session, came_in_at, seen_at, id, name, email, lang, role, second_step)) = row else {
        return Ok(None);
    };
    if now.since(seen_at) > session::longest_idle(role) {
        return Ok(None);
    }
    if now.since(seen_at) > 15 * MINUTE {
        match seen(cx, session, id, now).await {
            // Whoever only reads is not turned away because nothing can be written.
            Ok(()) | Err(Fault::Full | Fault::Clash | Fault::Busy) => {}
            Err(fault) => return Err(fault),
        }
    }
    let lacks_second_step = cx.config.second_step_for_desk && role != Role::Member && second_step.is_none();
    Ok(Some(Actor {
        id,
        name,
        email,
        lang,
        role: if lacks_second_step { Role::Member } else { role },
        lacks_second_step,
        session,
        came_in_at,
        _only_made_here: (),
    }))
}

async fn seen(cx: &Cx, session: SessionId, id: PersonId, now: At) -> Result<(), Fault> {
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
    tx.commit().await
}

// Changes ---------------------------------------------------------------------------------------------------------

pub(super) async fn add(tx: &mut Tx, person: &Person) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into people (id, email, name, phone, lang, role, confirmed_at, created_at, letter_token) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(person.id)
        .bind(&person.email)
        .bind(&person.name)
        .bind(person.phone.clone())
        .bind(person.lang)
        .bind(person.role)
        .bind(person.confirmed_at)
        .bind(person.created_at)
        .bind(&person.letter_token),
    )
    .await?;
    Ok(())
}

pub(super) async fn set_profile(
    tx: &mut Tx,
    id: PersonId,
    name: &str,
    phone: Option<&str>,
    lang: Lang,
) -> Result<(), Fault> {
    tx.exec(
        sql("update people set name = $1, phone = $2, lang = $3 where id = $4")
            .bind(name)
            .bind(phone)
            .bind(lang)
            .bind(id),
    )
    .await?;
    Ok(())
}

pub(super) async fn set_password(tx: &mut Tx, id: PersonId, hash: Option<&str>) -> Result<(), Fault> {
    tx.exec(
        sql("update people set password = $1 where id = $2")
            .bind(hash)
            .bind(id),
    )
    .await?;
    Ok(())
}

pub(super) async fn set_confirmed(tx: &mut Tx, id: PersonId, at: At) -> Result<(), Fault> {
    tx.exec(
        sql("update people set confirmed_at = $1 where id = $2")
            .bind(at)
            .bind(id),
    )
    .await?;
    Ok(())
}

pub(super) async fn set_role(tx: &mut Tx, id: PersonId, role: Role) -> Result<(), Fault> {
    tx.exec(
        sql("update people set role = $1 where id = $2")
            .bind(role)
            .bind(id),
    )
    .await?;
    Ok(())
}

pub(super) async fn set_pause(tx: &mut Tx, id: PersonId, until: Option<At>) -> Result<(), Fault> {
    tx.exec(
        sql("update people set paused_until = $1 where id = $2")
            .bind(until)
            .bind(id),
    )
    .await?;
    Ok(())
}

pub(super) async fn set_disabled(tx: &mut Tx, id: PersonId, at: Option<At>) -> Result<(), Fault> {
    tx.exec(
        sql("update people set disabled_at = $1 where id = $2")
            .bind(at)
            .bind(id),
    )
    .await?;
    Ok(())
}

pub(super) async fn audit(
    tx: &mut Tx,
    act: &str,
    by: By,
    subject: Option<Uuid>,
    at: At,
) -> Result<(), Fault> {
    tx.exec(
        sql("insert into audit (id, act, by_person, subject, at) values ($1, $2, $3, $4, $5)")
            .bind(new_id())
            .bind(act)
            .bind(by.person())
            .bind(subject)
            .bind(at),
    )
    .await?;
    Ok(())
}
