//! The reading API: public listings as JSON, the same search as the pages have, open to any origin. A listing
//! that is not public is not there; an anonymous one comes without its organisation.

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
use crate::listings::question::{FACETS, PER_PAGE, Question, Sort};
use crate::listings::{self, Content, Kind, Listing, Text, Visibility};
use crate::orgs::Org;
use crate::vocab::Scheme;

pub fn configure(api: &mut routes::ServiceConfig) {
    api.route("/api/listings", routes::get().to(search))
        .route("/api/listings/{id}", routes::get().to(one))
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

// The description ------------------------------------------------------------------------------------------------

async fn description(cx: Cx) -> Answer {
    answer(&openapi(&cx.config.public_url, &cx.config.programme))
}

fn openapi(root: &str, programme: &str) -> Value {
    let text = |about: &str| json!({ "type": "string", "description": about });
    let parameter = |name: &str, schema: Value, about: &str| json!({ "name": name, "in": "query", "schema": schema, "description": about });
    let mut parameters = vec![
        parameter(
            "q",
            text("Words or a sentence, in Vietnamese or English, with or without diacritics."),
            "The question",
        ),
        parameter(
            "kind",
            json!({ "type": "string", "enum": [Kind::Need, Kind::Offer] }),
            "One kind only",
        ),
        parameter(
            "sort",
            json!({ "type": "string", "enum": Sort::ALL }),
            "The order",
        ),
        parameter(
            "page",
            json!({ "type": "integer", "minimum": 1 }),
            "The page, from 1",
        ),
    ];
    parameters.extend(FACETS.iter().map(|facet| {
        json!({
            "name": facet.name, "in": "query", "explode": true, "description": facet.label(Lang::En),
            "schema": { "type": "array", "items": { "type": "string" } },
        })
    }));
    let listing = json!({ "$ref": "#/components/schemas/Listing" });
    let page = json!({
        "type": "object",
        "properties": {
            "total": { "type": "integer" }, "page": { "type": "integer" }, "pages": { "type": "integer" },
            "items": { "type": "array", "items": listing },
        },
    });
    let found = |about: &str, schema: Value| json!({ "description": about, "content": { "application/json": { "schema": schema } } });
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": programme,
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Public needs and offers in artificial intelligence. Reading needs no key.",
        },
        "servers": [{ "url": root }],
        "paths": {
            "/api/listings": { "get": {
                "operationId": "searchListings", "summary": "Search public listings", "parameters": parameters,
                "responses": { "200": found("A page of listings", page) },
            } },
            "/api/listings/{id}": { "get": {
                "operationId": "getListing", "summary": "One public listing with its whole text",
                "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } }],
                "responses": { "200": found("The listing", listing), "404": { "description": "No such public listing" } },
            } },
        },
        "components": { "schemas": { "Listing": listing_schema() } },
    })
}

fn listing_schema() -> Value {
    let nullable = |of: &str| json!({ "type": [of, "null"] });
    let codes = json!({ "type": "array", "items": { "type": "string" } });
    let text = json!({ "type": ["object", "null"], "properties": {
        "title": { "type": "string" }, "summary": { "type": "string" }, "body": { "type": "string" },
    } });
    json!({ "type": "object", "properties": {
        "id": { "type": "string", "format": "uuid" },
        "reference": { "type": "string", "examples": ["NC-2026-0042"] },
        "kind": { "type": "string", "enum": [Kind::Need, Kind::Offer] },
        "pages": { "type": "object", "properties": { "vi": { "type": "string" }, "en": { "type": "string" } } },
        "organisation": { "type": ["object", "null"], "description": "null where it asked not to be named" },
        "sectors": codes, "capabilities": codes, "cooperation": codes,
        "offer_kind": nullable("string"), "trl": nullable("integer"), "data": nullable("string"),
        "budget": nullable("string"), "place": nullable("string"), "deadline": nullable("string"),
        "published_at": nullable("string"), "refreshed_at": nullable("string"),
        "texts": { "type": "object", "properties": { "vi": text, "en": text } },
    } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filter_of_the_pages_is_described() {
        let described = openapi("https://caunoi.example", "Cầu Nối");
        let parameters = &described["paths"]["/api/listings"]["get"]["parameters"];
        let names: Vec<&str> = parameters
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        assert_eq!(names.len(), 4 + FACETS.len());
        assert!(names.contains(&"capability"));
    }
}
