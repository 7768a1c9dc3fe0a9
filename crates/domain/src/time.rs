//! Instants in UTC and days in Asia/Jakarta (WIB, UTC+7 all year).
//!
//! Lines hold instants as exactly `YYYY-MM-DDTHH:MM:SS.mmmZ` and days as `YYYY-MM-DD`. The Gregorian
//! calendar is a page of arithmetic; no clock, zone data or locale is needed.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

const DAY_MILLISECONDS: i64 = 86_400_000;
/// WIB is ahead of UTC by seven hours and has no summer time.
const WIB_MILLISECONDS: i64 = 7 * 3_600_000;

/// Why a text is not a time or a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not the one form allowed, or no such moment.
    #[error("{found:?} is not a time: write it in UTC as 2021-03-30T02:00:00.000Z")]
    Timestamp {
        /// What was given.
        found: String,
    },
    /// Not the one form allowed, or no such day.
    #[error("{found:?} is not a day: write it as 2021-03-30")]
    Day {
        /// What was given.
        found: String,
    },
}

/// An instant, in milliseconds since 1970-01-01T00:00:00Z; from year 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970 in UTC.
    pub const fn from_millisecond(millisecond: i64) -> Self {
        Self(millisecond)
    }

    /// Milliseconds since 1970 in UTC.
    pub fn as_millisecond(self) -> i64 {
        self.0
    }

    /// The day in WIB on which this instant falls.
    pub fn day(self) -> Day {
        let days = (self.0 + WIB_MILLISECONDS).div_euclid(DAY_MILLISECONDS);
        Day(i32::try_from(days).unwrap_or(i32::MAX))
    }

    /// Reads exactly `YYYY-MM-DDTHH:MM:SS.mmmZ`.
    ///
    /// # Errors
    /// When the text has another form, or names no such moment.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        instant(text.as_bytes())
            .map(Self)
            .ok_or_else(|| TimeError::Timestamp { found: text.chars().take(40).collect() })
    }
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0')))
}

fn instant(text: &[u8]) -> Option<i64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', rest @ ..] = text else { return None };
    let [h1, h2, b':', n1, n2, b':', s1, s2, b'.', f1, f2, f3, b'Z'] = rest else { return None };
    let days = i64::from(days_of(&[*y1, *y2, *y3, *y4], &[*m1, *m2], &[*d1, *d2])?);
    let (hour, minute, second) = (number(&[*h1, *h2])?, number(&[*n1, *n2])?, number(&[*s1, *s2])?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(days * DAY_MILLISECONDS + ((hour * 60 + minute) * 60 + second) * 1000 + number(&[*f1, *f2, *f3])?)
}

fn days_of(year: &[u8], month: &[u8], day: &[u8]) -> Option<i32> {
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    let month_days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => return None,
    };
    if year < 1 || day < 1 || day > month_days {
        return None;
    }
    // Days from the civil date with the year begun in March, so that leap days come last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let before_year = year * 365 + year / 4 - year / 100 + year / 400;
    i32::try_from(before_year + (month * 153 + 2) / 5 + day - 1 - 719_468).ok()
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let in_day = self.0.rem_euclid(DAY_MILLISECONDS);
        let day = Day(i32::try_from(self.0.div_euclid(DAY_MILLISECONDS)).unwrap_or(i32::MAX));
        let (second, millisecond) = (in_day / 1000, in_day % 1000);
        write!(f, "{day}T{:02}:{:02}:{:02}.{millisecond:03}Z", second / 3600, second / 60 % 60, second % 60)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A day in WIB.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Day {
    /// From the count of days since 1970-01-01.
    pub fn from_number(days: i32) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    pub fn number(self) -> i32 {
        self.0
    }

    /// Reads exactly `YYYY-MM-DD`.
    ///
    /// # Errors
    /// When the text has another form, or names no such moment.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let days = match text.as_bytes() {
            [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => {
                days_of(&[*y1, *y2, *y3, *y4], &[*m1, *m2], &[*d1, *d2])
            }
            _ => None,
        };
        days.map(Self).ok_or_else(|| TimeError::Day { found: text.chars().take(40).collect() })
    }

    /// `days` later, or earlier when negative.
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// Midnight in WIB at which the day begins.
    pub fn begins(self) -> Timestamp {
        Timestamp(i64::from(self.0) * DAY_MILLISECONDS - WIB_MILLISECONDS)
    }

    /// The last millisecond of the day in WIB. A deadline on this day is met by any earlier or equal instant.
    pub fn ends(self) -> Timestamp {
        Timestamp(self.plus(1).begins().0 - 1)
    }

    /// The last day of a year.
    pub fn last_of(year: i16) -> Self {
        // Days of whole years begun in March, and 305 from there to the end of December.
        let year = i32::from(year);
        let leap = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        Self(year * 365 + leap + 305 - 719_468)
    }

    /// The year in which the day falls.
    pub fn year(self) -> i16 {
        i16::try_from(self.civil().0).unwrap_or(i16::MAX)
    }

    /// Months since year 0, for ages counted in whole months.
    pub fn month_number(self) -> i32 {
        let (year, month, _) = self.civil();
        i32::try_from(year * 12 + month - 1).unwrap_or(i32::MAX)
    }

    /// True on Saturday and Sunday.
    pub fn is_weekend(self) -> bool {
        // 1970-01-01 was a Thursday.
        matches!(self.0.rem_euclid(7), 2 | 3)
    }

    /// Year, month and day: the inverse of [`days_of`], with the year begun in March.
    fn civil(self) -> (i64, i64, i64) {
        let days = i64::from(self.0) + 719_468;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let year = era * 400 + year_of_era;
        if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A month, as `YYYY-MM`: all that a line says of a birth date.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    /// Reads exactly `YYYY-MM`.
    ///
    /// # Errors
    /// When the text has another form, or names no such moment.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        Day::parse(&format!("{text}-01")).map(|day| Self(day.month_number()))
    }

    /// Whole years from this month to the month of `day`.
    pub fn age_on(self, day: Day) -> i32 {
        (day.month_number() - self.0).div_euclid(12)
    }

    /// Months since year 0.
    pub fn number(self) -> i32 {
        self.0
    }

    /// From months since year 0.
    pub fn from_number(months: i32) -> Self {
        Self(months)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! as_text {
    ($($name:ident $kind:literal $pattern:literal;)*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(crate::text::Parsed($kind, Self::parse))
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    )*};
}

as_text! {
    Timestamp "time" "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$";
    Day "day" "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
    Month "month" "^[0-9]{4}-[0-9]{2}$";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_deadline_ends_at_midnight_in_jakarta() {
        let deadline = Day::parse("2023-04-28").unwrap().plus(15);
        assert_eq!(deadline.to_string(), "2023-05-13");
        assert_eq!(deadline.ends().to_string(), "2023-05-13T16:59:59.999Z");
        assert_eq!(Timestamp::parse("2023-05-13T17:00:00.000Z").unwrap().day(), deadline.plus(1));
    }

    #[test]
    fn only_one_form_is_read() {
        for text in [
            "2021-03-30T02:00:00Z",
            "2021-03-30 02:00:00.000Z",
            "2021-02-29T00:00:00.000Z",
            "2021-03-30T24:00:00.000Z",
            "",
        ] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
        assert!(Day::parse("2021-13-01").is_err());
        assert!(Day::parse("2020-02-29").is_ok());
        assert!(Month::parse("2020-00").is_err());
    }

    #[test]
    fn ages_count_whole_months() {
        let born = Month::parse("2003-03").unwrap();
        assert_eq!(born.age_on(Day::parse("2021-02-28").unwrap()), 17);
        assert_eq!(born.age_on(Day::parse("2021-03-01").unwrap()), 18);
    }

    proptest! {
        #[test]
        fn times_round_trip(ms in -62_135_596_800_000_i64..253_402_300_799_999) {
            let time = Timestamp::from_millisecond(ms);
            prop_assert_eq!(Timestamp::parse(&time.to_string()).unwrap(), time);
            prop_assert!(time.day().begins() <= time && time <= time.day().ends());
        }
    }
}
