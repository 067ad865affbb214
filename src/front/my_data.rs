//! All that the service keeps about a person, gathered from the rooms, for them to take away as one file.

use actix_web::HttpResponse;
use actix_web::http::header;
use serde_json::json;

use crate::accounts::{self, Actor};
use crate::kit::Cx;
use crate::kit::web::Answer;
use crate::{listings, matching, orgs};

pub(super) async fn download(cx: Cx, me: Actor) -> Answer {
    let own = listings::of_person(&cx.db, me.id, &[]).await?;
    let kept = listings::saved::list(&cx, &me).await?;
    let asked = listings::searches::of_person(&cx.db, me.id).await?;
    let told = own.iter().map(|listing| {
        json!({
            "reference": listing.reference,
            "kind": listing.kind,
            "state": listing.state,
            "created": listing.created_at.iso(),
            "text": listing.best(),
        })
    });
    let all = json!({
        "exported": cx.now().iso(),
        "account": accounts::data_of(&cx, me.id).await?,
        "organisations": orgs::data_of(&cx, me.id).await?,
        "pairings": matching::data_of(&cx, &me).await?,
        "saved_listings": kept.iter().map(listings::Listing::reference).collect::<Vec<_>>(),
        "saved_searches": asked.iter().map(|search| json!({
            "query": search.query,
            "saved": search.created_at.iso(),
        })).collect::<Vec<_>>(),
        "listings": told.collect::<serde_json::Value>(),
    });
    Ok(HttpResponse::Ok()
        .content_type("application/json; charset=utf-8")
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"caunoi-my-data.json\"",
        ))
        .body(serde_json::to_string_pretty(&all)?))
}
