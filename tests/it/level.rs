//! The level of the matching: the sample city is matched by the very code that serves, and judged by
//! `tests/data/demo_judgements.tsv` (2: just what is asked for, 1: helps; what nobody judged counts as no help).

use std::collections::HashMap;
use std::path::Path;

use caunoi::demo;
use caunoi::ids::ListingId;
use caunoi::kit::lang::Lang;
use caunoi::listings::{self, Kind};
use caunoi::matching;
use caunoi::matching::score::Strength;
use caunoi::matching::shares::Carried;

use crate::world::story_on_sqlite;

/// A little below what was measured when they were set (.938, .943, .745, .926); whoever gains raises them.
const LEAST_FOUND: f64 = 0.90;
const LEAST_FIRST: f64 = 0.90;
const LEAST_AT_THREE: f64 = 0.71;
const LEAST_STRONG: f64 = 0.86;
/// Above its usual floor the sample city crowds nobody; so many suggestions a need above so low a floor do, a little.
const CROWDED: (usize, f64) = (3, 0.30);
/// There the most named tenth of providers may have this share of them (27 % by fit alone), and sharing may cost this
/// much of all fit (.1 %).
const MOST_OF_TENTH: f64 = 0.27;
const LEAST_OF_FIT: f64 = 0.99;

type Pair = (String, String);
/// The offers that a need was given, the best first, each with its fit.
type Given = HashMap<String, Vec<(String, f64)>>;

#[test]
fn the_sample_city_is_matched_as_well_as_it_was() {
    story_on_sqlite(|world| async move {
        if let Some(why) = &world.cx.search_all.health().words_only_reason {
            let set_up = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join(".cache/runtime")
                .exists();
            assert!(
                !set_up,
                "the machine was set up, and yet there is no model: {why}"
            );
            eprintln!(
                "\n*** NOT CHECKED: the level of the matching. This machine was never set up (make test does). ***\n"
            );
            return;
        }
        assert!(demo::load(&world.cx, || ()).await.unwrap());
        caunoi::flow::settle_without_letters(&world.cx).await.unwrap();

        let judged = judgements();
        let suggested = suggestions(&world.cx).await;
        keep_pairs(&judged, &suggested);
        let worth = world.cx.search_all.weights().calibration;
        let figures = Figures::of(&judged, &suggested, |fit| Strength::of(worth.share(fit)));
        println!("{figures:#.3?}");
        assert!(figures.found >= LEAST_FOUND, "{figures:?}");
        assert!(figures.first >= LEAST_FIRST, "{figures:?}");
        assert!(figures.at_three >= LEAST_AT_THREE, "{figures:?}");
        assert!(figures.strong >= LEAST_STRONG, "{figures:?}");
        assert!(
            figures.weak < figures.fair && figures.fair < figures.strong,
            "a stronger word must mean more: {figures:?}"
        );
        spread(&world.cx).await;
    });
}

/// Where there is a crowd, the city's providers share better day by day than each need for itself would have it, and it
/// costs little. In turns nobody comes near twice the even share here, so that changes nothing.
async fn spread(cx: &caunoi::kit::Cx) {
    let (most, floor) = CROWDED;
    let seen = matching::rehearse_shares(cx, most, Some(floor)).await.unwrap();
    println!("{seen:#.3?}");
    let share = |carried: Carried| carried.share_of_tenth().unwrap();
    for shared in [seen.day_by_day, seen.in_turns] {
        assert_eq!(
            shared.suggestions, seen.alone.suggestions,
            "shares take nothing away"
        );
        assert!(share(shared) <= share(seen.alone), "{seen:?}");
        assert!(shared.fit >= LEAST_OF_FIT * seen.alone.fit, "{seen:?}");
    }
    assert!(share(seen.day_by_day) <= MOST_OF_TENTH, "{seen:?}");
    assert!(seen.day_by_day.named > seen.alone.named, "{seen:?}");
}

#[derive(Debug)]
#[expect(dead_code, reason = "the counts are there to be printed")]
struct Figures {
    /// Of the pairs judged 2, the share that was suggested at all.
    found: f64,
    /// Of the needs with a judged offer, the share whose first suggestion is one.
    first: f64,
    /// Of the first three places that a judged offer could have taken, the share that one did.
    at_three: f64,
    /// Of the suggestions said to be strong, fair, worth a try: the share that was judged to help.
    strong: f64,
    fair: f64,
    weak: f64,
    suggestions: usize,
    strong_ones: usize,
    fair_ones: usize,
    weak_ones: usize,
}

impl Figures {
    fn of(judged: &HashMap<Pair, u8>, suggested: &Given, strength: impl Fn(f64) -> Strength) -> Figures {
        let helps = |need: &str, offer: &str| judged.contains_key(&(need.to_owned(), offer.to_owned()));
        let wanted: Vec<&Pair> = judged
            .iter()
            .filter(|(_, grade)| **grade == 2)
            .map(|(pair, _)| pair)
            .collect();
        let found = wanted.iter().filter(|(need, offer)| {
            suggested
                .get(need)
                .is_some_and(|all| all.iter().any(|(one, _)| one == offer))
        });
        let found = found.count();
        let mut good: HashMap<&str, usize> = HashMap::new();
        for (need, _) in judged.keys() {
            *good.entry(need.as_str()).or_default() += 1;
        }
        let (mut first, mut taken, mut places) = (0, 0, 0);
        for (need, count) in &good {
            let top: Vec<bool> = suggested.get(*need).map_or_else(Vec::new, |all| {
                all.iter().take(3).map(|(offer, _)| helps(need, offer)).collect()
            });
            first += usize::from(top.first() == Some(&true));
            taken += top.iter().filter(|good| **good).count();
            places += (*count).min(3);
        }
        let of_strength = |wanted: Strength| {
            let all: Vec<bool> = suggested
                .iter()
                .flat_map(|(need, all)| all.iter().map(move |one| (need, one)))
                .filter(|(_, (_, fit))| strength(*fit) == wanted)
                .map(|(need, (offer, _))| helps(need, offer))
                .collect();
            (
                share(all.iter().filter(|good| **good).count(), all.len()),
                all.len(),
            )
        };
        let [strong, fair, weak] = [Strength::Strong, Strength::Fair, Strength::Try].map(of_strength);
        Figures {
            found: share(found, wanted.len()),
            first: share(first, good.len()),
            at_three: share(taken, places),
            strong: strong.0,
            fair: fair.0,
            weak: weak.0,
            suggestions: suggested.values().map(Vec::len).sum(),
            strong_ones: strong.1,
            fair_ones: fair.1,
            weak_ones: weak.1,
        }
    }
}

/// Leaves the judged suggestions where `caunoi fit --pairs` can read them: the built-in calibration rests on them.
fn keep_pairs(judged: &HashMap<Pair, u8>, suggested: &Given) {
    let mut lines: Vec<String> = Vec::new();
    for (need, given) in suggested {
        for (offer, score) in given {
            let grade = judged.get(&(need.clone(), offer.clone())).unwrap_or(&0);
            let pair = serde_json::json!({ "need": need, "offer": offer, "score": score, "grade": grade });
            lines.push(pair.to_string());
        }
    }
    lines.sort();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo_pairs.jsonl");
    std::fs::write(path, lines.join("\n") + "\n").unwrap();
}

fn share(some: usize, all: usize) -> f64 {
    f64::from(u32::try_from(some).unwrap()) / f64::from(u32::try_from(all.max(1)).unwrap())
}

fn judgements() -> HashMap<Pair, u8> {
    let rows = include_str!("../data/demo_judgements.tsv").lines().skip(1);
    rows.map(|row| {
        let cells: Vec<&str> = row.split('\t').collect();
        (
            (cells[0].to_owned(), cells[1].to_owned()),
            cells[2].parse().unwrap(),
        )
    })
    .collect()
}

/// What every need of the city was given, the best first, by the names the judgements use.
async fn suggestions(cx: &caunoi::kit::Cx) -> Given {
    let keys = keys();
    let mut names: HashMap<ListingId, &String> = HashMap::new();
    let mut needs = Vec::new();
    for listing in listings::export::all(cx).await.unwrap() {
        let name = &keys[listing.best().title(Lang::Vi)];
        names.insert(listing.id, name);
        needs.extend((listing.kind == Kind::Need).then_some((listing.id, name)));
    }
    let mut all = HashMap::new();
    for (need, name) in needs {
        let found = matching::of_listing(&cx.db, need).await.unwrap();
        let given = found.iter().map(|one| (names[&one.offer_id].clone(), one.score));
        all.insert(name.clone(), given.collect());
    }
    all
}

/// The key of each listing of the sample, by its title.
fn keys() -> HashMap<String, String> {
    let files = [
        include_str!("../../src/demo/needs.json"),
        include_str!("../../src/demo/offers.json"),
    ];
    let mut keys = HashMap::new();
    for file in files {
        let posts: Vec<serde_json::Value> = serde_json::from_str(file).unwrap();
        for post in posts {
            let text = |lang: &str| post["texts"][lang]["title"].as_str();
            let title = text("vi").or(text("en")).unwrap().to_owned();
            let twin = keys.insert(title, post["key"].as_str().unwrap().to_owned());
            assert_eq!(twin, None, "two posts of one title");
        }
    }
    keys
}
