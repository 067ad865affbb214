//! Who gets which letter when: bundles of pairings for those who want one letter a day or a week, and the
//! coordinators' weekly summary. Kept apart from `matching`, which writes to those who want to know at once.

use crate::accounts::letters::letter;
use crate::accounts::tickets::{self, Purpose};
use crate::accounts::{self, Frequency, Kind, Person};
use crate::ids::PersonId;
use crate::kit::Cx;
use crate::kit::clock::{At, DAY, HOUR};
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::mail;
use crate::kit::mail::words::{Piece, Words};
use crate::matching::cards::{self, Card};
use crate::matching::inbox::{self, Tab};
use crate::matching::stage::Stage;
use crate::matching::thresholds::{self, Threshold};
use crate::matching::{self, Standing, letters};

mod news;
mod store;

pub use news::post as post_news;

/// What a letter bundles; more would not be read.
const MOST_IN_ONE: usize = 3;
/// Bundles go out from this hour of the city's morning on.
const MORNING: i64 = 8;
const TICKET_LIFE: i64 = 60 * DAY;
const SUMMARY: &str = "summary";

/// Everything that is due now. Called by the minute: a window has one letter, however often it is asked for.
pub async fn tick(cx: &Cx) -> Result<(), Fault> {
    let now = cx.now();
    if i64::from(now.local().hour()) < MORNING {
        return Ok(());
    }
    for person in store::wishing(&cx.db, &[Frequency::Daily, Frequency::Weekly], Kind::Match).await? {
        bundle(cx, person, now).await?;
    }
    for person in store::overlooked(&cx.db, now.plus(-HOUR)).await? {
        bundle(cx, person, now).await?;
    }
    news::tick(cx, now).await?;
    for coordinator in accounts::coordinators(&cx.db).await? {
        summary(cx, &coordinator, now).await?;
    }
    Ok(())
}

/// The start of the day or the week a letter stands for; with the person and the kind it names the letter. Whoever
/// wants to know at once and was not asked at once, because letters were paused or came less often then, gets what
/// waited in one letter, and no more than one a day.
fn window(frequency: Frequency, now: At) -> Option<At> {
    match frequency {
        Frequency::AtOnce | Frequency::Daily => {
            let local = now.local();
            At::of_date(local.year(), local.month(), local.day())
        }
        Frequency::Weekly => Some(now.week_start()),
        Frequency::Never => None,
    }
}

async fn bundle(cx: &Cx, person: PersonId, now: At) -> Result<(), Fault> {
    let frequency = accounts::frequency(cx, &cx.db, person, Kind::Match).await?;
    let Some(window) = window(frequency, now) else {
        return Ok(());
    };
    let once = format!("{person}:{}:{}", window.0, matching::letters::BUNDLE);
    if store::is_posted(&cx.db, &once).await? {
        return Ok(());
    }
    let full = is_full(cx, person, now).await?;
    let waiting = inbox::of(cx, person, Tab::Yours).await?;
    let mut fresh = Vec::new();
    for (pairing, side) in waiting {
        if fresh.len() < MOST_IN_ONE && !store::was_asked(&cx.db, person, pairing.id).await? {
            fresh.push((pairing, Standing::Side(side)));
        }
    }
    if fresh.is_empty() || full {
        return Ok(());
    }
    let person = accounts::person(&cx.db, person).await?;
    let cards = cards::cards(cx, person.lang, fresh).await?;
    post_bundle(cx, &person, frequency, once, &cards).await
}

/// They got as many letters that suggest something as a day may bring.
async fn is_full(cx: &Cx, person: PersonId, now: At) -> Result<bool, Fault> {
    let most_a_day = thresholds::read(&cx.db).await?.get(Threshold::LettersADay);
    Ok(store::suggested_since(&cx.db, person, now.plus(-DAY)).await? >= most_a_day)
}

async fn post_bundle(
    cx: &Cx,
    person: &Person,
    frequency: Frequency,
    once: String,
    cards: &[Card],
) -> Result<(), Fault> {
    let lang = person.lang;
    let mut tx = cx.db.begin().await?;
    let mut words = Words::new(lang).greet(&person.name).para(
        "Đây là những ghép nối đang chờ quý đơn vị trả lời; điều phối viên đã đọc từng ghép nối.",
        "These pairings wait for your answer; a coordinator has read each of them.",
    );
    for card in cards {
        let subject = Some(card.id.0);
        let given = tickets::give(
            cx,
            &mut tx,
            Purpose::Answer,
            Some(person.id),
            None,
            subject,
            TICKET_LIFE,
            false,
        )
        .await?;
        if let Some(own) = &card.words {
            words = words.piece(Piece::Quote(own.clone()));
        }
        words = words
            .piece(letters::suggested(card, lang))
            .piece(Piece::List {
                lead: lang.t("Vì sao hợp:", "Why it fits:").to_owned(),
                items: letters::reasons(card),
            })
            .piece(letters::buttons(cx, card, lang, &given.token));
    }
    let words = letters::how_to_answer(words);
    let (why_vi, why_en) = if frequency == Frequency::AtOnce {
        (
            "Bạn nhận thư này vì có ghép nối đang chờ mà chưa được gửi khi chúng tới, ví dụ lúc thư đang tạm ngừng.",
            "You get this letter because pairings wait that were not sent when they came, for instance while letters were paused.",
        )
    } else {
        (
            "Bạn nhận thư này vì đã chọn nhận gộp các gợi ý ghép nối.",
            "You get this letter because you chose to have suggestions bundled.",
        )
    };
    let words = accounts::footer(cx, words, person, Kind::Match, frequency, why_vi, why_en);
    let subject = match cards {
        [single] => single.theirs().title.clone(),
        several => {
            let first = several.first().map_or("", |card| card.theirs().title.as_str());
            lang.fill(
                "{} và {} ghép nối khác",
                "{} and {} more",
                &[&first, &(several.len() - 1)],
            )
        }
    };
    let mut letter = letter(cx, person, matching::letters::BUNDLE, once, &subject, &words)?;
    letter.unsubscribe = Some(accounts::unsubscribe_url(cx, person, Kind::Match));
    // Where another node was quicker, these tickets go with the letter that is not sent.
    if mail::post(cx, &mut tx, &letter).await? {
        tx.commit().await?;
    }
    Ok(())
}

/// What the week brought and what waits, for a coordinator.
async fn summary(cx: &Cx, person: &Person, now: At) -> Result<(), Fault> {
    let frequency = accounts::frequency(cx, &cx.db, person.id, Kind::Summary).await?;
    // The week that ended is told on Monday morning; a summary is never more than weekly.
    if frequency == Frequency::Never {
        return Ok(());
    }
    let week = now.week_start();
    let once = format!("{}:{}:{SUMMARY}", person.id, week.0);
    if person.created_at > week || store::is_posted(&cx.db, &once).await? {
        return Ok(());
    }
    let counted = store::week(&cx.db, week.plus(-7 * DAY), week).await?;
    let stages = matching::count_by_stage(&cx.db).await?;
    let at = |stage: Stage| {
        stages
            .iter()
            .find(|(one, _)| *one == stage)
            .map_or(0, |(_, count)| *count)
    };
    let lang = person.lang;
    let line = |vi: &str, en: &str, count: i64| lang.fill(vi, en, &[&lang.number(count)]);
    let words = Words::new(lang)
        .greet(&person.name)
        .piece(Piece::List {
            lead: lang.t("Tuần qua:", "Last week:").to_owned(),
            items: vec![
                line(
                    "{} nhu cầu và năng lực được đăng",
                    "Needs and offers published: {}",
                    counted.published,
                ),
                line(
                    "{} ghép nối được gửi đi",
                    "Pairings sent out: {}",
                    counted.proposed,
                ),
                line("{} cuộc giới thiệu", "Introductions: {}", counted.introduced),
                line("{} kết quả được ghi", "Outcomes noted: {}", counted.outcomes),
            ],
        })
        .piece(Piece::List {
            lead: lang.t("Đang chờ:", "Waiting:").to_owned(),
            items: vec![
                line(
                    "{} gợi ý chờ duyệt",
                    "Suggestions to decide: {}",
                    at(Stage::Suggested),
                ),
                line("{} tin chờ duyệt", "Listings to review: {}", counted.in_review),
                line(
                    "{} ghép nối chờ trả lời",
                    "Pairings waiting for answers: {}",
                    at(Stage::Proposed) + at(Stage::NeedAccepted) + at(Stage::OfferAccepted),
                ),
            ],
        })
        .button("Mở bàn điều phối", "Open the desk", cx.url(lang, "desk"));
    let words = accounts::footer(
        cx,
        words,
        person,
        Kind::Summary,
        frequency,
        "Bạn nhận thư này vì bạn là điều phối viên.",
        "You get this letter because you are a coordinator.",
    );
    let subject = subject_of(lang, week);
    let mut letter = letter(cx, person, SUMMARY, once, &subject, &words)?;
    letter.unsubscribe = Some(accounts::unsubscribe_url(cx, person, Kind::Summary));
    mail::post_alone(cx, &letter).await
}

fn subject_of(lang: Lang, week: At) -> String {
    let last = week.plus(-HOUR);
    lang.fill("Tổng hợp tuần đến {}", "The week to {}", &[&lang.date(last)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_a_week_have_one_letter_each() {
        let monday = At::of_date(2026, 11, 23).unwrap();
        let noon = monday.plus(12 * HOUR);
        assert_eq!(window(Frequency::Daily, noon), Some(monday));
        assert_eq!(window(Frequency::Weekly, noon.plus_days(3)), Some(monday));
        assert_eq!(window(Frequency::Never, noon), None);
        assert_eq!(subject_of(Lang::En, monday), "The week to 22/11/2026");
    }
}
