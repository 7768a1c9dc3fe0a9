//! The training balance: spent on courses, restored, lapsed, settled with the platform.

use crate::ids::{CourseCode, DocumentNumber, PartyCode, PurchaseCode};
use crate::money::Money;
use crate::record::{payloads, types, words};

types! {
    /// Events of the training balance.
    Event {
        /// A course was bought.
        Spent(Spent) = "voucher.spent.v1";
        /// A purchase was cancelled and its money is back on the balance.
        Restored(Restored) = "voucher.restored.v1";
        /// What was left on the balance went back to the pool.
        Lapsed(Lapsed) = "voucher.lapsed.v1";
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
    /// A purchase; voucher and redeem codes are issued with it.
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
