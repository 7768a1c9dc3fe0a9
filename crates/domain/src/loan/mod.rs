//! Loans by banks, for reference.

mod decide;
mod event;

pub use decide::{Command, decide};
pub use event::{
    Applied, Approved, Disbursed, Event, InArrears, Listed, Offered, Refused, Repaid, SubsidyClaimed,
};
