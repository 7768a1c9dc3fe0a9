//! Figures of 2020: batches 1 to 11.

use super::{
    APPROPRIATED, BOUGHT, COMPLETED, DECREED, DISBURSED, Figure, LINKED, Measure, PAID, RETURNED, REVOKED,
    SETTLED, SUMMARISED, Scope, UNREVOKED, billion, figure, million,
};

const fn batches(first: u16, last: u16) -> Scope {
    Scope::Batches { programme: "prakerja-2020", first, last }
}

const YEAR: Scope = Scope::Years { programme: "prakerja-2020", first: 2020, last: 2020 };
const OFFICE_SEP: &str = "management office, 25 September 2020";
const OFFICE_OCT: &str = "management office, 16 October 2020";
const OFFICE_NOV: &str = "management office, report as of 30 October 2020";
const OFFICE_MAY: &str = "management office, 11 May 2020";
const OFFICE_JUL: &str = "management office, July 2020";
const AUDIT: &str = "audit board (BPK), second half of 2020";

pub(super) fn figures() -> Vec<Figure> {
    [selection(), revocations(), funnel(), money()].concat()
}

fn selection() -> Vec<Figure> {
    let decreed = (Measure::Decreed, DECREED);
    vec![
        figure("batch-1", "168,111 persons in batch 1", 168_111, OFFICE_SEP, decreed, batches(1, 1)).told(),
        figure("batch-2", "288,154 persons in batch 2", 288_154, OFFICE_SEP, decreed, batches(2, 2)).told(),
        figure(
            "batches-1-3",
            "680,918 persons in batches 1 to 3",
            680_918,
            OFFICE_SEP,
            decreed,
            batches(1, 3),
        ),
        figure(
            "batches-1-9",
            "5,480,918 persons in batches 1 to 9",
            5_480_918,
            OFFICE_SEP,
            decreed,
            batches(1, 9),
        ),
        figure("batch-10", "116,261 taken in batch 10", 116_261, OFFICE_NOV, decreed, batches(10, 10)).told(),
        figure(
            "batch-10-applied",
            "6.7 million applied in batch 10",
            6_700_000,
            OFFICE_NOV,
            (Measure::Applied, SUMMARISED),
            batches(10, 10),
        )
        .told(),
        figure(
            "recipients-2020",
            "5.6 million recipients in 2020 by the treasury's count",
            5_600_000,
            "directorate general of treasury",
            (Measure::Unrevoked, UNREVOKED),
            YEAR,
        ),
    ]
}

fn revocations() -> Vec<Figure> {
    let (persons, sum) = ((Measure::Revoked, REVOKED), (Measure::RevokedSum, REVOKED));
    vec![
        figure(
            "revoked-1-4",
            "189,436 revoked in batches 1 to 4",
            189_436,
            OFFICE_SEP,
            persons,
            batches(1, 4),
        )
        .told()
        .until("2020-09-25"),
        figure(
            "revoked-1-4-sum",
            "189,436 × Rp3,550,000 = Rp672,497,800,000 released",
            67_249_780_000_000,
            "product of two published numbers",
            sum,
            batches(1, 4),
        )
        .until("2020-09-25"),
        figure(
            "returned-2020-09",
            "Rp672.4 billion back on the state's account",
            million(672_400),
            OFFICE_SEP,
            (Measure::Returned, RETURNED),
            YEAR,
        )
        .until("2020-09-25"),
        figure(
            "revoked-1-7",
            "310,212 revoked in batches 1 to 7",
            310_212,
            OFFICE_OCT,
            persons,
            batches(1, 7),
        )
        .told(),
        figure(
            "revoked-1-7-sum",
            "Rp1.1 trillion for batches 1 to 7",
            billion(1_100),
            OFFICE_OCT,
            sum,
            batches(1, 7),
        ),
        figure(
            "revoked-8-sum",
            "Rp123.35 billion for batch 8",
            million(123_350),
            OFFICE_OCT,
            sum,
            batches(8, 8),
        ),
        figure(
            "revoked-1-8",
            "344,959 revoked in batches 1 to 8",
            344_959,
            OFFICE_OCT,
            persons,
            batches(1, 8),
        )
        .until("2020-10-16"),
        figure("revoked-1-8-sum", "Rp1.22 trillion in all", billion(1_220), OFFICE_OCT, sum, batches(1, 8))
            .until("2020-10-16"),
        figure("revoked-2020-11", "373,745 revoked by November 2020", 373_745, OFFICE_NOV, persons, YEAR)
            .told()
            .until("2020-11-03"),
    ]
}

fn funnel() -> Vec<Figure> {
    let (completed, paid) = ((Measure::Completed, COMPLETED), (Measure::Paid, PAID));
    vec![
        figure("completed-2020-05", "219,489 had completed", 219_489, OFFICE_MAY, completed, YEAR)
            .until("2020-05-11"),
        figure(
            "linked-2020-05",
            "132,509 had linked an account",
            132_509,
            OFFICE_MAY,
            (Measure::Linked, LINKED),
            YEAR,
        )
        .until("2020-05-11"),
        figure("paid-2020-05", "51,255 were paid", 51_255, OFFICE_MAY, paid, YEAR).until("2020-05-11"),
        figure("certified-2020-07", "477,971 were certified", 477_971, OFFICE_JUL, completed, YEAR)
            .until("2020-07-31"),
        figure("paid-2020-07", "361,209 were paid", 361_209, OFFICE_JUL, paid, YEAR).until("2020-07-31"),
        figure(
            "bought-2020-10",
            "5.2 million had bought",
            5_200_000,
            OFFICE_NOV,
            (Measure::Bought, BOUGHT),
            YEAR,
        )
        .until("2020-10-30"),
        figure("completed-2020-10", "4.94 million had completed", 4_940_000, OFFICE_NOV, completed, YEAR)
            .until("2020-10-30"),
        figure("paid-2020-10", "4.9 million were paid", 4_900_000, OFFICE_NOV, paid, YEAR)
            .until("2020-10-30"),
        figure(
            "paid-sum-2020-10",
            "Rp5.7 trillion of incentives were paid",
            billion(5_700),
            OFFICE_NOV,
            (Measure::PaidSum, PAID),
            YEAR,
        )
        .until("2020-10-30"),
    ]
}

fn money() -> Vec<Figure> {
    vec![
        figure(
            "budget-2020",
            "a budget of Rp20 trillion",
            billion(20_000),
            "budget document of 2020",
            (Measure::Appropriated, APPROPRIATED),
            YEAR,
        )
        .told(),
        figure(
            "realised-2020",
            "Rp19.9 trillion realised in 2020",
            billion(19_900),
            "ministry, March 2023",
            (Measure::Realised, DISBURSED),
            YEAR,
        )
        .until("2020-12-31"),
        figure(
            "undelivered-2020",
            "Rp6.83 trillion not delivered at the end of 2020",
            billion(6_830),
            AUDIT,
            (Measure::Undelivered, DISBURSED),
            YEAR,
        )
        .until("2020-12-31"),
        figure(
            "unfinished-2020",
            "Rp125.93 billion paid for courses not finished at the end of 2020",
            million(125_930),
            AUDIT,
            (Measure::UnfinishedSum, SETTLED),
            YEAR,
        )
        .until("2020-12-31"),
    ]
}
