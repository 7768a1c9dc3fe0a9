//! Outcomes: waves of tracking.

mod decide;
mod event;

pub use decide::{Command, decide};
pub use event::{Event, Invited, Reported, Work};
