//! The counts and sums themselves. Sums are in minor units.

macro_rules! totals {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name { $($(#[$field_doc])* pub $field: i64,)* }

        impl $name {
            /// Field by field.
            #[must_use]
            pub fn plus(&self, other: &Self) -> Self {
                Self { $($field: self.$field + other.$field,)* }
            }
        }
    };
}

totals! {
    /// What came of a batch.
    Totals {
        /// Persons who joined, as summarised.
        applied,
        /// Of them eligible, as summarised.
        eligible,
        /// Of them selected.
        selected,
        /// Persons decreed.
        decreed,
        /// What they were granted.
        decreed_sum,
        /// Persons revoked for want of a first purchase.
        revoked,
        /// What these revocations released.
        revoked_sum,
        /// Persons revoked as not eligible.
        ineligible,
        /// What these revocations released: all but what was spent, paid or on its way.
        ineligible_sum,
        /// What persons not eligible were asked to repay.
        demanded_sum,
        /// What they repaid.
        repaid_sum,
        /// Persons with at least one purchase.
        bought,
        /// Persons with at least one completed course.
        completed,
        /// Persons paid at least once.
        paid,
        /// Purchases, cancelled ones included.
        purchases,
        /// What purchases took from balances.
        spent,
        /// Purchases cancelled.
        cancelled,
        /// What cancellations gave back.
        restored,
        /// What was left of balances at the cut-off.
        lapsed_training,
        /// What was left of cash benefits at the cut-off.
        lapsed_cash,
        /// Prices of courses that were not finished by the last day to pay.
        expired,
        /// Courses completed.
        courses_completed,
        /// Certificates.
        certificates,
        /// What platforms were paid.
        settled_platforms,
        /// The commission within it.
        commission,
        /// Of it, for purchases not completed so far.
        settled_unfinished,
        /// Incentives settled, net of returns.
        incentive_paid,
        /// Survey money settled, net of returns.
        survey_paid,
        /// Cash handed over.
        cash_paid,
        /// Payouts settled.
        settlements,
        /// First incentives settled.
        first_payments,
        /// Of them those within a week of being earned.
        first_payments_in_time,
        /// Survey money settled.
        survey_payments,
        /// Of it that within two weeks of the answer.
        survey_payments_in_time,
        /// Payouts failed.
        failures,
        /// Payouts settled after they were reported as failed.
        late_settlements,
        /// Payouts that came back.
        returns,
        /// What came back.
        returned_sum,
        /// Surveys answered.
        surveys,
        /// Accounts linked that are wallets.
        wallets,
        /// Accounts linked.
        accounts,
        /// Persons handed cash by units of the police.
        handed_by_police,
        /// Persons handed cash by units of the army.
        handed_by_army,
        /// Persons whom a list showed that came after their selection.
        listed_late,
        /// Money that had reached them by then.
        listed_paid,
        /// Alumni on the list for the banks.
        loan_listed,
        /// Alumni asked what became of them.
        invited,
        /// Of them those who answered.
        answered,
        /// Of those the ones with a business.
        entrepreneurs,
        /// Of those the ones employed.
        employed,
    }
}

totals! {
    /// The money of a fund year.
    FundTotals {
        /// The ceiling after all revisions.
        appropriated,
        /// SP2D: money onto the fund's account.
        disbursed,
        /// Operating cost paid.
        operating,
        /// Interest credited.
        interest,
        /// Fees that the bank charged.
        charged,
        /// Credits that nobody could explain.
        unidentified,
        /// Revenue remitted.
        remitted,
        /// Returned to the treasury.
        returned,
        /// Released money that served a later batch.
        recovered,
        /// Onto floats of payment partners.
        partner_funded,
        /// Back from floats.
        partner_defunded,
        /// Cash drawn by units.
        drawn,
        /// Cash handed over.
        handed,
        /// Cash brought back.
        brought_back,
        /// On the bank account.
        bank,
        /// On floats of payment partners.
        floats,
    }
}

impl Totals {
    /// The incentives or the survey money settled.
    pub(crate) fn paid_of(&mut self, incentive: bool) -> &mut i64 {
        if incentive { &mut self.incentive_paid } else { &mut self.survey_paid }
    }

    /// Money that reached persons: incentives, survey money and cash.
    pub fn paid_sum(&self) -> i64 {
        self.incentive_paid + self.survey_paid + self.cash_paid
    }
}
