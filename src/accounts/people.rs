//! An admin's acts on other people's accounts; each leaves a row in the audit log.

use uuid::Uuid;

use super::{Admin, Person, Role, store};
use crate::ids::{By, PersonId};
use crate::kit::Cx;
use crate::kit::db::Tx;
use crate::kit::fault::Fault;

pub(super) const PER_PAGE: i64 = 50;

/// People whose name or address holds `text`, the newest in front; and how many there are in all.
pub async fn list(cx: &Cx, text: &str, page: usize) -> Result<(Vec<Person>, i64), Fault> {
    let skipped = i64::try_from(page.saturating_sub(1)).unwrap_or(0) * PER_PAGE;
    let people = store::search(&cx.db, text, PER_PAGE, skipped).await?;
    let count = store::count(&cx.db, text).await?;
    Ok((people, count))
}

/// The list shows everybody's address: that it was looked at is noted.
pub(super) async fn note_reading(cx: &Cx, admin: &Admin) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    audit(cx, &mut tx, "people:read", admin.0.by(), None).await?;
    tx.commit().await
}

/// Gives a person another role. One's own stays, so that an admin cannot lock everyone out.
pub async fn set_role(cx: &Cx, admin: &Admin, id: PersonId, role: Role) -> Result<(), Fault> {
    not_oneself(admin, id)?;
    let mut tx = cx.db.begin().await?;
    store::person(&mut tx, id).await?;
    store::set_role(&mut tx, id, role).await?;
    audit(cx, &mut tx, &format!("role:{role}"), admin.0.by(), Some(id.0)).await?;
    tx.commit().await
}

/// Gives a person another role on the operator's word, from the command line.
pub async fn set_role_of(cx: &Cx, email: &str, role: Role) -> Result<(), Fault> {
    let email = super::email(email).ok_or(Fault::Missing)?;
    let mut tx = cx.db.begin().await?;
    let person = store::by_email(&mut tx, &email).await?.ok_or(Fault::Missing)?;
    store::set_role(&mut tx, person.id, role).await?;
    audit(
        cx,
        &mut tx,
        &format!("role:{role}"),
        By::Service,
        Some(person.id.0),
    )
    .await?;
    tx.commit().await
}

/// Closes an account and ends its sessions, or opens it again.
pub async fn set_disabled(cx: &Cx, admin: &Admin, id: PersonId, disabled: bool) -> Result<(), Fault> {
    not_oneself(admin, id)?;
    let mut tx = cx.db.begin().await?;
    let person = store::person(&mut tx, id).await?;
    if person.is_forgotten() {
        return Err(Fault::Missing);
    }
    store::set_disabled(&mut tx, id, disabled.then(|| cx.now())).await?;
    if disabled {
        store::sessions::end_all(&mut tx, id, None).await?;
    }
    let act = if disabled { "closed" } else { "opened" };
    audit(cx, &mut tx, act, admin.0.by(), Some(id.0)).await?;
    tx.commit().await
}

/// Ends all sessions of a person: for a lost telephone, or somebody who may have been at theirs.
pub(super) async fn end_sessions(cx: &Cx, admin: &Admin, id: PersonId) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    store::person(&mut tx, id).await?;
    store::sessions::end_all(&mut tx, id, None).await?;
    audit(cx, &mut tx, "sessions:ended", admin.0.by(), Some(id.0)).await?;
    tx.commit().await
}

/// Notes for admins who did what to whom, or saw whose contact.
pub async fn audit(cx: &Cx, tx: &mut Tx, act: &str, by: By, subject: Option<Uuid>) -> Result<(), Fault> {
    store::audit(tx, act, by, subject, cx.now()).await
}

pub(super) fn not_oneself(admin: &Admin, id: PersonId) -> Result<(), Fault> {
    if admin.0.id == id {
        Err(Fault::stale(
            "Ở đây chỉ đổi được tài khoản của người khác, không phải của chính bạn.",
            "Here other people's accounts are changed, not your own.",
        ))
    } else {
        Ok(())
    }
}
