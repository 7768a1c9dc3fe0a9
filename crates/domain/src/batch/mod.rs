//! Batches (gelombang): people join, are screened, and are drawn.

mod decide;
mod draw;
mod eligibility;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub use decide::{Command, Screen, decide};
pub use draw::{Candidate, draw, list_digest, pool};
pub(crate) use draw::{contradiction, unscreened};
pub use eligibility::unmet;
pub(crate) use eligibility::{overfull, overtaken};
pub use event::{
    Asked, Closed, Drawn, Eligibility, Event, Joined, Opened, RegionalQuota, Screened, SeedCommitted,
    Summarised,
};
pub use state::{Batch, Batches, Phase, Standing, evolve};
