//! What people ask of us about their data beyond what a button does at once, with the two clocks the law sets: an
//! answer within two working days, the thing itself within fifteen days.

use std::borrow::Borrow;

use super::{Actor, Coordinator, Person, audit, letters, rights, store};
use crate::ids::{By, PersonId, RequestId};
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::db::{Tx, codes};
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::mail;
use crate::kit::mail::words::{Piece, Words};

const ANSWER_WORKING_DAYS: i64 = 2;
const FULFIL_DAYS: i64 = 15;
/// What one person may have open at a time.
const MOST_OPEN: usize = 5;

/// The kind under which the outbox keeps what people are told; a person who is being forgotten still gets it.
pub const LETTER: &str = "request_answered";

codes! {
    pub enum RequestKind {
        Access = "access", Correction = "correction", Erasure = "erasure", Objection = "objection", Other = "other",
    }
}

impl RequestKind {
    pub fn label(self, lang: impl Borrow<Lang>) -> &'static str {
        let lang = *lang.borrow();
        match self {
            RequestKind::Access => lang.t("Xem hoặc nhận dữ liệu", "See or get data"),
            RequestKind::Correction => lang.t("Sửa dữ liệu", "Correct data"),
            RequestKind::Erasure => lang.t("Xóa tài khoản và dữ liệu", "Erase the account and its data"),
            RequestKind::Objection => {
                lang.t("Phản đối hoặc hạn chế xử lý", "Object to or restrict processing")
            }
            RequestKind::Other => lang.t("Việc khác", "Something else"),
        }
    }
}

codes! {
    pub enum Outcome { Done = "done", Refused = "refused" }
}

impl Outcome {
    pub fn label(self, lang: impl Borrow<Lang>) -> &'static str {
        let lang = *lang.borrow();
        match self {
            Outcome::Done => lang.t("đã thực hiện", "done"),
            Outcome::Refused => lang.t("không thực hiện được", "refused"),
        }
    }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Request {
    pub id: RequestId,
    pub person_id: Option<PersonId>,
    pub kind: RequestKind,
    pub words: String,
    pub asked_at: At,
    pub answer_due: At,
    pub fulfil_due: At,
    pub answered_at: Option<At>,
    pub closed_at: Option<At>,
    pub outcome: Option<Outcome>,
    pub answer: Option<String>,
}

impl Request {
    /// The clock that runs now; none for what is closed.
    pub fn due(&self) -> Option<At> {
        match (self.closed_at, self.answered_at) {
            (Some(_), _) => None,
            (None, None) => Some(self.answer_due),
            (None, Some(_)) => Some(self.fulfil_due),
        }
    }

    pub fn is_late(&self, now: impl Borrow<At>) -> bool {
        self.due().is_some_and(|due| due < *now.borrow())
    }
}

pub async fn ask(cx: &Cx, actor: &Actor, kind: RequestKind, words: &str) -> Result<RequestId, Fault> {
    let mut tx = cx.db.begin().await?;
    let open = store::requests::of_person(&mut tx, actor.id).await?;
    if open.iter().filter(|one| one.closed_at.is_none()).count() >= MOST_OPEN {
        return Err(Fault::flaw(
            "words",
            "Bạn đang có năm yêu cầu chưa xong; hãy chờ chúng được trả lời.",
            "Five of your requests are open already; please wait for their answers.",
        ));
    }
    let now = cx.now();
    let request = Request {
        id: RequestId::new(),
        person_id: Some(actor.id),
        kind,
        words: words.to_owned(),
        asked_at: now,
        answer_due: now.plus_working_days(ANSWER_WORKING_DAYS),
        fulfil_due: now.plus_days(FULFIL_DAYS),
        answered_at: None,
        closed_at: None,
        outcome: None,
        answer: None,
    };
    store::requests::add(&mut tx, &request).await?;
    tx.commit().await?;
    Ok(request.id)
}

/// All a person ever asked, the newest in front.
pub async fn of_person(cx: &Cx, person: PersonId) -> Result<Vec<Request>, Fault> {
    store::requests::of_person(&cx.db, person).await
}

/// What is open, the most urgent in front, each with who asked; and what was closed lately. Addresses stand in it:
/// that it was looked at is noted.
pub async fn list(cx: &Cx, who: &Coordinator) -> Result<Vec<(Request, Option<Person>)>, Fault> {
    let mut requests = store::requests::open(&cx.db).await?;
    requests.sort_by_key(|one| (one.due(), one.id));
    requests.extend(store::requests::closed(&cx.db, 50).await?);
    let mut rows = Vec::with_capacity(requests.len());
    for request in requests {
        let person = match request.person_id {
            Some(id) => Some(store::person(&cx.db, id).await?),
            None => None,
        };
        rows.push((request, person));
    }
    if rows.iter().any(|(_, person)| person.is_some()) {
        let mut tx = cx.db.begin().await?;
        audit(cx, &mut tx, "requests:read", who.0.by(), None).await?;
        tx.commit().await?;
    }
    Ok(rows)
}

/// What is open, the most urgent in front.
pub async fn open(cx: &Cx) -> Result<Vec<Request>, Fault> {
    let mut requests = store::requests::open(&cx.db).await?;
    requests.sort_by_key(|one| (one.due(), one.id));
    Ok(requests)
}

// Acts of coordinators -------------------------------------------------------------------------------------------

/// Says what will be done and by when: the first clock stops.
pub async fn answer(cx: &Cx, who: &Coordinator, id: RequestId, words: &str) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    let request = store::requests::get(&mut tx, id).await?;
    store::requests::answer(&mut tx, id, words, who.0.id, cx.now()).await?;
    audit(cx, &mut tx, "request:answered", who.0.by(), Some(id.0)).await?;
    tell(cx, &mut tx, &request, None, words).await?;
    tx.commit().await
}

/// Done, or refused with the reason: both clocks stop. An erasure that is done closes the account for good.
pub async fn close(
    cx: &Cx,
    who: &Coordinator,
    id: RequestId,
    outcome: Outcome,
    words: &str,
) -> Result<(), Fault> {
    let mut tx = cx.db.begin().await?;
    let request = store::requests::get(&mut tx, id).await?;
    store::requests::close(&mut tx, id, outcome, words, who.0.id, cx.now()).await?;
    audit(cx, &mut tx, &format!("request:{outcome}"), who.0.by(), Some(id.0)).await?;
    tell(cx, &mut tx, &request, Some(outcome), words).await?;
    if let (RequestKind::Erasure, Outcome::Done, Some(person)) = (request.kind, outcome, request.person_id) {
        rights::close_for_good(cx, &mut tx, By::Person(who.0.id), person).await?;
    }
    tx.commit().await
}

async fn tell(
    cx: &Cx,
    tx: &mut Tx,
    request: &Request,
    outcome: Option<Outcome>,
    words: &str,
) -> Result<(), Fault> {
    let Some(person) = request.person_id else {
        return Ok(());
    };
    let person = store::person(&mut *tx, person).await?;
    let lang = person.lang;
    let what = request.kind.label(lang);
    let told = match outcome {
        None => lang.fill(
            "Chúng tôi đã nhận yêu cầu “{}” và sẽ thực hiện chậm nhất vào {}.",
            "We have your request “{}” and will fulfil it by {} at the latest.",
            &[&what, &lang.date(request.fulfil_due)],
        ),
        Some(Outcome::Done) => lang.fill(
            "Yêu cầu “{}” của bạn đã được thực hiện.",
            "Your request “{}” has been fulfilled.",
            &[&what],
        ),
        Some(Outcome::Refused) => lang.fill(
            "Chúng tôi không thực hiện được yêu cầu “{}”. Lý do ở dưới; bạn có quyền khiếu nại tới cơ quan bảo vệ dữ liệu cá nhân.",
            "We cannot fulfil your request “{}”. The reason stands below; you may complain to the authority for the protection of personal data.",
            &[&what],
        ),
    };
    let mut text = Words::new(lang).greet(&person.name).piece(Piece::Para(told));
    if !words.is_empty() {
        text = text.piece(Piece::Quote(words.to_owned()));
    }
    let is_gone = request.kind == RequestKind::Erasure && outcome == Some(Outcome::Done);
    if !is_gone {
        text = text.button(
            "Xem yêu cầu của tôi",
            "See my requests",
            cx.url(lang, "settings/requests"),
        );
    }
    let text = text.footer(letters::answers_an_act(cx, lang));
    let subject = lang.t("Yêu cầu về dữ liệu của bạn", "Your request about your data");
    let state = outcome.map_or("answered", Outcome::code);
    let once = format!("{}:{}:{LETTER}:{state}", person.id, request.id);
    let letter = letters::letter(cx, &person, LETTER, once, subject, &text)?;
    mail::post(cx, tx, &letter).await?;
    Ok(())
}
