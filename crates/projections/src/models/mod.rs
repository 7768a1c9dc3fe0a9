//! The read models, one module each. A new one is its module and a line here.

mod entitlements;
mod participants;
mod postings;

use crate::Step;
use crate::rows::Rows;
use crate::table::Table;
use jejak_domain::state::State;

/// A fold that turns a history into rows of one table.
pub trait Model: Send {
    /// Its table.
    fn table(&self) -> &'static Table;

    /// What one event changes.
    fn apply(&mut self, step: Step<'_>, rows: &mut Rows);

    /// Rows that follow from everything so far, before it is stored: of small tables only.
    fn settle(&mut self, _state: &State, _rows: &mut Rows) {}
}

/// All models, empty.
pub fn all() -> Vec<Box<dyn Model>> {
    vec![
        Box::new(participants::Participants),
        Box::new(entitlements::Entitlements),
        Box::new(postings::Postings),
    ]
}

/// All tables, in the order of the models.
pub fn tables() -> Vec<&'static Table> {
    all().iter().map(|model| model.table()).collect()
}
