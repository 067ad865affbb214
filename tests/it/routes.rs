//! Every route of the house and who gets in: the one list that the crawls and the matrix of roles read.
//!
//! `no_route_without_a_rule` reads the registrations in `src/` and fails where a route stands in one of the two and
//! not in the other; `everyone_gets_in_where_the_table_says` (in `roles.rs`) asks each of them as each role.

use std::collections::BTreeSet;
use std::path::Path;

use crate::house::each_file;

/// What each role gets, then the method and the pattern. The columns, from the left: a visitor; a member of the
/// firm; a member of the institute on the other side; the owner of the firm; the owner of another firm; a
/// coordinator; an admin. `+` is let in (even to be told that a form lacks something, or that the thing has moved
/// on), `-` learns of nothing (404), `x` may not (403), `?` is asked to sign in.
pub type Row = (&'static str, &'static str);

/// At the root, in no language.
pub const BARE: &[Row] = &[
    ("+++++++", "GET /"),
    ("+++++++", "GET /api/listings"),
    ("+++++++", "GET /api/listings/{id}"),
    ("???????", "GET /api/mine"),
    ("+++++++", "GET /api/openapi.json"),
    ("+++++++", "GET /favicon.ico"),
    ("+++++++", "GET /healthz"),
    ("+++++++", "GET /manifest.webmanifest"),
    ("+++++++", "GET /metrics"),
    ("+++++++", "GET /readyz"),
    ("+++++++", "GET /robots.txt"),
    ("+++++++", "GET /sitemap.xml"),
    ("+++++++", "GET /static/{path:.*}"),
    ("-------", "GET /unsubscription/{token}/{kind}"),
    ("???????", "POST /api/listings"),
    ("-------", "POST /unsubscription/{token}/{kind}"),
];

/// Below the reader's language, `/vi` or `/en`.
pub const ROOMS: &[Row] = &[
    // Mailed links, here with a token that nobody was given.
    ("-------", "POST /administration/{token}"),
    ("-------", "GET /administration/{token}"),
    ("-------", "POST /confirmation/{token}"),
    ("-------", "GET /confirmation/{token}"),
    ("-------", "GET /invitations/{token}"),
    ("-------", "POST /invitations/{token}"),
    ("-------", "GET /listing-confirmations/{token}"),
    ("-------", "POST /listing-confirmations/{token}"),
    ("-------", "POST /listing-confirmations/{token}/objection"),
    ("-------", "POST /password/{token}"),
    ("-------", "GET /password/{token}"),
    ("-------", "GET /session/links/{token}"),
    ("-------", "POST /session/links/{token}"),
    ("-------", "GET /session/second-steps/{token}"),
    ("-------", "POST /session/second-steps/{token}"),
    // Open to whoever comes.
    ("+++++++", "GET "),
    ("+++++++", "GET /about"),
    ("+++++++", "GET /accessibility"),
    ("+++++++", "GET /account/new"),
    ("+++++++", "GET /confirmation/new"),
    ("+++++++", "GET /feed.xml"),
    ("+++++++", "GET /how"),
    ("+++++++", "GET /needs"),
    ("+++++++", "GET /offers"),
    ("+++++++", "GET /organisations"),
    ("+++++++", "GET /organisations/{slug}"),
    ("+++++++", "GET /password/new"),
    ("+++++++", "GET /privacy"),
    ("+++++++", "GET /search"),
    ("+++++++", "GET /session/codes/new"),
    ("+++++++", "GET /session/new"),
    ("?++++++", "GET /start"),
    ("+++++++", "GET /terms"),
    ("+++++++", "GET /{noun:needs|offers}/new"),
    ("+++++++", "GET /{noun:needs|offers}/{id}"),
    ("+++++++", "GET /{noun:needs|offers}/{id}/reports/new"),
    // What one has of one's own.
    ("?++++++", "GET /inbox"),
    ("?++++++", "GET /mine"),
    ("?++++++", "GET /organisations/new"),
    ("?++++++", "GET /saved"),
    ("?++++++", "GET /settings"),
    ("?++++++", "GET /settings/consents"),
    ("?++++++", "GET /settings/data"),
    ("?++++++", "GET /settings/data.zip"),
    ("?++++++", "GET /settings/deletion"),
    ("?++++++", "GET /settings/requests"),
    ("?++++++", "GET /settings/second-step"),
    ("?++++++", "GET /settings/tokens"),
    // Listings, as those who write them meet them.
    ("?++++++", "GET /needs/{id}/interest"),
    ("?++++++", "GET /offers/{id}/interest"),
    ("+++++++", "GET /{noun:needs|offers}/{id}/edit"),
    ("-+-+---", "GET /{noun:needs|offers}/{id}/edit/{step}"),
    // Organisations and pairings: their own people, and the desk.
    ("?xx+x++", "GET /organisations/{slug}/edit"),
    ("?+x+x++", "GET /organisations/{slug}/members"),
    ("?+++-++", "GET /pairings/{id}"),
    ("?+++---", "GET /pairings/{id}/answer"),
    ("?xxxx++", "GET /pairings/{id}/letter"),
    ("?+++-++", "GET /pairings/{id}/meeting.ics"),
    ("?+++-++", "GET /pairings/{id}/thread"),
    // The desk.
    ("?xxxx++", "GET /desk"),
    ("?xxxx++", "GET /desk/exports"),
    ("?xxxx++", "GET /desk/exports/{name}.csv"),
    ("?xxxx++", "GET /desk/figures"),
    ("?xxxx++", "GET /desk/figures/{name}.csv"),
    ("?xxxx++", "GET /desk/imports"),
    ("?xxxx++", "GET /desk/imports/template.csv"),
    ("?xxxx++", "GET /desk/imports/template.xlsx"),
    ("?xxxx+-", "GET /desk/imports/{id}"),
    ("?xxxx+-", "GET /desk/imports/{id}/errors.csv"),
    ("?xxxx++", "GET /desk/organisations"),
    ("?xxxx++", "GET /desk/outbox"),
    ("?xxxx++", "GET /desk/outbox/{id}"),
    ("?xxxx++", "GET /desk/pairings"),
    ("?xxxx++", "GET /desk/pairings/new"),
    ("?xxxx++", "GET /desk/reports"),
    ("?xxxx++", "GET /desk/requests"),
    ("?xxxx++", "GET /desk/reviews"),
    ("?xxxx++", "GET /desk/reviews/{id}"),
    ("?xxxx++", "GET /desk/suggestions"),
    ("?xxxx++", "GET /desk/{noun:needs|offers}/new"),
    // The administration.
    ("?xxxxx+", "GET /admin"),
    ("?xxxxx+", "GET /admin/audit"),
    ("?xxxxx+", "GET /admin/audit.csv"),
    ("?xxxxx+", "GET /admin/backups/{name}"),
    ("?xxxxx+", "GET /admin/letters"),
    ("?xxxxx+", "GET /admin/letters/{kind}"),
    ("?xxxxx+", "GET /admin/letters/{kind}/page"),
    ("?xxxxx+", "GET /admin/people"),
    ("?xxxxx+", "GET /admin/thresholds"),
    ("?xxxxx+", "GET /admin/vocabularies"),
    // Acts open to whoever comes.
    ("+++++++", "POST /account"),
    ("+++++++", "POST /confirmation"),
    ("+++++++", "POST /confirmation/letters"),
    ("+++++++", "POST /needs/similar"),
    ("+++++++", "POST /offers/similar"),
    ("+++++++", "POST /password/letters"),
    ("+++++++", "POST /session"),
    ("+++++++", "POST /session/codes"),
    ("+++++++", "POST /session/letters"),
    ("+++++++", "POST /{noun:needs|offers}"),
    ("+++++++", "POST /{noun:needs|offers}/{id}/reports"),
    // Acts on pairings.
    ("?+++---", "POST /pairings/{id}/acceptance"),
    ("?xxxx++", "POST /pairings/{id}/approval"),
    ("?xxxx++", "POST /pairings/{id}/dismissal"),
    ("?+++-++", "POST /pairings/{id}/ending"),
    ("?+++-++", "POST /pairings/{id}/messages"),
    ("?+++-++", "POST /pairings/{id}/outcomes"),
    ("?+++---", "POST /pairings/{id}/refusal"),
    ("?xxxx++", "POST /pairings/{id}/reopening"),
    ("?xxxx++", "POST /pairings/{id}/stage"),
    ("?+++-++", "POST /pairings/{id}/steps"),
    // Acts on listings.
    ("?++++++", "POST /{noun:needs|offers}/{id}/saved"),
    ("?++++++", "POST /needs/{id}/interest"),
    ("?++++++", "POST /offers/{id}/interest"),
    ("?+-+-++", "POST /{noun:needs|offers}/{id}/archive"),
    ("?+-+-++", "POST /{noun:needs|offers}/{id}/closure"),
    ("-+-+---", "POST /{noun:needs|offers}/{id}/discarding"),
    ("-+-+---", "POST /{noun:needs|offers}/{id}/draft/{step}"),
    ("-+-+---", "POST /{noun:needs|offers}/{id}/edit/{step}"),
    ("?xxxx++", "POST /{noun:needs|offers}/{id}/evidence"),
    ("?+-+-++", "POST /{noun:needs|offers}/{id}/interest-setting"),
    ("?+-+---", "POST /{noun:needs|offers}/{id}/ownership"),
    ("?+-+-++", "POST /{noun:needs|offers}/{id}/pause"),
    ("?+-+-++", "POST /{noun:needs|offers}/{id}/renewal"),
    ("?+-+-++", "POST /{noun:needs|offers}/{id}/resumption"),
    ("?+-+---", "POST /{noun:needs|offers}/{id}/submission"),
    ("-+-+---", "POST /{noun:needs|offers}/{id}/withdrawal"),
    // Acts on organisations.
    ("?++++++", "POST /organisations"),
    ("?xx+x++", "POST /organisations/{slug}/edit"),
    ("?xx+x++", "POST /organisations/{slug}/invitations"),
    ("?xx+x++", "POST /organisations/{slug}/members/{id}/approval"),
    ("?xx+x++", "POST /organisations/{slug}/members/{id}/removal"),
    ("?xx+x++", "POST /organisations/{slug}/members/{id}/role"),
    ("?++++++", "POST /organisations/{slug}/membership"),
    ("?xxxx++", "POST /organisations/{slug}/verification"),
    ("?xxxx++", "POST /organisations/{slug}/verification/withdrawal"),
    // Acts of the desk.
    ("?xxxx++", "POST /desk/blocks"),
    ("?xxxx++", "POST /desk/blocks/removal"),
    ("?xxxx++", "POST /desk/imports"),
    ("?xxxx+-", "POST /desk/imports/{id}/dismissal"),
    ("?xxxx+-", "POST /desk/imports/{id}/entry"),
    ("?xxxx++", "POST /desk/outbox/{id}/arrival"),
    ("?xxxx++", "POST /desk/outbox/{id}/cancellation"),
    ("?xxxx++", "POST /desk/outbox/{id}/sending"),
    ("?xxxx++", "POST /desk/pairings"),
    ("?xxxx++", "POST /desk/reports/{id}/resolution"),
    ("?xxxx++", "POST /desk/requests/{id}/answer"),
    ("?xxxx--", "POST /desk/requests/{id}/fulfilment"),
    ("?xxxx++", "POST /desk/requests/{id}/refusal"),
    ("?xxxx++", "POST /desk/reviews/{id}/escalation"),
    ("?xxxx++", "POST /desk/reviews/{id}/evidence"),
    ("?xxxx++", "POST /desk/reviews/{id}/publication"),
    ("?xxxx++", "POST /desk/reviews/{id}/return"),
    ("?xxxx++", "POST /desk/{noun:needs|offers}"),
    // Acts of the administration.
    ("?xxxxx+", "POST /admin/backups"),
    ("?xxxxx+", "POST /admin/backups/{name}/removal"),
    ("?xxxxx+", "POST /admin/jobs/{id}/attempt"),
    ("?xxxxx+", "POST /admin/letters/{kind}/test"),
    ("?xxxxx+", "POST /admin/people/{id}/closure"),
    ("?xxxxx+", "POST /admin/people/{id}/reopening"),
    ("?xxxxx+", "POST /admin/people/{id}/role"),
    ("?xxxxx+", "POST /admin/people/{id}/second-step/removal"),
    ("?xxxxx+", "POST /admin/people/{id}/sessions/end"),
    ("?xxxxx+", "POST /admin/thresholds"),
    // Acts on what is one's own; signing out comes last.
    ("?++++++", "POST /searches"),
    ("?--+---", "POST /searches/{id}/removal"),
    ("?++++++", "POST /settings/consents/{purpose}/withdrawal"),
    ("?++++++", "POST /settings/deletion"),
    ("?++++++", "POST /settings/letters"),
    ("?++++++", "POST /settings/password"),
    ("?++++++", "POST /settings/pause"),
    ("?++++++", "POST /settings/profile"),
    ("?++++++", "POST /settings/requests"),
    ("?++++++", "POST /settings/second-step"),
    ("?++++++", "POST /settings/second-step/confirmation"),
    // Where there is none yet, nothing is renewed or removed.
    ("?------", "POST /settings/second-step/codes"),
    ("?------", "POST /settings/second-step/removal"),
    ("?++++++", "POST /settings/sessions/others/end"),
    ("?++++++", "POST /settings/sessions/{id}/end"),
    ("?++++++", "POST /settings/tokens"),
    ("?++++++", "POST /settings/tokens/{id}/removal"),
    ("+++++++", "POST /session/end"),
];

pub fn method_and_path(route: &'static str) -> (&'static str, &'static str) {
    route.split_once(' ').expect("a method, then a path")
}

/// Every route by its whole pattern.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str, String)> {
    let bare = BARE.iter().map(|(may, route)| (*may, *route, ""));
    let rooms = ROOMS.iter().map(|(may, route)| (*may, *route, LANGUAGE));
    bare.chain(rooms).map(|(may, route, prefix)| {
        let (method, path) = method_and_path(route);
        (may, method, format!("{prefix}{path}"))
    })
}

/// How actix writes the scope below which the rooms mount their pages.
const LANGUAGE: &str = "/{lang:vi|en}";

/// A pattern with each of its `{pieces}` replaced.
pub fn fill(pattern: &str, piece: impl Fn(&str) -> String) -> String {
    let mut path = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').expect("a piece ends");
        path.push_str(before);
        path.push_str(&piece(name.split(':').next().unwrap_or(name)));
        rest = after;
    }
    path + rest
}

#[test]
fn no_route_without_a_rule() {
    let listed: BTreeSet<String> = BARE
        .iter()
        .chain(ROOMS)
        .map(|(_, route)| (*route).to_owned())
        .collect();
    assert_eq!(
        listed.len(),
        BARE.len() + ROOMS.len(),
        "a route stands here twice"
    );
    let mut registered = BTreeSet::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    each_file(&source, &mut |path, text| {
        registered
            .extend(registrations(text).map(|found| {
                found.unwrap_or_else(|what| panic!("{}: cannot read {what:?}", path.display()))
            }));
    });
    let without: Vec<_> = registered.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&registered).collect();
    assert!(
        without.is_empty() && gone.is_empty(),
        "routes without a rule: {without:#?}\nrules without a route: {gone:#?}"
    );
}

#[test]
fn a_route_would_be_seen_however_it_is_written() {
    let text = r#"routes.route("/desk", get().to(x)).route(
            "/a/{id}",
            web::post().to(y),
        ); odd.route(path, get().to(z)); routes.service(web::resource("/hidden"));"#;
    let found: Vec<_> = registrations(text).collect();
    assert_eq!(found[0].as_deref(), Ok("GET /desk"));
    assert_eq!(found[1].as_deref(), Ok("POST /a/{id}"));
    assert!(found[2].is_err() && found[3].is_err());
}

/// The routes a file registers; `Err` with the passage for a way to register that is not read here.
fn registrations(text: &str) -> impl Iterator<Item = Result<String, String>> {
    let passage = |rest: &str| rest.chars().take(60).collect::<String>();
    let plain = text.match_indices(".route(").map(move |(at, call)| {
        let rest = text[at + call.len()..].trim_start();
        let read = || {
            let (path, rest) = rest.strip_prefix('"')?.split_once('"')?;
            let (verb, _) = rest.strip_prefix(',')?.trim_start().split_once("()")?;
            let verb = verb.rsplit("::").next()?;
            let known = matches!(verb, "get" | "post" | "put" | "patch" | "delete");
            known.then(|| format!("{} {path}", verb.to_uppercase()))
        };
        read().ok_or_else(|| passage(rest))
    });
    let other = [
        "web::resource(",
        "routes::resource(",
        "#[get(",
        "#[post(",
        "#[put(",
        "#[delete(",
    ]
    .into_iter()
    .flat_map(move |way| text.match_indices(way))
    .map(move |(at, _)| Err(passage(&text[at..])));
    plain.chain(other)
}
