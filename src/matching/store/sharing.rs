//! Who was placed where by the last search for a need's matches.

use crate::ids::{ListingId, OrgId};
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;

/// An offer that a search found worth suggesting.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(in crate::matching) struct Placed {
    pub offer_id: ListingId,
    pub fit: f64,
    pub load: i64,
    pub by_fit: i64,
    pub given: Option<i64>,
}

/// Takes the place of what an earlier search for this need had found.
pub(in crate::matching) async fn place(
    tx: &mut Tx,
    need: ListingId,
    placed: &[Placed],
    now: At,
) -> Result<(), Fault> {
    tx.exec(sql("delete from placings where need_id = $1").bind(need))
        .await?;
    for one in placed {
        tx.exec(
            sql(
                "insert into placings (need_id, offer_id, fit, load, by_fit, given, sought_at) \
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(need)
            .bind(one.offer_id)
            .bind(one.fit)
            .bind(one.load)
            .bind(one.by_fit)
            .bind(one.given)
            .bind(now),
        )
        .await?;
    }
    Ok(())
}

/// All placings of these needs.
pub(in crate::matching) async fn placed(
    on: impl Reads,
    needs: &[ListingId],
) -> Result<Vec<(ListingId, ListingId, i64, i64, Option<i64>)>, Fault> {
    if needs.is_empty() {
        return Ok(Vec::new());
    }
    on.all(
        sql("select need_id, offer_id, load, by_fit, given from placings where need_id in ({})")
            .bind_list(needs.iter().copied()),
    )
    .await
}

/// What searches in a stretch of time came to, for needs and offers of this city.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(in crate::matching) struct Seen {
    pub offer_id: ListingId,
    pub org_id: Option<OrgId>,
    pub fit: f64,
    pub by_fit: i64,
    pub given: Option<i64>,
}

pub(in crate::matching) async fn seen(on: impl Reads, from: At, until: At) -> Result<Vec<Seen>, Fault> {
    on.all(
        sql(format!(
            "select p.offer_id, o.org_id, p.fit, p.by_fit, p.given from placings p \
             join listings o on o.id = p.offer_id join listings n on n.id = p.need_id \
             where p.sought_at >= $1 and p.sought_at < $2 and {} and {} order by p.need_id, p.by_fit",
            of_this_city("o"),
            of_this_city("n")
        ))
        .bind(from)
        .bind(until),
    )
    .await
}

/// Offers that stand open, with whose they are.
pub(in crate::matching) async fn open_offers(
    on: impl Reads,
) -> Result<Vec<(ListingId, Option<OrgId>)>, Fault> {
    on.all(sql(format!(
        "select l.id, l.org_id from listings l where l.kind = 'offer' and l.live is not null \
         and l.state in ('published', 'review', 'changes') and {}",
        of_this_city("l")
    )))
    .await
}

/// No sample from abroad.
fn of_this_city(table: &str) -> String {
    format!(
        "({table}.org_id is null or {table}.org_id not in (select id from organisations where foreign_sample))"
    )
}
