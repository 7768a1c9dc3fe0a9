//! Sessions of courses with a venue.

mod decide;
mod event;

pub use decide::{Command, decide};
pub use event::{Cancelled, Event, Moved, Scheduled, VenueInspected};
