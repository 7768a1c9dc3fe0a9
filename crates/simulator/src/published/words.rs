//! What each question counts or sums, in words and by the types of the events that the answer is made of.

use super::Measure;

impl Measure {
    /// What is counted or summed, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Applied => "persons who joined, as summarised",
            Self::Eligible => "persons eligible, as summarised",
            Self::Decreed => "persons decreed",
            Self::Unrevoked => "persons decreed and not revoked",
            Self::UnrevokedSum => "what decrees granted, less what revocations released",
            Self::Revoked => "persons revoked for want of a first purchase",
            Self::RevokedSum => "what revocations for want of a purchase released",
            Self::Linked => "persons who linked an account",
            Self::WalletShare => "of those who linked an account, the share whose first was a wallet",
            Self::Bought => "persons with at least one purchase",
            Self::Completed => "persons with at least one completed course",
            Self::CompletedShare => "of the persons not revoked, the share with a completed course",
            Self::Paid => "persons paid at least once",
            Self::PaidShare => "of the persons not revoked, the share paid at least once",
            Self::PaidSum => "incentives and survey money settled, net of returns",
            Self::PaidEach => "incentives and survey money settled, for each person paid",
            Self::FailedShare => "payouts failed, of all failed and settled",
            Self::UnfinishedSum => "platforms paid for courses that are not completed",
            Self::Appropriated => "ceiling of the budget",
            Self::Disbursed => "SP2D: money that reached the programme's account",
            Self::Realised => "SP2D less what went back to the treasury, by the day",
            Self::Returned => "returned to the treasury",
            Self::Undelivered => {
                "SP2D that reached neither a person, a platform, the office's suppliers nor the treasury again"
            }
            Self::OperatingCost => "operating cost",
            Self::OperatingShare => "operating cost as a share of SP2D",
            Self::OperatingShareOfGrants => {
                "operating cost as a share of what unrevoked persons were granted"
            }
            Self::Remitted => "revenue remitted",
            Self::Handed => "persons handed cash",
            Self::HandedByPolice => "persons handed cash by the police",
            Self::HandedByArmy => "persons handed cash by the army",
            Self::HandedSum => "cash handed over",
            Self::ListedLate => "persons whom a list showed that came after their selection",
            Self::BoughtShare => "of the persons decreed, the share with a purchase",
            Self::CompletedOfBought => "of the persons with a purchase, the share with a completed course",
            Self::LinkedOfCompleted => {
                "persons who linked an account, as a share of those with a completed course"
            }
            Self::PaidOfLinked => "of those who linked an account, the share paid at least once",
            Self::PaidOfCompleted => "of the persons with a completed course, the share paid at least once",
            Self::Settlements => "payments that arrived",
            Self::FirstInTime => "first incentives, the share that arrived within a week of being earned",
            Self::SurveyInTime => "survey money, the share that arrived within two weeks of the answer",
            Self::CashShare => "of all that was delivered, the share that reached persons as money",
            Self::SettledSum => "platforms paid, net of refunds",
            Self::IncentiveSum => "incentives settled, net of returns",
            Self::SurveySum => "survey money settled, net of returns",
            Self::UnfinishedShare => {
                "platforms paid for courses that are not completed, as a share of all that they were paid"
            }
            Self::AbsorbedShare => "SP2D less returns, as a share of the budget",
            Self::UndeliveredShare => "undelivered, as a share of SP2D less returns",
            Self::OnHand => "on the fund's account and with payment partners",
            Self::BeyondGrants => "SP2D beyond what unrevoked persons were granted and operating cost",
            Self::ListedPaidSum => "money that had reached persons whom a late list showed",
            Self::ListedPaidEach => "money that had reached a person whom a late list showed",
            Self::LoanListed => "persons on the list of alumni entrepreneurs given to the banks",
            Self::EntrepreneurShare => "alumni who answered in a wave, the share with a business",
        }
    }

    /// Types of the events that the answer sums.
    pub fn events(self) -> &'static [&'static str] {
        match self {
            Self::Applied | Self::Eligible => &["batch.summarised.v1"],
            Self::Decreed => &["entitlement.decreed.v1"],
            Self::Unrevoked | Self::UnrevokedSum => {
                &["entitlement.decreed.v1", "entitlement.revoked.v1", "entitlement.reinstated.v1"]
            }
            Self::Revoked | Self::RevokedSum => &["entitlement.revoked.v1", "entitlement.reinstated.v1"],
            Self::Linked | Self::WalletShare => &["participant.account_linked.v1"],
            Self::Bought => &["voucher.spent.v1"],
            Self::Completed => &["training.completed.v1"],
            Self::CompletedShare => &[
                "training.completed.v1",
                "entitlement.decreed.v1",
                "entitlement.revoked.v1",
                "entitlement.reinstated.v1",
            ],
            Self::PaidShare => &[
                "payout.settled.v1",
                "entitlement.decreed.v1",
                "entitlement.revoked.v1",
                "entitlement.reinstated.v1",
            ],
            Self::PaidSum | Self::PaidEach | Self::IncentiveSum | Self::SurveySum => {
                &["payout.settled.v1", "payout.returned.v1"]
            }
            Self::Paid | Self::Settlements | Self::FirstInTime | Self::SurveyInTime => &["payout.settled.v1"],
            Self::FailedShare => &["payout.failed.v1", "payout.settled.v1"],
            Self::SettledSum => &["voucher.settled.v1", "voucher.refunded.v1"],
            Self::UnfinishedSum | Self::UnfinishedShare => {
                &["voucher.settled.v1", "voucher.refunded.v1", "training.completed.v1"]
            }
            Self::Appropriated => &["fund.appropriated.v1", "fund.revised.v1"],
            Self::Disbursed => &["fund.disbursed.v1"],
            Self::Realised => &["fund.disbursed.v1", "fund.returned.v1"],
            Self::AbsorbedShare => {
                &["fund.disbursed.v1", "fund.returned.v1", "fund.appropriated.v1", "fund.revised.v1"]
            }
            Self::Returned => &["fund.returned.v1"],
            Self::Undelivered | Self::UndeliveredShare => &[
                "fund.disbursed.v1",
                "fund.returned.v1",
                "fund.operating_cost_paid.v1",
                "voucher.settled.v1",
                "voucher.refunded.v1",
                "payout.settled.v1",
                "payout.returned.v1",
            ],
            Self::OnHand => &[
                "fund.*",
                "voucher.settled.v1",
                "voucher.refunded.v1",
                "payout.settled.v1",
                "payout.returned.v1",
            ],
            Self::BeyondGrants => &[
                "fund.disbursed.v1",
                "fund.operating_cost_paid.v1",
                "entitlement.decreed.v1",
                "entitlement.revoked.v1",
                "entitlement.reinstated.v1",
            ],
            Self::CashShare => {
                &["payout.settled.v1", "payout.returned.v1", "voucher.settled.v1", "voucher.refunded.v1"]
            }
            Self::OperatingCost => &["fund.operating_cost_paid.v1"],
            Self::OperatingShare => &["fund.operating_cost_paid.v1", "fund.disbursed.v1"],
            Self::OperatingShareOfGrants => &[
                "fund.operating_cost_paid.v1",
                "entitlement.decreed.v1",
                "entitlement.revoked.v1",
                "entitlement.reinstated.v1",
            ],
            Self::Remitted => &["fund.revenue_remitted.v1"],
            Self::Handed | Self::HandedByPolice | Self::HandedByArmy | Self::HandedSum => {
                &["custody.handed_over.v1"]
            }
            Self::ListedLate => &["participant.register_reported.v1"],
            Self::ListedPaidSum | Self::ListedPaidEach => {
                &["participant.register_reported.v1", "payout.settled.v1", "payout.returned.v1"]
            }
            Self::BoughtShare => &["voucher.spent.v1", "entitlement.decreed.v1"],
            Self::CompletedOfBought => &["training.completed.v1", "voucher.spent.v1"],
            Self::LinkedOfCompleted => &["participant.account_linked.v1", "training.completed.v1"],
            Self::PaidOfLinked => &["payout.settled.v1", "participant.account_linked.v1"],
            Self::PaidOfCompleted => &["payout.settled.v1", "training.completed.v1"],
            Self::LoanListed => &["loan.listed.v1"],
            Self::EntrepreneurShare => &["outcome.reported.v1"],
        }
    }
}
