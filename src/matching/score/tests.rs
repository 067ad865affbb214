use proptest::prelude::*;

use super::*;
use crate::kit::search::Weights;
use crate::matching::stage::Side;
use crate::matching::thresholds::Thresholds;
use crate::matching::why::{Evidence, Lack, Reason, Unknown};

fn tag(scheme: Scheme, code: &str, weight: Weight) -> Tag {
    Tag {
        scheme,
        code: code.to_owned(),
        weight,
    }
}

fn rice_need() -> Content {
    Content {
        trl: Some(5),
        budget: Some("500m_2b".to_owned()),
        data: Some("raw".to_owned()),
        tags: vec![
            tag(Scheme::Sector, "agriculture", Weight::Nice),
            tag(Scheme::Capability, "cv.class", Weight::Must),
        ],
        ..Content::default()
    }
}

fn leaf_offer() -> Content {
    Content {
        trl: Some(6),
        budget: Some("100m_500m".to_owned()),
        tags: vec![
            tag(Scheme::Sector, "agriculture", Weight::Nice),
            tag(Scheme::Capability, "cv.class", Weight::Nice),
        ],
        ..Content::default()
    }
}

fn party(content: &Content) -> Party<'_> {
    Party {
        content,
        org: None,
        org_place: None,
        verified: false,
        refreshed_at: None,
    }
}

fn heard(meaning: f64) -> Heard {
    Heard {
        words: Some(0.5),
        meaning: Some(meaning),
        across_languages: false,
    }
}

const NOW: At = At(1_800_000_000_000);

#[test]
fn a_true_answer_is_strong_and_a_stranger_is_not_suggested() {
    let (need, offer) = (rice_need(), leaf_offer());
    let good = fit(&party(&need), &party(&offer), heard(0.65), NOW);
    let worth = Weights::built_in().unwrap().calibration;
    assert_eq!(Strength::of(worth.share(good)), Strength::Strong, "{good}");
    let chatbot = Content {
        tags: vec![
            tag(Scheme::Sector, "tourism", Weight::Nice),
            tag(Scheme::Capability, "text.qa", Weight::Nice),
        ],
        ..Content::default()
    };
    let bad = fit(&party(&need), &party(&chatbot), heard(0.25), NOW);
    assert!(bad < Thresholds::default().floor(), "{bad}");
}

#[test]
fn the_same_organisation_is_never_matched_with_itself() {
    let (need, offer) = (rice_need(), leaf_offer());
    let org = Some(OrgId::new());
    let both = |content| Party {
        org,
        ..party(content)
    };
    assert_eq!(bar(&both(&need), &both(&offer), NOW), Some(Bar::SameOrganisation));
    assert_eq!(bar(&party(&need), &party(&offer), NOW), None);
}

#[test]
fn a_must_that_is_contradicted_bars_and_one_that_is_not_mentioned_is_named() {
    let need = rice_need();
    let mut offer = leaf_offer();
    offer.tags = vec![tag(Scheme::Capability, "text.qa", Weight::Nice)];
    assert_eq!(
        bar(&party(&need), &party(&offer), NOW),
        Some(Bar::MustContradicted)
    );
    offer.tags.clear();
    assert_eq!(bar(&party(&need), &party(&offer), NOW), None);
    let said = why(&party(&need), &party(&offer), &[], Evidence::default());
    assert!(matches!(&said.unmet[..], [Lack::Must { by: Side::Need, .. }]));
}

#[test]
fn what_is_excluded_and_what_is_past_bars() {
    let (mut need, offer) = (rice_need(), leaf_offer());
    need.tags.push(tag(Scheme::Sector, "agriculture", Weight::Not));
    assert_eq!(bar(&party(&need), &party(&offer), NOW), Some(Bar::Excluded));
    let mut late = rice_need();
    late.deadline = Some(NOW.plus_days(-2));
    assert_eq!(bar(&party(&late), &party(&offer), NOW), Some(Bar::TooLate));
}

#[test]
fn reasons_name_only_what_both_sides_have() {
    let (need, mut offer) = (rice_need(), leaf_offer());
    offer.tags.push(tag(Scheme::Capability, "mlops", Weight::Nice));
    let said = why(&party(&need), &party(&offer), &[], Evidence::default());
    assert!(said.for_need.contains(&Reason::Capability {
        codes: vec!["cv.class".to_owned()]
    }));
    assert!(said.for_need.contains(&Reason::Readiness {
        offered: 6,
        wanted: 5
    }));
    assert!(said.for_offer.contains(&Reason::Data {
        data: "raw".to_owned()
    }));
    assert!(said.for_offer.contains(&Reason::Budget {
        band: "500m_2b".to_owned()
    }));
}

#[test]
fn unknown_facts_are_said_to_be_unknown() {
    let said = why(
        &party(&Content::default()),
        &party(&Content::default()),
        &[],
        Evidence::default(),
    );
    assert!(said.unknown.contains(&Unknown::Budget) && said.unknown.contains(&Unknown::Price));
    assert!(said.for_need.is_empty() && said.for_offer.is_empty());
}

proptest! {
    #[test]
    fn nearer_meanings_never_lower_the_fit(near in -1.0_f64..1.0, far in -1.0_f64..1.0, words in 0.0_f64..1.0) {
        let (need, offer) = (rice_need(), leaf_offer());
        let of = |meaning| fit(&party(&need), &party(&offer), Heard { words: Some(words), meaning: Some(meaning), across_languages: false }, NOW);
        let (less, more) = if near < far { (near, far) } else { (far, near) };
        prop_assert!(of(less) <= of(more));
        prop_assert!((0.0..=1.0).contains(&of(less)));
    }
}
