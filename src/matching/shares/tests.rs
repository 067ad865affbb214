use proptest::prelude::*;

use super::*;

fn provider(number: u64) -> Provider {
    Provider::Org(OrgId(uuid::Uuid::from_u64_pair(0, number)))
}

fn candidate(of: u64, fit: f64) -> Candidate {
    Candidate {
        provider: provider(of),
        fit,
    }
}

fn rooms(rooms: &[usize]) -> HashMap<Provider, usize> {
    (0..)
        .zip(rooms)
        .map(|(number, room)| (provider(number), *room))
        .collect()
}

/// The worth of an assignment, as `pick` states it: each need's fits from the best down, each counting half of the
/// one before, and nothing beyond `most`.
fn worth(needs: &[Vec<Candidate>], picks: &[Vec<usize>], most: usize) -> f64 {
    let of_need = |(all, picks): (&Vec<Candidate>, &Vec<usize>)| {
        let mut fits: Vec<f64> = picks.iter().map(|at| all[*at].fit).collect();
        fits.sort_by(|one, other| other.total_cmp(one));
        let worths = fits.iter().take(most).enumerate();
        worths
            .map(|(place, fit)| fit * worth_of_place(place))
            .sum::<f64>()
    };
    needs.iter().zip(picks).map(of_need).sum()
}

fn keeps_room(needs: &[Vec<Candidate>], picks: &[Vec<usize>], room: &HashMap<Provider, usize>) -> bool {
    let mut taken: HashMap<Provider, usize> = HashMap::new();
    for (all, picks) in needs.iter().zip(picks) {
        for at in picks {
            *taken.entry(all[*at].provider).or_default() += 1;
        }
    }
    taken
        .iter()
        .all(|(provider, taken)| *taken <= room.get(provider).copied().unwrap_or(0))
}

/// The best worth of all assignments, by trying every one.
fn best_worth(needs: &[Vec<Candidate>], most: usize, room: &HashMap<Provider, usize>) -> f64 {
    let pairs: Vec<(usize, usize)> = needs
        .iter()
        .enumerate()
        .flat_map(|(need, all)| (0..all.len()).map(move |at| (need, at)))
        .collect();
    let mut best: f64 = 0.0;
    for set in 0_u32..1 << pairs.len() {
        let mut picks = vec![Vec::new(); needs.len()];
        for (bit, (need, at)) in pairs.iter().enumerate() {
            if set >> bit & 1 == 1 {
                picks[*need].push(*at);
            }
        }
        if keeps_room(needs, &picks, room) {
            best = best.max(worth(needs, &picks, most));
        }
    }
    best
}

fn small_city(fits: std::ops::Range<f64>) -> impl Strategy<Value = (Vec<Vec<Candidate>>, usize, Vec<usize>)> {
    let candidate = (0_u64..3, fits).prop_map(|(of, fit)| candidate(of, fit));
    let need = prop::collection::vec(candidate, 0..=3);
    (
        prop::collection::vec(need, 1..=3),
        1_usize..=3,
        prop::collection::vec(0_usize..=2, 3),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_picked_is_worth_at_least_half_of_the_best((needs, most, room) in small_city(0.0..1.0)) {
        let room = rooms(&room);
        let picks = pick(&needs, most, &room);
        prop_assert!(keeps_room(&needs, &picks, &room));
        prop_assert!(picks.iter().all(|picks| picks.len() <= most));
        let (got, best) = (worth(&needs, &picks, most), best_worth(&needs, most, &room));
        prop_assert!(2.0 * got >= best - 1e-9, "{got} of {best}");
    }

    #[test]
    fn nobody_has_two_while_another_could_have_had_one((needs, most, room) in small_city(0.51..1.0)) {
        let room = rooms(&room);
        let picks = pick(&needs, most, &room);
        for (need, mine) in picks.iter().enumerate().filter(|(_, mine)| mine.is_empty()) {
            // Whom it wished for gave each place to a first pick of somebody else.
            for wish in &needs[need] {
                let firsts = picks.iter().enumerate().filter(|(other, picks)| {
                    picks.first().is_some_and(|at| needs[*other][*at].provider == wish.provider)
                });
                prop_assert_eq!(firsts.count(), room[&wish.provider], "{:?} {:?}", mine, picks);
            }
        }
    }
}

#[test]
fn the_neediest_goes_first_and_takes_its_best() {
    let needs = [
        vec![candidate(0, 0.9), candidate(1, 0.8)],
        vec![candidate(0, 0.7), candidate(1, 0.6)],
    ];
    let picks = pick(&needs, 2, &rooms(&[1, 1]));
    assert_eq!(
        picks,
        [vec![0], vec![1]],
        "the second need is not left with nothing"
    );
    assert_eq!(pick(&needs, 2, &rooms(&[2, 2])), [vec![0, 1], vec![0, 1]]);
}

#[test]
fn a_busy_provider_has_less_room_left() {
    let needs = vec![vec![candidate(0, 0.9), candidate(1, 0.8)]; 12];
    let loads = HashMap::from([(provider(0), 20)]);
    // 24 wanted and 20 open are 22 for each of two; nobody goes beyond 44.
    let room = super::room(&needs, 6, &loads);
    assert_eq!((room[&provider(0)], room[&provider(1)]), (24, 44));
    let few = super::room(&needs[..1], 6, &HashMap::from([(provider(0), 9)]));
    assert_eq!((few[&provider(0)], few[&provider(1)]), (3, 12));
}

#[test]
fn giving_way_grows_ever_more_slowly() {
    assert!(gives_way(0).abs() < 1e-9);
    assert!((gives_way(1) - 0.0693).abs() < 1e-3);
    assert!(gives_way(20) - gives_way(19) < 0.005);
}

#[test]
fn a_coordinator_is_told_only_where_the_order_changed() {
    let told = |by_fit, given| said(Lang::En, 12, by_fit, given);
    assert_eq!(
        (told(2, Some(2)), told(2, Some(1)), told(2, None)),
        (None, None, None)
    );
    assert!(
        told(1, Some(3)).is_some_and(|told| told.contains("(12)") && told.contains("place 3 instead of 1"))
    );
    assert!(told(9, Some(6)).is_some_and(|told| told.contains("place 9")));
}

#[test]
fn sharing_spreads_what_each_for_itself_would_heap() {
    // Twelve needs that all like one provider best, and eleven others nearly as well.
    let needs: Vec<Vec<Candidate>> = (0..12)
        .map(|_| {
            (0..12)
                .map(|of| candidate(of, if of == 0 { 0.80 } else { 0.75 }))
                .collect()
        })
        .collect();
    let rehearsed = rehearse(&needs, 2);
    assert_eq!((rehearsed.needs, rehearsed.providers), (12, 12));
    assert_eq!(rehearsed.alone.share_of_tenth(), Some(1.0));
    for shared in [rehearsed.day_by_day, rehearsed.in_turns] {
        assert_eq!(shared.suggestions, 24);
        assert!(
            shared.busiest <= 5 && shared.share_of_tenth() <= Some(0.5),
            "{shared:?}"
        );
        assert!(shared.fit >= 0.95 * rehearsed.alone.fit, "{shared:?}");
    }
}

#[test]
fn the_exposed_tenth_is_counted_with_and_without() {
    let placing = |of: u64, by_fit: i64, given: Option<i64>| Placing {
        provider: provider(of),
        fit: 0.6,
        by_fit,
        given,
    };
    // Three needs that would all have had the first provider; one of them has the second instead.
    let placings = [
        placing(0, 1, Some(1)),
        placing(0, 1, Some(1)),
        placing(0, 6, None),
        placing(1, 7, Some(6)),
    ];
    let exposure = exposure(&placings, 11);
    assert_eq!((exposure.providers, exposure.tenth), (11, 2));
    assert_eq!((exposure.without.suggestions, exposure.without.busiest), (3, 3));
    assert_eq!(
        (
            exposure.with.suggestions,
            exposure.with.busiest,
            exposure.with.named
        ),
        (3, 2, 2)
    );
    assert_eq!(exposure.with.share_of_tenth(), Some(1.0));
    assert!((exposure.with.fit - 1.8).abs() < 1e-9);
}
