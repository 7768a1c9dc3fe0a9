//! Recovery of money that was not due.

mod decide;
mod event;
mod post;
#[cfg(test)]
mod tests;

pub use decide::{Command, Demand, Escalate, decide};
pub use event::{Demanded, Escalated, Event, Repaid};
pub use post::{evolve, post};
