//! What people's decisions say about how well two listings fit: the judgements the score learns from.
//!
//! | grade | what happened |
//! |---|---|
//! | 2 | a coordinator approved and a side said yes: introduced, or half way there |
//! | 1 | a coordinator approved; the sides were silent, or said no for reasons that say nothing about fit |
//! | 0 | a coordinator dismissed it, or a side declined it, as not fitting |
//! | none | undecided; dismissed for money, time, room, terms; taken back before anybody decided |
//!
//! What came after an introduction (a contract, or nothing) tells of two firms, not of two texts: it changes no grade.
//! A dismissal without a reason is one as not fitting; that is what coordinators most often mean by it. What was
//! decided before a pairing was reopened no longer counts.

mod set;
pub use set::{Heard, Set, Text, gather};

/// Grades as the judged sets have them: 2 just what is asked for, 1 helps, 0 does not.
pub type Grade = u8;

/// Of the reasons for a no, those that are about the two texts.
const OF_FIT: [&str; 3] = ["technical", "out_of_scope", "benefit_unclear"];

/// The grade of a pair by its steps in order, each as its word and its reason.
pub fn grade<'a>(steps: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> Option<Grade> {
    let (mut approved, mut accepted, mut unfit) = (false, false, false);
    for (step, reason) in steps {
        match step {
            "approve" => approved = true,
            "accept" => accepted = true,
            "dismiss" => unfit |= is_unfit(reason),
            "decline" => unfit |= reason.is_some() && is_unfit(reason),
            "reopen" => (approved, accepted, unfit) = (false, false, false),
            _ => {}
        }
    }
    match (approved, accepted, unfit) {
        (_, _, true) => Some(0),
        (true, true, _) => Some(2),
        (true, false, _) => Some(1),
        (false, _, _) => None,
    }
}

/// A coordinator's last word on a suggestion: right, wrong, or nothing that tells.
pub fn verdict(step: &str, reason: Option<&str>) -> Option<bool> {
    match step {
        "approve" => Some(true),
        "dismiss" if is_unfit(reason) => Some(false),
        _ => None,
    }
}

fn is_unfit(reason: Option<&str>) -> bool {
    reason.is_none_or(|reason| OF_FIT.contains(&reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Step = (&'static str, Option<&'static str>);

    const APPROVE: Step = ("approve", None);
    const YES: Step = ("accept", None);

    fn graded(steps: &[Step]) -> Option<Grade> {
        grade([&[("suggest", None)], steps].concat())
    }

    #[test]
    fn the_table_holds() {
        assert_eq!(graded(&[]), None);
        assert_eq!(graded(&[("withdraw", Some("listing_ended"))]), None);
        assert_eq!(graded(&[APPROVE]), Some(1));
        assert_eq!(graded(&[APPROVE, ("lapse", None)]), Some(1));
        assert_eq!(graded(&[APPROVE, YES]), Some(2));
        assert_eq!(
            graded(&[APPROVE, YES, YES, ("meet", None), ("withdraw", Some("side"))]),
            Some(2)
        );
        assert_eq!(graded(&[("dismiss", None)]), Some(0));
        assert_eq!(graded(&[("dismiss", Some("out_of_scope"))]), Some(0));
        assert_eq!(graded(&[("dismiss", Some("budget"))]), None);
        assert_eq!(graded(&[APPROVE, YES, ("decline", Some("technical"))]), Some(0));
        assert_eq!(graded(&[APPROVE, ("decline", Some("no_capacity"))]), Some(1));
    }

    #[test]
    fn reopening_begins_anew() {
        assert_eq!(graded(&[("dismiss", None), ("reopen", None)]), None);
        assert_eq!(graded(&[("dismiss", None), ("reopen", None), APPROVE]), Some(1));
    }

    #[test]
    fn every_reason_about_fit_is_one_that_people_can_choose() {
        use crate::vocab::{self, Scheme};
        let known = |code: &str| vocab::term(Scheme::Decline, code).is_some();
        assert!(OF_FIT.into_iter().all(known));
        assert_eq!(verdict("dismiss", Some("technical")), Some(false));
        assert_eq!(verdict("dismiss", Some("timing")), None);
        assert_eq!(verdict("accept", None), None);
    }
}
