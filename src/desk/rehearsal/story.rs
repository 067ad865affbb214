//! What the sample people do, so that every kind of letter is written: they come in, belong, publish, meet, part.

use super::cast::{Cast, Sampled, address, newcomer, posted};
use crate::accounts::requests::{self, RequestKind};
use crate::accounts::{self, Actor, Coordinator, Frequency, Kind as LetterKind, Newcomer, Reader};
use crate::digests;
use crate::ids::{ListingId, PairingId, PersonId};
use crate::kit::Cx;
use crate::kit::clock::{DAY, new_id};
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::web::Params;
use crate::listings::question::Question;
use crate::listings::review::{self, NewNote};
use crate::listings::writer::Writer;
use crate::listings::{self, Kind, Origin, Severity, Visibility, drafts, searches};
use crate::matching::{self, Because, answer, thread};
use crate::orgs;

pub(super) async fn play(cx: &Cx) -> Result<(), Fault> {
    for lang in [Lang::Vi, Lang::En] {
        let cast = Cast::gather(cx, lang).await?;
        come_in(cx, &cast).await?;
        belong(cx, &cast).await?;
        publish(cx, &cast).await?;
        meet(cx, &cast).await?;
        part(cx, &cast).await?;
        keep_a_search(cx, &cast).await?;
        wait_for_a_bundle(cx, &cast).await?;
    }
    cx.clock.advance(8 * DAY);
    digests::tick(cx).await
}

async fn come_in(cx: &Cx, cast: &Cast) -> Result<(), Fault> {
    let newcomer = newcomer(cast.lang, cast.lang.t("Phạm An", "Ann Porter"), "newcomer");
    accounts::join(cx, &newcomer, new_id(), "").await?;
    let known = Newcomer {
        email: cast.buyer.email.clone(),
        ..newcomer
    };
    accounts::join(cx, &known, new_id(), "").await?;
    accounts::mail_link(cx, &cast.buyer.email, "").await?;
    accounts::mail_reset(cx, &cast.buyer.email).await?;
    let words = cast.lang.t(
        "Xin cho tôi biết ai đã xem số điện thoại của tôi.",
        "Please tell me who has seen my number.",
    );
    let request = requests::ask(cx, &cast.buyer, RequestKind::Access, words).await?;
    let words = cast.lang.t(
        "Chúng tôi đang xem nhật ký và sẽ gửi bạn danh sách.",
        "We are looking through the log and will send you the list.",
    );
    requests::answer(cx, &Coordinator(cast.coordinator.clone()), request, words).await
}

async fn belong(cx: &Cx, cast: &Cast) -> Result<(), Fault> {
    orgs::verify(cx, &Coordinator(cast.coordinator.clone()), cast.firm).await?;
    orgs::tell_verified(cx, cast.firm).await?;
    orgs::tell_asked(cx, cast.firm, cast.maker.id, 0).await?;
    orgs::tell_granted(cx, cast.firm, cast.buyer.id, 0).await?;
    orgs::tell_refused(cx, cast.firm, cast.maker.id, 0).await?;
    let org = orgs::get(&cx.db, cast.firm).await?;
    orgs::invite(cx, &cast.buyer, &org, &address(cast.lang, "colleague")).await
}

async fn publish(cx: &Cx, cast: &Cast) -> Result<(), Fault> {
    listings::letters::tell_published(cx, cast.need).await?;
    listings::letters::tell_expiring(cx, cast.need).await?;

    let returned = handed_in(cx, cast, &cast.buyer, Origin::Owner).await?;
    let note = |field: &str, severity, body: &str| NewNote {
        field: field.to_owned(),
        severity,
        body: body.to_owned(),
    };
    let notes = [
        note(
            "success",
            Severity::Blocker,
            cast.lang.t(
                "Thêm thời gian chờ kết quả tối đa.",
                "Add the longest time a result may take.",
            ),
        ),
        note(
            "title",
            Severity::Minor,
            cast.lang.t("Nói rõ loại cây trồng.", "Name the crop."),
        ),
    ];
    let version = listings::get(&cx.db, returned).await?.version;
    review::send_back(cx, &cast.coordinator, returned, version, &notes).await?;
    listings::letters::tell_returned(cx, returned).await?;

    let told = handed_in(cx, cast, &cast.coordinator, Origin::Coordinator).await?;
    listings::letters::ask_confirmation(cx, told).await
}

/// Both say yes, talk, and are asked what came of it.
async fn meet(cx: &Cx, cast: &Cast) -> Result<(), Fault> {
    let words = cast.lang.t(
        "Hai bên ở gần nhau và cùng cần kết quả trước vụ tới; tôi tin là nên gặp.",
        "You are close to each other and both need results before next season; I believe you should meet.",
    );
    let pairing = proposed(cx, cast, Some(words)).await?;
    matching::letters::invite(cx, pairing).await?;
    // A reminder goes to those who were asked before today.
    cx.clock.advance(7 * DAY);
    matching::letters::nudge(cx, pairing).await?;
    for side in [&cast.buyer, &cast.maker] {
        answer::accept(cx, pairing, &Reader::Person(side.clone()), "").await?;
    }
    matching::letters::introduce(cx, pairing).await?;
    let words = cast.lang.t(
        "Sáng thứ Năm bên tôi rảnh, mời anh chị ghé xem tận nơi.",
        "We are free on Thursday morning; do come and see for yourselves.",
    );
    thread::post(cx, &cast.buyer, pairing, words.to_owned()).await?;
    for message in thread::messages(&cx.db, pairing).await? {
        matching::letters::deliver_message(cx, message.id).await?;
    }
    matching::letters::ask_outcome(cx, pairing).await
}

/// One side says yes, the other no.
async fn part(cx: &Cx, cast: &Cast) -> Result<(), Fault> {
    let pairing = proposed(cx, cast, None).await?;
    answer::accept(cx, pairing, &Reader::Person(cast.buyer.clone()), "").await?;
    let because = Because {
        reason: Some("no_capacity".to_owned()),
        note: None,
    };
    answer::decline(cx, pairing, &Reader::Person(cast.maker.clone()), "", because).await?;
    matching::letters::tell_ended(cx, pairing).await
}

/// The sample offers stand in no index, so what the search finds is handed to the letter.
async fn keep_a_search(cx: &Cx, cast: &Cast) -> Result<(), Fault> {
    let asked = Params::parse("sector=agriculture&kind=offer");
    searches::keep(cx, &cast.buyer, &Question::of(&asked, None)).await?;
    let person = accounts::person(&cx.db, cast.buyer.id).await?;
    let offers = listings::of_org(&cx.db, cast.lab).await?;
    let mut found = Vec::new();
    for search in searches::of_person(&cx.db, person.id).await? {
        found.push((search, offers.clone()));
    }
    let once = format!("{}:rehearsal:search_news", person.id);
    digests::post_news(cx, &person, Frequency::Daily, once, &found).await
}

async fn wait_for_a_bundle(cx: &Cx, cast: &Cast) -> Result<(), Fault> {
    let mut letters = accounts::letters_of(cx, cast.maker.id).await?;
    for (kind, frequency) in &mut letters.frequencies {
        if *kind == LetterKind::Match {
            *frequency = Frequency::Weekly;
        }
    }
    accounts::set_letters(cx, &cast.maker, &letters).await?;
    proposed(cx, cast, None).await?;
    Ok(())
}

/// A fresh offer beside the need, let go by the coordinator.
async fn proposed(cx: &Cx, cast: &Cast, words: Option<&str>) -> Result<PairingId, Fault> {
    let offer = posted(cx, Kind::Offer, cast.lab, &cast.maker, Sampled::read()?.offer).await?;
    let (need, offer) = (
        listings::get(&cx.db, cast.need).await?,
        listings::get(&cx.db, offer).await?,
    );
    let by = cast.coordinator.by();
    let pairing = matching::pair_by_hand(cx, by, need.reference(), offer.reference()).await?;
    matching::approve(cx, by, pairing, words.map(str::to_owned)).await?;
    Ok(pairing)
}

/// A need that waits for review: its owner wrote it, or a coordinator did after an interview.
async fn handed_in(cx: &Cx, cast: &Cast, writer: &Actor, origin: Origin) -> Result<ListingId, Fault> {
    let coordinator: Option<PersonId> = (origin == Origin::Coordinator).then_some(cast.coordinator.id);
    let new = drafts::New {
        kind: Kind::Need,
        origin,
        org: Some(cast.firm),
        owner: Some(cast.buyer.id),
        coordinator,
        visibility: Visibility::Public,
        content: Sampled::read()?.need,
    };
    let mut tx = cx.db.begin().await?;
    let id = drafts::add(cx, &mut tx, &new).await?;
    tx.commit().await?;
    let version = listings::get(&cx.db, id).await?.version;
    drafts::submit(cx, writer, &Writer::of(writer), id, version).await?;
    Ok(id)
}
