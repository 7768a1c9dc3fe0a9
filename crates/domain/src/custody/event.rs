//! Cash by hand: drawn by a unit, handed over, brought back.

use crate::ids::{ActorId, BenefitCode, Digest, PartyCode, RegencyCode};
use crate::money::Money;
use crate::record::{payloads, types};

types! {
    /// Events of cash in custody.
    Event {
        /// A unit drew cash.
        Drawn(Drawn) = "custody.drawn.v1";
        /// A person was given cash.
        HandedOver(HandedOver) = "custody.handed_over.v1";
        /// A unit brought cash back.
        Returned(Returned) = "custody.returned.v1";
    }
}

payloads! {
    /// Cash leaves the fund's account.
    Drawn {
        /// The amount.
        amount: Money,
        /// The unit that answers for it.
        unit: PartyCode,
    }
    /// Cash reaches a person.
    HandedOver {
        /// The amount.
        amount: Money,
        /// Which benefit.
        benefit: BenefitCode,
        /// Number of the instalment, from 1.
        number: u8,
        /// Who handed it over.
        officer: ActorId,
        /// SHA-256 of the receipt, in hexadecimal; without one a finding follows.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        receiptsha256: Option<Digest>,
        /// Where.
        regency: RegencyCode,
        /// The unit that answers for it.
        unit: PartyCode,
    }
    /// Cash is back on the fund's account.
    Returned {
        /// The amount.
        amount: Money,
        /// The unit that answered for it.
        unit: PartyCode,
    }
}
