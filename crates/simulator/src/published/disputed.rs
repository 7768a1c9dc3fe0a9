//! Figures that contradict others or themselves. One question, two published answers: the replay shows how far
//! each is off.

use super::{Figure, Measure, Scope, billion, figure};

const fn batches(first: u16, last: u16) -> Scope {
    Scope::Batches { programme: "prakerja-2020", first, last }
}

const YEAR: Scope = Scope::Years { programme: "prakerja-2020", first: 2020, last: 2020 };
const THREE_YEARS: Scope = Scope::Years { programme: "prakerja-2020", first: 2020, last: 2022 };
const SPEECH: &str = "speech of 15 March 2023";
const OTHER: &str = "another report of the same speech";

pub(super) fn figures() -> Vec<Figure> {
    [selection(), operating_cost()].concat()
}

fn selection() -> Vec<Figure> {
    vec![
        figure(
            "quota-2020",
            "a quota of 5,597,183 for batches 1 to 10",
            5_597_183,
            "management office, 2020",
            Measure::Decreed,
            batches(1, 10),
        )
        .restated(),
        figure(
            "taken-2020",
            "5,597,179 by the batches' own numbers",
            5_597_179,
            "sum of the batches published",
            Measure::Decreed,
            batches(1, 10),
        )
        .restated(),
        figure(
            "table-2020",
            "5,516,261 by a batch table printed with 3 × 200,000",
            5_516_261,
            "batch table in the press",
            Measure::Decreed,
            batches(1, 10),
        )
        .restated(),
        figure(
            "batches-1-2",
            "456,265: the sum of 168,111 and 288,154",
            456_265,
            "sum of the batches published",
            Measure::Decreed,
            batches(1, 2),
        )
        .restated(),
        figure(
            "batches-1-2-printed",
            "456,256 as printed",
            456_256,
            "management office, 11 May 2020",
            Measure::Decreed,
            batches(1, 2),
        )
        .restated(),
        figure(
            "revoked-8",
            "34,747 revoked in batch 8",
            34_747,
            "management office, 16 October 2020",
            Measure::Revoked,
            batches(8, 8),
        )
        .told(),
        figure(
            "revoked-8-printed",
            "37,747 in the same article",
            37_747,
            "management office, 16 October 2020",
            Measure::Revoked,
            batches(8, 8),
        )
        .restated(),
        figure(
            "decreed-2020",
            "5.98 million decreed in 2020, batch 11 included",
            5_980_000,
            "management office, 2020",
            Measure::Decreed,
            YEAR,
        )
        .told(),
        figure(
            "left-2020",
            "some 5.50 million recipients of 2020",
            5_500_000,
            "management office, 23 February 2021",
            Measure::Unrevoked,
            YEAR,
        )
        .restated(),
    ]
}

fn operating_cost() -> Vec<Figure> {
    vec![
        figure(
            "operating",
            "Rp353 billion for operations",
            billion(353),
            SPEECH,
            Measure::OperatingCost,
            THREE_YEARS,
        )
        .told(),
        figure(
            "operating-other",
            "Rp341 billion for operations",
            billion(341),
            OTHER,
            Measure::OperatingCost,
            THREE_YEARS,
        )
        .restated(),
        figure(
            "operating-share",
            "0.594 %: Rp353 billion of Rp59.4 trillion",
            594,
            SPEECH,
            Measure::OperatingShare,
            THREE_YEARS,
        ),
        figure(
            "operating-share-of-59",
            "0.60 %: Rp353 billion of Rp59.0 trillion",
            598,
            "quotient of two published numbers",
            Measure::OperatingShare,
            THREE_YEARS,
        ),
        figure(
            "operating-share-of-grants",
            "0.61 %: Rp353 billion of Rp58.29 trillion",
            606,
            "quotient of two published numbers",
            Measure::OperatingShareOfGrants,
            THREE_YEARS,
        )
        .restated(),
        figure(
            "operating-share-other",
            "0.57 %: Rp341 billion",
            570,
            OTHER,
            Measure::OperatingShare,
            THREE_YEARS,
        ),
    ]
}
