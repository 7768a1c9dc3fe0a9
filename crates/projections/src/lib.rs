//! Read models: folds over events. Each is rebuilt from the journal and never stored as truth.
//!
//! Reading order: [`models`] (what analysts query, a module each, as changes of rows), [`rows`] (how changes wait),
//! [`store`] (how they reach one SQLite file together with the position), [`projector`] (who drives it), [`mod@check`] (a
//! second path, compared row by row), [`query`] (who may ask), [`export`] (what leaves in other forms). The other modules are folds that stay in memory.

pub mod balances;
pub mod cancellation;
pub mod card;
pub mod check;
pub mod cut;
pub mod delivery;
pub mod export;
pub mod funnel;
pub mod models;
pub mod projector;
pub mod query;
pub mod rehearsal;
pub mod released;
pub mod rows;
pub mod sample;
pub mod snapshot;
pub mod store;
pub mod table;
pub mod trail;
pub mod value;

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
