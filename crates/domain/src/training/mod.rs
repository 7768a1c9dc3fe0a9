//! Training: from redeem code to certificate and rating.

mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;
mod venue;

pub use decide::{Command, decide};
pub use event::{
    Attended, Certified, CheckedIn, CheckedOut, Completed, Event, Presence, Rated, RedeemRefusal,
    RedeemRefused, Redeemed, SeatReserved, Submitted, Work,
};
pub use state::evolve;
