//! The stretch of time that figures speak of: whole days of the city's calendar.

use crate::kit::clock::{At, DAY};
use crate::kit::lang::Lang;
use crate::kit::web::{Form, Params};

/// A picture with more weeks than this could no longer be read.
const MOST_DAYS: i64 = 2 * 366;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: At,
    /// The midnight after the last day.
    pub until: At,
}

impl Period {
    /// `days` days, the last of them being today.
    pub fn last_days(days: i64, now: At) -> Period {
        let until = midnight(now).plus(DAY);
        Period {
            from: until.plus(-days * DAY),
            until,
        }
    }

    pub fn this_week(now: At) -> Period {
        Period {
            from: now.week_start(),
            until: midnight(now).plus(DAY),
        }
    }

    /// Four whole weeks and the one that is running would not compare; so the last 28 days.
    pub fn four_weeks(now: At) -> Period {
        Period::last_days(28, now)
    }

    pub fn year(now: At) -> Period {
        Period::last_days(365, now)
    }

    /// What the address asks for; the form keeps what was typed and what is wrong with it.
    pub fn asked(params: &Params, now: At) -> (Period, Form) {
        let mut form: Form = (**params).clone();
        let usual = Period::four_weeks(now);
        let (from, to) = (form.date("from"), form.date("to"));
        let period = Period {
            from: from.unwrap_or_else(|| to.map_or(usual.from, |to| to.plus(-27 * DAY))),
            until: to.map_or(usual.until, |to| to.plus(DAY)),
        };
        if period.from >= period.until {
            form.flaw(
                "from",
                "Ngày đầu phải trước ngày cuối.",
                "The first day must come before the last.",
            );
        } else if period.length() > MOST_DAYS * DAY {
            form.flaw(
                "from",
                "Chọn nhiều nhất hai năm.",
                "Choose two years at the most.",
            );
        }
        if form.is_sound() {
            (period, form)
        } else {
            (usual, form)
        }
    }

    pub fn length(self) -> i64 {
        self.until.since(self.from)
    }

    pub fn holds(self, at: At) -> bool {
        self.from <= at && at < self.until
    }

    /// The stretch of the same length right before, to compare with.
    pub fn before(self) -> Period {
        Period {
            from: self.from.plus(-self.length()),
            until: self.from,
        }
    }

    /// This one and the one before.
    pub fn with_before(self) -> Period {
        Period {
            from: self.before().from,
            until: self.until,
        }
    }

    /// Mondays of the weeks it touches. The city keeps no summer time, so weeks are all equally long.
    pub fn weeks(self) -> Vec<At> {
        let mut weeks = Vec::new();
        let mut monday = self.from.week_start();
        while monday < self.until {
            weeks.push(monday);
            monday = monday.plus(7 * DAY);
        }
        weeks
    }

    /// First days of the months it touches.
    pub fn months(self) -> Vec<At> {
        let first = self.from.local().date();
        let (mut year, mut month) = (first.year(), first.month());
        let mut months = Vec::new();
        while let Some(day) = At::of_date(year, month, 1).filter(|day| *day < self.until) {
            months.push(day);
            (year, month) = if month == 12 {
                (year + 1, 1)
            } else {
                (year, month + 1)
            };
        }
        months
    }

    pub fn last_day(self) -> At {
        self.until.plus(-DAY)
    }

    /// `from=2026-10-26&to=2026-11-22`
    pub fn query(self) -> String {
        format!("from={}&to={}", calendar(self.from), calendar(self.last_day()))
    }

    pub fn words(self, lang: &Lang) -> String {
        format!("{} – {}", lang.date(self.from), lang.date(self.last_day()))
    }
}

/// As a browser's date field wants it.
pub fn calendar(at: At) -> String {
    at.local().strftime("%Y-%m-%d").to_string()
}

fn midnight(at: At) -> At {
    let date = at.local().date();
    At::of_date(date.year(), date.month(), date.day()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::clock::HOUR;

    fn sunday_noon() -> At {
        At::of_date(2026, 11, 22).unwrap().plus(12 * HOUR)
    }

    #[test]
    fn the_week_runs_from_monday_to_today() {
        let week = Period::this_week(sunday_noon());
        assert_eq!(week.words(&Lang::Vi), "16/11/2026 – 22/11/2026");
        assert_eq!(week.weeks().len(), 1);
        assert_eq!(week.before().words(&Lang::Vi), "09/11/2026 – 15/11/2026");
        let months: Vec<String> = Period::year(sunday_noon())
            .months()
            .into_iter()
            .map(calendar)
            .collect();
        assert_eq!(
            (months.len(), months[0].as_str(), months[12].as_str()),
            (13, "2025-11-01", "2026-11-01")
        );
    }

    #[test]
    fn what_is_asked_is_taken_by_whole_days() {
        let (period, form) = Period::asked(&Params::parse("from=2026-11-02&to=08/11/2026"), sunday_noon());
        assert!(form.is_sound());
        assert_eq!(period.length(), 7 * DAY);
        assert_eq!(period.query(), "from=2026-11-02&to=2026-11-08");
        assert!(period.holds(At::of_date(2026, 11, 8).unwrap().plus(23 * HOUR)));
        assert!(!period.holds(At::of_date(2026, 11, 9).unwrap()));
    }

    #[test]
    fn nonsense_is_said_and_the_usual_is_shown() {
        let (period, form) = Period::asked(&Params::parse("from=2026-12-02&to=2026-11-01"), sunday_noon());
        assert!(form.error("from").is_some());
        assert_eq!(period, Period::four_weeks(sunday_noon()));
    }
}
