//! What two introduced sides share: each other's contacts, messages, how far they have come, what came of it.

use super::stage::{Side, Stage, Step};
use super::{Because, Couple, Standing, advance, couple, standing, store, tell};
use crate::accounts::{self, Actor, Person};
use crate::events::Event;
use crate::ids::{MessageId, OutcomeId, PairingId, PersonId};
use crate::kit::Cx;
use crate::kit::clock::{At, DAY, HOUR};
use crate::kit::db::{Reads, codes};
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::listings::Listing;
use crate::orgs;

pub const MESSAGE: usize = 4_000;
pub const OUTCOME: usize = 2_000;

codes! {
    /// Who speaks on the shared page.
    pub enum Voice { Need = "need", Offer = "offer", Coordinator = "coordinator" }
}

impl From<Standing> for Voice {
    fn from(standing: Standing) -> Voice {
        match standing {
            Standing::Side(Side::Need) => Voice::Need,
            Standing::Side(Side::Offer) => Voice::Offer,
            Standing::Coordinator => Voice::Coordinator,
        }
    }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Message {
    pub id: MessageId,
    pub pairing_id: PairingId,
    pub by_person: Option<PersonId>,
    pub side: Voice,
    pub body: String,
    pub created_at: At,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Outcome {
    pub id: OutcomeId,
    pub pairing_id: PairingId,
    pub kind: String,
    pub amount: Option<i64>,
    pub body: String,
    pub evidence: String,
    pub by_person: Option<PersonId>,
    pub created_at: At,
}

/// How to reach a side. It exists only for people who were introduced.
#[derive(Debug, Clone)]
pub struct Contact {
    pub side: Side,
    pub organisation: String,
    pub people: Vec<Person>,
}

/// A message to the other side; it is mailed too, by `flow`.
pub async fn post(cx: &Cx, actor: &Actor, id: PairingId, body: String) -> Result<(), Fault> {
    let (_, standing) = introduced(cx, actor, id).await?;
    let message = Message {
        id: MessageId::new(),
        pairing_id: id,
        by_person: Some(actor.id),
        side: standing.into(),
        body,
        created_at: cx.now(),
    };
    let mut tx = cx.db.begin().await?;
    store::add_message(&mut tx, &message).await?;
    tell(
        cx,
        &mut tx,
        actor.by(),
        Event::MessagePosted { message: message.id },
    )
    .await?;
    tx.commit().await
}

/// One of the sides, or a coordinator, says how far they have come.
pub async fn go_on(
    cx: &Cx,
    actor: &Actor,
    id: PairingId,
    to: Stage,
    note: Option<String>,
) -> Result<(), Fault> {
    let (couple, _) = introduced(cx, actor, id).await?;
    let step = Step::towards(to)
        .ok_or_else(|| Fault::flaw("stage", "Hãy chọn một bước.", "Please choose a step."))?;
    let because = Because { reason: None, note };
    let mut tx = cx.db.begin().await?;
    advance(cx, &mut tx, actor.by(), &couple.pairing, step, &because).await?;
    tell(cx, &mut tx, actor.by(), Event::PairingMoved { pairing: id }).await?;
    tx.commit().await
}

/// What came of it. *Came to nothing* is an outcome too, and the most useful to know; it ends the pairing.
pub async fn report(cx: &Cx, actor: &Actor, outcome: Outcome) -> Result<(), Fault> {
    let (couple, _) = introduced(cx, actor, outcome.pairing_id).await?;
    let mut tx = cx.db.begin().await?;
    store::add_outcome(&mut tx, &outcome).await?;
    if outcome.kind == "none" && !couple.pairing.stage.has_ended() {
        let because = Because {
            reason: Some("none".to_owned()),
            note: None,
        };
        advance(cx, &mut tx, actor.by(), &couple.pairing, Step::Withdraw, &because).await?;
    }
    let moved = Event::PairingMoved {
        pairing: outcome.pairing_id,
    };
    tell(cx, &mut tx, actor.by(), moved).await?;
    tx.commit().await
}

/// The pairing of a shared page, for those who may open it. Others are told there is none.
pub async fn introduced(cx: &Cx, actor: &Actor, id: PairingId) -> Result<(Couple, Standing), Fault> {
    let couple = couple(cx, id).await?;
    let standing = standing(cx, &couple, actor).await?;
    if was_introduced(&couple) {
        Ok((couple, standing))
    } else {
        Err(Fault::Missing)
    }
}

/// Also where the pairing was withdrawn later: what two people know of each other cannot be taken back.
pub fn was_introduced(couple: &Couple) -> bool {
    couple.pairing.introduced_at.is_some()
}

/// Contacts of both sides. Who reads the other side's is noted once for the admins' log.
pub async fn contacts(cx: &Cx, actor: &Actor, couple: &Couple) -> Result<Vec<Contact>, Fault> {
    let mut contacts = Vec::new();
    for side in [Side::Need, Side::Offer] {
        contacts.push(contact(cx, couple, side, actor.lang).await?);
    }
    let act = "contact:read";
    if !store::was_audited(&cx.db, act, actor.id, couple.pairing.id).await? {
        let mut tx = cx.db.begin().await?;
        accounts::audit(cx, &mut tx, act, actor.by(), Some(couple.pairing.id.0)).await?;
        tx.commit().await?;
    }
    Ok(contacts)
}

pub(super) async fn contact(cx: &Cx, couple: &Couple, side: Side, lang: Lang) -> Result<Contact, Fault> {
    let listing = couple.listing(side);
    let organisation = match listing.org_id {
        Some(org) => orgs::get(&cx.db, org).await?.name(lang).to_owned(),
        None => String::new(),
    };
    let people = first_people(cx, couple, listing).await?;
    Ok(Contact {
        side,
        organisation,
        people,
    })
}

/// Who of a side is named: whoever said yes, and the listing's owner, where they still belong; else the first member.
async fn first_people(cx: &Cx, couple: &Couple, listing: &Listing) -> Result<Vec<Person>, Fault> {
    let side = Side::of(listing.kind);
    let said_yes = store::moves(&cx.db, couple.pairing.id)
        .await?
        .into_iter()
        .rev()
        .find(|one| one.step == "accept" && one.side == Some(side))
        .and_then(|one| one.by_person);
    let mut people = Vec::new();
    for id in [said_yes, listing.owner_id].into_iter().flatten() {
        let known = people.iter().any(|person: &Person| person.id == id);
        let belongs = match listing.org_id {
            Some(org) => orgs::is_member(&cx.db, org, id).await?,
            None => true,
        };
        if belongs
            && !known
            && let Ok(person) = accounts::person(&cx.db, id).await
            && person.disabled_at.is_none()
        {
            people.push(person);
        }
    }
    if people.is_empty()
        && let Some(org) = listing.org_id
    {
        people.extend(orgs::members(&cx.db, org).await?.into_iter().take(1));
    }
    Ok(people)
}

pub async fn messages(on: impl Reads, pairing: PairingId) -> Result<Vec<Message>, Fault> {
    store::messages(on, pairing).await
}

pub async fn outcomes(on: impl Reads, pairing: PairingId) -> Result<Vec<Outcome>, Fault> {
    store::outcomes(on, pairing).await
}

/// A proposed meeting as a calendar file: the next working day but two, at nine, for an hour. Reading it changes nothing.
pub fn meeting(cx: &Cx, couple: &Couple, lang: Lang) -> String {
    let starts = nine_o_clock(cx.now().plus_days(3));
    let stamp = |at: At| at.iso().replace(['-', ':'], "");
    let title = lang.fill("Gặp nhau: {}", "Meeting: {}", &[&couple.need.best().title(lang)]);
    let page = cx.url(lang, &format!("pairings/{}/thread", couple.pairing.id));
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Cau Noi//meeting//VI".to_owned(),
        "METHOD:PUBLISH".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@caunoi", couple.pairing.id),
        format!("DTSTAMP:{}", stamp(cx.now())),
        format!("DTSTART:{}", stamp(starts)),
        format!("DTEND:{}", stamp(starts.plus(HOUR))),
        format!("SUMMARY:{}", escaped(&title)),
        format!("DESCRIPTION:{}", escaped(&page)),
        format!("URL:{page}"),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.iter().map(|line| folded(line) + "\r\n").collect()
}

fn nine_o_clock(day: At) -> At {
    let mut day = day;
    while day.local().weekday().to_monday_zero_offset() > 4 {
        day = day.plus(DAY);
    }
    let local = day.local();
    At::of_date(local.year(), local.month(), local.day())
        .unwrap_or(day)
        .plus(9 * HOUR)
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace(';', "\\;")
        .replace(',', "\\,")
        .replace('\n', "\\n")
}

/// Calendar lines hold at most 75 octets; the rest goes on after a space.
fn folded(line: &str) -> String {
    let mut out = String::new();
    let mut width = 0;
    for letter in line.chars() {
        if width + letter.len_utf8() > 73 {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(letter);
        width += letter.len_utf8();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_lines_are_short_and_whole() {
        let line = folded(&format!("SUMMARY:{}", "Gặp nhau để bàn về ảnh lá lúa ".repeat(8)));
        assert!(line.split("\r\n").all(|part| part.len() <= 75));
        assert!(line.replace("\r\n ", "").ends_with("ảnh lá lúa "));
    }

    #[test]
    fn a_meeting_is_proposed_on_a_working_day() {
        let friday = At::of_date(2026, 11, 27).unwrap();
        let at = nine_o_clock(friday.plus_days(1)).local();
        assert_eq!((at.day(), at.hour()), (30, 9));
    }
}
