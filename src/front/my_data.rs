//! All that the service keeps about a person, gathered from the rooms, for them to take away: as one JSON file for a
//! machine, or as tables in an archive for a spreadsheet.

use actix_web::HttpResponse;
use actix_web::http::header;
use serde_json::{Map, Value};

use crate::accounts::{self, Actor};
use crate::kit::Cx;
use crate::kit::fault::Fault;
use crate::kit::table;
use crate::kit::web::Answer;
use crate::{listings, matching, orgs};

mod flat;

pub(super) async fn json(cx: Cx, me: Actor) -> Answer {
    let all = gather(&cx, &me).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/json; charset=utf-8")
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"caunoi-my-data.json\"",
        ))
        .body(serde_json::to_string_pretty(&all)?))
}

pub(super) async fn csv(cx: Cx, me: Actor) -> Answer {
    let tables = flat::tables(&gather(&cx, &me).await?);
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"caunoi-my-data.zip\"",
        ))
        .body(table::archive(&tables)?))
}

async fn gather(cx: &Cx, me: &Actor) -> Result<Value, Fault> {
    let mut all = Map::new();
    let mut put = |name: &str, value: Value| all.insert(name.to_owned(), value);
    put("exported", cx.now().iso().into());
    put("account", accounts::data_of(cx, me.id).await?);
    put("organisations", orgs::data_of(cx, me.id).await?);
    put("pairings", matching::data_of(cx, me).await?);
    for (name, value) in listings::data_of(cx, me.id).await? {
        put(name, value);
    }
    Ok(Value::Object(all))
}
