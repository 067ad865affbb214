//! What a program does for its person: reads their listings, posts one. The fields are those of the pages' forms, read
//! by the same rules; what is missing keeps a listing a draft and is told, field by field.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web as routes};
use serde_json::{Value, json};

use crate::accounts::{self, Actor, Scope};
use crate::ids::ListingId;
use crate::kit::Cx;
use crate::kit::fault::{Fault, Flaw};
use crate::kit::lang::Lang;
use crate::kit::web::{Answer, Form};
use crate::listings::steps::{self, Step};
use crate::listings::writer::Writer;
use crate::listings::{self, Kind, Listing, State, drafts, fields};
use crate::orgs;

const MOST_BYTES: usize = 128 * 1024;
pub(super) const MOST_VALUES: usize = 60;
const LEAST_LETTERS: usize = 8;
/// A program in a loop fills no shelves.
const MOST_DRAFTS: usize = 100;

/// Fields that hold one value or several codes, beside the texts of [`fields::all`] and their twins.
pub(super) const CODES: [&str; 17] = [
    "sector",
    "capability",
    "cooperation",
    "industry",
    "sdg",
    "must",
    "not",
    "data",
    "personal_data",
    "decision_at",
    "deadline",
    "trl",
    "budget",
    "place",
    "offer_kind",
    "capacity",
    "written",
];

/// The owner's listings, whatever their state.
pub(super) async fn mine(cx: Cx, request: HttpRequest) -> Answer {
    let me = accounts::bearer(&cx, &request, Scope::Read).await?;
    let items: Vec<Value> = listings_of(&cx, &me)
        .await?
        .iter()
        .map(|listing| told(&cx, listing))
        .collect();
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

async fn listings_of(cx: &Cx, me: &Actor) -> Result<Vec<Listing>, Fault> {
    let memberships = orgs::of_person(&cx.db, me.id).await?;
    let orgs: Vec<_> = memberships.iter().map(|membership| membership.org.id).collect();
    listings::of_person(&cx.db, me.id, &orgs).await
}

pub(super) async fn post(
    cx: Cx,
    request: HttpRequest,
    lang: Lang,
    body: Result<routes::Bytes, actix_web::Error>,
) -> Answer {
    let Ok(body) = body else {
        return Err(Fault::TooLarge);
    };
    match posted(&cx, &request, lang, &body).await {
        Err(Fault::Invalid(flaws)) => Ok(problem(lang, &flaws)),
        answer => answer,
    }
}

async fn posted(cx: &Cx, request: &HttpRequest, lang: Lang, body: &[u8]) -> Answer {
    let me = accounts::bearer(cx, request, Scope::Write).await?;
    if body.len() > MOST_BYTES {
        return Err(Fault::TooLarge);
    }
    let mut form = form_of(body)?;
    let kind = Kind::from_code(form.value("kind"))
        .ok_or_else(|| Fault::flaw("kind", "Phải là need hoặc offer.", "It must be need or offer."))?;
    let mut content = listings::Content::default();
    for step in [Step::Story, Step::Fit, Step::Details] {
        steps::read(step, kind, &mut form, &mut content, lang);
    }
    let title = form.text("title").unwrap_or_default();
    if form.is_sound() && title.chars().count() < LEAST_LETTERS {
        form.flaw(
            "title",
            "Hãy viết ít nhất vài chữ về điều bạn muốn.",
            "Please write at least a few words about what you want.",
        );
    }
    let mine = listings_of(cx, &me).await?;
    if mine
        .iter()
        .filter(|listing| listing.owner_id == Some(me.id) && listing.state == State::Draft)
        .count()
        >= MOST_DRAFTS
    {
        form.flaw(
            "body",
            format!("Đã có {MOST_DRAFTS} bản nháp. Hãy gửi hoặc bỏ bớt."),
            format!("There are {MOST_DRAFTS} drafts. Hand some in, or discard them."),
        );
    }
    form.sound()?;

    let writer = Writer::of(&me);
    let (id, _) = drafts::start(cx, &writer, kind, &title).await?;
    let begun = listings::get(&cx.db, id).await?;
    let version = drafts::save(cx, &writer, id, begun.version, &content).await?;
    if form.ticked("submit") {
        match drafts::submit(cx, &me, &writer, id, version).await {
            // What is missing is told below; the draft stays.
            Ok(()) | Err(Fault::Invalid(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    let listing = listings::get(&cx.db, id).await?;
    let missing: Vec<Value> = drafts::unfinished(&listing)
        .iter()
        .map(|(_, flaw)| told_flaw(lang, flaw))
        .collect();
    let mut answer = told(cx, &listing);
    answer["missing"] = Value::Array(missing);
    Ok(HttpResponse::Created()
        .insert_header(("location", edit_page(cx, id, kind, lang)))
        .json(answer))
}

/// The body as the form a page would have sent. Unknown names are flaws: a program that mistypes one should learn it.
fn form_of(body: &[u8]) -> Result<Form, Fault> {
    let unreadable = || Fault::flaw("body", "Cần một đối tượng JSON.", "A JSON object is wanted.");
    let Ok(Value::Object(sent)) = serde_json::from_slice(body) else {
        return Err(unreadable());
    };
    let mut form = Form::default();
    for (name, value) in &sent {
        let is_text = |kind| fields::all(kind).any(|field| field.name == name || field.twin == name);
        let is_known = matches!(name.as_str(), "kind" | "submit")
            || CODES.contains(&name.as_str())
            || is_text(Kind::Need)
            || is_text(Kind::Offer);
        if !is_known {
            return Err(Fault::flaw(
                "body",
                format!("Không có trường nào tên {name:?}."),
                format!("There is no field called {name:?}."),
            ));
        }
        let values = match value {
            Value::Array(values) if values.len() <= MOST_VALUES => values.as_slice(),
            Value::Array(_) => return Err(Fault::TooLarge),
            single => std::slice::from_ref(single),
        };
        for value in values {
            match value {
                Value::Null | Value::Bool(false) => {}
                Value::Bool(true) => form.add(name, "yes"),
                Value::Number(number) => form.add(name, number.to_string()),
                Value::String(text) => form.add(name, text.clone()),
                Value::Array(_) | Value::Object(_) => return Err(unreadable()),
            }
        }
    }
    Ok(form)
}

fn told(cx: &Cx, listing: &Listing) -> Value {
    let text = [Lang::Vi, Lang::En].map(|lang| listing.best().in_lang(lang));
    let title = text.iter().flatten().map(|text| text.title.clone()).next();
    json!({
        "id": listing.id,
        "reference": listing.reference,
        "kind": listing.kind,
        "state": listing.state,
        "title": title.unwrap_or_default(),
        "pages": {
            "vi": cx.url(Lang::Vi, &listing.path()),
            "en": cx.url(Lang::En, &listing.path()),
        },
    })
}

fn edit_page(cx: &Cx, id: ListingId, kind: Kind, lang: Lang) -> String {
    cx.url(lang, &format!("{}/{id}/edit/{}", kind.path(), Step::Check))
}

/// RFC 9457, with each fault at its field.
fn problem(lang: Lang, flaws: &[Flaw]) -> HttpResponse {
    let errors: Vec<Value> = flaws.iter().map(|flaw| told_flaw(lang, flaw)).collect();
    HttpResponse::build(StatusCode::UNPROCESSABLE_ENTITY)
        .content_type("application/problem+json")
        .json(json!({
            "type": "about:blank",
            "title": lang.t("Chưa hợp lệ", "Not quite right"),
            "status": 422,
            "errors": errors,
        }))
}

fn told_flaw(lang: Lang, flaw: &Flaw) -> Value {
    json!({ "field": flaw.field, "detail": lang.say(&flaw.said) })
}
