//! Outcomes: waves of tracking, each over a list that is fixed before the first answer.

mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub use decide::{Command, decide};
pub use event::{Event, Invited, Reported, WaveOpened, Work};
pub use state::{Wave, Waves, evolve};
