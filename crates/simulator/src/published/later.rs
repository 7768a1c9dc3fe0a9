//! Figures of 2021 to 2024: batches 12 to 62.

use super::{
    APPROPRIATED, COMPLETED, DECREED, DISBURSED, Figure, Measure, PAID, REVOKED, SUMMARISED, Scope,
    UNREVOKED, billion, figure, million,
};

const fn batches(first: u16, last: u16) -> Scope {
    Scope::Batches { programme: "prakerja-2020", first, last }
}

const fn year(year: i32) -> Scope {
    Scope::Years { programme: "prakerja-2020", first: year, last: year }
}

const THREE_YEARS: Scope = Scope::Years { programme: "prakerja-2020", first: 2020, last: 2022 };
const MINISTRY_2023: &str = "ministry, March 2023";
const OFFICE_SEP_2021: &str = "management office, 13 September 2021";
const OFFICE_H1_2021: &str = "management office, first half of 2021";

pub(super) fn figures() -> Vec<Figure> {
    [of_2021(), by_september_2021(), of_2022(), together(), of_2023()].concat()
}

fn of_2021() -> Vec<Figure> {
    let h1 = "2021-06-30";
    vec![
        figure(
            "recipients-2021",
            "5,931,574 recipients in 2021",
            5_931_574,
            MINISTRY_2023,
            (Measure::Unrevoked, UNREVOKED),
            year(2021),
        )
        .told(),
        figure(
            "revoked-12-15",
            "35,809 revoked in batches 12 to 15",
            35_809,
            "management office, June 2021",
            (Measure::Revoked, REVOKED),
            batches(12, 15),
        )
        .told(),
        figure(
            "revoked-2021",
            "86,878 revoked in 2021",
            86_878,
            "management office, December 2021",
            (Measure::Revoked, REVOKED),
            year(2021),
        )
        .told(),
        figure(
            "recipients-2021-h1",
            "2.77 million recipients in the first half of 2021",
            2_770_000,
            OFFICE_H1_2021,
            (Measure::Unrevoked, UNREVOKED),
            year(2021),
        )
        .until(h1),
        figure(
            "completed-2021-h1",
            "98 % had completed",
            98_000,
            OFFICE_H1_2021,
            (Measure::CompletedShare, COMPLETED),
            year(2021),
        )
        .until(h1),
        figure(
            "paid-2021-h1",
            "97 % were paid",
            97_000,
            OFFICE_H1_2021,
            (Measure::PaidShare, PAID),
            year(2021),
        )
        .until(h1),
        figure(
            "paid-sum-2021-h1",
            "more than Rp6.5 trillion paid",
            billion(6_500),
            OFFICE_H1_2021,
            (Measure::PaidSum, PAID),
            year(2021),
        )
        .until(h1),
        figure(
            "budget-2021",
            "Rp10 + 10 + 1.2 trillion for 2021",
            billion(21_200),
            MINISTRY_2023,
            (Measure::Appropriated, APPROPRIATED),
            year(2021),
        )
        .told(),
        figure(
            "realised-2021",
            "Rp21.15 trillion realised in 2021",
            billion(21_150),
            MINISTRY_2023,
            (Measure::Realised, DISBURSED),
            year(2021),
        )
        .until("2021-12-31"),
        figure(
            "recipients-2021-06",
            "8.28 million effective recipients so far",
            8_280_000,
            "management office, 27 June 2021",
            (Measure::Unrevoked, UNREVOKED),
            Scope::Prakerja,
        )
        .until("2021-06-27"),
    ]
}

fn by_september_2021() -> Vec<Figure> {
    let (day, first_eight) = ("2021-09-13", batches(12, 19));
    vec![
        figure(
            "batch-19-applied",
            "3,967,595 applied in batch 19",
            3_967_595,
            OFFICE_SEP_2021,
            (Measure::Applied, SUMMARISED),
            batches(19, 19),
        )
        .told(),
        figure(
            "batch-19-eligible",
            "2,413,677 of them eligible",
            2_413_677,
            OFFICE_SEP_2021,
            (Measure::Eligible, SUMMARISED),
            batches(19, 19),
        )
        .told(),
        figure(
            "batch-20-applied",
            "4.9 million applied in batch 20",
            4_900_000,
            OFFICE_SEP_2021,
            (Measure::Applied, SUMMARISED),
            batches(20, 20),
        )
        .told(),
        figure(
            "recipients-12-19",
            "4.3 million recipients in batches 12 to 19",
            4_300_000,
            OFFICE_SEP_2021,
            (Measure::Decreed, DECREED),
            first_eight,
        )
        .until(day),
        figure(
            "completed-12-19",
            "3.2 million of them had completed",
            3_200_000,
            OFFICE_SEP_2021,
            (Measure::Completed, COMPLETED),
            first_eight,
        )
        .until(day),
        figure(
            "paid-12-19",
            "3,040,724 of them were paid",
            3_040_724,
            OFFICE_SEP_2021,
            (Measure::Paid, PAID),
            first_eight,
        )
        .until(day),
        figure(
            "paid-sum-12-19",
            "Rp6.82 trillion paid to them",
            billion(6_820),
            OFFICE_SEP_2021,
            (Measure::PaidSum, PAID),
            first_eight,
        )
        .until(day),
        figure(
            "paid-each-12-19",
            "Rp2.243 million for each of them",
            224_300_000,
            "quotient of two published numbers",
            (Measure::PaidEach, PAID),
            first_eight,
        )
        .until(day),
    ]
}

fn of_2022() -> Vec<Figure> {
    vec![
        figure(
            "recipients-2022",
            "4,984,790 recipients in 2022",
            4_984_790,
            "annual report 2022",
            (Measure::Unrevoked, UNREVOKED),
            year(2022),
        )
        .told(),
        figure(
            "applied-2022",
            "9,666,815 joined a batch in 2022",
            9_666_815,
            "annual report 2022",
            (Measure::Applied, SUMMARISED),
            year(2022),
        )
        .told(),
        figure(
            "budget-2022",
            "Rp17.99 trillion for 2022 in the end",
            billion(17_990),
            MINISTRY_2023,
            (Measure::Appropriated, APPROPRIATED),
            year(2022),
        )
        .told(),
        figure(
            "realised-2022",
            "Rp17.84 trillion realised in 2022",
            billion(17_840),
            MINISTRY_2023,
            (Measure::Realised, DISBURSED),
            year(2022),
        )
        .until("2022-12-31"),
    ]
}

fn together() -> Vec<Figure> {
    let wallets = &["participant.account_linked.v1"];
    let transfers = &["payout.failed.v1", "payout.settled.v1"];
    vec![
        figure(
            "recipients-2020-2022",
            "16.42 million recipients in batches 1 to 47",
            16_420_000,
            MINISTRY_2023,
            (Measure::Unrevoked, UNREVOKED),
            THREE_YEARS,
        )
        .told(),
        figure(
            "granted-2020-2022",
            "16.42 million × Rp3.55 million = Rp58.29 trillion",
            billion(58_291),
            "product of two published numbers",
            (Measure::UnrevokedSum, UNREVOKED),
            THREE_YEARS,
        ),
        figure(
            "realised-2020-2022",
            "some Rp59 trillion in three years",
            billion(59_000),
            MINISTRY_2023,
            (Measure::Disbursed, DISBURSED),
            THREE_YEARS,
        )
        .until("2022-12-31"),
        figure(
            "remitted",
            "Rp237.8 billion of revenue back to the state",
            million(237_800),
            MINISTRY_2023,
            (Measure::Remitted, &["fund.revenue_remitted.v1"]),
            THREE_YEARS,
        )
        .told(),
        figure(
            "failed",
            "0.4 % of transfers fail",
            400,
            "management office, September 2020",
            (Measure::FailedShare, transfers),
            Scope::Prakerja,
        )
        .told(),
        figure(
            "wallet-low",
            "75 % chose a wallet",
            75_000,
            "management office, 14 October 2020",
            (Measure::WalletShare, wallets),
            Scope::Prakerja,
        )
        .told(),
        figure(
            "wallet-high",
            "78 % chose a wallet, said on the same day",
            78_000,
            "payment partner, 14 October 2020",
            (Measure::WalletShare, wallets),
            Scope::Prakerja,
        )
        .told(),
    ]
}

const LATE: (Measure, &[&str]) = (Measure::ListedLate, &["participant.register_reported.v1"]);

fn of_2023() -> Vec<Figure> {
    let so_far = (Measure::Unrevoked, UNREVOKED);
    vec![
        figure(
            "recipients-2023-06",
            "17 million recipients so far",
            17_000_000,
            "ministry, 19 June 2023",
            so_far,
            Scope::Prakerja,
        )
        .until("2023-06-19"),
        figure(
            "recipients-2023-09",
            "17.6 million recipients so far",
            17_600_000,
            "ministry, 2 September 2023",
            so_far,
            Scope::Prakerja,
        )
        .until("2023-09-02"),
        figure(
            "disbursed-2023-09",
            "Rp63 trillion so far",
            billion(63_000),
            "ministry, 2 September 2023",
            (Measure::Disbursed, DISBURSED),
            Scope::Prakerja,
        )
        .until("2023-09-02"),
        figure(
            "recipients-2024-01",
            "17.5 million recipients so far, said later than 17.6 million",
            17_500_000,
            "ministry, 23 January 2024",
            so_far,
            Scope::Prakerja,
        )
        .until("2024-01-23"),
        figure(
            "wages",
            "119,494 recipients of 2021 had a wage above Rp3.5 million",
            119_494,
            "audit board (BPK), second half of 2021",
            LATE,
            year(2021),
        )
        .told(),
        figure(
            "emis",
            "54,856 recipients of 2023 were in education by a list of November 2023",
            54_856,
            "audit board (BPK), 3 October 2024",
            LATE,
            Scope::Years { programme: "prakerja-2023", first: 2023, last: 2023 },
        )
        .told(),
    ]
}
