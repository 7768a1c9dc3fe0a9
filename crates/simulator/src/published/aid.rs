//! Figures of the cash aids, the alumni loan and the outcomes.

use super::{Figure, HANDED, Measure, Scope, billion, figure};

const PKLW: Scope = Scope::Years { programme: "bt-pklw-2021", first: 2021, last: 2021 };
const PKLWN: Scope = Scope::Years { programme: "bt-pklwn-2022", first: 2022, last: 2022 };
const MINISTRY_2021: &str = "ministry, 6 September 2021";
const MINISTRY_2022: &str = "ministry, 8 April 2022";

pub(super) fn figures() -> Vec<Figure> {
    let outcomes = &["outcome.reported.v1"];
    let office = "management office, 8 April 2021";
    vec![
        figure(
            "pklw",
            "one million vendors in 2021",
            1_000_000,
            MINISTRY_2021,
            (Measure::Handed, HANDED),
            PKLW,
        )
        .told(),
        figure(
            "pklw-sum",
            "1 million × Rp1.2 million = Rp1.2 trillion",
            billion(1_200),
            "product of two published numbers",
            (Measure::HandedSum, HANDED),
            PKLW,
        ),
        figure(
            "pklwn-police",
            "354,740 by the police by 8 April 2022",
            354_740,
            MINISTRY_2022,
            (Measure::HandedByPolice, HANDED),
            PKLWN,
        )
        .told()
        .until("2022-04-08"),
        figure(
            "pklwn-army",
            "2,085 by the army by 8 April 2022",
            2_085,
            MINISTRY_2022,
            (Measure::HandedByArmy, HANDED),
            PKLWN,
        )
        .told()
        .until("2022-04-08"),
        figure(
            "pklwn-both",
            "356,825 by both by 8 April 2022",
            356_825,
            MINISTRY_2022,
            (Measure::Handed, HANDED),
            PKLWN,
        )
        .until("2022-04-08"),
        figure(
            "alumni-list",
            "387,234 alumni entrepreneurs on the list for the banks",
            387_234,
            office,
            (Measure::LoanListed, &["loan.listed.v1"]),
            Scope::Prakerja,
        )
        .told(),
        figure(
            "entrepreneurs",
            "some 17 % became entrepreneurs",
            17_000,
            office,
            (Measure::EntrepreneurShare, outcomes),
            Scope::Prakerja,
        )
        .told(),
        figure(
            "working",
            "some 35 % work",
            35_000,
            office,
            (Measure::WorkingShare, outcomes),
            Scope::Prakerja,
        )
        .told(),
    ]
}
