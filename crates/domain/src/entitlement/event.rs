//! What a decree grants one person, and how it ends.

use crate::ids::{BenefitCode, Digest, DocumentNumber, Reason};
use crate::money::Money;
use crate::record::{payloads, types, words};
use crate::time::Day;

types! {
    /// Events of decrees and of the entitlements under them.
    Event {
        /// A decree begins: its totals are promised.
        DecreeOpened(DecreeOpened) = "decree.opened.v1";
        /// One person's entitlement under an open decree.
        Decreed(Decreed) = "entitlement.decreed.v1";
        /// The decree is whole: from here its entitlements can be used.
        DecreeClosed(DecreeClosed) = "decree.closed.v1";
        /// Taken back; what was left is released.
        Revoked(Revoked) = "entitlement.revoked.v1";
        /// Someone proposes to undo a revocation.
        ReinstatementProposed(ReinstatementProposed) = "entitlement.reinstatement_proposed.v1";
        /// A revocation is undone by a second person.
        Reinstated(Reinstated) = "entitlement.reinstated.v1";
        /// A person asks for the end of an entitlement that still has money.
        CloseProposed(CloseProposed) = "entitlement.close_proposed.v1";
        /// Nothing more can happen under it.
        Closed(Closed) = "entitlement.closed.v1";
    }
}

words! {
    /// Why an entitlement is taken back.
    RevocationReason {
        /// No purchase within the term.
        NoPurchase = "no-purchase",
        /// The person turned out not to be eligible.
        Ineligible = "ineligible",
        /// The person gave it up.
        Withdrawn = "withdrawn",
    }
}

payloads! {
    /// Totals of a decree (SK) before its lines.
    DecreeOpened {
        /// Number of the batch.
        batch: u16,
        /// Persons.
        count: u32,
        /// Date of the decree, from which terms are counted.
        date: Day,
        /// SHA-256 over the participants' ids in order, each with a newline, in hexadecimal.
        listsha256: Digest,
        /// Sum of all benefits.
        sum: Money,
    }
    /// One line of a decree.
    Decreed {
        /// Number of the batch.
        batch: u16,
        /// Each benefit with its amount.
        benefits: Vec<Granted>,
        /// The decree.
        decree: DocumentNumber,
    }
    /// One granted benefit.
    Granted {
        /// The whole amount of the benefit.
        amount: Money,
        /// Which benefit.
        benefit: BenefitCode,
    }
    /// The lines agree with the opening totals.
    DecreeClosed {
        /// Persons.
        count: u32,
        /// Sum of all benefits.
        sum: Money,
    }
    /// Money that had not moved goes back to the pool.
    Revoked {
        /// What was left, and is released.
        amount: Money,
        /// Why.
        reason: RevocationReason,
    }
    /// A proposal; nothing moves before another person agrees.
    ReinstatementProposed {
        /// Why.
        reason: Reason,
        /// The request.
        reference: DocumentNumber,
    }
    /// The released money is committed again.
    Reinstated {
        /// The amount committed again.
        amount: Money,
        /// Why.
        reason: Reason,
        /// The decision.
        reference: DocumentNumber,
    }
    /// What the end would release; a second person must agree.
    CloseProposed {
        /// What would be released.
        amount: Money,
        /// Why.
        reason: Reason,
    }
    /// The end: what was never earned goes back to the pool.
    Closed {
        /// What is released.
        amount: Money,
        /// Why.
        reason: Reason,
    }
}
