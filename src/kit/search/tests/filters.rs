//! Stories of people who narrow what they found.

use super::*;

#[test]
fn a_chosen_facet_still_shows_its_other_values() {
    let (_folder, search) = stall();
    let filters = vec![Filter::AnyOf("colour", vec!["blue".to_owned()])];
    let query = Query {
        filters,
        facets: vec!["colour"],
        limit: 10,
        ..Query::default()
    };
    let found = search.find(&query).unwrap();
    assert_eq!(numbers(&found), [3, 2], "the newest first");
    assert_eq!(found.total, 2);
    let counts: Vec<(&str, usize)> = found.facets[0]
        .1
        .iter()
        .map(|facet| (facet.code.as_str(), facet.count))
        .collect();
    assert_eq!(counts, [("blue", 2), ("green", 1), ("red", 1)]);
}

#[test]
fn filters_combine_and_sorting_follows_a_number() {
    let (_folder, search) = stall();
    let filters = vec![
        Filter::AtLeast("price", 10),
        Filter::Not(Box::new(Filter::Is("colour", "green".to_owned()))),
        Filter::Either(vec![
            Filter::AtMost("price", 15),
            Filter::Is("colour", "blue".to_owned()),
        ]),
    ];
    let query = Query {
        filters,
        sort: Sort::Number("price", Order::Asc),
        limit: 10,
        ..Query::default()
    };
    assert_eq!(numbers(&search.find(&query).unwrap()), [2, 3]);
}

#[test]
fn an_undeclared_name_is_refused() {
    let (_folder, search) = stall();
    let filters = vec![Filter::Is("weight", "heavy".to_owned())];
    assert!(
        search
            .find(&Query {
                filters,
                ..Query::default()
            })
            .is_err()
    );
}
