//! What a person may have of their pairings: what their side saw, said and was told. The other side's contact is among
//! it only where the two were introduced.

use serde_json::{Value, json};

use super::inbox::{self, Tab};
use super::stage::Side;
use super::{Pairing, Standing, cards, couple, store, thread};
use crate::accounts::Actor;
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::fault::Fault;

pub async fn data_of(cx: &Cx, me: &Actor) -> Result<Value, Fault> {
    let mut all = Vec::new();
    for tab in Tab::ALL {
        for (pairing, side) in inbox::of(cx, me.id, tab).await? {
            all.push(told(cx, me, pairing, side).await?);
        }
    }
    Ok(Value::Array(all))
}

async fn told(cx: &Cx, me: &Actor, pairing: Pairing, side: Side) -> Result<Value, Fault> {
    let couple = couple(cx, pairing.id).await?;
    let card = cards::card(cx, me.lang, &couple, Standing::Side(side)).await?;
    let (ours, theirs) = (card.half(side), card.half(side.other()));
    let own = |by: Option<crate::ids::PersonId>| by == Some(me.id);
    let moves = store::moves(&cx.db, pairing.id).await?;
    let steps: Value = moves
        .iter()
        .filter(|one| one.side == Some(side) || own(one.by_person))
        .map(|one| {
            json!({
                "step": one.step,
                "at": one.at.iso(),
                "by_me": own(one.by_person),
                "reason": one.reason,
                "note": one.note,
            })
        })
        .collect();
    let mut all = json!({
        "id": pairing.id,
        "stage": card.stage.code(),
        "our_side": side.code(),
        "ours": { "reference": ours.reference, "title": ours.title },
        "theirs": { "reference": theirs.reference, "title": theirs.title, "who": theirs.who },
        "reasons": card.reasons_for_reader(),
        "created": pairing.created_at.iso(),
        "reply_due": pairing.due_at.map(At::iso),
        "introduced": pairing.introduced_at.map(At::iso),
        "our_steps": steps,
    });
    if thread::was_introduced(&couple) {
        let contacts = thread::contacts(cx, me, &couple).await?;
        all["contacts"] = contacts
            .iter()
            .map(|contact| {
                let people: Value = contact
                    .people
                    .iter()
                    .map(|one| json!({ "name": one.name, "email": one.email, "phone": one.phone }))
                    .collect();
                json!({ "side": contact.side.code(), "organisation": contact.organisation, "people": people })
            })
            .collect();
        let messages = thread::messages(&cx.db, pairing.id).await?;
        all["messages"] = messages
            .iter()
            .map(|one| {
                json!({
                    "from": one.side.code(),
                    "by_me": own(one.by_person),
                    "at": one.created_at.iso(),
                    "text": one.body,
                })
            })
            .collect();
        let outcomes = thread::outcomes(&cx.db, pairing.id).await?;
        all["outcomes"] = outcomes
            .iter()
            .map(|one| {
                json!({
                    "kind": one.kind,
                    "by_me": own(one.by_person),
                    "at": one.created_at.iso(),
                    "amount": one.amount,
                    "text": one.body,
                })
            })
            .collect();
    }
    Ok(all)
}
