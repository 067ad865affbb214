//! The API: public listings as JSON, the same search as the pages have, open to any origin; and what a program does
//! for a person who gave it a token. A listing that is not public is not there; an anonymous one comes without its
//! organisation.

use actix_web::{HttpResponse, http::header, web as routes};
use serde::Serialize;
use serde_json::{Value, json};

use crate::accounts::Reader;
use crate::ids::ListingId;
use crate::kit::Cx;
use crate::kit::clock::At;
use crate::kit::fault::Fault;
use crate::kit::lang::Lang;
use crate::kit::web::{Answer, Id, Params};
use crate::listings::question::{PER_PAGE, Question};
use crate::listings::{self, Content, Kind, Listing, Text, Visibility};
use crate::orgs::Org;
use crate::vocab::Scheme;

mod description;
mod posting;

pub fn configure(api: &mut routes::ServiceConfig) {
    api.route("/api/listings", routes::get().to(search))
        .route("/api/listings", routes::post().to(posting::post))
        .route("/api/listings/{id}", routes::get().to(one))
        .route("/api/mine", routes::get().to(posting::mine))
        .route("/api/openapi.json", routes::get().to(description));
}

async fn search(cx: Cx, params: Params) -> Answer {
    let question = Question::of(&params, None);
    let query = question.query(None, cx.now());
    let found = cx.search.aside(move |search| search.find(&query)).await?;
    let ids: Vec<ListingId> = found.hits.iter().map(|hit| ListingId(hit.id)).collect();
    let mut items = Vec::new();
    for listing in listings::many(&cx.db, &ids).await? {
        if let Some(item) = Item::of(&cx, &listing, false).await? {
            items.push(item);
        }
    }
    answer(&json!({
        "total": found.total,
        "page": question.page,
        "pages": found.total.div_ceil(PER_PAGE),
        "items": items,
    }))
}

async fn one(cx: Cx, Id(id): Id<ListingId>) -> Answer {
    let listing = listings::get(&cx.db, id).await?;
    let item = Item::of(&cx, &listing, true).await?.ok_or(Fault::Missing)?;
    answer(&item)
}

fn answer(body: &impl Serialize) -> Answer {
    Ok(HttpResponse::Ok()
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=60"))
        .json(body))
}

/// A public listing as programs read it: codes of the vocabularies, moments in UTC.
#[derive(Serialize)]
struct Item {
    id: ListingId,
    reference: String,
    kind: Kind,
    pages: Value,
    organisation: Option<Value>,
    sectors: Vec<String>,
    capabilities: Vec<String>,
    cooperation: Vec<String>,
    offer_kind: Option<String>,
    trl: Option<i64>,
    data: Option<String>,
    budget: Option<String>,
    place: Option<String>,
    deadline: Option<String>,
    published_at: Option<String>,
    refreshed_at: Option<String>,
    texts: Value,
}

impl Item {
    /// `None` for what a visitor may not read.
    async fn of(cx: &Cx, listing: &Listing, whole: bool) -> Result<Option<Item>, Fault> {
        let content = match listing.shown() {
            Some(content) if listing.visibility == Visibility::Public => content,
            _ => return Ok(None),
        };
        let org = listings::shown_org(cx, &Reader::Anyone, listing).await?;
        let codes = |scheme| content.codes(scheme).map(str::to_owned).collect();
        let moment = |at: Option<At>| at.map(At::iso);
        Ok(Some(Item {
            id: listing.id,
            reference: listing.reference().to_owned(),
            kind: listing.kind,
            pages: json!({ "vi": cx.url(Lang::Vi, &listing.path()), "en": cx.url(Lang::En, &listing.path()) }),
            organisation: org.as_ref().map(|org| organisation(cx, org)),
            sectors: codes(Scheme::Sector),
            capabilities: codes(Scheme::Capability),
            cooperation: codes(Scheme::Cooperation),
            offer_kind: content.offer_kind.clone(),
            trl: content.trl,
            data: content.data.clone(),
            budget: content.budget.clone(),
            place: content.place.clone(),
            deadline: moment(content.deadline),
            published_at: moment(listing.published_at),
            refreshed_at: moment(listing.refreshed_at),
            texts: texts(content, whole),
        }))
    }
}

fn organisation(cx: &Cx, org: &Org) -> Value {
    json!({
        "kind": org.kind,
        "name": { "vi": org.name_vi, "en": org.name_en },
        "place": org.place,
        "size": org.size,
        "verified": org.is_verified(),
        "page": cx.url(Lang::En, &format!("organisations/{}", org.slug)),
    })
}

/// By language; in a list only title and summary.
fn texts(content: &Content, whole: bool) -> Value {
    let one = |text: &Text| {
        if whole {
            json!(text)
        } else {
            json!({ "title": text.title, "summary": text.summary })
        }
    };
    json!({ "vi": content.vi.as_ref().map(one), "en": content.en.as_ref().map(one) })
}

/// What programs are told of all this.
async fn description(cx: Cx) -> Answer {
    answer(&description::openapi(&cx.config.public_url, &cx.config.programme))
}
