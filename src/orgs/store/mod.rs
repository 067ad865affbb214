//! All SQL about organisations and who belongs to them.

pub(super) mod import;
pub(super) mod members;
pub(super) mod review;

use super::import::Named;
use super::{Membership, Org, names};
use crate::accounts::{PERSON, Person};
use crate::ids::{OrgId, PersonId};
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;

pub(super) const ORG: &str = "o.id, o.slug, o.kind, o.name_vi, o.name_en, o.place, o.size, o.website, o.tax_code, o.about_vi, \
                   o.about_en, o.capacity, o.verified_at, o.verified_by, o.foreign_sample, o.created_at";

pub(super) async fn get(on: impl Reads, id: OrgId) -> Result<Org, Fault> {
    let found = on
        .maybe(sql(format!("select {ORG} from organisations o where o.id = $1")).bind(id))
        .await?;
    found.ok_or(Fault::Missing)
}

pub(super) async fn by_slug(on: impl Reads, slug: &str) -> Result<Org, Fault> {
    let found = on
        .maybe(sql(format!("select {ORG} from organisations o where o.slug = $1")).bind(slug))
        .await?;
    found.ok_or(Fault::Missing)
}

pub(super) async fn many(on: impl Reads, ids: &[OrgId]) -> Result<Vec<Org>, Fault> {
    on.all(
        sql(format!("select {ORG} from organisations o where o.id in ({{}})")).bind_list(ids.iter().copied()),
    )
    .await
}

pub(super) async fn of_person(on: impl Reads, person: PersonId) -> Result<Vec<Membership>, Fault> {
    on.all(
        sql(format!(
            "select {ORG}, m.role as member_role from memberships m join organisations o on o.id = m.org_id \
             where m.person_id = $1 and m.state = 'active' order by m.created_at, o.id"
        ))
        .bind(person),
    )
    .await
}

pub(super) async fn members(on: impl Reads, org: OrgId) -> Result<Vec<Person>, Fault> {
    on.all(
        sql(format!(
            "select {PERSON} from memberships m join people p on p.id = m.person_id where m.org_id = $1 \
             and m.state = 'active' and p.disabled_at is null order by m.created_at, p.id"
        ))
        .bind(org),
    )
    .await
}

pub(super) async fn is_member(on: impl Reads, org: OrgId, person: PersonId) -> Result<bool, Fault> {
    let (found,): (i64,) = one(
        on,
        sql("select count(*) from memberships where org_id = $1 and person_id = $2 and state = 'active'")
            .bind(org)
            .bind(person),
    )
    .await?;
    Ok(found > 0)
}

pub(super) async fn is_verified_member(on: impl Reads, person: PersonId) -> Result<bool, Fault> {
    let (found,): (i64,) = one(
        on,
        sql(
            "select count(*) from memberships m join organisations o on o.id = m.org_id \
             where m.person_id = $1 and m.state = 'active' and o.verified_at is not null",
        )
        .bind(person),
    )
    .await?;
    Ok(found > 0)
}

pub(super) async fn blocked_with(on: impl Reads, org: OrgId) -> Result<Vec<OrgId>, Fault> {
    let rows: Vec<(OrgId,)> = on
        .all(
            sql(
                "select org_b from blocks where org_a = $1 union select org_a from blocks where org_b = $1 \
                 order by 1",
            )
            .bind(org),
        )
        .await?;
    Ok(rows.into_iter().map(|(other,)| other).collect())
}

/// Organisations whose names hold every word of `text`, with or without diacritics.
pub(super) async fn find_by_name(on: impl Reads, text: &str, limit: i64) -> Result<Vec<Org>, Fault> {
    let key = names::key(text);
    let words: Vec<&str> = key.split(' ').filter(|word| !word.is_empty()).take(8).collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let holds: Vec<String> = (1..=words.len())
        .map(|at| format!("o.name_key like ${at}"))
        .collect();
    let statement = format!(
        "select {ORG} from organisations o where {} order by o.name_key, o.id limit ${}",
        holds.join(" and "),
        words.len() + 1
    );
    let found = words
        .iter()
        .fold(sql(statement), |found, word| found.bind(format!("%{word}%")));
    on.all(found.bind(limit)).await
}

async fn one<T: crate::kit::db::Row>(on: impl Reads, statement: crate::kit::db::Sql) -> Result<T, Fault> {
    on.maybe(statement).await?.ok_or(Fault::Missing)
}

/// Takes over what a form says of an organisation. Its address stays, since links point to it.
pub(super) async fn change(tx: &mut Tx, id: OrgId, to: &Named) -> Result<(), Fault> {
    tx.exec(
        sql(
            "update organisations set kind = $1, name_vi = $2, name_en = $3, name_key = $4, place = $5, size = $6, \
             website = $7, tax_code = $8, about_vi = $9, about_en = $10, capacity = $11 where id = $12",
        )
        .bind(to.kind)
        .bind(&to.name_vi)
        .bind(&to.name_en)
        .bind(to.key())
        .bind(&to.place)
        .bind(&to.size)
        .bind(to.website.clone())
        .bind(to.tax_code.clone())
        .bind(&to.about_vi)
        .bind(&to.about_en)
        .bind(to.capacity)
        .bind(id),
    )
    .await?;
    Ok(())
}
