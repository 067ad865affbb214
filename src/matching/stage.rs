//! The life of a pairing as one total table: `after(stage, step)` says where a step leads, or that it leads nowhere.
//! No clock, no database: what may happen can be read here from top to bottom.

use crate::kit::db::codes;
use crate::kit::fault::Said;
use crate::kit::lang::Lang;
use crate::listings::Kind;

codes! {
    pub enum Stage {
        /// A machine or a person put the two beside each other; nobody has been written to.
        Suggested = "suggested",
        /// A coordinator approved; both sides (or the one not yet heard) are asked.
        Proposed = "proposed",
        NeedAccepted = "need_accepted",
        OfferAccepted = "offer_accepted",
        /// Both said yes: contacts are open.
        Introduced = "introduced",
        Meeting = "meeting",
        Negotiating = "negotiating",
        Agreed = "agreed",
        Completed = "completed",
        Dismissed = "dismissed",
        Declined = "declined",
        Lapsed = "lapsed",
        Withdrawn = "withdrawn",
    }
}

codes! {
    /// The two sides of a pairing.
    pub enum Side { Need = "need", Offer = "offer" }
}

/// What can be done to a pairing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Approve,
    Dismiss,
    Accept(Side),
    Decline(Side),
    Lapse,
    Meet,
    Negotiate,
    Agree,
    Complete,
    Withdraw,
    Reopen,
}

/// Where `step` leads from `stage`; `None`: the pairing has moved on and the step no longer fits.
pub fn after(stage: Stage, step: Step) -> Option<Stage> {
    use Stage::{
        Agreed, Completed, Declined, Dismissed, Introduced, Lapsed, Meeting, NeedAccepted, Negotiating,
        OfferAccepted, Proposed, Suggested, Withdrawn,
    };
    match (stage, step) {
        (Suggested, Step::Approve) => Some(Proposed),
        (Suggested, Step::Dismiss) => Some(Dismissed),
        (Proposed, Step::Accept(Side::Need)) => Some(NeedAccepted),
        (Proposed, Step::Accept(Side::Offer)) => Some(OfferAccepted),
        (OfferAccepted, Step::Accept(Side::Need)) | (NeedAccepted, Step::Accept(Side::Offer)) => {
            Some(Introduced)
        }
        (Proposed | NeedAccepted | OfferAccepted, Step::Decline(_)) => Some(Declined),
        (Proposed | NeedAccepted | OfferAccepted, Step::Lapse) => Some(Lapsed),
        (Introduced, Step::Meet) => Some(Meeting),
        (Introduced | Meeting, Step::Negotiate) => Some(Negotiating),
        (Introduced | Meeting | Negotiating, Step::Agree) => Some(Agreed),
        (Introduced | Meeting | Negotiating | Agreed, Step::Complete) => Some(Completed),
        (from, Step::Withdraw) if !from.has_ended() => Some(Withdrawn),
        (Dismissed | Lapsed, Step::Reopen) => Some(Suggested),
        _ => None,
    }
}

impl Stage {
    /// Nothing more is expected of anybody.
    pub fn has_ended(self) -> bool {
        matches!(
            self,
            Stage::Completed | Stage::Dismissed | Stage::Declined | Stage::Lapsed | Stage::Withdrawn
        )
    }

    /// At least one side still has to say yes or no.
    pub fn awaits_answers(self) -> bool {
        matches!(self, Stage::Proposed | Stage::NeedAccepted | Stage::OfferAccepted)
    }

    /// Whether this side still has to answer.
    pub fn awaits(self, side: Side) -> bool {
        after(self, Step::Accept(side)).is_some()
    }

    /// Both accepted: the sides know each other and share a page, also after the pairing was completed.
    pub fn is_introduced(self) -> bool {
        matches!(
            self,
            Stage::Introduced | Stage::Meeting | Stage::Negotiating | Stage::Agreed | Stage::Completed
        )
    }

    /// Takes up a place of the provider's capacity.
    pub fn takes_capacity(self) -> bool {
        self.is_introduced() && !self.has_ended()
    }

    /// The stages a coordinator's board shows as lanes, in order.
    pub const LANES: [Stage; 9] = [
        Stage::Suggested,
        Stage::Proposed,
        Stage::NeedAccepted,
        Stage::OfferAccepted,
        Stage::Introduced,
        Stage::Meeting,
        Stage::Negotiating,
        Stage::Agreed,
        Stage::Completed,
    ];

    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Stage::Suggested => lang.t("Gợi ý, chờ duyệt", "Suggested, to be reviewed"),
            Stage::Proposed => lang.t("Đã gửi, chờ hai bên", "Sent, waiting for both"),
            Stage::NeedAccepted => lang.t("Bên cần đã đồng ý", "Need side accepted"),
            Stage::OfferAccepted => lang.t("Bên cung đã đồng ý", "Offer side accepted"),
            Stage::Introduced => lang.t("Đã giới thiệu", "Introduced"),
            Stage::Meeting => lang.t("Đã gặp", "Have met"),
            Stage::Negotiating => lang.t("Đang bàn điều khoản", "Negotiating"),
            Stage::Agreed => lang.t("Đã thỏa thuận", "Agreed"),
            Stage::Completed => lang.t("Đã hoàn thành", "Completed"),
            Stage::Dismissed => lang.t("Không chọn", "Dismissed"),
            Stage::Declined => lang.t("Bị từ chối", "Declined"),
            Stage::Lapsed => lang.t("Hết hạn trả lời", "No reply in time"),
            Stage::Withdrawn => lang.t("Đã rút", "Withdrawn"),
        }
    }
}

impl Side {
    pub fn other(self) -> Side {
        match self {
            Side::Need => Side::Offer,
            Side::Offer => Side::Need,
        }
    }

    /// The kind of listing that stands on this side.
    pub fn kind(self) -> Kind {
        match self {
            Side::Need => Kind::Need,
            Side::Offer => Kind::Offer,
        }
    }

    pub fn of(kind: Kind) -> Side {
        match kind {
            Kind::Need => Side::Need,
            Kind::Offer => Side::Offer,
        }
    }
}

impl Step {
    /// The word a move is recorded under.
    pub fn code(self) -> &'static str {
        match self {
            Step::Approve => "approve",
            Step::Dismiss => "dismiss",
            Step::Accept(_) => "accept",
            Step::Decline(_) => "decline",
            Step::Lapse => "lapse",
            Step::Meet => "meet",
            Step::Negotiate => "negotiate",
            Step::Agree => "agree",
            Step::Complete => "complete",
            Step::Withdraw => "withdraw",
            Step::Reopen => "reopen",
        }
    }

    /// The step that brings an introduced pairing to `stage`, as its shared page offers it.
    pub fn towards(stage: Stage) -> Option<Step> {
        match stage {
            Stage::Meeting => Some(Step::Meet),
            Stage::Negotiating => Some(Step::Negotiate),
            Stage::Agreed => Some(Step::Agree),
            Stage::Completed => Some(Step::Complete),
            _ => None,
        }
    }

    /// What was done, as a sentence of a timeline.
    pub fn told(code: &str) -> Said {
        let (vi, en) = match code {
            "approve" => (
                "Điều phối viên đã duyệt và gửi",
                "A coordinator approved and sent it",
            ),
            "dismiss" => ("Điều phối viên không chọn", "A coordinator dismissed it"),
            "accept" => ("Đồng ý", "Accepted"),
            "decline" => ("Từ chối", "Declined"),
            "lapse" => ("Hết hạn trả lời", "The time to reply ran out"),
            "meet" => ("Hai bên đã gặp", "The two sides met"),
            "negotiate" => ("Bắt đầu bàn điều khoản", "Negotiation began"),
            "agree" => ("Đã thỏa thuận", "An agreement was reached"),
            "complete" => ("Đã hoàn thành", "Completed"),
            "withdraw" => ("Đã rút", "Withdrawn"),
            "reopen" => ("Mở lại", "Reopened"),
            "interest" => ("Bày tỏ quan tâm", "Expressed interest"),
            "suggest" => ("Được đặt cạnh nhau", "Put beside each other"),
            _ => ("Thay đổi", "Changed"),
        };
        crate::kit::fault::said(vi, en)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STEPS: [Step; 13] = [
        Step::Approve,
        Step::Dismiss,
        Step::Accept(Side::Need),
        Step::Accept(Side::Offer),
        Step::Decline(Side::Need),
        Step::Decline(Side::Offer),
        Step::Lapse,
        Step::Meet,
        Step::Negotiate,
        Step::Agree,
        Step::Complete,
        Step::Withdraw,
        Step::Reopen,
    ];

    fn a_walk(steps: &[usize]) -> Vec<(Step, Stage)> {
        let mut stage = Stage::Suggested;
        let mut walk = Vec::new();
        for at in steps {
            let step = STEPS[at % STEPS.len()];
            if let Some(next) = after(stage, step) {
                stage = next;
                walk.push((step, stage));
            }
        }
        walk
    }

    #[test]
    fn both_must_accept_before_they_are_introduced() {
        let asked = after(Stage::Suggested, Step::Approve).unwrap();
        let first = after(asked, Step::Accept(Side::Offer)).unwrap();
        assert!(!first.is_introduced());
        assert_eq!(
            after(first, Step::Accept(Side::Offer)),
            None,
            "one side counts once"
        );
        assert_eq!(after(first, Step::Accept(Side::Need)), Some(Stage::Introduced));
    }

    #[test]
    fn what_ended_stays_ended_save_by_reopening() {
        for stage in Stage::ALL.iter().filter(|stage| stage.has_ended()) {
            for step in STEPS {
                let allowed = step == Step::Reopen && matches!(stage, Stage::Dismissed | Stage::Lapsed);
                assert_eq!(after(*stage, step).is_some(), allowed, "{stage} {step:?}");
            }
        }
    }

    #[test]
    fn what_has_not_ended_can_be_withdrawn() {
        for stage in Stage::ALL.iter().filter(|stage| !stage.has_ended()) {
            assert_eq!(after(*stage, Step::Withdraw), Some(Stage::Withdrawn));
        }
    }

    proptest! {
        #[test]
        fn no_walk_reaches_an_introduction_without_both_sides(steps in prop::collection::vec(0_usize..13, 0..40)) {
            let walk = a_walk(&steps);
            let introduced = walk.iter().position(|(_, stage)| stage.is_introduced());
            if let Some(at) = introduced {
                let since = walk[..at].iter().rposition(|(_, stage)| *stage == Stage::Suggested).map_or(0, |at| at + 1);
                let said_yes = |side| walk[since..=at].iter().any(|(step, _)| *step == Step::Accept(side));
                prop_assert!(said_yes(Side::Need) && said_yes(Side::Offer));
            }
        }

        #[test]
        fn an_introduced_pairing_never_goes_back(steps in prop::collection::vec(0_usize..13, 0..60)) {
            let mut introduced = false;
            let mut lane = 0;
            for (_, stage) in a_walk(&steps) {
                if introduced && stage != Stage::Withdrawn {
                    let next = Stage::LANES.iter().position(|lane| *lane == stage);
                    prop_assert!(next.is_some_and(|next| next > lane), "{stage}");
                    lane = next.unwrap_or(lane);
                }
                if stage == Stage::Introduced {
                    introduced = true;
                    lane = 4;
                }
            }
        }
    }
}
