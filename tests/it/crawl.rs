//! A reader who follows every link, and opens every route there is, and keeps what they saw.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::routes;
use crate::world::{Browser, Seen};

/// Filters can be laid over one another without end; each by itself shows what it does.
const MOST_FIELDS: usize = 1;
/// A crawl that comes to this many pages has lost its way.
const MOST_PAGES: usize = 3_000;

/// What was seen, by address.
pub type Sights = BTreeMap<String, String>;

/// Follows every link from these addresses on.
pub async fn crawl(reader: &Browser, from: impl IntoIterator<Item = String>) -> Sights {
    let mut known: BTreeSet<String> = from.into_iter().collect();
    let mut waiting: VecDeque<String> = known.iter().cloned().collect();
    let mut sights = Sights::new();
    while let Some(path) = waiting.pop_front() {
        let seen = reader.get(&path).await;
        for link in links(&seen) {
            if known.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
        sights.insert(path, told(&seen));
        assert!(sights.len() < MOST_PAGES, "no end of pages");
    }
    sights
}

/// Every address that the routes themselves give, in both languages, with each of these ids in the place of an id
/// and each of these slugs in that of a slug.
pub fn every_address(ids: &[String], slugs: &[String]) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (_, method, pattern) in routes::all() {
        // Counts of requests say nothing of listings, and each request changes them.
        if method != "GET" || pattern == "/metrics" {
            continue;
        }
        for lang in ["vi", "en"] {
            for noun in ["needs", "offers"] {
                for at in 0..ids.len().max(slugs.len()) {
                    paths.insert(routes::fill(&pattern, |piece| match piece {
                        "lang" => lang.to_owned(),
                        "noun" => noun.to_owned(),
                        "id" => ids[at % ids.len()].clone(),
                        "slug" => slugs[at % slugs.len()].clone(),
                        "step" => "check".to_owned(),
                        "kind" => "match".to_owned(),
                        "name" => "listings".to_owned(),
                        _ => "nothing".to_owned(),
                    }));
                }
            }
        }
    }
    paths
}

/// All that an answer tells, save the number of the request.
pub fn told(seen: &Seen) -> String {
    let number = seen.header("x-request-id").unwrap_or("none").to_owned();
    let mut headers: Vec<String> = seen
        .headers
        .iter()
        .filter(|(name, _)| name != "x-request-id")
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    headers.sort();
    let body = seen.body.replace(&number, "NUMBER");
    format!("{}\n{}\n\n{body}", seen.status, headers.join("\n"))
}

fn links(seen: &Seen) -> impl Iterator<Item = String> {
    seen.body
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|link| link.replace("&amp;", "&").replace("&#38;", "&"))
        .map(|link| link.split('#').next().unwrap_or_default().to_owned())
        // The English twin of a page holds the same; the routes are opened in both languages.
        .filter(|link| link.starts_with('/') && !link.starts_with("/static") && !link.starts_with("/en"))
        .filter(|link| link.matches('=').count() <= MOST_FIELDS && link.len() < 400)
        .chain(seen.location.iter().filter(|to| to.starts_with('/')).cloned())
        .collect::<BTreeSet<String>>()
        .into_iter()
}
