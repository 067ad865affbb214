//! The letters of a pairing. Each verb here is work that `flow` asks for; done twice, it posts nothing twice, since
//! the outbox knows a letter by its person, its pairing and its kind.

use super::stage::{Side, Stage};
use super::{Couple, Standing, cards, couple, store, thread, uuid_of};
use crate::accounts::{self, Frequency, Kind, Person};
use crate::ids::{MessageId, PairingId};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::mail::words::{Piece, Words};
use crate::kit::mail::{self, Class, Letter};
use crate::listings::Listing;
use crate::orgs;
use crate::vocab::{self, Scheme};

mod question;
use question::thing;
pub(crate) use question::{buttons, how_to_answer, question, reasons, suggested};

/// The kind under which the outbox keeps invitations; the reply clock starts when the first of them was sent.
pub const INVITATION: &str = "invitation";
/// A letter that asks about several pairings at once; it names none, its tickets do.
pub const BUNDLE: &str = "bundle";
const NUDGE: &str = "nudge";
const INTRODUCTION: &str = "introduction";
const ENDED: &str = "pairing_ended";
const MESSAGE: &str = "message";
const OUTCOME: &str = "outcome";

/// Asks each side that has not answered yet; those who want bundles get theirs from the digests.
pub async fn invite(cx: &Cx, id: PairingId) -> Result<(), Fault> {
    question::ask(cx, id, INVITATION).await
}

/// Reminds the side that has not answered, once.
pub async fn nudge(cx: &Cx, id: PairingId) -> Result<(), Fault> {
    question::ask(cx, id, NUDGE).await
}

/// Both said yes: each side gets the other's contact and the coordinator's, and the way to the shared page.
pub async fn introduce(cx: &Cx, id: PairingId) -> Result<(), Fault> {
    let couple = couple(cx, id).await?;
    for side in [Side::Need, Side::Offer] {
        for person in readers(cx, couple.listing(side)).await? {
            let lang = person.lang;
            let card = cards::card(cx, lang, &couple, Standing::Side(side)).await?;
            let other = thread::contact(cx, &couple, side.other(), lang).await?;
            let mut words = Words::new(lang)
                .greet(&person.name)
                .para(
                    "Cả hai bên đã đồng ý. Từ giờ hai bên có liên hệ của nhau; xin hãy viết trước một câu ngắn trong hai ngày tới.",
                    "Both sides said yes. You now have each other's contact; please write a short line within two days.",
                )
                .piece(thing(&card, None));
            for one in &other.people {
                words = words.piece(Piece::Card {
                    title: one.name.clone(),
                    lines: reach(&other.organisation, one),
                });
            }
            if let Some(coordinator) = coordinator(cx, &couple).await? {
                words = words.piece(Piece::List {
                    lead: lang
                        .t(
                            "Điều phối viên của cuộc gặp này:",
                            "The coordinator of this introduction:",
                        )
                        .to_owned(),
                    items: reach(&coordinator.name, &coordinator),
                });
            }
            let words = words
                .button("Mở trang chung", "Open the shared page", page_of(cx, lang, id))
                .footer(lang.t(
                    "Bạn nhận thư này vì đơn vị bạn đã đồng ý được giới thiệu.",
                    "You get this letter because your organisation agreed to be introduced.",
                ));
            let subject = lang.fill("Giới thiệu: {}", "Introduction: {}", &[&card.theirs().title]);
            let mut letter = letter(cx, &person, id, INTRODUCTION, &subject, &words)?;
            letter.class = Class::Hold;
            mail::post_alone(cx, &letter).await?;
        }
    }
    Ok(())
}

fn reach(organisation: &str, person: &Person) -> Vec<String> {
    let mut lines = vec![organisation.to_owned(), person.email.clone()];
    lines.extend(person.phone.clone());
    lines
}

/// Declined, lapsed or withdrawn: a side that had said yes is told politely, and nothing more is expected of it.
pub async fn tell_ended(cx: &Cx, id: PairingId) -> Result<(), Fault> {
    let couple = couple(cx, id).await?;
    let moves = store::moves(&cx.db, id).await?;
    for side in [Side::Need, Side::Offer] {
        let said_yes = moves
            .iter()
            .any(|one| one.step == "accept" && one.side == Some(side));
        let said_no = moves
            .iter()
            .any(|one| one.step == "decline" && one.side == Some(side));
        if !said_yes || said_no {
            continue;
        }
        for person in readers(cx, couple.listing(side)).await? {
            let wish = accounts::frequency(cx, &cx.db, person.id, Kind::Match).await?;
            if wish == Frequency::Never {
                continue;
            }
            let lang = person.lang;
            let card = cards::card(cx, lang, &couple, Standing::Side(side)).await?;
            let words = Words::new(lang)
                .greet(&person.name)
                .piece(Piece::Para(ended_words(&couple, lang)))
                .piece(thing(&card, None))
                .button(
                    "Xem các ghép nối khác",
                    "See other pairings",
                    cx.url(lang, "inbox"),
                );
            let words = accounts::footer(
                cx,
                words,
                &person,
                Kind::Match,
                wish,
                "Bạn nhận thư này vì đơn vị bạn đã đồng ý với ghép nối này.",
                "You get this letter because your organisation had accepted this pairing.",
            );
            let subject = lang.fill(
                "Chưa thành lần này: {}",
                "Not this time: {}",
                &[&card.theirs().title],
            );
            let mut letter = letter(cx, &person, id, ENDED, &subject, &words)?;
            letter.unsubscribe = Some(accounts::unsubscribe_url(cx, &person, Kind::Match));
            mail::post_alone(cx, &letter).await?;
        }
    }
    Ok(())
}

fn ended_words(couple: &Couple, lang: Lang) -> String {
    let because = couple
        .pairing
        .reason
        .as_deref()
        .filter(|_| couple.pairing.stage == Stage::Declined)
        .map(|code| vocab::label(Scheme::Decline, code, lang));
    match (couple.pairing.stage, because) {
        (Stage::Declined, Some(because)) => lang.fill(
            "Bên kia cảm ơn quý đơn vị và lần này chưa nhận lời. Lý do họ nêu: {}.",
            "The other side thanks you and does not accept this time. Their reason: {}.",
            &[&because],
        ),
        (Stage::Lapsed, _) => lang
            .t(
                "Bên kia chưa trả lời trong thời hạn, nên chúng tôi khép ghép nối này để quý đơn vị không phải chờ.",
                "The other side did not reply in time, so we close this pairing rather than keep you waiting.",
            )
            .to_owned(),
        _ if couple.pairing.reason.as_deref() == Some("listing_ended") => lang
            .t(
                "Một trong hai tin vừa đóng, nên ghép nối này dừng lại.",
                "One of the two listings was closed, so this pairing ends here.",
            )
            .to_owned(),
        _ => lang
            .t("Ghép nối này đã được rút.", "This pairing was withdrawn.")
            .to_owned(),
    }
}

/// A message of the shared page goes to the other side, and to both where a coordinator wrote.
pub async fn deliver_message(cx: &Cx, message: MessageId) -> Result<(), Fault> {
    let message = store::message(&cx.db, message).await?;
    let couple = couple(cx, message.pairing_id).await?;
    for side in [Side::Need, Side::Offer] {
        if thread::Voice::from(Standing::Side(side)) == message.side {
            continue;
        }
        for person in readers(cx, couple.listing(side)).await? {
            let wish = accounts::frequency(cx, &cx.db, person.id, Kind::Message).await?;
            if wish == Frequency::Never || message.by_person == Some(person.id) {
                continue;
            }
            let lang = person.lang;
            let card = cards::card(cx, lang, &couple, Standing::Side(side)).await?;
            let words = Words::new(lang)
                .greet(&person.name)
                .para(
                    "Có tin nhắn mới trên trang chung:",
                    "There is a new message on the shared page:",
                )
                .piece(Piece::Quote(message.body.clone()))
                .button(
                    "Đọc và trả lời",
                    "Read and reply",
                    page_of(cx, lang, couple.pairing.id),
                );
            let words = accounts::footer(
                cx,
                words,
                &person,
                Kind::Message,
                wish,
                "Bạn nhận thư này vì hai bên đã được giới thiệu với nhau.",
                "You get this letter because the two sides were introduced.",
            );
            let subject = lang.fill("Tin nhắn: {}", "Message: {}", &[&card.theirs().title]);
            let mut letter = letter(cx, &person, couple.pairing.id, MESSAGE, &subject, &words)?;
            letter.once = format!("{}:{}:{MESSAGE}", person.id, message.id);
            letter.unsubscribe = Some(accounts::unsubscribe_url(cx, &person, Kind::Message));
            mail::post_alone(cx, &letter).await?;
        }
    }
    Ok(())
}

/// "What came of it?", to one person of each side.
pub async fn ask_outcome(cx: &Cx, id: PairingId) -> Result<(), Fault> {
    let couple = couple(cx, id).await?;
    if !couple.pairing.stage.takes_capacity() {
        return Ok(());
    }
    for side in [Side::Need, Side::Offer] {
        for person in thread::contact(cx, &couple, side, Lang::Vi)
            .await?
            .people
            .into_iter()
            .take(1)
        {
            let wish = accounts::frequency(cx, &cx.db, person.id, Kind::Match).await?;
            if wish == Frequency::Never {
                continue;
            }
            let lang = person.lang;
            let card = cards::card(cx, lang, &couple, Standing::Side(side)).await?;
            let words = Words::new(lang)
                .greet(&person.name)
                .para(
                    "Hai bên đã được giới thiệu một thời gian. Xin cho biết đã đi đến đâu: một phút là đủ, và “không đi đến kết quả” cũng là câu trả lời có ích.",
                    "It is a while since you were introduced. Please say how far you have come: a minute is enough, and “came to nothing” helps too.",
                )
                .piece(thing(&card, None))
                .button("Cho biết kết quả", "Say what came of it", format!("{}#outcome", page_of(cx, lang, id)));
            let words = accounts::footer(
                cx,
                words,
                &person,
                Kind::Match,
                wish,
                "Bạn nhận thư này vì đơn vị bạn đã được giới thiệu. Chương trình hỏi sau 14, 45 và 90 ngày, rồi sau 6 và 12 tháng.",
                "You get this letter because your organisation was introduced. The programme asks after 14, 45 and 90 days, then after 6 and 12 months.",
            );
            let subject = lang.fill(
                "Kết quả đến đâu rồi? {}",
                "What came of it? {}",
                &[&card.theirs().title],
            );
            let mut letter = letter(cx, &person, id, OUTCOME, &subject, &words)?;
            letter.once = format!("{}:{id}:{OUTCOME}:{}", person.id, couple.pairing.followed_up);
            letter.unsubscribe = Some(accounts::unsubscribe_url(cx, &person, Kind::Match));
            mail::post_alone(cx, &letter).await?;
        }
    }
    Ok(())
}

/// Who of a side is written to: its listing's owner where they still belong, else every member.
pub(crate) async fn readers(cx: &Cx, listing: &Listing) -> Result<Vec<Person>, Fault> {
    let owner = match listing.owner_id {
        Some(id) => accounts::person(&cx.db, id)
            .await
            .ok()
            .filter(|person| person.disabled_at.is_none()),
        None => None,
    };
    let Some(org) = listing.org_id else {
        return Ok(owner.into_iter().collect());
    };
    if let Some(owner) = owner
        && orgs::is_member(&cx.db, org, owner.id).await?
    {
        return Ok(vec![owner]);
    }
    orgs::members(&cx.db, org).await
}

async fn coordinator(cx: &Cx, couple: &Couple) -> Result<Option<Person>, Fault> {
    match couple.pairing.coordinator_id {
        Some(id) => Ok(accounts::person(&cx.db, id).await.ok()),
        None => Ok(None),
    }
}

fn page_of(cx: &Cx, lang: Lang, id: PairingId) -> String {
    cx.url(lang, &format!("pairings/{id}/thread"))
}

/// A letter about a pairing; of its kind, one person gets one.
fn letter(
    cx: &Cx,
    person: &Person,
    pairing: PairingId,
    kind: &'static str,
    subject: &str,
    words: &Words,
) -> Result<Letter, Fault> {
    let once = format!("{}:{pairing}:{kind}", person.id);
    let mut letter = accounts::letters::letter(cx, person, kind, once, subject, words)?;
    letter.pairing = Some(uuid_of(pairing));
    Ok(letter)
}
