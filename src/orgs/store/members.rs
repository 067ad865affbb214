//! All SQL about who belongs to an organisation.

use crate::accounts::{PERSON, Person};
use crate::ids::{OrgId, PersonId};
use crate::kit::clock::At;
use crate::kit::db::{Reads, Tx, sql};
use crate::kit::fault::Fault;
use crate::orgs::store::ORG;
use crate::orgs::{Belonging, MemberRole, MemberState, Org};

pub(in crate::orgs) async fn belonging(
    on: impl Reads,
    org: OrgId,
    person: PersonId,
) -> Result<Option<(MemberRole, MemberState)>, Fault> {
    on.maybe(
        sql("select role, state from memberships where org_id = $1 and person_id = $2")
            .bind(org)
            .bind(person),
    )
    .await
}

/// Members and those who ask to be, owners in front.
pub(in crate::orgs) async fn all(on: impl Reads, org: OrgId) -> Result<Vec<Belonging>, Fault> {
    on.all(
        sql(format!(
            "select {PERSON}, m.role as member_role, m.state as member_state, m.created_at as since \
             from memberships m join people p on p.id = m.person_id where m.org_id = $1 \
             and p.disabled_at is null order by m.state, m.role desc, m.created_at, p.id"
        ))
        .bind(org),
    )
    .await
}

/// Organisations a person asks to belong to.
pub(in crate::orgs) async fn asked_by(on: impl Reads, person: PersonId) -> Result<Vec<Org>, Fault> {
    on.all(
        sql(format!(
            "select {ORG} from memberships m join organisations o on o.id = m.org_id \
             where m.person_id = $1 and m.state = 'asked' order by m.created_at, o.id"
        ))
        .bind(person),
    )
    .await
}

/// `false`: they ask already, or belong already.
pub(in crate::orgs) async fn ask(tx: &mut Tx, org: OrgId, person: PersonId, now: At) -> Result<bool, Fault> {
    tx.takes_effect(
        sql(
            "insert into memberships (org_id, person_id, role, state, created_at) \
             values ($1, $2, 'member', 'asked', $3) on conflict (org_id, person_id) do nothing",
        )
        .bind(org)
        .bind(person)
        .bind(now),
    )
    .await
}

/// Makes someone a member, whether they asked or not; `false`: they were one already.
pub(in crate::orgs) async fn grant(
    tx: &mut Tx,
    org: OrgId,
    person: PersonId,
    role: MemberRole,
    now: At,
) -> Result<bool, Fault> {
    tx.takes_effect(
        sql(
            "insert into memberships (org_id, person_id, role, state, created_at) \
             values ($1, $2, $3, 'active', $4) on conflict (org_id, person_id) do update \
             set state = 'active' where memberships.state = 'asked'",
        )
        .bind(org)
        .bind(person)
        .bind(role)
        .bind(now),
    )
    .await
}

pub(in crate::orgs) async fn set_role(
    tx: &mut Tx,
    org: OrgId,
    person: PersonId,
    role: MemberRole,
) -> Result<(), Fault> {
    tx.exec(
        sql("update memberships set role = $1 where org_id = $2 and person_id = $3 and state = 'active'")
            .bind(role)
            .bind(org)
            .bind(person),
    )
    .await?;
    Ok(())
}

/// `false`: nobody was there to remove.
pub(in crate::orgs) async fn remove(tx: &mut Tx, org: OrgId, person: PersonId) -> Result<bool, Fault> {
    tx.takes_effect(
        sql("delete from memberships where org_id = $1 and person_id = $2")
            .bind(org)
            .bind(person),
    )
    .await
}

pub(in crate::orgs) async fn owners(on: impl Reads, org: OrgId) -> Result<Vec<Person>, Fault> {
    on.all(
        sql(format!(
            "select {PERSON} from memberships m join people p on p.id = m.person_id where m.org_id = $1 \
             and m.state = 'active' and m.role = 'owner' and p.disabled_at is null order by m.created_at, p.id"
        ))
        .bind(org),
    )
    .await
}

/// They belong nowhere any more, and what organisations say of themselves does not name them.
pub(in crate::orgs) async fn forget(tx: &mut Tx, person: PersonId, needles: &[String]) -> Result<(), Fault> {
    tx.exec(sql("delete from memberships where person_id = $1").bind(person))
        .await?;
    for needle in needles {
        for strike in [
            "update organisations set about_vi = replace(about_vi, $1, '—') where replace(about_vi, $1, '') <> about_vi",
            "update organisations set about_en = replace(about_en, $1, '—') where replace(about_en, $1, '') <> about_en",
        ] {
            tx.exec(sql(strike).bind(needle)).await?;
        }
    }
    Ok(())
}
