//! Programmes: definitions as data, recorded as events before they are used.

mod check;
mod decide;
mod definition;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub use check::DefinitionError;
pub use decide::{Command, Propose, Publish, decide};
pub use definition::{
    Anchor, Approvals, Area, Band, Cash, Cutoffs, Definition, Head, Loan, Payment, Requirement, Rule, Survey,
    Terms, Training,
};
pub use event::{Event, PartRecorded, Published};
pub use state::{Programme, Programmes, Proposed, split};

crate::record::words! {
    /// What a part of a definition holds.
    Component {
        /// Code, name, currency, source.
        Head = "head",
        /// One set of terms.
        Terms = "terms",
        /// One set of cut-offs.
        Cutoffs = "cutoffs",
        /// One set of approvals.
        Approvals = "approvals",
    }
}
