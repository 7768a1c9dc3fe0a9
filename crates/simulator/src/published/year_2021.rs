//! Figures of 2021: batches 12 to 22.

use super::{Figure, Measure, Scope, billion, figure, million};

const fn batches(first: u16, last: u16) -> Scope {
    Scope::Batches { programme: "prakerja-2020", first, last }
}

const YEAR: Scope = Scope::Years { programme: "prakerja-2020", first: 2021, last: 2021 };
const MINISTRY_2023: &str = "ministry, March 2023";
const OFFICE_SEP_2021: &str = "management office, 13 September 2021";
const OFFICE_H1_2021: &str = "management office, first half of 2021";
const QUOTIENT: &str = "quotient of two published numbers";
const AUDIT: &str = "audit board (BPK), second half of 2021";

pub(super) fn figures() -> Vec<Figure> {
    [whole(), by_september(), late_list()].concat()
}

fn whole() -> Vec<Figure> {
    vec![
        figure(
            "recipients-2021",
            "5,931,574 recipients in 2021",
            5_931_574,
            MINISTRY_2023,
            Measure::Unrevoked,
            YEAR,
        )
        .told(),
        figure(
            "revoked-2021",
            "86,878 revoked in 2021",
            86_878,
            "management office, December 2021",
            Measure::Revoked,
            YEAR,
        )
        .told(),
        figure(
            "completed-2021-h1",
            "98 % had completed",
            98_000,
            OFFICE_H1_2021,
            Measure::CompletedShare,
            YEAR,
        )
        .until("2021-06-30"),
        figure("paid-2021-h1", "97 % were paid", 97_000, OFFICE_H1_2021, Measure::PaidShare, YEAR)
            .until("2021-06-30"),
        figure(
            "paid-of-completed-2021-h1",
            "99 %: 97 of 98 %",
            98_980,
            QUOTIENT,
            Measure::PaidOfCompleted,
            YEAR,
        )
        .until("2021-06-30"),
        figure(
            "paid-sum-2021-h1",
            "more than Rp6.5 trillion paid",
            billion(6_500),
            OFFICE_H1_2021,
            Measure::PaidSum,
            YEAR,
        )
        .until("2021-06-30"),
        figure(
            "paid-each-2021-h1",
            "Rp2.42 million for each person paid",
            241_916_000,
            QUOTIENT,
            Measure::PaidEach,
            YEAR,
        )
        .until("2021-06-30"),
        figure(
            "budget-2021",
            "Rp10 + 10 + 1.2 trillion for 2021",
            billion(21_200),
            MINISTRY_2023,
            Measure::Appropriated,
            YEAR,
        )
        .told(),
        figure(
            "realised-2021",
            "Rp21.15 trillion realised in 2021",
            billion(21_150),
            MINISTRY_2023,
            Measure::Realised,
            YEAR,
        )
        .until("2021-12-31"),
        figure(
            "absorbed-2021",
            "99.85 % of the budget of 2021",
            99_850,
            MINISTRY_2023,
            Measure::AbsorbedShare,
            YEAR,
        )
        .until("2021-12-31"),
        figure(
            "absorbed-2021-by-sums",
            "99.76 %: Rp21.15 of Rp21.2 trillion",
            99_764,
            QUOTIENT,
            Measure::AbsorbedShare,
            YEAR,
        )
        .until("2021-12-31"),
    ]
}

fn by_september() -> Vec<Figure> {
    let first_eight = batches(12, 19);
    vec![
        figure(
            "completed-12-19",
            "3.2 million of batches 12 to 19 had completed",
            3_200_000,
            OFFICE_SEP_2021,
            Measure::Completed,
            first_eight,
        )
        .until("2021-09-13"),
        figure(
            "paid-12-19",
            "3,040,724 of them were paid",
            3_040_724,
            OFFICE_SEP_2021,
            Measure::Paid,
            first_eight,
        )
        .until("2021-09-13"),
        figure(
            "completed-share-12-19",
            "74 %: 3.2 of 4.3 million",
            74_419,
            QUOTIENT,
            Measure::CompletedShare,
            first_eight,
        )
        .until("2021-09-13"),
        figure(
            "paid-share-12-19",
            "71 %: 3.04 of 4.3 million",
            70_714,
            QUOTIENT,
            Measure::PaidShare,
            first_eight,
        )
        .until("2021-09-13"),
        figure(
            "paid-of-completed-12-19",
            "95 %: 3.04 of 3.2 million",
            95_023,
            QUOTIENT,
            Measure::PaidOfCompleted,
            first_eight,
        )
        .until("2021-09-13"),
        figure(
            "paid-sum-12-19",
            "Rp6.82 trillion paid to them",
            billion(6_820),
            OFFICE_SEP_2021,
            Measure::PaidSum,
            first_eight,
        )
        .until("2021-09-13"),
        figure(
            "paid-each-12-19",
            "Rp2.243 million for each of them",
            224_300_000,
            QUOTIENT,
            Measure::PaidEach,
            first_eight,
        )
        .until("2021-09-13"),
    ]
}

fn late_list() -> Vec<Figure> {
    vec![
        figure(
            "wages",
            "119,494 recipients of 2021 had a wage above Rp3.5 million",
            119_494,
            AUDIT,
            Measure::ListedLate,
            YEAR,
        )
        .told(),
        figure(
            "wages-sum",
            "Rp289.85 billion had reached them",
            million(289_850),
            AUDIT,
            Measure::ListedPaidSum,
            YEAR,
        ),
        figure("wages-each", "Rp2.43 million each", 242_564_000, QUOTIENT, Measure::ListedPaidEach, YEAR),
    ]
}
