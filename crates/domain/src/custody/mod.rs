//! Cash by hand.

mod decide;
mod event;
mod post;
#[cfg(test)]
mod tests;

pub use decide::{Command, decide};
pub use event::{Drawn, Event, HandedOver, Returned};
pub use post::{evolve, post};
