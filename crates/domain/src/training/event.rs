//! From redeem code to certificate and rating.

use crate::ids::{Digest, DocumentNumber, PurchaseCode, SessionCode};
use crate::record::{payloads, types, words};

types! {
    /// Events of one participant's training.
    Event {
        /// The redeem code was used.
        Redeemed(Redeemed) = "training.redeemed.v1";
        /// The redeem code was refused.
        RedeemRefused(RedeemRefused) = "training.redeem_refused.v1";
        /// A seat in a session was kept.
        SeatReserved(SeatReserved) = "training.seat_reserved.v1";
        /// Presence at an online session.
        Attended(Attended) = "training.attended.v1";
        /// Arrival at a venue.
        CheckedIn(CheckedIn) = "training.checked_in.v1";
        /// Departure from a venue.
        CheckedOut(CheckedOut) = "training.checked_out.v1";
        /// A test, task or feedback was handed in.
        Submitted(Submitted) = "training.submitted.v1";
        /// The provider reports the course as finished.
        Completed(Completed) = "training.completed.v1";
        /// The certificate.
        Certified(Certified) = "training.certified.v1";
        /// The participant's rating.
        Rated(Rated) = "training.rated.v1";
    }
}

words! {
    /// How presence is shown.
    Presence {
        /// The face was compared.
        Face = "face",
        /// A one-time password.
        Otp = "otp",
        /// A signed sheet, kept by its digest.
        Sheet = "sheet",
    }
    /// Why a redeem code is refused, as the programme answers it to a training provider.
    RedeemRefusal {
        /// There is no such code.
        NotFound = "not-found",
        /// The code is for training of another type.
        TypeMismatch = "type-mismatch",
        /// The code belongs to another training provider.
        OtherProvider = "other-provider",
        /// The code was cancelled.
        CodeCancelled = "code-cancelled",
        /// The purchase was cancelled.
        PurchaseCancelled = "purchase-cancelled",
        /// The code was used before.
        AlreadyUsed = "already-used",
    }
    /// What is handed in.
    Work {
        /// Test before the course.
        Pretest = "pretest",
        /// Independent task.
        Task = "task",
        /// Feedback on the course.
        Feedback = "feedback",
        /// Demonstration of skill.
        SkillDemo = "skill-demo",
        /// Test after the course.
        Posttest = "posttest",
    }
}

payloads! {
    /// The code of a purchase was declared used.
    Redeemed {
        /// The purchase.
        purchase: PurchaseCode,
    }
    /// A refusal to redeem; nothing changes by it.
    RedeemRefused {
        /// The purchase, as the provider named it.
        purchase: PurchaseCode,
        /// Why.
        reason: RedeemRefusal,
    }
    /// A seat.
    SeatReserved {
        /// The purchase.
        purchase: PurchaseCode,
        /// The session.
        session: SessionCode,
    }
    /// Presence at one numbered session.
    Attended {
        /// How presence was shown.
        method: Presence,
        /// The purchase.
        purchase: PurchaseCode,
        /// Number of the session within the course, from 1 to 32.
        sequence: u8,
    }
    /// Arrival.
    CheckedIn {
        /// How presence was shown.
        method: Presence,
        /// The purchase.
        purchase: PurchaseCode,
        /// Number of the session within the course, from 1 to 32.
        sequence: u8,
        /// The session.
        session: SessionCode,
        /// SHA-256 of the signed sheet, when presence was shown by one.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        sheetsha256: Option<Digest>,
    }
    /// Departure.
    CheckedOut {
        /// How presence was shown.
        method: Presence,
        /// The purchase.
        purchase: PurchaseCode,
        /// The session.
        session: SessionCode,
    }
    /// One piece of work.
    Submitted {
        /// The purchase.
        purchase: PurchaseCode,
        /// Score from 0 to 100, where it is marked.
        #[serde(default, deserialize_with = "crate::text::present", skip_serializing_if = "Option::is_none")]
        score: Option<u8>,
        /// Which piece.
        work: Work,
    }
    /// The end of the course.
    Completed {
        /// Hours taught.
        hours: u16,
        /// The purchase.
        purchase: PurchaseCode,
    }
    /// A certificate.
    Certified {
        /// Its number.
        certificate: DocumentNumber,
        /// The purchase.
        purchase: PurchaseCode,
    }
    /// Stars; the review's text is kept elsewhere.
    Rated {
        /// The purchase.
        purchase: PurchaseCode,
        /// From 1 to 5.
        stars: u8,
    }
}
