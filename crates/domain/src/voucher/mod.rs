//! Vouchers: the training balance, spent on courses.

mod decide;
mod event;
mod post;
mod state;
#[cfg(test)]
mod tests;

pub use decide::{Cancel, Command, Expire, Lapse, decide};
pub use event::{CancelledBy, Event, Expired, Issued, Lapsed, Mode, Refunded, Restored, Settled, Spent};
pub use post::post;
pub use state::evolve;

pub(crate) use decide::exceeds_cap;
