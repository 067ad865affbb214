//! The numbers a programme tunes while the service runs: kept in the database, changed by an admin, read where they
//! hold. Who never touched one has its usual value.

use super::store::thresholds as store;
use crate::accounts::{self, Actor};
use crate::kit::Cx;
use crate::kit::db::{Reads, codes};
use crate::kit::fault::Fault;

codes! {
    pub enum Threshold {
        /// Below this fit, in hundredths, nothing is suggested.
        Floor = "floor",
        /// A listing shows as similar to what is being typed from this nearness on, in hundredths.
        Likeness = "likeness",
        /// Days to answer, from the moment a letter was really sent.
        ReplyDays = "reply_days",
        /// Days until the side that has not answered is reminded.
        NudgeDays = "nudge_days",
        /// Letters that suggest something are promotion before the law: no bundle to who got so many in a day.
        LettersADay = "letters_a_day",
    }
}

impl Threshold {
    pub fn usual(self) -> i64 {
        match self {
            // Of 70 judged pairs that were found in the sample city two lie below .55.
            Threshold::Floor => 52,
            Threshold::Likeness => 40,
            Threshold::ReplyDays => 10,
            Threshold::NudgeDays => 7,
            Threshold::LettersADay => 3,
        }
    }

    /// The least and the most that make sense.
    pub fn bounds(self) -> (i64, i64) {
        match self {
            Threshold::Floor | Threshold::Likeness => (10, 95),
            Threshold::ReplyDays => (2, 60),
            Threshold::NudgeDays => (1, 59),
            Threshold::LettersADay => (1, 20),
        }
    }
}

/// All of them together, as they hold or as somebody wishes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds([i64; Threshold::ALL.len()]);

impl Default for Thresholds {
    fn default() -> Thresholds {
        let mut usual = [0; Threshold::ALL.len()];
        for threshold in Threshold::ALL {
            usual[*threshold as usize] = threshold.usual();
        }
        Thresholds(usual)
    }
}

impl Thresholds {
    pub fn get(&self, threshold: Threshold) -> i64 {
        self.0[threshold as usize]
    }

    #[must_use]
    pub fn with(mut self, threshold: Threshold, value: i64) -> Thresholds {
        let (least, most) = threshold.bounds();
        self.0[threshold as usize] = value.clamp(least, most);
        self
    }

    /// The lowest fit that is suggested, 0 to 1.
    pub fn floor(&self) -> f64 {
        f64::from(self.hundredths(Threshold::Floor)) / 100.0
    }

    /// The lowest nearness that shows as similar, 0 to 1.
    pub fn likeness(&self) -> f32 {
        f32::from(self.hundredths(Threshold::Likeness)) / 100.0
    }

    fn hundredths(&self, threshold: Threshold) -> u8 {
        u8::try_from(self.get(threshold)).unwrap_or(100)
    }
}

pub async fn read(on: impl Reads) -> Result<Thresholds, Fault> {
    let kept = store::all(on).await?;
    Ok(kept
        .into_iter()
        .filter_map(|(name, value)| Some((Threshold::from_code(&name)?, value)))
        .fold(Thresholds::default(), |all, (threshold, value)| {
            all.with(threshold, value)
        }))
}

/// Lets other values hold from now on; each that changed leaves a row in the admins' log.
pub async fn set(cx: &Cx, admin: &Actor, wished: Thresholds) -> Result<(), Fault> {
    if wished.get(Threshold::NudgeDays) >= wished.get(Threshold::ReplyDays) {
        return Err(Fault::flaw(
            Threshold::NudgeDays.code(),
            "Ngày nhắc phải trước ngày hết hạn trả lời.",
            "The reminder must come before the reply is due.",
        ));
    }
    let mut tx = cx.db.begin().await?;
    let before = read(&mut tx).await?;
    for threshold in Threshold::ALL {
        let value = wished.get(*threshold);
        if value != before.get(*threshold) {
            store::set(&mut tx, threshold.code(), value, admin.id, cx.now()).await?;
            let act = format!("threshold:{threshold}={value}");
            accounts::audit(cx, &mut tx, &act, admin.by(), None).await?;
        }
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_drawn_to_the_nearest_that_does() {
        let all = Thresholds::default()
            .with(Threshold::Floor, 600)
            .with(Threshold::LettersADay, 0);
        assert_eq!(all.get(Threshold::Floor), 95);
        assert!((all.floor() - 0.95).abs() < 1e-9);
        assert_eq!(all.get(Threshold::LettersADay), 1);
        assert_eq!(all.get(Threshold::ReplyDays), 10);
    }

    #[test]
    fn usual_values_lie_within_their_bounds() {
        for threshold in Threshold::ALL {
            let (least, most) = threshold.bounds();
            assert!((least..=most).contains(&threshold.usual()), "{threshold}");
        }
    }
}
