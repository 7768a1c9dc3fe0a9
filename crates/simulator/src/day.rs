//! Days in Asia/Jakarta (WIB) as numbers since 1970-01-01, instants in milliseconds UTC, and working days.

use std::fmt;

/// A day in WIB: days since 1970-01-01.
pub(crate) type Day = i32;
/// An instant: milliseconds since 1970-01-01T00:00:00Z.
pub(crate) type Instant = i64;

pub(crate) const DAY: u32 = 86_400_000;
pub(crate) const HOUR: u32 = 3_600_000;
pub(crate) const MINUTE: u32 = 60_000;
/// The last millisecond of a day, at which it is closed.
pub(crate) const LAST: u32 = DAY - 1;

/// The number of a civil date.
pub(crate) const fn day(year: i32, month: i32, day: i32) -> Day {
    // The year begins in March here, so that leap days come last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468
}

/// Year, month and day of a day number.
pub(crate) const fn civil(number: Day) -> (i32, i32, i32) {
    let shifted = number + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, of_year - (153 * shifted_month + 2) / 5 + 1)
}

/// The instant at `millisecond` of a day in WIB.
pub(crate) fn instant(day: Day, millisecond: u32) -> Instant {
    i64::from(day) * i64::from(DAY) + i64::from(millisecond) - 7 * i64::from(HOUR)
}

/// The public holidays that the simulated office keeps, beside Saturdays and Sundays: the national ones that
/// fall on working days and mattered to payments.
pub(crate) const HOLIDAYS: &[Day] = &[
    day(2020, 5, 1),
    day(2020, 5, 7),
    day(2020, 5, 21),
    day(2020, 5, 25),
    day(2020, 6, 1),
    day(2020, 7, 31),
    day(2020, 8, 17),
    day(2020, 8, 20),
    day(2020, 10, 28),
    day(2020, 10, 29),
    day(2020, 10, 30),
    day(2020, 12, 9),
    day(2020, 12, 25),
    day(2021, 1, 1),
    day(2021, 2, 12),
    day(2021, 3, 11),
    day(2021, 4, 2),
    day(2021, 5, 13),
    day(2021, 5, 14),
    day(2021, 5, 26),
    day(2021, 6, 1),
    day(2021, 7, 20),
    day(2021, 8, 11),
    day(2021, 8, 17),
    day(2021, 10, 20),
    day(2022, 2, 1),
    day(2022, 2, 28),
    day(2022, 3, 3),
    day(2022, 4, 15),
    day(2022, 4, 29),
    day(2022, 5, 2),
    day(2022, 5, 3),
    day(2022, 5, 4),
    day(2022, 5, 5),
    day(2022, 5, 6),
    day(2022, 5, 16),
    day(2022, 5, 26),
    day(2022, 6, 1),
    day(2022, 8, 17),
    day(2023, 1, 23),
    day(2023, 3, 22),
    day(2023, 3, 23),
    day(2023, 4, 7),
    day(2023, 4, 19),
    day(2023, 4, 20),
    day(2023, 4, 21),
    day(2023, 4, 24),
    day(2023, 4, 25),
    day(2023, 5, 1),
    day(2023, 5, 18),
    day(2023, 6, 1),
    day(2023, 6, 2),
    day(2023, 6, 29),
    day(2023, 7, 19),
    day(2023, 8, 17),
    day(2023, 9, 28),
    day(2023, 12, 25),
    day(2023, 12, 26),
    day(2024, 1, 1),
    day(2024, 2, 8),
    day(2024, 2, 9),
    day(2024, 3, 11),
    day(2024, 3, 29),
    day(2024, 4, 10),
    day(2024, 4, 11),
    day(2024, 5, 1),
    day(2024, 5, 9),
    day(2024, 5, 23),
];

/// True when offices and banks work.
pub(crate) fn is_working(day: Day) -> bool {
    // 1970-01-01 was a Thursday.
    !matches!(day.rem_euclid(7), 2 | 3) && HOLIDAYS.binary_search(&day).is_err()
}

/// The first working day from `day` on.
pub(crate) fn working(day: Day) -> Day {
    (day..day + 20).find(|&day| is_working(day)).unwrap_or(day)
}

/// Writes a day as `YYYY-MM-DD`.
#[derive(Clone, Copy)]
pub(crate) struct Date(pub(crate) Day);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// Writes an instant as `YYYY-MM-DDTHH:MM:SS.mmmZ`.
#[derive(Clone, Copy)]
pub(crate) struct Time(pub(crate) Instant);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = i32::try_from(self.0.div_euclid(i64::from(DAY))).unwrap_or(0);
        let rest = self.0.rem_euclid(i64::from(DAY));
        let second = rest / 1000;
        let (hour, minute) = (second / 3600, second / 60 % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{:02}.{:03}Z", Date(day), second % 60, rest % 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_numbers_agree() {
        assert_eq!(day(1970, 1, 1), 0);
        assert_eq!(Date(day(2020, 2, 29)).to_string(), "2020-02-29");
        for number in day(2019, 12, 1)..day(2025, 2, 1) {
            let (year, month, of_month) = civil(number);
            assert_eq!(day(year, month, of_month), number);
        }
    }

    #[test]
    fn a_day_in_jakarta_ends_at_seventeen_utc() {
        assert_eq!(Time(instant(day(2021, 4, 29), LAST)).to_string(), "2021-04-29T16:59:59.999Z");
        assert_eq!(Time(instant(day(2021, 4, 29), 0)).to_string(), "2021-04-28T17:00:00.000Z");
    }

    #[test]
    fn holidays_are_in_order_and_skipped() {
        assert!(HOLIDAYS.is_sorted());
        assert_eq!(working(day(2023, 4, 19)), day(2023, 4, 26));
        assert_eq!(working(day(2021, 3, 27)), day(2021, 3, 29));
    }
}
