//! KUR, the subsidised bank loan: reference events only. The bank's money, so nothing is posted
//! (Permenko 15/2020).

use crate::ids::{DocumentNumber, PartyCode, Reason};
use crate::money::Money;
use crate::record::{payloads, types};

types! {
    /// Events of loans.
    Event {
        /// The person is on the list given to the bank.
        Listed(Listed) = "loan.listed.v1";
        /// The bank made an offer.
        Offered(Offered) = "loan.offered.v1";
        /// The person applied.
        Applied(Applied) = "loan.applied.v1";
        /// The bank refused.
        Refused(Refused) = "loan.refused.v1";
        /// The bank approved.
        Approved(Approved) = "loan.approved.v1";
        /// The bank paid out.
        Disbursed(Disbursed) = "loan.disbursed.v1";
        /// The person repaid a part.
        Repaid(Repaid) = "loan.repaid.v1";
        /// A payment is late.
        InArrears(InArrears) = "loan.in_arrears.v1";
        /// The bank claimed the interest subsidy.
        SubsidyClaimed(SubsidyClaimed) = "loan.subsidy_claimed.v1";
    }
}

payloads! {
    /// On the list, on the strength of a certificate.
    Listed {
        /// The certificate.
        certificate: DocumentNumber,
    }
    /// An offer.
    Offered {
        /// The bank.
        bank: PartyCode,
    }
    /// An application.
    Applied {
        /// What was asked for.
        amount: Money,
        /// The bank.
        bank: PartyCode,
    }
    /// A refusal.
    Refused {
        /// The bank.
        bank: PartyCode,
        /// Why: `credit-history`, `had-kur`, `no-certificate`.
        reason: Reason,
    }
    /// An approval.
    Approved {
        /// What was granted.
        amount: Money,
        /// The bank.
        bank: PartyCode,
        /// The loan.
        loan: DocumentNumber,
    }
    /// A disbursement.
    Disbursed {
        /// What was paid out.
        amount: Money,
        /// The loan.
        loan: DocumentNumber,
    }
    /// A repayment.
    Repaid {
        /// What was repaid.
        amount: Money,
        /// The loan.
        loan: DocumentNumber,
    }
    /// Late.
    InArrears {
        /// What is late.
        amount: Money,
        /// Days late.
        days: u16,
        /// The loan.
        loan: DocumentNumber,
    }
    /// A claim on the state.
    SubsidyClaimed {
        /// What is claimed.
        amount: Money,
        /// The loan.
        loan: DocumentNumber,
    }
}
