//! A side says yes or no: signed in as a member, or by the link of a letter. The first answer of a side stands.

use super::stage::{Side, Stage, Step};
use super::{Because, Couple, advance, couple, room, side_of, store, tell, uuid_of};
use crate::accounts::tickets::{self, Purpose, Ticket};
use crate::accounts::{self, Person, Reader};
use crate::events::Event;
use crate::ids::{By, PairingId};
use crate::kit::Cx;
use crate::kit::db::Tx;
use crate::kit::fault::Fault;

/// Someone who may answer for a side, and how they showed it.
#[derive(Debug, Clone)]
pub struct Answerer {
    pub person: Person,
    pub side: Side,
    ticket: Option<Ticket>,
}

/// Who answers: the reader of a letter by its token, else whoever is signed in.
pub async fn answerer(cx: &Cx, couple: &Couple, reader: &Reader, token: &str) -> Result<Answerer, Fault> {
    let (person, ticket) = if token.is_empty() {
        let actor = reader.actor().ok_or(Fault::SignIn)?;
        (actor.id, None)
    } else {
        let ticket = tickets::read(cx, &cx.db, token, Purpose::Answer).await?;
        let person = ticket
            .person_id
            .filter(|_| ticket.subject == Some(uuid_of(couple.pairing.id)));
        (person.ok_or(Fault::Missing)?, Some(ticket))
    };
    let side = side_of(cx, couple, person).await?.ok_or(Fault::Missing)?;
    let person = accounts::person(&cx.db, person).await?;
    if person.disabled_at.is_some() {
        return Err(Fault::Missing);
    }
    Ok(Answerer { person, side, ticket })
}

/// Whoever brings neither a session nor a letter's token is asked to sign in before anything is looked up: whether
/// there is such a pairing, they shall not learn.
pub fn must_be_somebody(reader: &Reader, token: &str) -> Result<(), Fault> {
    if token.is_empty() && reader.actor().is_none() {
        Err(Fault::SignIn)
    } else {
        Ok(())
    }
}

/// Yes. With the second yes the two are introduced, if the provider still has a place for them.
pub async fn accept(cx: &Cx, id: PairingId, reader: &Reader, token: &str) -> Result<Stage, Fault> {
    must_be_somebody(reader, token)?;
    beside_the_other(async || accept_now(cx, id, reader, token).await).await
}

/// No, with a reason the other side will read, and a note it will not.
pub async fn decline(
    cx: &Cx,
    id: PairingId,
    reader: &Reader,
    token: &str,
    because: Because,
) -> Result<Stage, Fault> {
    must_be_somebody(reader, token)?;
    beside_the_other(async || decline_now(cx, id, reader, token, &because).await).await
}

/// The other side may answer in the same moment, which must not cost this one its answer: looked at again, the
/// pairing either still waits for it or has really moved on.
async fn beside_the_other(answer: impl AsyncFn() -> Result<Stage, Fault>) -> Result<Stage, Fault> {
    match answer().await {
        Err(Fault::Stale(_)) => answer().await,
        answered => answered,
    }
}

async fn accept_now(cx: &Cx, id: PairingId, reader: &Reader, token: &str) -> Result<Stage, Fault> {
    let couple = couple(cx, id).await?;
    let who = answerer(cx, &couple, reader, token).await?;
    let mut tx = cx.db.begin().await?;
    let step = Step::Accept(who.side);
    let stage = take(cx, &mut tx, &couple, &who, step, &Because::default()).await?;
    if stage == Stage::Introduced {
        store::introduced(&mut tx, id, cx.now()).await?;
        let by = By::Person(who.person.id);
        tell(cx, &mut tx, by, Event::PairingIntroduced { pairing: id }).await?;
        if !room::bears(&mut tx, &couple.offer).await? {
            return Err(Fault::stale(
                "Bên cung đang nhận đủ số cuộc giới thiệu, nên câu trả lời này chưa được ghi. Điều phối viên thấy hai \
                 bên đang chờ; khi có chỗ, hãy bấm lại cùng liên kết này.",
                "The provider has as many introductions as it can take, so this answer was not recorded. A coordinator \
                 sees that you two wait; when there is room, answer again by the same link.",
            ));
        }
    }
    tx.commit().await?;
    Ok(stage)
}

async fn decline_now(
    cx: &Cx,
    id: PairingId,
    reader: &Reader,
    token: &str,
    because: &Because,
) -> Result<Stage, Fault> {
    let couple = couple(cx, id).await?;
    let who = answerer(cx, &couple, reader, token).await?;
    let mut tx = cx.db.begin().await?;
    let stage = take(cx, &mut tx, &couple, &who, Step::Decline(who.side), because).await?;
    tx.commit().await?;
    Ok(stage)
}

/// The step itself; its ticket is spent, and the house is told.
async fn take(
    cx: &Cx,
    tx: &mut Tx,
    couple: &Couple,
    who: &Answerer,
    step: Step,
    because: &Because,
) -> Result<Stage, Fault> {
    let by = By::Person(who.person.id);
    let stage = advance(cx, tx, by, &couple.pairing, step, because).await?;
    spend(cx, tx, who).await?;
    let (pairing, need_side) = (couple.pairing.id, who.side == Side::Need);
    let event = match step {
        Step::Accept(_) => Event::PairingAccepted { pairing, need_side },
        _ => Event::PairingDeclined { pairing, need_side },
    };
    tell(cx, tx, by, event).await?;
    Ok(stage)
}

async fn spend(cx: &Cx, tx: &mut Tx, who: &Answerer) -> Result<(), Fault> {
    match who.ticket.as_ref().filter(|ticket| !ticket.is_used()) {
        Some(ticket) => tickets::spend(cx, tx, ticket).await,
        None => Ok(()),
    }
}
