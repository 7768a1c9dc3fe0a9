//! Sessions of offline and hybrid courses: venue, capacity, trainer.

use crate::ids::{CourseCode, PartyCode, Reason, RegencyCode};
use crate::record::{payloads, types};
use crate::time::Timestamp;
use crate::voucher::Mode;

types! {
    /// Events of a session.
    Event {
        /// A session is announced.
        Scheduled(Scheduled) = "session.scheduled.v1";
        /// A session is moved.
        Moved(Moved) = "session.moved.v1";
        /// A session is cancelled.
        Cancelled(Cancelled) = "session.cancelled.v1";
        /// A venue was looked at.
        VenueInspected(VenueInspected) = "session.venue_inspected.v1";
    }
}

payloads! {
    /// A session and its room.
    Scheduled {
        /// Seats.
        capacity: u16,
        /// The course.
        course: CourseCode,
        /// When it ends.
        ends: Timestamp,
        /// How it is taught.
        mode: Mode,
        /// Regency of the venue.
        regency: RegencyCode,
        /// When it starts.
        starts: Timestamp,
        /// Who teaches.
        trainer: PartyCode,
        /// The venue.
        venue: PartyCode,
    }
    /// New time and venue.
    Moved {
        /// When it ends.
        ends: Timestamp,
        /// Regency of the venue.
        regency: RegencyCode,
        /// When it starts.
        starts: Timestamp,
        /// The venue.
        venue: PartyCode,
    }
    /// The session does not take place.
    Cancelled {
        /// Why.
        reason: Reason,
    }
    /// The result of an inspection.
    VenueInspected {
        /// Whether the venue is fit.
        fit: bool,
        /// Seats found.
        seats: u16,
        /// The venue.
        venue: PartyCode,
    }
}
