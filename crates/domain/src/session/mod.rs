//! Sessions of courses with a venue.

mod decide;
mod event;
mod state;

pub use decide::{Command, decide};
pub use event::{Cancelled, Event, Moved, Scheduled, VenueInspected};
pub use state::{Session, Sessions};
