//! The cash aids handed over by the police and the army.

use crate::day::{Day, day};
use crate::line::{Minor, rupiah};

/// Who hands over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Police,
    Army,
    /// Either, by the place of residence.
    Both,
}

/// So many persons handed their aid within some days.
#[derive(Debug)]
pub(crate) struct Wave {
    /// Persons; the last wave takes the rest.
    pub(crate) count: u32,
    pub(crate) from: Day,
    pub(crate) to: Day,
    pub(crate) service: Service,
}

/// One batch of a cash aid.
#[derive(Debug)]
pub(crate) struct Aid {
    pub(crate) programme: &'static str,
    pub(crate) number: u16,
    pub(crate) opens: Day,
    pub(crate) closes: Day,
    pub(crate) decree: Day,
    /// Persons decreed.
    pub(crate) count: u32,
    /// Of them those who never come: their cash is brought back.
    pub(crate) absent: u32,
    /// Codes and amounts, each handed over once.
    pub(crate) benefits: &'static [(&'static str, Minor)],
    /// The list asked at screening, and what it must say.
    pub(crate) register: Option<(&'static str, bool)>,
    pub(crate) waves: &'static [Wave],
    /// Place of the fund year.
    pub(crate) fund: usize,
}

impl Aid {
    /// All that one person is granted.
    pub(crate) fn grant(&self) -> Minor {
        self.benefits.iter().map(|&(_, minor)| minor).sum()
    }
}

/// BT-PKLW 2021: one million persons. BT-PKLWN 2022: 354,740 by the police and 2,085 by the army by 8 April, of a
/// target of 2.7 million; cooking-oil aid for 2.5 million of a wider circle. Dates, the persons who never come and
/// the split between the services are assumptions.
pub(crate) static AIDS: &[Aid] = &[
    Aid {
        programme: "bt-pklw-2021",
        number: 1,
        opens: day(2021, 9, 13),
        closes: day(2021, 10, 1),
        decree: day(2021, 10, 4),
        count: 1_004_000,
        absent: 4_000,
        benefits: &[("cash", rupiah(1_200_000))],
        register: Some(("bpum", false)),
        waves: &[Wave { count: 0, from: day(2021, 10, 11), to: day(2021, 12, 5), service: Service::Both }],
        fund: 4,
    },
    Aid {
        programme: "bt-pklwn-2022",
        number: 1,
        opens: day(2022, 3, 1),
        closes: day(2022, 3, 8),
        decree: day(2022, 3, 10),
        count: 1_205_000,
        absent: 5_000,
        benefits: &[("cash", rupiah(600_000))],
        register: Some(("extreme-poverty", true)),
        waves: &[
            Wave { count: 354_740, from: day(2022, 3, 15), to: day(2022, 4, 8), service: Service::Police },
            Wave { count: 2_085, from: day(2022, 4, 7), to: day(2022, 4, 8), service: Service::Army },
            Wave { count: 0, from: day(2022, 4, 11), to: day(2022, 6, 26), service: Service::Both },
        ],
        fund: 5,
    },
    Aid {
        programme: "bt-pklwn-2022",
        number: 2,
        opens: day(2022, 4, 1),
        closes: day(2022, 4, 7),
        decree: day(2022, 4, 11),
        count: 1_506_000,
        absent: 6_000,
        benefits: &[("cash", rupiah(600_000)), ("cooking-oil", rupiah(300_000))],
        register: Some(("extreme-poverty", true)),
        waves: &[Wave { count: 0, from: day(2022, 4, 14), to: day(2022, 4, 30), service: Service::Both }],
        fund: 5,
    },
    Aid {
        programme: "bt-pklwn-2022",
        number: 3,
        opens: day(2022, 4, 1),
        closes: day(2022, 4, 7),
        decree: day(2022, 4, 12),
        count: 1_004_000,
        absent: 4_000,
        benefits: &[("cooking-oil", rupiah(300_000))],
        register: None,
        waves: &[Wave { count: 0, from: day(2022, 4, 14), to: day(2022, 4, 30), service: Service::Both }],
        fund: 5,
    },
];
