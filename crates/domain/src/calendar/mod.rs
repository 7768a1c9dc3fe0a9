//! The calendar: working days, and what each day brings by itself.

mod agenda;
mod decide;
mod due;
mod event;
#[cfg(test)]
mod tests;

pub use agenda::{Calendar, Tallies, Wake, evolve};
pub use decide::{CloseDay, Command, decide};
pub use due::{Due, due};
pub use event::{DayClosed, Event, Published, Tally};
