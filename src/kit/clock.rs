//! Time and chance: the only place that asks the machine for either, so a test can say what they are.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A moment: milliseconds since 1970-01-01T00:00Z.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, sqlx::Type,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct At(pub i64);

pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

mod lunar;

/// New Year, Liberation Day, Labour Day, National Day: month and day. National Day has a second day, before or after
/// it as each year's announcement says; it is not counted.
const FIXED: [(i8, i8); 4] = [(1, 1), (4, 30), (5, 1), (9, 2)];

impl At {
    pub fn plus(self, milliseconds: i64) -> At {
        At(self.0.saturating_add(milliseconds))
    }

    pub fn plus_days(self, days: i64) -> At {
        self.plus(days.saturating_mul(DAY))
    }

    /// Milliseconds from `earlier` to `self`; negative when `earlier` is later.
    pub fn since(self, earlier: At) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    pub fn days_since(self, earlier: At) -> i64 {
        self.since(earlier).div_euclid(DAY)
    }

    /// The same moment in the city's own time.
    pub fn local(self) -> jiff::Zoned {
        let timestamp = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        timestamp.to_zoned(city_zone())
    }

    /// `2026-11-22T08:30:00Z`, for machines.
    pub fn iso(self) -> String {
        let timestamp = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        timestamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// Midnight in the city at the start of the given date; `None` where no such date is.
    pub fn of_date(year: i16, month: i8, day: i8) -> Option<At> {
        let date = jiff::civil::Date::new(year, month, day).ok()?;
        let zoned = date.to_zoned(city_zone()).ok()?;
        Some(At(zoned.timestamp().as_millisecond()))
    }

    /// The same hour so many working days later. Saturdays, Sundays and the holidays of the Labour Code do not count.
    /// The free days a government adds or moves in one year or another do, so a promise is never later than the law
    /// allows.
    pub fn plus_working_days(self, days: i64) -> At {
        let mut at = self;
        let mut left = days;
        while left > 0 {
            at = at.plus_days(1);
            if at.is_working_day() {
                left -= 1;
            }
        }
        at
    }

    fn is_working_day(self) -> bool {
        let date = self.local().date();
        let weekend = date.weekday().to_monday_zero_offset() > 4;
        !weekend && !is_holiday(date)
    }

    /// Monday's midnight, in the city, of the week this moment lies in.
    pub fn week_start(self) -> At {
        let local = self.local();
        let back = i64::from(local.weekday().to_monday_zero_offset());
        let date = local
            .date()
            .checked_sub(jiff::Span::new().days(back))
            .unwrap_or(local.date());
        At::of_date(date.year(), date.month(), date.day()).unwrap_or(self)
    }
}

/// Labour Code 2019, article 112. Of the five days of the Lunar New Year the usual ones: the last of the old year and
/// four of the new. And the tenth of the third month, in memory of the Hùng Kings.
fn is_holiday(date: jiff::civil::Date) -> bool {
    let new_year = lunar::date(date.year(), 1, 1);
    let days_after = (date - new_year).get_days();
    FIXED.contains(&(date.month(), date.day()))
        || (-1..=3).contains(&days_after)
        || date == lunar::date(date.year(), 3, 10)
}

fn city_zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap_or(jiff::tz::TimeZone::UTC)
}

/// The wall's clock, the one all nodes of a service agree on, or one a test winds by hand.
#[derive(Debug, Clone)]
pub enum Clock {
    Wall,
    /// The wall's, set right by what the database's clock is ahead: leases of one node are judged by the others.
    Agreed(Arc<AtomicI64>),
    Set(Arc<AtomicI64>),
}

impl Clock {
    pub fn agreed() -> Clock {
        Clock::Agreed(Arc::default())
    }

    /// Takes over what the database said its time was, when it was asked and answered at these moments of the wall.
    pub fn agree(&self, asked: At, database: At, answered: At) {
        if let Clock::Agreed(ahead) = self {
            let middle = asked.plus(answered.since(asked) / 2);
            ahead.store(database.since(middle), Ordering::Relaxed);
        }
    }

    pub fn set_to(at: At) -> Clock {
        Clock::Set(Arc::new(AtomicI64::new(at.0)))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the machine's clock"
    )]
    pub fn now(&self) -> At {
        match self {
            Clock::Wall => At(jiff::Timestamp::now().as_millisecond()),
            Clock::Agreed(ahead) => Clock::Wall.now().plus(ahead.load(Ordering::Relaxed)),
            Clock::Set(at) => At(at.load(Ordering::Relaxed)),
        }
    }

    /// Moves a clock set by hand; the wall's clock cannot be moved and stays.
    pub fn advance(&self, milliseconds: i64) {
        if let Clock::Set(at) = self {
            at.fetch_add(milliseconds, Ordering::Relaxed);
        }
    }
}

/// A new id: UUID of version 7, so ids sort by age.
#[expect(clippy::disallowed_methods, reason = "this is the one place that makes ids")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// 256 random bits, base64url without padding (43 characters).
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that draws chance"
)]
pub fn new_token() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// For secrets and codes.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that draws chance"
)]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    rand::random()
}

/// Six decimal digits, for a person to type.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that draws chance"
)]
pub fn new_code() -> String {
    format!("{:06}", rand::random::<u32>() % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_agree_on_the_time_of_the_database() {
        let clock = Clock::agreed();
        let wall = Clock::Wall.now();
        clock.agree(wall, wall.plus(HOUR + 20), wall.plus(40));
        let ahead = clock.now().since(Clock::Wall.now());
        assert!((HOUR - 20..=HOUR).contains(&ahead), "{ahead}");
    }

    #[test]
    fn working_days_pass_over_week_ends_and_holidays() {
        let at = |month, day| At::of_date(2026, month, day).unwrap().plus(9 * HOUR);
        assert_eq!(at(11, 23).plus_working_days(2), at(11, 25), "Monday to Wednesday");
        assert_eq!(at(11, 20).plus_working_days(2), at(11, 24), "Friday to Tuesday");
        assert_eq!(at(11, 21).plus_working_days(2), at(11, 24), "Saturday to Tuesday");
        assert_eq!(
            at(4, 29).plus_working_days(2),
            at(5, 5),
            "over two holidays and a week-end"
        );
        assert_eq!(at(11, 23).plus_working_days(0), at(11, 23));
    }

    #[test]
    fn working_days_pass_over_the_lunar_new_year_and_the_hung_kings() {
        let at = |year, month, day| At::of_date(year, month, day).unwrap().plus(9 * HOUR);
        let after = |from: At| from.plus_working_days(1);
        // 17 February 2026 is the first day of the year of the Horse; the holiday fills its week.
        assert_eq!(after(at(2026, 2, 12)), at(2026, 2, 13));
        assert_eq!(after(at(2026, 2, 13)), at(2026, 2, 23));
        // 29 January 2025: from Tuesday to Saturday.
        assert_eq!(after(at(2025, 1, 27)), at(2025, 2, 3));
        // The tenth of the third month: a Thursday in 2024, a Monday in 2025.
        assert_eq!(after(at(2024, 4, 17)), at(2024, 4, 19));
        assert_eq!(after(at(2025, 4, 4)), at(2025, 4, 8));
    }

    #[test]
    fn a_week_begins_on_monday_in_the_city() {
        let sunday_evening = At::of_date(2026, 11, 22).unwrap().plus(23 * HOUR);
        assert_eq!(sunday_evening.week_start(), At::of_date(2026, 11, 16).unwrap());
        assert_eq!(
            sunday_evening.plus(2 * HOUR).week_start(),
            At::of_date(2026, 11, 23).unwrap()
        );
    }
}
