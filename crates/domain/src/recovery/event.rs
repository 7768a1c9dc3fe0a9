//! Money paid to someone who had no right to it: demanded, repaid, handed on (Perpres 76/2020 art. 31C).

use crate::ids::{DocumentNumber, Reason};
use crate::money::Money;
use crate::record::{payloads, types};
use crate::time::Day;

types! {
    /// Events of recovery.
    Event {
        /// Repayment was demanded.
        Demanded(Demanded) = "recovery.demanded.v1";
        /// All or part was repaid.
        Repaid(Repaid) = "recovery.repaid.v1";
        /// The term passed and the claim was handed on.
        Escalated(Escalated) = "recovery.escalated.v1";
    }
}

payloads! {
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
    /// A repayment, straight to the treasury.
    Repaid {
        /// What was repaid.
        amount: Money,
        /// Treasury receipt number (NTPN).
        ntpn: DocumentNumber,
    }
    /// The claim goes to the civil court.
    Escalated {
        /// What is still owed.
        amount: Money,
    }
}
