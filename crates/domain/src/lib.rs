//! The domain: what happened, what may happen, and what it does to the books.
//!
//! Pure. Nothing here reads a clock, draws a random number, or touches a file or the network: ids and times come
//! in with the command, so that a replay on any machine gives the same bytes.
//!
//! Read [`line`] for how an event is written, [`catalogue`] for the list of subjects, one subject's folder (say
//! `voucher`) for its events, commands and postings, then [`decide`] and [`state`] for how they come together.

pub mod access;
pub mod actor;
pub mod batch;
pub mod books;
pub mod calendar;
pub mod catalogue;
pub mod chart;
pub mod custody;
pub mod decide;
pub mod entitlement;
pub mod entry;
pub mod findings;
pub mod fit;
pub mod fund;
pub mod ids;
pub mod instalment;
pub mod laws;
pub mod ledger;
pub mod line;
pub mod loan;
pub mod money;
pub mod object;
pub mod outcome;
pub mod participant;
pub mod payout;
pub mod personal_number;
pub mod programme;
mod record;
pub mod recovery;
pub mod refusal;
pub mod run;
pub mod session;
pub mod state;
pub mod subject;
pub mod supply;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod text;
pub mod time;
pub mod training;
pub mod vacancy;
pub mod voucher;

/// The time of recording: the clock's, but never before the newest event's, so that a clock going back is harmless.
pub fn record_time(clock: time::Timestamp, newest: Option<time::Timestamp>) -> time::Timestamp {
    newest.map_or(clock, |newest| newest.max(clock))
}
