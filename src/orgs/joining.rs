//! Registering an organisation and changing it; asking to belong to one, being invited, being let in.

use actix_web::HttpRequest;

use super::import::{self, Named};
use super::{MemberRole, MemberState, Org, letters, store};
use crate::accounts::tickets::{self, Purpose, Ticket};
use crate::accounts::{self, Actor, Newcomer, Trace, session};
use crate::events::{self, Event};
use crate::ids::{By, OrgId, PersonId};
use crate::kit::Cx;
use crate::kit::clock::DAY;
use crate::kit::db::Tx;
use crate::kit::fault::Fault;

const INVITATION_LIFE: i64 = 14 * DAY;

// Acts of people -------------------------------------------------------------------------------------------------

/// Registers an organisation; whoever does is its first owner. A coordinator looks at it later.
pub async fn register(cx: &Cx, actor: &Actor, named: &Named) -> Result<Org, Fault> {
    let mut tx = cx.db.begin().await?;
    let id = import::enter(&mut tx, named, cx.now()).await?;
    store::members::grant(&mut tx, id, actor.id, MemberRole::Owner, cx.now()).await?;
    events::record(
        cx,
        &mut tx,
        actor.by(),
        &Event::OrganisationRegistered { org: id },
    )
    .await?;
    let org = store::get(&mut tx, id).await?;
    tx.commit().await?;
    Ok(org)
}

/// Changes what is said of an organisation. A member's new name or tax code is verified anew: the mark
/// was given to the old one.
pub async fn change(cx: &Cx, actor: &Actor, org: &Org, to: &Named) -> Result<(), Fault> {
    let renamed = to.name_vi != org.name_vi || to.name_en != org.name_en || to.tax_code != org.tax_code;
    let mut tx = cx.db.begin().await?;
    store::change(&mut tx, org.id, to).await?;
    if renamed && !actor.coordinates() {
        store::review::set_verified(&mut tx, org.id, None, None).await?;
    }
    events::record(
        cx,
        &mut tx,
        actor.by(),
        &Event::OrganisationChanged { org: org.id },
    )
    .await?;
    tx.commit().await
}

/// Asks to belong; asking twice is as well.
pub async fn ask(cx: &Cx, actor: &Actor, org: OrgId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    if store::members::ask(&mut tx, org, actor.id, cx.now()).await? {
        let asked = Event::MembershipAsked {
            org,
            person: actor.id,
        };
        events::record(cx, &mut tx, actor.by(), &asked).await?;
    }
    tx.commit().await
}

/// Lets in someone who asked.
pub async fn approve(cx: &Cx, actor: &Actor, org: OrgId, person: PersonId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    let asked = store::members::belonging(&mut tx, org, person).await?;
    if !matches!(asked, Some((_, MemberState::Asked))) {
        return Err(Fault::Stale(None));
    }
    let role = first_is_owner(&mut tx, org).await?;
    let_in(cx, &mut tx, actor.by(), org, person, role).await?;
    tx.commit().await
}

/// Turns down who asked, or removes who belongs; the last owner stays.
pub async fn remove(cx: &Cx, actor: &Actor, org: OrgId, person: PersonId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    keep_an_owner(&mut tx, org, person).await?;
    let belonging = store::members::belonging(&mut tx, org, person).await?;
    if !store::members::remove(&mut tx, org, person).await? {
        return Err(Fault::Stale(None));
    }
    if matches!(belonging, Some((_, MemberState::Asked))) {
        if actor.id != person {
            let refused = Event::MembershipRefused { org, person };
            events::record(cx, &mut tx, actor.by(), &refused).await?;
        }
    } else {
        accounts::audit(cx, &mut tx, "membership:ended", actor.by(), Some(person.0)).await?;
    }
    tx.commit().await
}

pub async fn set_role(
    cx: &Cx,
    actor: &Actor,
    org: OrgId,
    person: PersonId,
    role: MemberRole,
) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    if role == MemberRole::Member {
        keep_an_owner(&mut tx, org, person).await?;
    }
    store::members::set_role(&mut tx, org, person, role).await?;
    let act = format!("membership:{role}");
    accounts::audit(cx, &mut tx, &act, actor.by(), Some(person.0)).await?;
    tx.commit().await
}

/// Mails a colleague a link by which they belong.
pub async fn invite(cx: &Cx, actor: &Actor, org: &Org, email: &str) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    let given = tickets::give(
        cx,
        &mut tx,
        Purpose::Invite,
        None,
        Some(email),
        Some(org.id.0),
        INVITATION_LIFE,
        false,
    )
    .await?;
    letters::invitation(cx, &mut tx, actor, org, email, &given).await?;
    tx.commit().await
}

/// Takes an invitation: the link shows that the address is its reader's, so they are in, with an account
/// or with a new one. Gives back the token of their session.
pub async fn take_invitation(
    cx: &Cx,
    ticket: &Ticket,
    newcomer: &Newcomer,
    request: &HttpRequest,
) -> Result<session::Entry, Fault> {
    let org = OrgId(ticket.subject.ok_or(Fault::Missing)?);
    let mut tx = cx.db.begin().await?;
    tickets::spend(cx, &mut tx, ticket).await?;
    let person = accounts::admit(cx, &mut tx, newcomer).await?;
    let role = first_is_owner(&mut tx, org).await?;
    let_in(cx, &mut tx, By::Person(person), org, person, role).await?;
    let entry = session::enter(cx, &mut tx, person, request).await?;
    tx.commit().await?;
    Ok(entry)
}

// Acts of the service --------------------------------------------------------------------------------------------

/// Forgets a person who left; what their organisation said stays.
pub async fn forget(tx: &mut Tx, trace: &Trace) -> Result<(), Fault> {
    store::members::forget(tx, trace.id, trace.needles()).await
}

async fn let_in(
    cx: &Cx,
    tx: &mut Tx,
    by: By,
    org: OrgId,
    person: PersonId,
    role: MemberRole,
) -> Result<(), Fault> {
    if store::members::grant(tx, org, person, role, cx.now()).await? {
        if role == MemberRole::Owner {
            store::members::set_role(tx, org, person, role).await?;
        }
        events::record(cx, tx, by, &Event::MembershipGranted { org, person }).await?;
    }
    Ok(())
}

/// An organisation that came by a list has nobody yet: the first who is let in looks after it.
async fn first_is_owner(tx: &mut Tx, org: OrgId) -> Result<MemberRole, Fault> {
    let owners = store::members::owners(tx, org).await?;
    Ok(if owners.is_empty() {
        MemberRole::Owner
    } else {
        MemberRole::Member
    })
}

async fn keep_an_owner(tx: &mut Tx, org: OrgId, leaving: PersonId) -> Result<(), Fault> {
    let owners = store::members::owners(tx, org).await?;
    if owners.len() == 1 && owners.iter().any(|owner| owner.id == leaving) {
        return Err(Fault::stale(
            "Tổ chức cần ít nhất một người phụ trách. Hãy trao vai trò cho người khác trước.",
            "An organisation needs someone in charge. Give the role to somebody else first.",
        ));
    }
    Ok(())
}
