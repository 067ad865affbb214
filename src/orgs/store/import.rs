//! SQL for organisations that come with a list, or go out as one.

use super::ORG;
use crate::ids::{OrgId, PersonId};
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;
use crate::orgs::import::Named;
use crate::orgs::{MemberRole, Org};

/// `false`: the slug is taken.
pub(in crate::orgs) async fn enter(
    tx: &mut Tx,
    id: OrgId,
    slug: &str,
    named: &Named,
    at: At,
) -> Result<bool, Fault> {
    tx.takes_effect(sql(
                "insert into organisations (id, slug, kind, name_vi, name_en, name_key, place, size, website, tax_code, \
                 about_vi, about_en, capacity, verified_at, foreign_sample, created_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
                 on conflict (slug) do nothing",
            )
            .bind(id)
            .bind(slug)
            .bind(named.kind)
            .bind(&named.name_vi)
            .bind(&named.name_en)
            .bind(named.key())
            .bind(&named.place)
            .bind(&named.size)
            .bind(named.website.clone())
            .bind(named.tax_code.clone())
            .bind(&named.about_vi)
            .bind(&named.about_en)
            .bind(named.capacity)
            .bind(named.verified.then_some(at))
            .bind(named.foreign_sample)
            .bind(at),)
    .await
}

pub(in crate::orgs) async fn enrol(
    tx: &mut Tx,
    org: OrgId,
    person: PersonId,
    role: MemberRole,
    at: At,
) -> Result<(), Fault> {
    tx.exec(
        sql(
            "insert into memberships (org_id, person_id, role, state, created_at) values ($1, $2, $3, 'active', $4) \
             on conflict (org_id, person_id) do nothing",
        )
        .bind(org)
        .bind(person)
        .bind(role)
        .bind(at),
    )
    .await?;
    Ok(())
}

pub(in crate::orgs) async fn all(on: impl Reads) -> Result<Vec<Org>, Fault> {
    on.all(sql(format!(
        "select {ORG} from organisations o order by o.name_key, o.id"
    )))
    .await
}

/// How many people each organisation has.
pub(in crate::orgs) async fn people_by_org(on: impl Reads) -> Result<Vec<(OrgId, i64)>, Fault> {
    on.all(sql(
        "select org_id, count(*) from memberships where state = 'active' group by org_id",
    ))
    .await
}

/// Organisation, role in it, name, address, telephone, language.
type Reachable = (String, String, String, String, Option<String>, String);

pub(in crate::orgs) async fn people(on: impl Reads) -> Result<Vec<Reachable>, Fault> {
    on.all(sql(
        "select o.slug, m.role, p.name, p.email, p.phone, p.lang from people p \
         join memberships m on m.person_id = p.id join organisations o on o.id = m.org_id \
         where m.state = 'active' and p.disabled_at is null order by o.slug, p.email",
    ))
    .await
}
