//! The terms that the simulated office works by: the same numbers as in `schemas/programme/`, kept apart on
//! purpose, so that the simulator can contradict the ledger.

use crate::day::{Day, day};
use crate::line::{Minor, rupiah};

/// When a survey opens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opening {
    pub(crate) from_decree: bool,
    pub(crate) days: i32,
    pub(crate) not_before: Day,
    pub(crate) window: i32,
}

/// One version of a scheme.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) programme: &'static str,
    pub(crate) training: Minor,
    pub(crate) first_purchase_days: i32,
    pub(crate) settle_after_completion: bool,
    /// Sessions that are held, and modes beside the self-paced one.
    pub(crate) normal_scheme: bool,
    pub(crate) incentive: Minor,
    pub(crate) incentives: u8,
    pub(crate) incentive_pay_after: i32,
    pub(crate) survey: Minor,
    pub(crate) surveys: &'static [Opening],
    pub(crate) survey_pay_after: i32,
    pub(crate) registers: &'static [&'static str],
    pub(crate) purchase_until: Day,
    pub(crate) survey_until: Day,
    pub(crate) link_until: Day,
    pub(crate) pay_until: Day,
}

/// Days between two instalments.
pub(crate) const INTERVAL: i32 = 30;

impl Terms {
    /// All cash that a decree grants one person.
    pub(crate) fn cash(&self) -> Minor {
        let surveys = i64::try_from(self.surveys.len()).unwrap_or(0);
        self.incentive * i64::from(self.incentives) + self.survey * surveys
    }

    /// All that a decree grants one person.
    pub(crate) fn grant(&self) -> Minor {
        self.training + self.cash()
    }

    /// The amount of one instalment.
    pub(crate) fn amount(&self, benefit: crate::agenda::Benefit) -> Minor {
        match benefit {
            crate::agenda::Benefit::Incentive => self.incentive,
            crate::agenda::Benefit::Survey => self.survey,
        }
    }
}

const NEVER: Day = day(2100, 1, 1);

const fn after_payout(days: i32) -> Opening {
    Opening { from_decree: false, days, not_before: 0, window: 60 }
}

const fn from_november(days: i32) -> Opening {
    Opening { from_decree: false, days, not_before: day(2021, 11, 1), window: 60 }
}

const fn after_decree(days: i32) -> Opening {
    Opening { from_decree: true, days, not_before: 0, window: 60 }
}

const AID: &[&str] = &["state-officials", "dapodik", "dtks", "bsu", "bpum"];
const OFFICE: &[&str] = &["state-officials", "dapodik"];

const SEMI_SOCIAL: Terms = Terms {
    programme: "prakerja-2020",
    training: rupiah(1_000_000),
    first_purchase_days: 30,
    settle_after_completion: true,
    normal_scheme: false,
    incentive: rupiah(600_000),
    incentives: 4,
    incentive_pay_after: 4,
    survey: rupiah(50_000),
    surveys: &[],
    survey_pay_after: 5,
    registers: AID,
    purchase_until: day(2021, 11, 30),
    survey_until: day(2021, 12, 10),
    link_until: NEVER,
    pay_until: day(2022, 5, 25),
};

/// Batches 1 to 11.
pub(crate) static TERMS_2020: Terms = Terms {
    settle_after_completion: false,
    registers: OFFICE,
    surveys: &[after_payout(30), after_payout(60), after_payout(90)],
    purchase_until: day(2020, 12, 15),
    survey_until: day(2020, 12, 15),
    link_until: day(2021, 3, 4),
    pay_until: day(2021, 3, 5),
    ..SEMI_SOCIAL
};

/// Batches 12 to 17.
pub(crate) static TERMS_2021: Terms =
    Terms { surveys: &[after_payout(30), after_payout(90), from_november(90)], ..SEMI_SOCIAL };

/// Batches 18 to 22.
pub(crate) static TERMS_2021_LATE: Terms =
    Terms { surveys: &[after_payout(0), after_payout(0), from_november(0)], ..SEMI_SOCIAL };

/// Batches 23 to 47.
pub(crate) static TERMS_2022: Terms = Terms {
    surveys: &[after_payout(0), after_payout(30), after_payout(60)],
    purchase_until: day(2022, 11, 30),
    survey_until: day(2023, 1, 31),
    pay_until: day(2023, 5, 24),
    ..SEMI_SOCIAL
};

/// Batch 48 on: the normal scheme. Its cut-offs were not found and are assumptions.
pub(crate) static TERMS_2023: Terms = Terms {
    programme: "prakerja-2023",
    training: rupiah(3_500_000),
    first_purchase_days: 15,
    normal_scheme: true,
    incentives: 1,
    incentive_pay_after: 5,
    surveys: &[after_decree(30), after_decree(60)],
    registers: OFFICE,
    purchase_until: day(2023, 12, 15),
    survey_until: day(2024, 2, 29),
    pay_until: day(2024, 5, 24),
    ..SEMI_SOCIAL
};
