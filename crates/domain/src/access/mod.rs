//! Access: roles as events with validity, what each role may do, and which must be apart.
//!
//! A ledger without any role is open to whoever holds its files. From the first role on, every command of a person or a
//! service needs one, and so do facts at the door of the service.

mod decide;
mod event;
mod permissions;
mod state;
#[cfg(test)]
mod tests;

pub use decide::{Command, decide, permit, permit_fact};
pub use event::{Event, Granted, Revoked, Role};
pub use permissions::{apart, is_reported, may_command, may_record, may_report};
pub use state::{Access, Grant};
