//! From instruction to settlement, failure, return and retry.

use crate::ids::{BenefitCode, DocumentNumber, PartyCode, Reason};
use crate::money::Money;
use crate::participant::Channel;
use crate::record::{payloads, types};
use crate::time::Day;

types! {
    /// Events of payouts to persons.
    Event {
        /// A payment partner was told to pay.
        Instructed(Instructed) = "payout.instructed.v1";
        /// The money arrived.
        Settled(Settled) = "payout.settled.v1";
        /// The payment did not go through. The right stays.
        Failed(Failed) = "payout.failed.v1";
        /// The money arrived and came back.
        Returned(Returned) = "payout.returned.v1";
        /// A failed or returned payment is due again.
        Retried(Retried) = "payout.retried.v1";
    }
}

payloads! {
    /// An instruction. Benefit and number are its identity, the attempt counts.
    Instructed {
        /// What is to be paid.
        amount: Money,
        /// From 1; each retry counts one more.
        attempt: u8,
        /// Which benefit.
        benefit: BenefitCode,
        /// Number of the instalment, from 1.
        number: u8,
        /// The payment partner.
        partner: PartyCode,
        /// The payout run under which it was approved; none where the programme pays without runs.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        run: Option<DocumentNumber>,
    }
    /// A settlement, as the partner or bank reports it.
    Settled {
        /// What was paid.
        amount: Money,
        /// The attempt that it answers, from 1; 1 where nothing was instructed here.
        attempt: u8,
        /// Which benefit.
        benefit: BenefitCode,
        /// Bank: from the fund's account. Wallet: from the partner's float.
        channel: Channel,
        /// Number of the instalment, from 1.
        number: u8,
        /// The payment partner.
        partner: PartyCode,
        /// The partner's reference.
        reference: DocumentNumber,
    }
    /// A failure before settlement.
    Failed {
        /// The attempt that it answers, from 1.
        attempt: u8,
        /// Which benefit.
        benefit: BenefitCode,
        /// Number of the instalment, from 1.
        number: u8,
        /// The payment partner.
        partner: PartyCode,
        /// Why: `inactive`, `no-kyc`, `nik-differs`, `limit`, `rejected`.
        reason: Reason,
    }
    /// A return after settlement.
    Returned {
        /// What came back.
        amount: Money,
        /// The attempt whose money it is, from 1.
        attempt: u8,
        /// Which benefit.
        benefit: BenefitCode,
        /// Where it came back: bank or wallet float.
        channel: Channel,
        /// Number of the instalment, from 1.
        number: u8,
        /// The payment partner.
        partner: PartyCode,
        /// Why.
        reason: Reason,
    }
    /// Due again.
    Retried {
        /// Which benefit.
        benefit: BenefitCode,
        /// Number of the instalment, from 1.
        number: u8,
        /// The day from which it can be paid.
        payon: Day,
    }
}
