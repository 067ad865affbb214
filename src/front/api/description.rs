//! The API in its own words: an OpenAPI 3.1 document.

use serde_json::{Map, Value, json};

use super::posting;
use crate::kit::lang::Lang;
use crate::listings::question::{FACETS, Sort};
use crate::listings::{Kind, State, fields};

pub(super) fn openapi(root: &str, programme: &str) -> Value {
    let listing = json!({ "$ref": "#/components/schemas/Listing" });
    let page = object(&[
        ("total", json!({ "type": "integer" })),
        ("page", json!({ "type": "integer" })),
        ("pages", json!({ "type": "integer" })),
        ("items", json!({ "type": "array", "items": listing })),
    ]);
    let own = object(&[(
        "items",
        json!({ "type": "array", "items": { "$ref": "#/components/schemas/Own" } }),
    )]);
    let token = json!([{ "token": [] }]);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": programme,
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Public needs and offers in artificial intelligence. Reading them needs no key; one's own \
                            listings need a token, made in the settings.",
        },
        "servers": [{ "url": root }],
        "paths": {
            "/api/listings": {
                "get": {
                    "operationId": "searchListings", "summary": "Search public listings",
                    "parameters": questions(),
                    "responses": { "200": answer("A page of listings", &page), "default": problem() },
                },
                "post": {
                    "operationId": "postListing", "security": token,
                    "summary": "Post a listing: a draft, or handed in for review where nothing is missing and submit is true",
                    "requestBody": { "required": true, "content": { "application/json": {
                        "schema": { "$ref": "#/components/schemas/NewListing" },
                    } } },
                    "responses": {
                        "201": answer("The listing as it now stands, and what it lacks", &json!({ "$ref": "#/components/schemas/Posted" })),
                        "401": problem(), "403": problem(), "422": problem(), "default": problem(),
                    },
                },
            },
            "/api/listings/{id}": { "get": {
                "operationId": "getListing", "summary": "One public listing with its whole text",
                "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } }],
                "responses": { "200": answer("The listing", &listing), "404": problem(), "default": problem() },
            } },
            "/api/mine": { "get": {
                "operationId": "myListings", "summary": "The listings of the token's owner and their organisations",
                "security": token,
                "responses": { "200": answer("All of them, whatever their state", &own), "401": problem(), "default": problem() },
            } },
        },
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": {
                "Listing": listing_schema(),
                "Own": object(&own_properties()),
                "Posted": posted_schema(),
                "NewListing": new_listing_schema(),
                "Problem": problem_schema(),
            },
        },
    })
}

fn questions() -> Vec<Value> {
    let parameter = |name: &str, schema: Value, about: &str| json!({ "name": name, "in": "query", "schema": schema, "description": about });
    let words = "Words or a sentence, in Vietnamese or English, with or without diacritics.";
    let mut parameters = vec![
        parameter("q", json!({ "type": "string" }), words),
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
    parameters
}

fn answer(about: &str, schema: &Value) -> Value {
    json!({ "description": about, "content": { "application/json": { "schema": schema } } })
}

fn problem() -> Value {
    json!({
        "description": "Why not (RFC 9457)",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    })
}

/// An object that always has all of these.
fn object(properties: &[(&str, Value)]) -> Value {
    let names: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let described: Map<String, Value> = properties
        .iter()
        .map(|(name, schema)| ((*name).to_owned(), schema.clone()))
        .collect();
    json!({ "type": "object", "required": names, "properties": described })
}

fn nullable(of: &str) -> Value {
    json!({ "type": [of, "null"] })
}

fn pages() -> Value {
    object(&[
        ("vi", json!({ "type": "string" })),
        ("en", json!({ "type": "string" })),
    ])
}

fn listing_schema() -> Value {
    let codes = json!({ "type": "array", "items": { "type": "string" } });
    let text = json!({ "type": ["object", "null"], "properties": {
        "title": { "type": "string" }, "summary": { "type": "string" }, "body": { "type": "string" },
    } });
    object(&[
        ("id", json!({ "type": "string", "format": "uuid" })),
        (
            "reference",
            json!({ "type": "string", "examples": ["NC-2026-0042"] }),
        ),
        (
            "kind",
            json!({ "type": "string", "enum": [Kind::Need, Kind::Offer] }),
        ),
        ("pages", pages()),
        (
            "organisation",
            json!({ "type": ["object", "null"], "description": "null where it asked not to be named" }),
        ),
        ("sectors", codes.clone()),
        ("capabilities", codes.clone()),
        ("cooperation", codes),
        ("offer_kind", nullable("string")),
        ("trl", nullable("integer")),
        ("data", nullable("string")),
        ("budget", nullable("string")),
        ("place", nullable("string")),
        ("deadline", nullable("string")),
        ("published_at", nullable("string")),
        ("refreshed_at", nullable("string")),
        ("texts", object(&[("vi", text.clone()), ("en", text)])),
    ])
}

fn own_properties() -> Vec<(&'static str, Value)> {
    vec![
        ("id", json!({ "type": "string", "format": "uuid" })),
        ("reference", nullable("string")),
        (
            "kind",
            json!({ "type": "string", "enum": [Kind::Need, Kind::Offer] }),
        ),
        ("state", json!({ "type": "string", "enum": State::ALL })),
        ("title", json!({ "type": "string" })),
        ("pages", pages()),
    ]
}

fn posted_schema() -> Value {
    let mut properties = own_properties();
    properties.push(("missing", json!({ "type": "array", "items": flaw() })));
    object(&properties)
}

fn flaw() -> Value {
    object(&[
        ("field", json!({ "type": "string" })),
        ("detail", json!({ "type": "string" })),
    ])
}

fn new_listing_schema() -> Value {
    let mut properties = Map::new();
    properties.insert(
        "kind".to_owned(),
        json!({ "type": "string", "enum": [Kind::Need, Kind::Offer] }),
    );
    properties.insert(
        "submit".to_owned(),
        json!({ "type": "boolean", "description": "Hand it in if nothing is missing" }),
    );
    for field in fields::all(Kind::Need).chain(fields::all(Kind::Offer)) {
        let about = format!(
            "{} (the second language: {})",
            field.heading(&Lang::En),
            field.twin
        );
        for name in [field.name, field.twin] {
            let schema = json!({ "type": "string", "maxLength": field.most, "description": about });
            properties.insert(name.to_owned(), schema);
        }
    }
    for name in posting::CODES {
        let one = json!({ "type": ["string", "integer", "boolean", "null"] });
        let several =
            json!({ "type": "array", "maxItems": posting::MOST_VALUES, "items": { "type": "string" } });
        properties.insert(name.to_owned(), json!({ "anyOf": [one, several] }));
    }
    json!({
        "type": "object", "required": ["kind", "title"], "properties": properties, "additionalProperties": false,
    })
}

fn problem_schema() -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": { "type": "string" }, "title": { "type": "string" }, "status": { "type": "integer" },
            "detail": { "type": "string" }, "instance": { "type": "string" },
            "errors": { "type": "array", "items": flaw() },
        },
    })
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
