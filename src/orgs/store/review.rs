//! All SQL for a coordinator's look at organisations: what waits to be verified, and who shall not meet.

use super::ORG;
use crate::ids::{OrgId, PersonId};
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;
use crate::orgs::Org;

/// Organisations nobody has verified yet, the longest waiting in front. Samples from abroad never ask.
pub(in crate::orgs) async fn waiting(on: impl Reads, limit: i64) -> Result<Vec<Org>, Fault> {
    on.all(
        sql(format!(
            "select {ORG} from organisations o where o.verified_at is null and o.foreign_sample = false \
             order by o.created_at, o.id limit $1"
        ))
        .bind(limit),
    )
    .await
}

pub(in crate::orgs) async fn count_waiting(on: impl Reads) -> Result<i64, Fault> {
    let row: Option<(i64,)> = on
        .maybe(sql(
            "select count(*) from organisations where verified_at is null and foreign_sample = false",
        ))
        .await?;
    Ok(row.map_or(0, |(count,)| count))
}

/// Other organisations with this tax code.
pub(in crate::orgs) async fn same_tax_code(on: impl Reads, id: OrgId, code: &str) -> Result<i64, Fault> {
    let row: Option<(i64,)> = on
        .maybe(
            sql("select count(*) from organisations where tax_code = $1 and id <> $2")
                .bind(code)
                .bind(id),
        )
        .await?;
    Ok(row.map_or(0, |(count,)| count))
}

/// `false`: it stood so already.
pub(in crate::orgs) async fn set_verified(
    tx: &mut Tx,
    id: OrgId,
    at: Option<At>,
    by: Option<PersonId>,
) -> Result<bool, Fault> {
    let before = if at.is_some() {
        "verified_at is null"
    } else {
        "verified_at is not null"
    };
    let statement =
        format!("update organisations set verified_at = $1, verified_by = $2 where id = $3 and {before}");
    tx.takes_effect(sql(statement).bind(at).bind(by).bind(id)).await
}

/// The pairs that shall not meet, by name.
pub(in crate::orgs) async fn blocks(on: impl Reads) -> Result<Vec<(OrgId, OrgId, At)>, Fault> {
    on.all(sql(
        "select org_a, org_b, created_at from blocks order by created_at desc, org_a limit 500",
    ))
    .await
}

pub(in crate::orgs) async fn block(tx: &mut Tx, one: OrgId, other: OrgId, now: At) -> Result<(), Fault> {
    let (one, other) = ordered(one, other);
    tx.exec(
        sql(
            "insert into blocks (org_a, org_b, created_at) values ($1, $2, $3) \
             on conflict (org_a, org_b) do nothing",
        )
        .bind(one)
        .bind(other)
        .bind(now),
    )
    .await?;
    Ok(())
}

pub(in crate::orgs) async fn unblock(tx: &mut Tx, one: OrgId, other: OrgId) -> Result<(), Fault> {
    let (one, other) = ordered(one, other);
    tx.exec(
        sql("delete from blocks where org_a = $1 and org_b = $2")
            .bind(one)
            .bind(other),
    )
    .await?;
    Ok(())
}

/// A block has no direction: the smaller id stands in front.
fn ordered(one: OrgId, other: OrgId) -> (OrgId, OrgId) {
    if one < other { (one, other) } else { (other, one) }
}
