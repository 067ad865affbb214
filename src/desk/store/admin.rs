//! Who did what, for admins.

use uuid::Uuid;

use crate::desk::audit::{Filter, Noted, Part};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::{Sql, sql};
use crate::kit::fault::Fault;

/// The log and the feed as one, with the names of who acted. What the service did by itself in the open is no act of
/// anybody's.
const ROWS: &str = "from (select id as tie, at, act, by_person, subject, null as body from audit \
                    union all select null as tie, at, 'event:' || kind as act, by_person, null as subject, \
                    cast(body as text) as body from events where by_person is not null) a \
                    left join people p on p.id = a.by_person \
                    where ($1 = '' or ($1 = 'seen') = (a.act in ('contact:read', 'contact_read', 'letter:read', 'people:read', 'members:read', 'requests:read'))) \
                    and ($2 = '' or lower(p.name) like $3 or p.name like $4) and a.at >= $5 and a.at < $6";

fn rows(filter: &Filter, before: &str, after: &str) -> Sql {
    let like = |text: &str| format!("%{text}%");
    sql(format!("{before} {ROWS} {after}"))
        .bind(filter.part.map_or("", Part::code))
        .bind(&filter.who)
        .bind(like(&filter.who.to_lowercase()))
        .bind(like(&filter.who))
        .bind(filter.from.unwrap_or_default())
        .bind(filter.until.unwrap_or(At(i64::MAX)))
}

pub async fn audit_count(cx: &Cx, filter: &Filter) -> Result<i64, Fault> {
    let (count,) = cx.db.one(rows(filter, "select count(*)", "")).await?;
    Ok(count)
}

/// The newest first; a page of them.
pub async fn audit(cx: &Cx, filter: &Filter, limit: i64, skipped: i64) -> Result<Vec<Noted>, Fault> {
    cx.db
        .all(
            rows(
                filter,
                "select a.at, a.act, a.subject, a.body, p.name as who",
                "order by a.at desc, a.act, a.tie desc limit $7 offset $8",
            )
            .bind(limit)
            .bind(skipped),
        )
        .await
}

/// What a subject is: a person's name, an organisation's, a listing's reference.
pub async fn names(cx: &Cx, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, Fault> {
    let mut names = Vec::new();
    for question in [
        "select id, name from people where id in ({})",
        "select id, name_vi from organisations where id in ({})",
        "select id, reference from listings where reference is not null and id in ({})",
        "select p.id, coalesce(n.reference, '') || ' ↔ ' || coalesce(o.reference, '') from pairings p \
         join listings n on n.id = p.need_id join listings o on o.id = p.offer_id where p.id in ({})",
    ] {
        let found: Vec<(Uuid, String)> = cx.db.all(sql(question).bind_list(ids.iter().copied())).await?;
        names.extend(found);
    }
    Ok(names)
}
