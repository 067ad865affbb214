//! What a person may ask of us about their data: to have it all, and to be forgotten.

use serde_json::{Value, json};

use super::{Actor, Person, Role, store};
use crate::events::{self, Event};
use crate::ids::PersonId;
use crate::kit::clock::new_token;
use crate::kit::db::Tx;
use crate::kit::fault::Fault;
use crate::kit::{Cx, mail};

/// All that this room keeps about a person, for them to take away.
pub async fn data_of(cx: &Cx, id: PersonId) -> Result<Value, Fault> {
    let person = store::person(&cx.db, id).await?;
    let consents = store::preferences::consents(&cx.db, id).await?;
    let frequencies = store::preferences::all(&cx.db, id).await?;
    let sent = store::preferences::letters_to(&cx.db, id).await?;
    let sessions = store::sessions::list(cx, id).await?;
    let second_step = store::second_step::get(&cx.db, id).await?;
    Ok(json!({
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "phone": person.phone,
        "language": person.lang,
        "role": person.role,
        "joined": person.created_at.iso(),
        "confirmed": person.confirmed_at.map(crate::kit::clock::At::iso),
        "last_seen": person.seen_at.map(crate::kit::clock::At::iso),
        "letters_paused_until": person.paused_until.map(crate::kit::clock::At::iso),
        "second_step_since": second_step.and_then(|kept| kept.confirmed_at).map(crate::kit::clock::At::iso),
        "consents": consents.iter().map(|consent| json!({
            "purpose": consent.purpose,
            "version": consent.version,
            "given": consent.given_at.iso(),
            "withdrawn": consent.withdrawn_at.map(crate::kit::clock::At::iso),
        })).collect::<Vec<_>>(),
        "letters": frequencies.iter().map(|(kind, frequency)| json!({ "kind": kind, "frequency": frequency }))
            .collect::<Vec<_>>(),
        "letters_sent": sent.iter().map(|(kind, subject, written, sent)| json!({
            "kind": kind,
            "subject": subject,
            "written": written.iso(),
            "sent": sent.map(crate::kit::clock::At::iso),
        })).collect::<Vec<_>>(),
        "sessions": sessions.iter().map(|session| json!({
            "device": session.agent,
            "begun": session.created_at.iso(),
            "last_seen": session.seen_at.iso(),
        })).collect::<Vec<_>>(),
    }))
}

/// Closes the actor's own account. The other rooms forget by the event.
pub async fn leave(cx: &Cx, actor: &Actor) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    let role = store::person(&mut tx, actor.id).await?.role;
    if role == Role::Admin && store::count_admins(&mut tx).await? < 2 {
        return Err(Fault::flaw(
            "email",
            "Bạn là quản trị viên duy nhất. Hãy trao quyền cho người khác trước.",
            "You are the only admin. Make somebody else an admin first.",
        ));
    }
    forget(cx, &mut tx, actor.id).await?;
    let forgotten = Event::PersonForgotten { person: actor.id };
    events::record(cx, &mut tx, actor.by(), &forgotten).await?;
    tx.commit().await
}

/// Leaves an empty row behind, so that what others did together with this person keeps its place.
pub async fn forget(cx: &Cx, tx: &mut Tx, id: PersonId) -> Result<(), Fault> {
    let person = store::person(&mut *tx, id).await?;
    let nobody = Person {
        email: format!("{id}@forgotten.invalid"),
        name: "—".to_owned(),
        phone: None,
        role: Role::Member,
        seen_at: None,
        letter_token: new_token(),
        paused_until: None,
        disabled_at: Some(cx.now()),
        ..person
    };
    store::empty(tx, &nobody).await?;
    mail::forget(tx, id.0).await
}
