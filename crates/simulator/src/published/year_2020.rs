//! Figures of 2020: batches 1 to 11.

use super::{Figure, Measure, Scope, billion, figure, million};

const fn batches(first: u16, last: u16) -> Scope {
    Scope::Batches { programme: "prakerja-2020", first, last }
}

const YEAR: Scope = Scope::Years { programme: "prakerja-2020", first: 2020, last: 2020 };
const OFFICE_SEP: &str = "management office, 25 September 2020";
const OFFICE_NOV: &str = "management office, report as of 30 October 2020";
const OFFICE_MAY: &str = "management office, 11 May 2020";
const OFFICE_JUL: &str = "management office, July 2020";
const AUDIT: &str = "audit board (BPK), second half of 2020";
const PLAN: &str = "management office, plan of 2020: what came of it";
const QUOTIENT: &str = "quotient of two published numbers";

pub(super) fn figures() -> Vec<Figure> {
    [revocations(), funnel(), payouts(), money(), plan()].concat()
}

fn revocations() -> Vec<Figure> {
    vec![
        figure(
            "revoked-1-4",
            "189,436 revoked in batches 1 to 4",
            189_436,
            OFFICE_SEP,
            Measure::Revoked,
            batches(1, 4),
        )
        .told()
        .until("2020-09-25"),
        figure(
            "revoked-1-4-sum",
            "189,436 × Rp3,550,000 = Rp672,497,800,000 released",
            67_249_780_000_000,
            "product of two published numbers",
            Measure::RevokedSum,
            batches(1, 4),
        )
        .restated()
        .until("2020-09-25"),
        figure(
            "returned-2020-09",
            "Rp672.4 billion back on the state's account",
            million(672_400),
            OFFICE_SEP,
            Measure::Returned,
            YEAR,
        )
        .restated()
        .until("2020-09-25"),
        figure(
            "revoked-2020-11",
            "373,745 revoked by November 2020",
            373_745,
            OFFICE_NOV,
            Measure::Revoked,
            YEAR,
        )
        .told()
        .until("2020-11-03"),
    ]
}

fn funnel() -> Vec<Figure> {
    vec![
        figure("completed-2020-05", "219,489 had completed", 219_489, OFFICE_MAY, Measure::Completed, YEAR)
            .until("2020-05-11"),
        figure(
            "completed-share-2020-05",
            "48 %: 219,489 of 456,256 recipients",
            48_106,
            QUOTIENT,
            Measure::CompletedShare,
            batches(1, 2),
        )
        .until("2020-05-11"),
        figure("linked-2020-05", "132,509 had linked an account", 132_509, OFFICE_MAY, Measure::Linked, YEAR)
            .until("2020-05-11"),
        figure(
            "linked-of-completed-2020-05",
            "60 %: 132,509 of 219,489",
            60_371,
            QUOTIENT,
            Measure::LinkedOfCompleted,
            YEAR,
        )
        .until("2020-05-11"),
        figure("paid-2020-05", "51,255 were paid", 51_255, OFFICE_MAY, Measure::Paid, YEAR)
            .until("2020-05-11"),
        figure(
            "paid-of-linked-2020-05",
            "39 %: 51,255 of 132,509",
            38_680,
            QUOTIENT,
            Measure::PaidOfLinked,
            YEAR,
        )
        .until("2020-05-11"),
        figure("certified-2020-07", "477,971 were certified", 477_971, OFFICE_JUL, Measure::Completed, YEAR)
            .until("2020-07-31"),
        figure("paid-2020-07", "361,209 were paid", 361_209, OFFICE_JUL, Measure::Paid, YEAR)
            .until("2020-07-31"),
        figure(
            "paid-of-certified-2020-07",
            "76 %: 361,209 of 477,971",
            75_571,
            QUOTIENT,
            Measure::PaidOfCompleted,
            YEAR,
        )
        .until("2020-07-31"),
        figure("bought-2020-10", "5.2 million had bought", 5_200_000, OFFICE_NOV, Measure::Bought, YEAR)
            .until("2020-10-30"),
        figure(
            "bought-share-2020-10",
            "93 %: 5.2 of 5.6 million",
            92_857,
            QUOTIENT,
            Measure::BoughtShare,
            YEAR,
        )
        .until("2020-10-30"),
        figure(
            "completed-2020-10",
            "4.94 million had completed",
            4_940_000,
            OFFICE_NOV,
            Measure::Completed,
            YEAR,
        )
        .until("2020-10-30"),
        figure(
            "completed-of-bought-2020-10",
            "95 %: 4.94 of 5.2 million",
            95_000,
            QUOTIENT,
            Measure::CompletedOfBought,
            YEAR,
        )
        .until("2020-10-30"),
        figure("paid-2020-10", "4.9 million were paid", 4_900_000, OFFICE_NOV, Measure::Paid, YEAR)
            .until("2020-10-30"),
        figure(
            "paid-of-completed-2020-10",
            "99 %: 4.9 of 4.94 million",
            99_190,
            QUOTIENT,
            Measure::PaidOfCompleted,
            YEAR,
        )
        .until("2020-10-30"),
    ]
}

fn payouts() -> Vec<Figure> {
    vec![
        figure(
            "paid-sum-2020-10",
            "Rp5.7 trillion of incentives were paid",
            billion(5_700),
            OFFICE_NOV,
            Measure::PaidSum,
            YEAR,
        )
        .until("2020-10-30"),
        figure(
            "paid-each-2020-10",
            "Rp1.16 million for each person paid",
            116_326_500,
            QUOTIENT,
            Measure::PaidEach,
            YEAR,
        )
        .until("2020-10-30"),
        figure(
            "instalments-2020-10",
            "9.5 million instalments: Rp5.7 trillion by Rp600,000",
            9_500_000,
            QUOTIENT,
            Measure::Settlements,
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
            Measure::Appropriated,
            YEAR,
        )
        .told(),
        figure(
            "realised-2020",
            "Rp19.9 trillion realised in 2020",
            billion(19_900),
            "ministry, March 2023",
            Measure::Realised,
            YEAR,
        )
        .until("2020-12-31"),
        figure(
            "absorbed-2020",
            "99.5 %: Rp19.9 of Rp20 trillion",
            99_500,
            QUOTIENT,
            Measure::AbsorbedShare,
            YEAR,
        )
        .until("2020-12-31"),
        figure(
            "undelivered-2020",
            "Rp6.83 trillion not delivered at the end of 2020",
            billion(6_830),
            AUDIT,
            Measure::Undelivered,
            YEAR,
        )
        .until("2020-12-31"),
        figure(
            "undelivered-share-2020",
            "34 %: Rp6.83 of Rp19.9 trillion",
            34_322,
            QUOTIENT,
            Measure::UndeliveredShare,
            YEAR,
        )
        .until("2020-12-31"),
        figure(
            "training-2020-12",
            "Rp5.5 trillion paid for training by the end of 2020",
            billion(5_500),
            AUDIT,
            Measure::SettledSum,
            YEAR,
        )
        .until("2020-12-31"),
        figure(
            "unfinished-2020",
            "Rp125.93 billion paid for courses not finished at the end of 2020",
            million(125_930),
            AUDIT,
            Measure::UnfinishedSum,
            YEAR,
        )
        .until("2020-12-31"),
        figure(
            "unfinished-share-2020",
            "2.3 %: Rp125.93 billion of Rp5.5 trillion",
            2_290,
            QUOTIENT,
            Measure::UnfinishedShare,
            YEAR,
        )
        .until("2020-12-31"),
        figure(
            "on-hand-2021-03",
            "nothing left of 2020 on 31 March 2021",
            0,
            "ministry of finance, 2021",
            Measure::OnHand,
            YEAR,
        )
        .until("2021-03-31"),
    ]
}

fn plan() -> Vec<Figure> {
    vec![
        figure(
            "training-2020",
            "Rp5.6 trillion planned for training in 2020",
            billion(5_600),
            PLAN,
            Measure::SettledSum,
            YEAR,
        ),
        figure(
            "incentives-2020",
            "Rp13.45 trillion planned for incentives in 2020",
            billion(13_450),
            PLAN,
            Measure::IncentiveSum,
            YEAR,
        ),
        figure(
            "surveys-2020",
            "Rp0.84 trillion planned for surveys in 2020",
            billion(840),
            PLAN,
            Measure::SurveySum,
            YEAR,
        ),
    ]
}
