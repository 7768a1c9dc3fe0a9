//! Money paid to someone who had no right to it: found, demanded, repaid, handed on (Perpres 76/2020 art. 31C).

use crate::ids::{DocumentNumber, Reason, RegisterCode};
use crate::money::Money;
use crate::record::{payloads, types, words};
use crate::time::Day;

types! {
    /// Events of recovery.
    Event {
        /// A recipient was found not to be eligible.
        IneligibleFound(IneligibleFound) = "recovery.ineligible_found.v1";
        /// Repayment was demanded.
        Demanded(Demanded) = "recovery.demanded.v1";
        /// Repayment in instalments was agreed.
        InstalmentsAgreed(InstalmentsAgreed) = "recovery.instalments_agreed.v1";
        /// All or part was repaid.
        Repaid(Repaid) = "recovery.repaid.v1";
        /// What was repaid beyond the demand was paid back to the person.
        Refunded(Refunded) = "recovery.refunded.v1";
        /// A demand, or part of it, was taken back.
        Withdrawn(Withdrawn) = "recovery.withdrawn.v1";
        /// A claim, or part of it, was given up.
        WrittenOff(WrittenOff) = "recovery.written_off.v1";
        /// The term passed and the claim was handed on.
        Escalated(Escalated) = "recovery.escalated.v1";
    }
}

words! {
    /// How money was repaid, or paid back.
    RepaymentMethod {
        /// To the treasury, under its receipt number (NTPN).
        Treasury = "treasury",
        /// To the account of the programme.
        Bank = "bank",
    }
}

payloads! {
    /// What was found, before anything is demanded.
    IneligibleFound {
        /// The date of what shows it: the list's own date, or that of the inspection.
        asof: Day,
        /// Why the person is not eligible.
        reason: Reason,
        /// The list that shows it, where a list does.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        register: Option<RegisterCode>,
    }
    /// A demand; the term is counted from it.
    Demanded {
        /// What is demanded.
        amount: Money,
        /// The letter.
        demand: DocumentNumber,
        /// Why the payment was not due.
        reason: Reason,
        /// Last day to repay.
        until: Day,
    }
    /// Equal instalments of what is owed; the last takes the rest.
    InstalmentsAgreed {
        /// How many, from 2.
        count: u8,
        /// Days between the last days of two instalments.
        everydays: u16,
        /// Last day of the first instalment.
        first: Day,
        /// The agreement.
        reference: DocumentNumber,
    }
    /// A repayment.
    Repaid {
        /// What was repaid.
        amount: Money,
        /// How.
        method: RepaymentMethod,
        /// Treasury receipt number (NTPN), or the bank's reference.
        reference: DocumentNumber,
    }
    /// Money that was not owed is paid back.
    Refunded {
        /// What was paid back.
        amount: Money,
        /// From where.
        method: RepaymentMethod,
        /// The treasury's document, or the bank's reference.
        reference: DocumentNumber,
    }
    /// The demand had no ground, or has none any more.
    Withdrawn {
        /// What is no longer demanded.
        amount: Money,
        /// Why.
        reason: Reason,
        /// The decision.
        reference: DocumentNumber,
    }
    /// The claim cannot be collected.
    WrittenOff {
        /// What is given up.
        amount: Money,
        /// Why.
        reason: Reason,
        /// The decision.
        reference: DocumentNumber,
    }
    /// The claim goes to the civil court.
    Escalated {
        /// What is still owed.
        amount: Money,
    }
}
