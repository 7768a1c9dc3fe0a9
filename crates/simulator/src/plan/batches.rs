//! The batches, with what was published of each. Where nothing was found, the rest of a published yearly sum is
//! spread evenly, and the row says so.

use super::terms::{TERMS_2020, TERMS_2021, TERMS_2021_LATE, TERMS_2022, TERMS_2023, Terms};
use crate::day::{Day, day};

/// One batch of the real programme, at scale 1.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) number: u16,
    pub(crate) opens: Day,
    pub(crate) closes: Day,
    pub(crate) decree: Day,
    pub(crate) applied: u32,
    pub(crate) eligible: u32,
    /// Persons decreed.
    pub(crate) selected: u32,
    /// Of them revoked for want of a first purchase.
    pub(crate) revoked: u32,
    pub(crate) terms: &'static Terms,
}

impl Batch {
    /// The year of the fund that pays: that of the decree.
    pub(crate) fn year(&self) -> i32 {
        crate::day::civil(self.decree).0
    }

    /// True for the batches of spring 2020, in which everything was new and took longer.
    pub(crate) fn is_of_the_first_spring(&self) -> bool {
        self.number <= 3 && self.year() == 2020
    }
}

/// Eligible persons are 61 % of those who applied (published for batch 19), but never fewer than were taken.
const fn eligible(applied: u32, selected: u32) -> u32 {
    let share = applied / 100 * 61;
    if share > selected { share } else { selected }
}

const fn batch(
    number: u16,
    dates: [Day; 3],
    [applied, selected, revoked]: [u32; 3],
    terms: &'static Terms,
) -> Batch {
    let [opens, closes, decree] = dates;
    Batch {
        number,
        opens,
        closes,
        decree,
        applied,
        eligible: eligible(applied, selected),
        selected,
        revoked,
        terms,
    }
}

/// Every batch in the order of its number.
///
/// 2020: batches 1 to 10 as published (sum 5,597,179); batch 11 brings the decrees to the published 5.98 M.
/// Revocations: 189,436 in batches 1 to 4, 310,212 in 1 to 7, 34,747 in batch 8, 373,745 by November; those of
/// batch 11 are what the published totals leave.
/// 2021: the sum is 5,931,574 and the 86,878 revoked; batches 16, 17 and 22 are assumptions within it.
/// 2022: batch 23 as announced; the other 24 share the rest of 4,984,790 and an assumed 3 % revoked.
/// 2023: an assumption throughout: 1.15 M unrevoked and 3 % revoked.
pub(crate) static BATCHES: &[Batch] = &[
    batch(
        1,
        [day(2020, 4, 11), day(2020, 4, 16), day(2020, 4, 17)],
        [2_080_000, 168_111, 21_504],
        &TERMS_2020,
    ),
    batch(
        2,
        [day(2020, 4, 20), day(2020, 4, 23), day(2020, 4, 27)],
        [2_600_000, 288_154, 36_860],
        &TERMS_2020,
    ),
    batch(
        3,
        [day(2020, 4, 27), day(2020, 4, 30), day(2020, 5, 4)],
        [3_000_000, 224_653, 28_737],
        &TERMS_2020,
    ),
    batch(
        4,
        [day(2020, 8, 8), day(2020, 8, 11), day(2020, 8, 14)],
        [4_700_000, 800_000, 102_335],
        &TERMS_2020,
    ),
    batch(
        5,
        [day(2020, 8, 15), day(2020, 8, 18), day(2020, 8, 27)],
        [5_100_000, 800_000, 40_258],
        &TERMS_2020,
    ),
    batch(
        6,
        [day(2020, 8, 27), day(2020, 8, 30), day(2020, 9, 2)],
        [5_400_000, 800_000, 40_259],
        &TERMS_2020,
    ),
    batch(7, [day(2020, 9, 3), day(2020, 9, 6), day(2020, 9, 9)], [5_600_000, 800_000, 40_259], &TERMS_2020),
    batch(
        8,
        [day(2020, 9, 10), day(2020, 9, 13), day(2020, 9, 15)],
        [5_800_000, 800_000, 34_747],
        &TERMS_2020,
    ),
    batch(
        9,
        [day(2020, 9, 17), day(2020, 9, 21), day(2020, 9, 23)],
        [5_900_000, 800_000, 25_126],
        &TERMS_2020,
    ),
    batch(
        10,
        [day(2020, 9, 26), day(2020, 9, 28), day(2020, 9, 30)],
        [6_700_000, 116_261, 3_660],
        &TERMS_2020,
    ),
    batch(
        11,
        [day(2020, 11, 2), day(2020, 11, 4), day(2020, 11, 9)],
        [5_900_000, 382_821, 102_619],
        &TERMS_2020,
    ),
    batch(
        12,
        [day(2021, 2, 23), day(2021, 2, 26), day(2021, 3, 3)],
        [4_300_000, 600_000, 8_953],
        &TERMS_2021,
    ),
    batch(13, [day(2021, 3, 4), day(2021, 3, 7), day(2021, 3, 10)], [4_400_000, 600_000, 8_952], &TERMS_2021),
    batch(
        14,
        [day(2021, 3, 11), day(2021, 3, 14), day(2021, 3, 17)],
        [4_500_000, 600_000, 8_952],
        &TERMS_2021,
    ),
    batch(
        15,
        [day(2021, 3, 18), day(2021, 3, 21), day(2021, 3, 24)],
        [4_500_000, 600_000, 8_952],
        &TERMS_2021,
    ),
    batch(
        16,
        [day(2021, 3, 25), day(2021, 3, 28), day(2021, 3, 30)],
        [4_400_000, 373_523, 5_603],
        &TERMS_2021,
    ),
    batch(17, [day(2021, 6, 5), day(2021, 6, 8), day(2021, 6, 11)], [4_100_000, 44_000, 660], &TERMS_2021),
    batch(
        18,
        [day(2021, 8, 11), day(2021, 8, 15), day(2021, 8, 18)],
        [4_300_000, 800_000, 11_302],
        &TERMS_2021_LATE,
    ),
    Batch {
        number: 19,
        opens: day(2021, 8, 26),
        closes: day(2021, 8, 29),
        decree: day(2021, 9, 1),
        applied: 3_967_595,
        eligible: 2_413_677,
        selected: 800_000,
        revoked: 11_302,
        terms: &TERMS_2021_LATE,
    },
    batch(
        20,
        [day(2021, 9, 8), day(2021, 9, 11), day(2021, 9, 14)],
        [4_900_000, 800_000, 11_302],
        &TERMS_2021_LATE,
    ),
    batch(
        21,
        [day(2021, 9, 16), day(2021, 9, 19), day(2021, 9, 22)],
        [4_500_000, 754_929, 10_240],
        &TERMS_2021_LATE,
    ),
    batch(
        22,
        [day(2021, 10, 25), day(2021, 10, 27), day(2021, 10, 29)],
        [3_500_000, 46_000, 660],
        &TERMS_2021_LATE,
    ),
    batch(
        23,
        [day(2022, 2, 17), day(2022, 2, 20), day(2022, 2, 24)],
        [940_000, 500_000, 15_000],
        &TERMS_2022,
    ),
    spread_2022(24),
    spread_2022(25),
    spread_2022(26),
    spread_2022(27),
    spread_2022(28),
    spread_2022(29),
    spread_2022(30),
    spread_2022(31),
    spread_2022(32),
    spread_2022(33),
    spread_2022(34),
    spread_2022(35),
    spread_2022(36),
    spread_2022(37),
    spread_2022(38),
    spread_2022(39),
    spread_2022(40),
    spread_2022(41),
    spread_2022(42),
    spread_2022(43),
    spread_2022(44),
    spread_2022(45),
    spread_2022(46),
    spread_2022(47),
    spread_2023(48, day(2023, 2, 17)),
    spread_2023(49, day(2023, 3, 9)),
    spread_2023(50, day(2023, 3, 28)),
    spread_2023(51, day(2023, 4, 20)),
    spread_2023(52, day(2023, 5, 9)),
    spread_2023(53, day(2023, 5, 26)),
    spread_2023(54, day(2023, 6, 9)),
    spread_2023(55, day(2023, 6, 23)),
    spread_2023(56, day(2023, 7, 7)),
    spread_2023(57, day(2023, 7, 21)),
    spread_2023(58, day(2023, 8, 4)),
    spread_2023(59, day(2023, 8, 18)),
    spread_2023(60, day(2023, 9, 1)),
    spread_2023(61, day(2023, 9, 15)),
    spread_2023(62, day(2023, 9, 29)),
];

/// Batches 24 to 46 are alike; batch 47 takes what division leaves of the yearly sums.
const fn spread_2022(number: u16) -> Batch {
    // Sums of the 24: 9,666,815 − 940,000 applied; 4,984,790 − 485,000 unrevoked; 139,169 revoked.
    const APPLIED: u32 = 8_726_815;
    const UNREVOKED: u32 = 4_499_790;
    const REVOKED: u32 = 139_169;
    let last = number == 47;
    let applied = if last { APPLIED - APPLIED / 24 * 23 } else { APPLIED / 24 };
    let revoked = if last { REVOKED - REVOKED / 24 * 23 } else { REVOKED / 24 };
    let unrevoked = if last { UNREVOKED - UNREVOKED / 24 * 23 } else { UNREVOKED / 24 };
    // Ten days apart from 27 February 2022, with a pause over Lebaran; never decreed on a weekend.
    let mut opens = day(2022, 2, 27) + if number >= 30 { 7 } else { 0 };
    let mut before = 24;
    while before < number {
        opens += 10;
        before += 1;
    }
    let decree = match (opens + 6).rem_euclid(7) {
        2 => opens + 8,
        3 => opens + 7,
        _ => opens + 6,
    };
    batch(number, [opens, opens + 3, decree], [applied, unrevoked + revoked, revoked], &TERMS_2022)
}

/// Fifteen batches alike: 76,667 unrevoked and 2,371 revoked each, 2.7 applicants a place.
const fn spread_2023(number: u16, opens: Day) -> Batch {
    // Batch 51 was decreed on 28 April 2023, as published.
    let decree = if number == 51 { day(2023, 4, 28) } else { opens + 7 };
    batch(number, [opens, opens + 3, decree], [213_000, 79_038, 2_371], &TERMS_2023)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(first: u16, last: u16, of: fn(&Batch) -> u32) -> u32 {
        BATCHES.iter().filter(|batch| (first..=last).contains(&batch.number)).map(of).sum()
    }

    #[test]
    fn the_table_adds_to_the_published_sums() {
        let selected: fn(&Batch) -> u32 = |batch| batch.selected;
        let revoked: fn(&Batch) -> u32 = |batch| batch.revoked;
        let unrevoked: fn(&Batch) -> u32 = |batch| batch.selected - batch.revoked;
        assert_eq!(sum(1, 3, selected), 680_918);
        assert_eq!(sum(1, 9, selected), 5_480_918);
        assert_eq!(sum(1, 10, selected), 5_597_179);
        assert_eq!(sum(1, 11, selected), 5_980_000);
        assert_eq!(sum(1, 4, revoked), 189_436);
        assert_eq!(sum(1, 7, revoked), 310_212);
        assert_eq!(sum(1, 8, revoked), 344_959);
        assert_eq!(sum(1, 10, revoked), 373_745);
        assert_eq!(sum(12, 15, revoked), 35_809);
        assert_eq!(sum(12, 22, revoked), 86_878);
        assert_eq!(sum(12, 22, unrevoked), 5_931_574);
        assert_eq!(sum(23, 47, unrevoked), 4_984_790);
        assert_eq!(sum(23, 47, |batch| batch.applied), 9_666_815);
        assert_eq!(sum(1, 47, unrevoked), 16_420_000);
        assert_eq!(sum(48, 62, unrevoked), 1_150_005);
    }

    #[test]
    fn batches_are_in_order_and_possible() {
        assert!(BATCHES.iter().map(|batch| batch.number).eq(1..=62));
        for batch in BATCHES {
            assert!(batch.opens < batch.closes && batch.closes < batch.decree, "{}", batch.number);
            assert!(batch.selected <= batch.eligible && batch.eligible <= batch.applied, "{}", batch.number);
            assert!(batch.revoked < batch.selected, "{}", batch.number);
        }
    }
}
