//! The training balance: spent on courses, restored, lapsed, settled with the platform.

use crate::ids::{CourseCode, Digest, DocumentNumber, PartyCode, PurchaseCode};
use crate::money::Money;
use crate::record::{payloads, types, words};

types! {
    /// Events of the training balance.
    Event {
        /// A course was bought.
        Spent(Spent) = "voucher.spent.v1";
        /// The platform gave out the voucher code of a purchase.
        Issued(Issued) = "voucher.issued.v1";
        /// A purchase was cancelled and its money is back on the balance.
        Restored(Restored) = "voucher.restored.v1";
        /// What was left on the balance went back to the pool.
        Lapsed(Lapsed) = "voucher.lapsed.v1";
        /// A course was not finished in time: the platform is not paid for it any more.
        Expired(Expired) = "voucher.expired.v1";
        /// The platform was paid for a purchase.
        Settled(Settled) = "voucher.settled.v1";
        /// The platform paid back a purchase that had been settled.
        Refunded(Refunded) = "voucher.refunded.v1";
    }
}

words! {
    /// How a course is taught.
    Mode {
        /// Recorded lessons at one's own pace.
        SelfPaced = "self-paced",
        /// Live sessions online.
        Webinar = "webinar",
        /// Sessions at a venue.
        Offline = "offline",
        /// Some sessions online, some at a venue.
        Hybrid = "hybrid",
    }
    /// Who caused a cancellation. The provider's restarts the term of the first purchase; the participant's does not.
    CancelledBy {
        /// The training provider.
        Provider = "provider",
        /// The platform.
        Platform = "platform",
        /// The participant.
        Participant = "participant",
    }
}

payloads! {
    /// A purchase.
    Spent {
        /// The course.
        course: CourseCode,
        /// The platform that sold it.
        platform: PartyCode,
        /// The price, all of it from the balance: nothing can be added from elsewhere.
        price: Money,
        /// The purchase, unique within the participant.
        purchase: PurchaseCode,
    }
    /// A voucher code, which the training provider takes; the redeem code of the programme is another one.
    Issued {
        /// SHA-256 of the code, in hexadecimal: the code itself is worth money.
        codesha256: Digest,
        /// The purchase.
        purchase: PurchaseCode,
    }
    /// A cancelled purchase; its codes are void.
    Restored {
        /// The amount restored.
        amount: Money,
        /// Who caused it.
        by: CancelledBy,
        /// The purchase.
        purchase: PurchaseCode,
    }
    /// The end of the balance.
    Lapsed {
        /// What was left.
        amount: Money,
    }
    /// The end of an unfinished course; its money is released.
    Expired {
        /// What the platform has not been paid.
        amount: Money,
        /// Number of the purchase among all of the card, from 1, cancelled ones too.
        ordinal: u32,
        /// The platform that sold it.
        platform: PartyCode,
    }
    /// A payment to the platform.
    Settled {
        /// What was paid.
        amount: Money,
        /// The platform's commission within it, before the provider's share.
        commission: Money,
        /// The purchase.
        purchase: PurchaseCode,
        /// The bank's reference.
        reference: DocumentNumber,
    }
    /// A payment back from the platform.
    Refunded {
        /// What came back.
        amount: Money,
        /// The purchase.
        purchase: PurchaseCode,
        /// The bank's reference.
        reference: DocumentNumber,
    }
}
