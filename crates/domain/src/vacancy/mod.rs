//! The demand for work.

mod decide;
mod event;

pub use decide::{Command, decide};
pub use event::{Closed, Event, Hired, Matched, Posted};
