//! Payout runs: due payments gathered for one partner, approved as a whole, released, handed over in files.
//!
//! A run is opened, its payments are listed, and it is prepared: from then on it cannot change, and its digest is what
//! others approve. Released, its payments are instructed one by one; what cannot be paid any more is left out.

mod content;
mod decide;
mod event;
mod gather;
mod state;
#[cfg(test)]
mod tests;

pub use content::{Content, content};
pub use decide::{Approve, Command, Complete, Prepare, Release, decide};
pub use event::{Approved, Cancelled, Completed, Event, FileIssued, Listed, Opened, Prepared, Released};
pub use gather::due;
pub use state::{Payment, Phase, Run, Runs, evolve};

pub(crate) use decide::check_run;
pub(crate) use state::instructed;
