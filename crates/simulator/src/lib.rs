//! Writes the history of Kartu Prakerja and its sister programmes from the published figures, as public commands
//! and facts, and keeps its own totals.
//!
//! Everything it writes is invented: persons, payments and documents. The same settings give the same bytes.
//! It knows no clock, does no input or output and shares no code with the ledger, so that its totals can judge
//! the ledger's.

mod agenda;
mod course;
mod day;
mod line;
mod oracle;
mod people;
mod plan;
mod published;
mod random;
mod revocations;
mod settings;
mod simulation;
mod steps;

pub use oracle::{FundRow, FundTotals, Oracle, Row, Standing, Totals};
pub use published::{Figure, Kind, Measure, Scope, Unit, published};
pub use revocations::{REVOKED, Released, Revocations};
pub use settings::{Applicants, Item, Settings};
pub use simulation::Simulation;
