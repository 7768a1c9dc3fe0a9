//! Figures of 2022 to 2024, and of all years together: batches 23 to 62.

use super::{Figure, Measure, Scope, billion, figure, million};

const YEAR_2022: Scope = Scope::Years { programme: "prakerja-2020", first: 2022, last: 2022 };
const THREE_YEARS: Scope = Scope::Years { programme: "prakerja-2020", first: 2020, last: 2022 };
const NORMAL: Scope = Scope::Years { programme: "prakerja-2023", first: 2023, last: 2023 };
const MINISTRY_2023: &str = "ministry, March 2023";

pub(super) fn figures() -> Vec<Figure> {
    [of_2022(), together(), rates(), of_2023()].concat()
}

fn of_2022() -> Vec<Figure> {
    vec![
        figure(
            "recipients-2022",
            "4,984,790 recipients in 2022",
            4_984_790,
            "annual report 2022",
            Measure::Unrevoked,
            YEAR_2022,
        )
        .told(),
        figure(
            "applied-2022",
            "9,666,815 joined a batch in 2022",
            9_666_815,
            "annual report 2022",
            Measure::Applied,
            YEAR_2022,
        )
        .told(),
        figure(
            "budget-2022",
            "Rp17.99 trillion for 2022 in the end",
            billion(17_990),
            MINISTRY_2023,
            Measure::Appropriated,
            YEAR_2022,
        )
        .told(),
        figure(
            "realised-2022",
            "Rp17.84 trillion realised in 2022",
            billion(17_840),
            MINISTRY_2023,
            Measure::Realised,
            YEAR_2022,
        )
        .until("2022-12-31"),
        figure(
            "absorbed-2022",
            "99.12 % of the budget of 2022",
            99_120,
            MINISTRY_2023,
            Measure::AbsorbedShare,
            YEAR_2022,
        )
        .until("2022-12-31"),
    ]
}

fn together() -> Vec<Figure> {
    vec![
        figure(
            "recipients-2020-2022",
            "16.42 million recipients in batches 1 to 47",
            16_420_000,
            MINISTRY_2023,
            Measure::Unrevoked,
            THREE_YEARS,
        )
        .told(),
        figure(
            "granted-2020-2022",
            "16.42 million × Rp3.55 million = Rp58.29 trillion",
            billion(58_291),
            "product of two published numbers",
            Measure::UnrevokedSum,
            THREE_YEARS,
        )
        .restated(),
        figure(
            "realised-2020-2022",
            "some Rp59 trillion in three years",
            billion(59_000),
            MINISTRY_2023,
            Measure::Disbursed,
            THREE_YEARS,
        )
        .until("2022-12-31"),
        figure(
            "beyond-grants",
            "Rp0.25 trillion realised beyond Rp58.29 trillion of grants and Rp353 billion of operations",
            billion(250),
            "difference of published numbers",
            Measure::BeyondGrants,
            THREE_YEARS,
        )
        .until("2022-12-31"),
        figure(
            "cash-share-2020",
            "72 % of a grant is money: Rp2.55 of Rp3.55 million",
            71_831,
            "terms of 2020 to 2022: what of it arrived",
            Measure::CashShare,
            THREE_YEARS,
        ),
        figure(
            "cash-share-2023",
            "17 % of a grant is money: Rp0.7 of Rp4.2 million",
            16_667,
            "terms of 2023: what of it arrived",
            Measure::CashShare,
            NORMAL,
        ),
        figure(
            "first-in-time",
            "the first incentive comes within 3 to 5 working days",
            100_000,
            "management office, May 2022",
            Measure::FirstInTime,
            Scope::Prakerja,
        ),
        figure(
            "survey-in-time",
            "survey money comes within 14 days of the answer",
            100_000,
            "management office, October 2021",
            Measure::SurveyInTime,
            Scope::Prakerja,
        ),
    ]
}

fn rates() -> Vec<Figure> {
    vec![
        figure(
            "remitted",
            "Rp237.8 billion of revenue back to the state",
            million(237_800),
            MINISTRY_2023,
            Measure::Remitted,
            THREE_YEARS,
        )
        .told(),
        figure(
            "failed",
            "0.4 % of transfers fail",
            400,
            "management office, September 2020",
            Measure::FailedShare,
            Scope::Prakerja,
        )
        .told(),
        figure(
            "wallet-low",
            "75 % chose a wallet",
            75_000,
            "management office, 14 October 2020",
            Measure::WalletShare,
            Scope::Prakerja,
        )
        .told(),
        figure(
            "wallet-high",
            "78 % chose a wallet, said on the same day",
            78_000,
            "payment partner, 14 October 2020",
            Measure::WalletShare,
            Scope::Prakerja,
        )
        .told(),
    ]
}

fn of_2023() -> Vec<Figure> {
    vec![
        figure(
            "recipients-2023-09",
            "17.6 million recipients so far",
            17_600_000,
            "ministry, 2 September 2023",
            Measure::Unrevoked,
            Scope::Prakerja,
        )
        .restated()
        .until("2023-09-02"),
        figure(
            "disbursed-2023-09",
            "Rp63 trillion so far",
            billion(63_000),
            "ministry, 2 September 2023",
            Measure::Disbursed,
            Scope::Prakerja,
        )
        .until("2023-09-02"),
        figure(
            "recipients-2024-01",
            "17.5 million recipients so far, said later than 17.6 million",
            17_500_000,
            "ministry, 23 January 2024",
            Measure::Unrevoked,
            Scope::Prakerja,
        )
        .restated()
        .until("2024-01-23"),
        figure(
            "emis",
            "54,856 recipients of 2023 were in education by a list of November 2023",
            54_856,
            "audit board (BPK), 3 October 2024",
            Measure::ListedLate,
            NORMAL,
        )
        .told(),
    ]
}
