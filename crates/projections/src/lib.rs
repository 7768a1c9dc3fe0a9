//! Read models: folds over events, kept in memory. Each is rebuilt from the journal and never stored as truth.

pub mod balances;
pub mod card;
pub mod delivery;
pub mod funnel;
pub mod released;
pub mod trail;

use jejak_domain::entry::Entry;
use jejak_domain::line::Event;
use jejak_domain::state::State;

/// One step of a history, as a view sees it.
#[derive(Clone, Copy)]
pub struct Step<'a> {
    /// The position of the line.
    pub position: u64,
    /// The event.
    pub event: &'a Event,
    /// What it did to the books.
    pub entry: Option<&'a Entry>,
    /// Everything after it.
    pub state: &'a State,
}
