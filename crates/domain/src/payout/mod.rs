//! Payouts: instructed, settled, failed, returned, retried. A failure never ends the right.

mod decide;
mod event;
mod post;
mod split;
mod state;
#[cfg(test)]
mod tests;

pub use decide::{Command, Instruct, decide};
pub use event::{Event, Failed, Instructed, Retried, Returned, Settled};
pub use post::post;
pub use split::{Split, split};
pub use state::evolve;

pub(crate) use decide::{check_cutoff, check_payable};
pub(crate) use state::{Arrival, arrive};
