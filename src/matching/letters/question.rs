//! The letter that asks a side: the other side's thing, why it fits, two buttons.

use super::{INVITATION, NUDGE, letter, readers};
use crate::accounts::tickets::{self, Purpose};
use crate::accounts::{self, Frequency, Kind, Person};
use crate::ids::PairingId;
use crate::kit::Cx;
use crate::kit::clock::DAY;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::mail::words::{Piece, Words};
use crate::kit::mail::{self, Class};
use crate::matching::cards::{self, Card};
use crate::matching::stage::Side;
use crate::matching::{Couple, Standing, couple, store, uuid_of};

/// A link in a letter works for so long.
const TICKET_LIFE: i64 = 60 * DAY;

/// Writes to each side that has not answered. Whoever wants bundles finds the question in one; a reminder goes to all who
/// want letters at all.
pub(super) async fn ask(cx: &Cx, id: PairingId, kind: &'static str) -> Result<(), Fault> {
    let couple = couple(cx, id).await?;
    for side in [Side::Need, Side::Offer] {
        if !couple.pairing.stage.awaits(side) {
            continue;
        }
        for person in readers(cx, couple.listing(side)).await? {
            let wish = accounts::frequency(cx, &cx.db, person.id, Kind::Match).await?;
            let now = match kind {
                // Whoever was asked only today, since letters were paused until now, is not reminded of it.
                NUDGE => wish != Frequency::Never && was_asked(cx, &couple, &person).await?,
                _ => wish == Frequency::AtOnce,
            };
            if now {
                post_question(cx, &couple, side, &person, wish, kind).await?;
            }
        }
    }
    Ok(())
}

async fn was_asked(cx: &Cx, couple: &Couple, person: &Person) -> Result<bool, Fault> {
    store::was_asked_before(&cx.db, couple.pairing.id, person.id, cx.now().plus(-DAY)).await
}

async fn post_question(
    cx: &Cx,
    couple: &Couple,
    side: Side,
    person: &Person,
    wish: Frequency,
    kind: &'static str,
) -> Result<(), Fault> {
    let card = cards::card(cx, person.lang, couple, Standing::Side(side)).await?;
    let mut tx = cx.db.begin().await?;
    let pairing = Some(uuid_of(couple.pairing.id));
    let given = tickets::give(
        cx,
        &mut tx,
        Purpose::Answer,
        Some(person.id),
        None,
        pairing,
        TICKET_LIFE,
        false,
    )
    .await?;
    let words = question(cx, person, &card, &given.token, kind == NUDGE);
    let words = accounts::footer(
        cx,
        words,
        person,
        Kind::Match,
        wish,
        "Bạn nhận thư này vì một tin của đơn vị bạn có thể hợp với tin của đơn vị khác.",
        "You get this letter because a listing of your organisation may fit another organisation's.",
    );
    let subject = match kind {
        NUDGE => person
            .lang
            .fill("Nhắc trả lời: {}", "A reminder: {}", &[&card.theirs().title]),
        _ => card.theirs().title.clone(),
    };
    let mut letter = letter(cx, person, couple.pairing.id, kind, &subject, &words)?;
    // A pairing that was reopened and approved once more is asked about once more.
    let moves = store::moves(&mut tx, couple.pairing.id).await?;
    let round = moves.iter().filter(|one| one.step == "approve").count();
    letter.once = format!("{}:{round}", letter.once);
    letter.unsubscribe = Some(accounts::unsubscribe_url(cx, person, Kind::Match));
    if kind == INVITATION {
        letter.class = Class::Hold;
    }
    mail::post(cx, &mut tx, &letter).await?;
    tx.commit().await
}

/// The text of an invitation: the other side's thing, why, two buttons to a page that asks once more.
pub(crate) fn question(cx: &Cx, person: &Person, card: &Card, token: &str, again: bool) -> Words {
    let lang = person.lang;
    let mut words = Words::new(lang).greet(&person.name);
    if again {
        words = words.para(
            "Tuần trước chúng tôi gửi quý đơn vị một gợi ý và chưa nhận được câu trả lời. Nếu không phù hợp, chỉ cần chọn “Không phù hợp”.",
            "A week ago we sent you a suggestion and have no answer yet. If it does not suit you, one press on “Not for us” is enough.",
        );
    } else if card.is_machine() {
        words = words.para(
            "Máy tìm thấy một ghép nối có thể hợp với quý đơn vị; điều phối viên đã đọc và thấy nên hỏi.",
            "The service found a pairing that may suit your organisation; a coordinator read it and thought it worth asking.",
        );
    } else if card.interested.is_some() {
        words = words.para(
            "Một đơn vị quan tâm đến tin của quý đơn vị và muốn được giới thiệu.",
            "An organisation is interested in your listing and would like to be introduced.",
        );
    } else {
        words = words.para(
            "Điều phối viên thấy hai đơn vị có thể giúp được nhau.",
            "A coordinator believes the two organisations can help each other.",
        );
    }
    if let Some(own) = &card.words {
        words = words.piece(Piece::Quote(own.clone()));
    }
    let words = words
        .piece(suggested(card, lang))
        .piece(Piece::List {
            lead: lang.t("Vì sao hợp:", "Why it fits:").to_owned(),
            items: reasons(card),
        })
        .piece(buttons(cx, card, lang, token));
    how_to_answer(words)
}

/// What the buttons do, and what they do not.
pub(crate) fn how_to_answer(words: Words) -> Words {
    words.small(
        "Hai nút mở một trang để bạn xem lại rồi mới trả lời. Liên hệ của quý đơn vị chỉ được mở khi cả hai bên đồng ý.",
        "Both buttons open a page where you look again before you answer. Your contact is opened only when both sides accept.",
    )
}

/// The other side's thing, to be decided about, as a card of a letter; used by the bundles too.
pub(crate) fn suggested(card: &Card, lang: Lang) -> Piece {
    let fit = lang.fill("Độ hợp: {}", "Fit: {}", &[&card.strength.label(lang)]);
    thing(card, Some(fit))
}

/// The other side's thing. How well it fits is said only while that helps to decide.
pub(super) fn thing(card: &Card, fit: Option<String>) -> Piece {
    let theirs = card.theirs();
    let mut lines = vec![theirs.summary.clone(), theirs.who.clone()];
    lines.extend((!theirs.facts.is_empty()).then(|| theirs.facts.join(" · ")));
    lines.extend(fit);
    lines.retain(|line| !line.trim().is_empty());
    Piece::Card {
        title: theirs.title.clone(),
        lines,
    }
}

pub(crate) fn reasons(card: &Card) -> Vec<String> {
    card.reasons_for_reader().iter().take(3).cloned().collect()
}

pub(crate) fn buttons(cx: &Cx, card: &Card, lang: Lang, token: &str) -> Piece {
    let page = |answer: &str| {
        cx.url(
            lang,
            &format!("pairings/{}/answer?token={token}&answer={answer}", card.id),
        )
    };
    Piece::Buttons(vec![
        (
            lang.t("Đồng ý gặp", "We would like to meet").to_owned(),
            page("yes"),
        ),
        (lang.t("Không phù hợp", "Not for us").to_owned(), page("no")),
    ])
}
