//! Figures of the cash aids, the alumni loan and the outcomes.

use super::{Figure, Measure, Scope, figure};

const PKLW: Scope = Scope::Years { programme: "bt-pklw-2021", first: 2021, last: 2021 };
const PKLWN: Scope = Scope::Years { programme: "bt-pklwn-2022", first: 2022, last: 2022 };

pub(super) fn figures() -> Vec<Figure> {
    vec![
        figure(
            "pklw",
            "one million vendors in 2021",
            1_000_000,
            "ministry, 6 September 2021",
            Measure::Handed,
            PKLW,
        )
        .told(),
        figure(
            "pklwn-police",
            "354,740 by the police by 8 April 2022",
            354_740,
            "ministry, 8 April 2022",
            Measure::HandedByPolice,
            PKLWN,
        )
        .told()
        .until("2022-04-08"),
        figure(
            "alumni-list",
            "387,234 alumni entrepreneurs on the list for the banks",
            387_234,
            "management office, 8 April 2021",
            Measure::LoanListed,
            Scope::Prakerja,
        )
        .told(),
        figure(
            "entrepreneurs",
            "some 17 % became entrepreneurs",
            17_000,
            "management office, 8 April 2021",
            Measure::EntrepreneurShare,
            Scope::Prakerja,
        )
        .told(),
    ]
}
