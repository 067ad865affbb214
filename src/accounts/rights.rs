//! What a person may ask of us about their data: to have it all, and to be forgotten.

use serde_json::{Value, json};

use super::{Actor, Person, Role, audit, consent, erasures, requests, session, store};
use crate::events::{self, Event};
use crate::ids::{By, PersonId};
use crate::kit::clock::{At, new_token};
use crate::kit::db::Tx;
use crate::kit::fault::Fault;
use crate::kit::{Cx, mail};

mod trace;
pub use trace::Trace;

/// All that this room keeps about a person, for them to take away.
pub async fn data_of(cx: &Cx, id: PersonId) -> Result<Value, Fault> {
    let person = store::person(&cx.db, id).await?;
    let consents = consent::ledger(cx, id).await?;
    let frequencies = store::preferences::all(&cx.db, id).await?;
    let sent = store::preferences::letters_to(&cx.db, id).await?;
    let sessions = session::list(cx, &person).await?;
    let second_step = store::second_step::get(&cx.db, id).await?;
    let links = store::tickets::of_person(&cx.db, id, &person.email).await?;
    let asked = requests::of_person(cx, id).await?;
    let audit = store::rights::audit(&cx.db, id).await?;
    Ok(json!({
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "phone": person.phone,
        "language": person.lang,
        "role": person.role,
        "joined": person.created_at.iso(),
        "confirmed": person.confirmed_at.map(At::iso),
        "last_seen": person.seen_at.map(At::iso),
        "letters_paused_until": person.paused_until.map(At::iso),
        "second_step_since": second_step.and_then(|kept| kept.confirmed_at).map(At::iso),
        "consents": consents.iter().map(|consent| json!({
            "purpose": consent.purpose,
            "version": consent.version,
            "words": consent.words(person.lang),
            "given": consent.given_at.iso(),
            "withdrawn": consent.withdrawn_at.map(At::iso),
        })).collect::<Value>(),
        "letters": frequencies.iter().map(|(kind, frequency)| json!({ "kind": kind, "frequency": frequency }))
            .collect::<Value>(),
        "letters_sent": sent.iter().map(|(kind, subject, written, sent)| json!({
            "kind": kind,
            "subject": subject,
            "written": written.iso(),
            "sent": sent.map(At::iso),
        })).collect::<Value>(),
        "mailed_links": links.iter().map(|(purpose, at, until, used)| json!({
            "for": purpose,
            "mailed": at.iso(),
            "works_until": until.iso(),
            "used": used.map(At::iso),
        })).collect::<Value>(),
        "sessions": sessions.iter().map(|session| json!({
            "device": session.agent,
            "begun": session.created_at.iso(),
            "last_seen": session.seen_at.iso(),
        })).collect::<Value>(),
        "requests": asked.iter().map(|asked| json!({
            "kind": asked.kind,
            "words": asked.words,
            "asked": asked.asked_at.iso(),
            "answered": asked.answered_at.map(At::iso),
            "closed": asked.closed_at.map(At::iso),
            "answer": asked.answer,
        })).collect::<Value>(),
        "audit": audit.iter().map(|(act, by, at)| json!({
            "act": act,
            "by_me": *by == Some(id.0),
            "at": at.iso(),
        })).collect::<Value>(),
    }))
}

/// Closes the actor's own account; what is known of them goes in the next moment, from every room.
pub async fn leave(cx: &Cx, actor: &Actor) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    close_for_good(cx, &mut tx, actor.by(), actor.id).await?;
    tx.commit().await
}

/// Nobody comes in with this account any more, and `flow` has every room forget its person.
pub(super) async fn close_for_good(cx: &Cx, tx: &mut Tx, by: By, id: PersonId) -> Result<(), Fault> {
    let person = store::person(&mut *tx, id).await?;
    if person.role == Role::Admin && store::count_admins(&mut *tx).await? < 2 {
        return Err(Fault::flaw(
            "email",
            "Bạn là quản trị viên duy nhất. Hãy trao quyền cho người khác trước.",
            "You are the only admin. Make somebody else an admin first.",
        ));
    }
    shut(cx, tx, by, id).await
}

pub(super) async fn shut(cx: &Cx, tx: &mut Tx, by: By, id: PersonId) -> Result<(), Fault> {
    store::set_disabled(tx, id, Some(cx.now())).await?;
    store::sessions::end_all(tx, id, None).await?;
    audit(cx, tx, "forgotten", by, Some(id.0)).await?;
    events::record(cx, tx, by, &Event::PersonForgotten { person: id }).await?;
    Ok(())
}

/// What the other rooms look for in their texts, read before this room empties the row; `Missing` where it is empty.
pub async fn trace(tx: &mut Tx, id: PersonId) -> Result<Trace, Fault> {
    let person = store::person(tx, id).await?;
    if person.is_forgotten() {
        return Err(Fault::Missing);
    }
    Ok(Trace::of(&person))
}

/// Whether a letter to or about them is on its way this moment: it cannot be called back, only waited for.
pub async fn is_written_to_now(tx: &mut Tx, trace: &Trace) -> Result<bool, Fault> {
    mail::leaving(tx, trace.id.0, trace.needles(), requests::LETTER).await
}

/// Leaves an empty row behind, so that what others did together with this person keeps its place.
pub async fn forget(cx: &Cx, tx: &mut Tx, trace: &Trace) -> Result<(), Fault> {
    let person = store::person(&mut *tx, trace.id).await?;
    let nobody = Person {
        email: format!("{}@forgotten.invalid", trace.id),
        name: "—".to_owned(),
        phone: None,
        role: Role::Member,
        seen_at: None,
        letter_token: new_token(),
        paused_until: None,
        disabled_at: Some(cx.now()),
        ..person
    };
    store::rights::empty(tx, &nobody, &person.email).await?;
    mail::forget(tx, trace.id.0, trace.needles()).await?;
    erasures::note(cx, tx, trace.id).await
}
