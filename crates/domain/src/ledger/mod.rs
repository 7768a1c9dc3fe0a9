//! The ledger itself: opening, keys, schemas.

mod decide;
mod event;

pub use decide::{Command, decide};
pub use event::{AccessAnchored, Event, KeyRotated, Opened, SchemaRegistered, Simulated};
