//! Loans by banks, for reference.

mod decide;
mod event;
#[cfg(test)]
mod tests;

pub use decide::{Command, decide};
pub use event::{
    Applied, Approved, Disbursed, Event, InArrears, Listed, Offered, Refused, Repaid, SubsidyClaimed,
};
