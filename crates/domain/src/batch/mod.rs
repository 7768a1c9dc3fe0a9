//! Batches (gelombang): people join, are screened, and are drawn.

mod decide;
mod eligibility;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub use decide::{Command, Screen, decide};
pub(crate) use eligibility::overtaken;
pub use event::{
    Asked, Closed, Drawn, Eligibility, Event, Joined, Opened, RegionalQuota, Screened, SeedCommitted,
    Summarised,
};
pub use state::{Batch, Batches, Phase, evolve};
