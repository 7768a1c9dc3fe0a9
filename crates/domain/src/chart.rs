//! The chart of accounts. Every account belongs to one fund year; some are also kept by card, some by party.

use crate::record::words;

words! {
    /// An account of the books.
    Account {
        /// State general cash account (RKUN): where the money comes from and goes back to.
        Treasury = "treasury",
        /// The programme's account at its bank.
        Bank = "bank",
        /// Set aside at the end of the year for persons who are still owed: the reserve fund (dana cadangan), or for 2020
        /// the holding account.
        ReserveFund = "reserve-fund",
        /// Sent out by the treasury, come back to its own account, and not sent again yet (retur).
        TreasuryRetur = "treasury-retur",
        /// Money put before a wallet, by partner.
        PartnerFloat = "partner-float",
        /// Cash in the hands of a unit, by unit.
        Custody = "custody",
        /// What decrees have committed and payments have not released.
        CommittedPool = "committed-pool",
        /// Granted to a person, not yet earned.
        Unearned = "unearned",
        /// A person's training balance.
        VoucherBalance = "voucher-balance",
        /// Earned by a person, not yet instructed.
        Due = "due",
        /// Instructed to a partner, not yet answered.
        PartnerClearing = "partner-clearing",
        /// Failed or returned, waiting for a retry.
        ReturnSuspense = "return-suspense",
        /// Bought from a platform, not yet paid to it, by platform.
        PlatformClearing = "platform-clearing",
        /// Ordered back to the treasury, not yet sent.
        ReturnDue = "return-due",
        /// Paid beyond any right.
        OverpaymentReceivable = "overpayment-receivable",
        /// Demanded back from persons.
        RecoveryReceivable = "recovery-receivable",
        /// What the demands bring.
        RecoveryIncome = "recovery-income",
        /// Interest credited by the bank.
        InterestIncome = "interest-income",
        /// Credits without a known cause.
        UnidentifiedCredits = "unidentified-credits",
        /// Fees of the bank.
        BankCharges = "bank-charges",
        /// Cost of running the programme.
        OperatingCost = "operating-cost",
        /// Non-tax revenue remitted to the treasury.
        RevenueRemitted = "revenue-remitted",
        /// Came back from a partner or platform before, or beyond, what it is known to have paid or received.
        UnmatchedReturns = "unmatched-returns",
        /// Repaid beyond what was demanded: owed back to persons.
        OverRepaid = "over-repaid",
        /// Demanded back and given up.
        WrittenOff = "written-off",
    }
}

impl Account {
    /// How many accounts there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Its place in the chart, from 0.
    #[expect(
        clippy::as_conversions,
        reason = "the discriminant of a fieldless enum, in the order of declaration"
    )]
    pub fn index(self) -> usize {
        self as usize
    }

    /// True when the account is kept for each card.
    pub fn is_of_card(self) -> bool {
        matches!(
            self,
            Self::CommittedPool
                | Self::Unearned
                | Self::VoucherBalance
                | Self::Due
                | Self::PartnerClearing
                | Self::ReturnSuspense
        )
    }

    /// True when the account is kept for each platform, partner or unit.
    pub fn is_of_party(self) -> bool {
        matches!(self, Self::PartnerFloat | Self::Custody | Self::PlatformClearing | Self::PartnerClearing)
    }
}
