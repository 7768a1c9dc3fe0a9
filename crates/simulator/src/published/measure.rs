//! What a figure asks, and how the simulator's own totals answer.

use super::{Figure, Unit};
use crate::oracle::{FundRow, Oracle, Row, Standing};

/// A question to a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Persons who joined, as summarised.
    Applied,
    /// Persons eligible, as summarised.
    Eligible,
    /// Persons decreed.
    Decreed,
    /// Persons decreed and not revoked.
    Unrevoked,
    /// What decrees granted, less what revocations released.
    UnrevokedSum,
    /// Persons revoked for want of a first purchase.
    Revoked,
    /// What these revocations released.
    RevokedSum,
    /// Persons who linked an account.
    Linked,
    /// Of those who linked an account, the share whose first was a wallet.
    WalletShare,
    /// Persons with at least one purchase.
    Bought,
    /// Persons with at least one completed course.
    Completed,
    /// Of the persons not revoked, the share with a completed course.
    CompletedShare,
    /// Persons paid at least once.
    Paid,
    /// Of the persons not revoked, the share paid at least once.
    PaidShare,
    /// Incentives and survey money settled, net of returns.
    PaidSum,
    /// The same for each person paid.
    PaidEach,
    /// Payouts failed, of all failed and settled.
    FailedShare,
    /// Platforms paid for courses that are not completed.
    UnfinishedSum,
    /// Ceiling of the budget.
    Appropriated,
    /// SP2D: money that reached the programme's account.
    Disbursed,
    /// SP2D less what went back to the treasury, by the day.
    Realised,
    /// Returned to the treasury.
    Returned,
    /// SP2D that reached neither a person, a platform, the office's suppliers nor the treasury again.
    Undelivered,
    /// Operating cost.
    OperatingCost,
    /// Operating cost as a share of SP2D.
    OperatingShare,
    /// Operating cost as a share of what unrevoked persons were granted.
    OperatingShareOfGrants,
    /// Revenue remitted.
    Remitted,
    /// Persons handed cash.
    Handed,
    /// Of them by the police.
    HandedByPolice,
    /// Of them by the army.
    HandedByArmy,
    /// Cash handed over.
    HandedSum,
    /// Persons whom a list showed that came after their selection.
    ListedLate,
    /// Of the persons decreed, the share with a purchase.
    BoughtShare,
    /// Of the persons with a purchase, the share with a completed course.
    CompletedOfBought,
    /// Persons who linked an account, as a share of those with a completed course.
    LinkedOfCompleted,
    /// Of those who linked an account, the share paid at least once.
    PaidOfLinked,
    /// Of the persons with a completed course, the share paid at least once.
    PaidOfCompleted,
    /// Payments that arrived.
    Settlements,
    /// First incentives, the share that arrived within a week of being earned.
    FirstInTime,
    /// Survey money, the share that arrived within two weeks of the answer.
    SurveyInTime,
    /// Of all that was delivered, the share that reached persons as money.
    CashShare,
    /// Platforms paid, net of refunds.
    SettledSum,
    /// Incentives settled, net of returns.
    IncentiveSum,
    /// Survey money settled, net of returns.
    SurveySum,
    /// Platforms paid for courses that are not completed, as a share of all that they were paid.
    UnfinishedShare,
    /// SP2D less returns, as a share of the budget.
    AbsorbedShare,
    /// Undelivered, as a share of SP2D less returns.
    UndeliveredShare,
    /// On the fund's account and with payment partners.
    OnHand,
    /// SP2D beyond what unrevoked persons were granted and operating cost.
    BeyondGrants,
    /// Money that had reached them when the list came.
    ListedPaidSum,
    /// The same for each of them.
    ListedPaidEach,
    /// Persons on the list of alumni entrepreneurs given to the banks.
    LoanListed,
    /// Alumni who answered in a wave, the share with a business.
    EntrepreneurShare,
}

/// A part of the programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everything.
    All,
    /// Batches of one programme, first and last included.
    Batches {
        /// Code of the programme.
        programme: &'static str,
        /// First batch.
        first: u16,
        /// Last batch.
        last: u16,
    },
    /// Fund years of one programme, first and last included.
    Years {
        /// Code of the programme.
        programme: &'static str,
        /// First year.
        first: i32,
        /// Last year.
        last: i32,
    },
    /// Both schemes of Kartu Prakerja.
    Prakerja,
}

impl Measure {
    /// In what the answer is counted.
    pub fn unit(self) -> Unit {
        match self {
            Self::UnrevokedSum
            | Self::RevokedSum
            | Self::PaidSum
            | Self::UnfinishedSum
            | Self::Appropriated
            | Self::Disbursed
            | Self::Realised
            | Self::Returned
            | Self::Undelivered
            | Self::OperatingCost
            | Self::Remitted
            | Self::HandedSum
            | Self::SettledSum
            | Self::IncentiveSum
            | Self::SurveySum
            | Self::OnHand
            | Self::BeyondGrants
            | Self::ListedPaidSum => Unit::Money,
            Self::PaidEach | Self::ListedPaidEach => Unit::MoneyEach,
            Self::WalletShare
            | Self::CompletedShare
            | Self::PaidShare
            | Self::FailedShare
            | Self::OperatingShare
            | Self::OperatingShareOfGrants
            | Self::EntrepreneurShare
            | Self::BoughtShare
            | Self::CompletedOfBought
            | Self::LinkedOfCompleted
            | Self::PaidOfLinked
            | Self::PaidOfCompleted
            | Self::FirstInTime
            | Self::SurveyInTime
            | Self::CashShare
            | Self::UnfinishedShare
            | Self::AbsorbedShare
            | Self::UndeliveredShare => Unit::Share,
            _ => Unit::Count,
        }
    }
}

impl Scope {
    /// True when a batch belongs to it.
    pub fn has_batch(&self, programme: &str, year: i32, batch: u16) -> bool {
        match *self {
            Self::All => true,
            Self::Batches { programme: of, first, last } => {
                of == programme && (first..=last).contains(&batch)
            }
            Self::Years { programme: of, first, last } => of == programme && (first..=last).contains(&year),
            Self::Prakerja => programme.starts_with("prakerja"),
        }
    }

    /// True when a fund year belongs to it. Batches alone have no fund of their own.
    pub fn has_fund(&self, programme: &str, year: i32) -> bool {
        match *self {
            Self::All => true,
            Self::Batches { .. } => false,
            Self::Years { programme: of, first, last } => of == programme && (first..=last).contains(&year),
            Self::Prakerja => programme.starts_with("prakerja"),
        }
    }
}

/// `part` of `whole` in parts of a hundred thousand; 0 of nothing.
fn share(part: i64, whole: i64) -> i64 {
    let parts = i128::from(part) * 100_000 + i128::from(whole / 2);
    parts.checked_div(i128::from(whole)).and_then(|parts| i64::try_from(parts).ok()).unwrap_or(0)
}

impl Standing {
    /// The answer to a question.
    pub fn measure(&self, measure: Measure, scope: &Scope) -> i64 {
        let batches = self.sum(|row: &Row| scope.has_batch(row.programme, row.year, row.batch));
        let money = self.money(|row: &FundRow| scope.has_fund(row.programme, row.year));
        let unrevoked = batches.decreed - batches.revoked - batches.ineligible;
        let unrevoked_sum = batches.decreed_sum - batches.revoked_sum - batches.ineligible_sum;
        let delivered = batches.settled_platforms + batches.paid_sum();
        let realised = money.disbursed - money.returned;
        match measure {
            Measure::Applied => batches.applied,
            Measure::Eligible => batches.eligible,
            Measure::Decreed => batches.decreed,
            Measure::Unrevoked => unrevoked,
            Measure::UnrevokedSum => unrevoked_sum,
            Measure::Revoked => batches.revoked,
            Measure::RevokedSum => batches.revoked_sum,
            Measure::Linked => batches.accounts,
            Measure::WalletShare => share(batches.wallets, batches.accounts),
            Measure::Bought => batches.bought,
            Measure::Completed => batches.completed,
            Measure::CompletedShare => share(batches.completed, unrevoked),
            Measure::Paid => batches.paid,
            Measure::PaidShare => share(batches.paid, unrevoked),
            Measure::PaidSum => batches.paid_sum(),
            Measure::PaidEach => batches.paid_sum().checked_div(batches.paid).unwrap_or(0),
            Measure::FailedShare => share(batches.failures, batches.failures + batches.settlements),
            Measure::UnfinishedSum => batches.settled_unfinished,
            Measure::Appropriated => money.appropriated,
            Measure::Disbursed => money.disbursed,
            Measure::Realised => realised,
            Measure::Returned => money.returned,
            Measure::Undelivered => realised - money.operating - delivered,
            Measure::OperatingCost => money.operating,
            Measure::OperatingShare => share(money.operating, money.disbursed),
            Measure::OperatingShareOfGrants => share(money.operating, unrevoked_sum),
            Measure::Remitted => money.remitted,
            Measure::Handed => batches.handed_by_police + batches.handed_by_army,
            Measure::HandedByPolice => batches.handed_by_police,
            Measure::HandedByArmy => batches.handed_by_army,
            Measure::HandedSum => batches.cash_paid,
            Measure::ListedLate => batches.listed_late,
            Measure::LoanListed => batches.loan_listed,
            Measure::EntrepreneurShare => share(batches.entrepreneurs, batches.answered),
            Measure::BoughtShare => share(batches.bought, batches.decreed),
            Measure::CompletedOfBought => share(batches.completed, batches.bought),
            Measure::LinkedOfCompleted => share(batches.accounts, batches.completed),
            Measure::PaidOfLinked => share(batches.paid, batches.accounts),
            Measure::PaidOfCompleted => share(batches.paid, batches.completed),
            Measure::Settlements => batches.settlements,
            Measure::FirstInTime => share(batches.first_payments_in_time, batches.first_payments),
            Measure::SurveyInTime => share(batches.survey_payments_in_time, batches.survey_payments),
            Measure::CashShare => share(batches.paid_sum(), delivered),
            Measure::SettledSum => batches.settled_platforms,
            Measure::IncentiveSum => batches.incentive_paid,
            Measure::SurveySum => batches.survey_paid,
            Measure::UnfinishedShare => share(batches.settled_unfinished, batches.settled_platforms),
            Measure::AbsorbedShare => share(realised, money.appropriated),
            Measure::UndeliveredShare => share(realised - money.operating - delivered, realised),
            Measure::OnHand => money.bank + money.floats,
            Measure::BeyondGrants => money.disbursed - unrevoked_sum - money.operating,
            Measure::ListedPaidSum => batches.listed_paid,
            Measure::ListedPaidEach => batches.listed_paid.checked_div(batches.listed_late).unwrap_or(0),
        }
    }
}

impl Oracle {
    /// The simulator's own answer to a published figure; `None` when its day has not come.
    pub fn answer(&self, figure: &Figure) -> Option<i64> {
        let standing = match figure.until {
            Some(day) => self.at(day)?,
            None => self.now(),
        };
        Some(standing.measure(figure.measure, &figure.scope))
    }
}
