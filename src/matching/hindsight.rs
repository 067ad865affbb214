//! What the last weeks would have been with other thresholds, counted from what really happened. A lower floor
//! cannot be counted: what lay below was never kept.

use super::store::thresholds::{self as store, Asked};
use super::thresholds::{Threshold, Thresholds};
use crate::ids::PersonId;
use crate::kit::Cx;
use crate::kit::clock::{At, DAY};
use crate::kit::fault::Fault;

/// The stretch that is looked back on.
pub const DAYS: i64 = 30;

/// Counts for one set of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hindsight {
    /// Pairs the service would have suggested, of those it did.
    pub suggested: i64,
    /// Invitations and reminders about them.
    pub letters: i64,
    /// Answers that would have come in time, of all that came.
    pub in_time: i64,
    pub answers: i64,
    /// Pairs whose silent side would have been reminded.
    pub reminded: i64,
    /// Bundles that would have waited for another day.
    pub held_back: i64,
}

/// What happened, read once for any number of wishes.
pub struct Past {
    now: At,
    suggested: Vec<(f64, i64)>,
    asked: Vec<Asked>,
    answers: Vec<(At, At)>,
    suggesting: Vec<(PersonId, At, bool)>,
}

pub async fn past(cx: &Cx) -> Result<Past, Fault> {
    let now = cx.now();
    let since = now.plus_days(-DAYS);
    Ok(Past {
        now,
        suggested: store::suggested(&cx.db, since).await?,
        // A reminder of last month may belong to a letter sent as long before as it takes to remind.
        asked: store::asked(&cx.db, since.plus_days(-Threshold::NudgeDays.bounds().1)).await?,
        answers: store::answers(&cx.db, since).await?,
        suggesting: store::suggesting(&cx.db, since.plus(-DAY))
            .await?
            .into_iter()
            .map(|(person, at, kind)| (person, at, kind == super::letters::BUNDLE))
            .collect(),
    })
}

impl Past {
    pub fn with(&self, wished: &Thresholds) -> Hindsight {
        let above = |score: &f64| *score >= wished.floor();
        let reply = wished.get(Threshold::ReplyDays) * DAY;
        Hindsight {
            suggested: count(self.suggested.iter().filter(|(score, _)| above(score))),
            letters: self
                .suggested
                .iter()
                .filter(|(score, _)| above(score))
                .map(|(_, letters)| letters)
                .sum(),
            in_time: count(
                self.answers
                    .iter()
                    .filter(|(asked, answered)| *answered <= asked.plus(reply)),
            ),
            answers: count(self.answers.iter()),
            reminded: count(self.asked.iter().filter(|asked| self.reminds(asked, wished))),
            held_back: self.held_back(wished.get(Threshold::LettersADay)),
        }
    }

    /// The day of the reminder lay in the stretch, and the pair was still waiting.
    fn reminds(&self, asked: &Asked, wished: &Thresholds) -> bool {
        let day = asked.asked_at.plus_days(wished.get(Threshold::NudgeDays));
        let still_waits = asked.settled_at.is_none_or(|settled| settled > day);
        day >= self.now.plus_days(-DAYS) && day <= self.now && still_waits
    }

    fn held_back(&self, a_day: i64) -> i64 {
        let since = self.now.plus_days(-DAYS);
        count(self.suggesting.iter().filter(|(person, at, bundled)| {
            let before = self
                .suggesting
                .iter()
                .filter(|(other, earlier, _)| other == person && earlier < at && *earlier > at.plus(-DAY));
            *bundled && *at >= since && count(before) >= a_day
        }))
    }
}

fn count<T>(things: impl Iterator<Item = T>) -> i64 {
    i64::try_from(things.count()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_month() -> Past {
        let now = At(100 * DAY);
        let (lan, minh) = (PersonId::new(), PersonId::new());
        let asked = |days_ago: i64, settled: Option<i64>| Asked {
            asked_at: now.plus_days(-days_ago),
            settled_at: settled.map(|days_ago| now.plus_days(-days_ago)),
        };
        Past {
            now,
            suggested: vec![(0.55, 2), (0.61, 4), (0.80, 0)],
            asked: vec![
                asked(20, None),
                asked(20, Some(15)),
                asked(3, None),
                asked(45, None),
            ],
            answers: vec![
                (now.plus_days(-20), now.plus_days(-18)),
                (now.plus_days(-20), now.plus_days(-11)),
            ],
            suggesting: vec![
                (lan, now.plus_days(-2), false),
                (lan, now.plus_days(-2).plus(1), false),
                (lan, now.plus_days(-2).plus(2), true),
                (minh, now.plus_days(-2).plus(3), true),
            ],
        }
    }

    #[test]
    fn a_higher_floor_suggests_less_and_writes_less() {
        let past = a_month();
        let usual = past.with(&Thresholds::default());
        assert_eq!((usual.suggested, usual.letters), (3, 6));
        let higher = past.with(&Thresholds::default().with(Threshold::Floor, 60));
        assert_eq!((higher.suggested, higher.letters), (2, 4));
    }

    #[test]
    fn a_shorter_clock_loses_late_answers() {
        let past = a_month();
        let usual = past.with(&Thresholds::default());
        assert_eq!((usual.in_time, usual.answers), (2, 2));
        let shorter = past.with(&Thresholds::default().with(Threshold::ReplyDays, 8));
        assert_eq!(shorter.in_time, 1);
    }

    #[test]
    fn a_reminder_goes_to_who_still_waits_within_the_month() {
        let past = a_month();
        let after = |days| {
            past.with(&Thresholds::default().with(Threshold::NudgeDays, days))
                .reminded
        };
        assert_eq!(after(7), 1);
        assert_eq!(after(4), 2);
        assert_eq!(after(2), 3);
        assert_eq!(after(16), 2, "the one asked long before comes into the month");
    }

    #[test]
    fn a_bundle_waits_where_the_day_is_full() {
        let past = a_month();
        let at_most = |letters| {
            past.with(&Thresholds::default().with(Threshold::LettersADay, letters))
                .held_back
        };
        assert_eq!((at_most(3), at_most(2)), (0, 1));
    }
}
