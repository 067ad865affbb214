//! Letters in the outbox.

use crate::desk::outbox::{Letter, Line, Standing};
use crate::ids::LetterId;
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::sql;
use crate::kit::fault::Fault;

/// A letter waiting that has been tried before is another thing to a reader than one that waits its turn.
const STANDING: &str = "case when state = 'queued' and attempts > 0 then 'retrying' \
                        when state = 'data' then 'sending' else state end";

pub async fn counts(cx: &Cx) -> Result<Vec<(Standing, i64)>, Fault> {
    cx.db
        .all(sql(format!(
            "select {STANDING}, count(*) from outbox group by 1 order by 1"
        )))
        .await
}

/// The newest first; `None` for letters of any standing.
pub async fn page(cx: &Cx, standing: Option<Standing>, limit: i64, skipped: i64) -> Result<Vec<Line>, Fault> {
    cx.db
        .all(
            sql(format!(
                "select id, kind, recipient, subject, {STANDING} as standing, attempts, answer, created_at, \
                 next_at, sent_at from outbox where ($1 = '' or {STANDING} = $2) \
                 order by created_at desc, id desc limit $3 offset $4"
            ))
            .bind(standing.map_or("", Standing::code))
            .bind(standing.map_or("", Standing::code))
            .bind(limit)
            .bind(skipped),
        )
        .await
}

/// Letters only a person can settle, the oldest first.
pub async fn troubled(cx: &Cx, since: At, limit: i64) -> Result<Vec<Line>, Fault> {
    cx.db
        .all(
            sql(format!(
                "select id, kind, recipient, subject, {STANDING} as standing, attempts, answer, created_at, \
                 next_at, sent_at from outbox where state = 'in_doubt' or (state = 'failed' and created_at >= $1) \
                 order by created_at, id limit $2"
            ))
            .bind(since)
            .bind(limit),
        )
        .await
}

pub async fn letter(cx: &Cx, id: LetterId) -> Result<Letter, Fault> {
    cx.db
        .one(
            sql(format!(
                "select id, kind, recipient, subject, {STANDING} as standing, attempts, answer, created_at, \
                 next_at, sent_at, give_up_at, message_id, lang, plain, html, pairing_id from outbox \
                 where id = $1"
            ))
            .bind(id),
        )
        .await
}
