//! Who did what, for admins.

use uuid::Uuid;

use crate::desk::health::Noted;
use crate::kit::Cx;
use crate::kit::db::sql;
use crate::kit::fault::Fault;

pub async fn audit_count(cx: &Cx) -> Result<i64, Fault> {
    let (count,) = cx.db.one(sql("select count(*) from audit")).await?;
    Ok(count)
}

/// The newest first; a page of them.
pub async fn audit(cx: &Cx, limit: i64, skipped: i64) -> Result<Vec<Noted>, Fault> {
    cx.db
        .all(
            sql(
                "select a.at, a.act, a.subject, p.name as who from audit a left join people p on p.id = a.by_person \
                 order by a.at desc, a.id desc limit $1 offset $2",
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
