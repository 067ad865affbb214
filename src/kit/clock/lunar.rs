//! The Vietnamese lunar calendar, for the holidays that follow the moon.
//!
//! A month begins on the day, in the city's time, of its new moon; the eleventh holds the winter solstice. Where there
//! are thirteen months from one eleventh to the next, the first in which the sun reaches no multiple of 30° is a leap
//! month and has the number of the one before. Moon and sun after Meeus, *Astronomical Algorithms* (1998), chapters 49
//! and 25, without the terms that are worth less than a minute.

use jiff::civil::{self, Date};

/// The day at whose noon, in Greenwich, the count of Julian days was this.
const COUNT_AT_1970: f64 = 2_440_587.5;
/// The city's clock is seven hours ahead of Greenwich.
const CITY: f64 = 7.0 / 24.0;
/// By how much the even time of astronomy is ahead of the turning earth in this half of a century.
const EVEN_TIME: f64 = 70.0 / 86_400.0;
const MONTHS_A_YEAR: f64 = 12.3685;

/// The date of a day in one of the first months of a lunar year, which is named after the year it begins in.
pub(super) fn date(year: i16, month: i32, day: i32) -> Date {
    let (last, next) = (eleventh(year - 1), eleventh(year));
    let leap = (last + 1..next).find(|moon| !holds_a_term(*moon));
    let leap = leap.filter(|_| next - last == 13);
    let plain = last + 1 + month;
    let moon = plain + i32::from(leap.is_some_and(|leap| leap <= plain));
    civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(first_day(moon) + day - 1))
}

/// The number of the moon whose month holds the winter solstice of a year.
fn eleventh(year: i16) -> i32 {
    let mut moon = whole((f64::from(year) - 1999.0) * MONTHS_A_YEAR);
    while sign(first_day(moon)) >= 9 {
        moon -= 1;
    }
    moon
}

/// Whether the sun passes a multiple of 30° in this moon's month.
fn holds_a_term(moon: i32) -> bool {
    sign(first_day(moon)) != sign(first_day(moon + 1))
}

/// The day of a new moon, counted from 1970; moon 0 is that of 6 January 2000.
fn first_day(moon: i32) -> i32 {
    whole(new_moon(f64::from(moon)) - EVEN_TIME + CITY - COUNT_AT_1970)
}

/// In which twelfth of its way the sun is when a day begins in the city.
fn sign(day: i32) -> i32 {
    whole(sun(f64::from(day) + COUNT_AT_1970 - CITY + EVEN_TIME) / 30.0)
}

/// Meeus, chapter 49: when the moon of this number is new.
fn new_moon(k: f64) -> f64 {
    let t = k / 1236.85;
    let e = 1.0 - 0.002_516 * t - 0.000_007_4 * t * t;
    let sun = 2.5534 + 29.105_356_70 * k - 0.000_001_4 * t * t;
    let moon = 201.5643 + 385.816_935_28 * k + 0.010_758_2 * t * t;
    let latitude = 160.7108 + 390.670_502_84 * k - 0.001_611_8 * t * t;
    let node = 124.7746 - 1.563_755_88 * k + 0.002_067_2 * t * t;
    let sin = |degrees: f64| degrees.to_radians().sin();
    2_451_550.097_66 + 29.530_588_861 * k + 0.000_154_37 * t * t - 0.407_20 * sin(moon)
        + 0.172_41 * e * sin(sun)
        + 0.016_08 * sin(2.0 * moon)
        + 0.010_39 * sin(2.0 * latitude)
        + 0.007_39 * e * sin(moon - sun)
        - 0.005_14 * e * sin(moon + sun)
        + 0.002_08 * e * e * sin(2.0 * sun)
        - 0.001_11 * sin(moon - 2.0 * latitude)
        - 0.000_57 * sin(moon + 2.0 * latitude)
        + 0.000_56 * e * sin(2.0 * moon + sun)
        - 0.000_42 * sin(3.0 * moon)
        + 0.000_42 * e * sin(sun + 2.0 * latitude)
        + 0.000_38 * e * sin(sun - 2.0 * latitude)
        - 0.000_24 * e * sin(2.0 * moon - sun)
        - 0.000_17 * sin(node)
}

/// Meeus, chapter 25: the sun's apparent longitude in degrees, from 0 to 360, at a Julian day.
fn sun(julian_day: f64) -> f64 {
    let t = (julian_day - 2_451_545.0) / 36_525.0;
    let mean = 280.466_46 + 36_000.769_83 * t + 0.000_303_2 * t * t;
    let anomaly = (357.529_11 + 35_999.050_29 * t - 0.000_153_7 * t * t).to_radians();
    let centre = (1.914_602 - 0.004_817 * t - 0.000_014 * t * t) * anomaly.sin()
        + (0.019_993 - 0.000_101 * t) * (2.0 * anomaly).sin()
        + 0.000_289 * (3.0 * anomaly).sin();
    let node = (125.04 - 1_934.136 * t).to_radians();
    (mean + centre - 0.005_69 - 0.004_78 * node.sin()).rem_euclid(360.0)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "days and moons of our centuries are far below 2^31"
)]
fn whole(number: f64) -> i32 {
    number.floor() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lunar_new_year_is_where_the_almanac_has_it() {
        for (year, month, day) in [
            // A day, and once a month, before it begins in Peking.
            (1985, 1, 21),
            (2007, 2, 17),
            (2023, 1, 22),
            (2024, 2, 10),
            (2025, 1, 29),
            (2026, 2, 17),
            (2027, 2, 6),
            (2028, 1, 26),
            (2029, 2, 13),
            (2030, 2, 2),
            // After a year in which one month holds two terms and two months hold none.
            (2034, 2, 19),
        ] {
            assert_eq!(date(year, 1, 1), civil::date(year, month, day));
        }
    }

    #[test]
    fn the_hung_kings_are_remembered_on_the_tenth_of_the_third_month() {
        for (year, day) in [
            // After a leap month, the second.
            (2023, 29),
            (2024, 18),
            (2026, 26),
            (2025, 7),
        ] {
            assert_eq!(date(year, 3, 10), civil::date(year, 4, day));
        }
    }
}
