//! Recovery of money that was not due: found, demanded, repaid at once or in instalments, withdrawn, written off,
//! handed on.

mod claim;
mod decide;
mod event;
mod post;
mod state;
#[cfg(test)]
mod tests;

pub use claim::{Claim, Plan};
pub use decide::{Command, Demand, Escalate, decide};
pub use event::{
    Demanded, Escalated, Event, IneligibleFound, InstalmentsAgreed, Refunded, Repaid, RepaymentMethod,
    Withdrawn, WrittenOff,
};
pub use post::post;
pub use state::evolve;

pub(crate) use claim::withdrawable;
