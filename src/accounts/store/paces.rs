//! How often somebody came of late, as one moment: when all they took so far would have been theirs at an even pace.

use crate::accounts::limits::Limit;
use crate::kit::Cx;
use crate::kit::db::sql;
use crate::kit::fault::Fault;

/// Takes one turn. `false`: they are a whole burst ahead of their pace, and nothing is taken.
pub(in crate::accounts) async fn take(cx: &Cx, key: &[u8], limit: Limit) -> Result<bool, Fault> {
    let now = cx.now();
    let taken = cx
        .db
        .exec(
            sql(
                "insert into paces (key, even_at) values ($1, $2) on conflict (key) do update \
                 set even_at = case when paces.even_at > $3 then paces.even_at + $4 else $2 end \
                 where paces.even_at <= $5",
            )
            .bind(key.to_vec())
            .bind(now.plus(limit.pause))
            .bind(now)
            .bind(limit.pause)
            .bind(now.plus(limit.pause * (limit.burst - 1))),
        )
        .await?;
    Ok(taken == 1)
}
