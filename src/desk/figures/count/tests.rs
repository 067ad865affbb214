use sqlx::types::Json;

use super::*;
use crate::desk::store::figures::{Asked, Tagged};
use crate::ids::PairingId;
use crate::kit::clock::DAY;
use crate::listings::{State, Tag, Weight};

fn monday() -> At {
    At::of_date(2026, 11, 16).unwrap()
}

fn week() -> Period {
    Period {
        from: monday(),
        until: monday().plus(7 * DAY),
    }
}

fn listed(kind: Kind, at: At, tags: &[(Scheme, &str)]) -> Listed {
    let tags = tags.iter().map(|(scheme, code)| Tag {
        scheme: *scheme,
        code: (*code).to_owned(),
        weight: Weight::Must,
    });
    Listed {
        id: ListingId::new(),
        kind,
        state: State::Published,
        published_at: at,
        content: Json(Tagged { tags: tags.collect() }),
    }
}

fn paired(need: &Listed, offer: &Listed, stage: &str, reason: Option<&str>) -> Paired {
    Paired {
        id: PairingId::new(),
        need_id: need.id,
        offer_id: offer.id,
        stage: stage.to_owned(),
        reason: reason.map(str::to_owned),
        created_at: monday(),
    }
}

fn moved(pair: &Paired, step: &str, to: &str, at: At) -> Moved {
    Moved {
        need_id: pair.need_id,
        offer_id: pair.offer_id,
        step: step.to_owned(),
        to_stage: to.to_owned(),
        reason: None,
        at,
    }
}

#[test]
fn everything_counts_in_its_own_week_and_sector() {
    let need = listed(
        Kind::Need,
        monday().plus(-DAY),
        &[(Scheme::Sector, "health"), (Scheme::Sector, "sport")],
    );
    let offer = listed(Kind::Offer, monday(), &[(Scheme::Sector, "health")]);
    let pair = paired(&need, &offer, "introduced", None);
    let moves = [
        moved(&pair, "approve", "proposed", monday().plus(DAY)),
        moved(&pair, "accept", "need_accepted", monday().plus(2 * DAY)),
        moved(&pair, "accept", "introduced", monday().plus(8 * DAY)),
    ];
    let all = [need, offer];
    let marks = marks(&all, &[pair], &moves, &[]);
    let here = total(&marks, week());
    assert_eq!(
        (here.needs, here.offers, here.raised, here.approved, here.accepted),
        (0, 1, 1, 1, 1)
    );
    assert_eq!(total(&marks, week().before()).needs, 1);

    let two_weeks = Period {
        from: monday(),
        until: monday().plus(14 * DAY),
    };
    let weeks = by_week(&marks, two_weeks);
    assert_eq!(weeks.len(), 2);
    assert_eq!((weeks[0].1.introduced, weeks[1].1.introduced), (0, 1));

    let sectors = by_sector(&marks, &all, two_weeks);
    let of = |code: &str| sectors.iter().find(|(sector, _)| *sector == code).unwrap().1;
    assert_eq!(
        (
            of("health").approved,
            of("sport").approved,
            of("culture").approved
        ),
        (1, 1, 0)
    );
    assert_eq!((of("health").offers, of("sport").offers), (1, 0));
}

#[test]
fn a_pair_of_a_sample_from_abroad_is_not_counted() {
    let need = listed(Kind::Need, monday(), &[]);
    let stranger = listed(Kind::Offer, monday(), &[]);
    let pair = paired(&need, &stranger, "suggested", None);
    let marks = marks(&[need], &[pair], &[], &[]);
    assert_eq!(total(&marks, week()).raised, 0);
}

#[test]
fn the_funnel_tells_how_far_and_why_not_further() {
    let need = listed(Kind::Need, monday(), &[]);
    let offer = listed(Kind::Offer, monday(), &[]);
    let done = paired(&need, &offer, "agreed", None);
    let refused = paired(&need, &offer, "declined", Some("budget"));
    let dropped = paired(&need, &offer, "dismissed", None);
    let steps = [
        (done.id, "proposed".to_owned()),
        (done.id, "need_accepted".to_owned()),
        (done.id, "introduced".to_owned()),
        (done.id, "agreed".to_owned()),
        (refused.id, "proposed".to_owned()),
        (refused.id, "declined".to_owned()),
        (dropped.id, "dismissed".to_owned()),
    ];
    let ladder = funnel(&[done, refused, dropped], &steps, &[need, offer]);
    let reached: Vec<i64> = ladder.iter().map(|rung| rung.reached).collect();
    assert_eq!(reached, [3, 2, 1, 1, 1, 1, 1, 0]);
    assert_eq!(ladder[0].reasons, [("dismissed".to_owned(), 1)]);
    assert_eq!(ladder[1].reasons, [("budget".to_owned(), 1)]);
    assert_eq!(ladder.iter().map(|rung| rung.left).sum::<i64>(), 2);
}

#[test]
fn the_balance_sets_needs_against_offers() {
    let tags = [(Scheme::Sector, "health"), (Scheme::Capability, "cv.ocr")];
    let all = [
        listed(Kind::Need, monday(), &tags),
        listed(Kind::Need, monday(), &tags),
        listed(Kind::Offer, monday(), &tags),
        listed(Kind::Offer, monday(), &[(Scheme::Capability, "cv.ocr")]),
    ];
    let rows = balance(&all);
    let cells = &rows.iter().find(|(code, _)| *code == "cv.ocr").unwrap().1;
    let of = |sector: &str| {
        let place = vocab::terms(Scheme::Sector)
            .iter()
            .position(|term| term.code == sector)
            .unwrap();
        cells[place]
    };
    assert_eq!(of("health"), Cell { needs: 2, offers: 1 });
    assert_eq!(of("other").balance(), -1);
    assert!(of("sport").is_empty());
}

#[test]
fn the_median_leaves_out_who_has_not_answered() {
    let need = listed(Kind::Need, monday(), &[]);
    let offer = listed(Kind::Offer, monday(), &[]);
    let asked = |days: Option<i64>| Asked {
        need_id: need.id,
        offer_id: offer.id,
        asked_at: monday(),
        answered_at: days.map(|days| monday().plus_days(days)),
    };
    let found = replies(
        &[asked(Some(1)), asked(Some(3)), asked(Some(30)), asked(None)],
        &[need.clone(), offer.clone()],
    );
    assert_eq!((found.asked, found.answered, found.median), (4, 3, Some(3 * DAY)));
    assert_eq!((found.days[1], found.days[3], found.days[10]), (1, 1, 1));
}
