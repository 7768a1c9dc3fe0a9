//! The journal on EventStoreDB or KurrentDB: one stream, whose revision is our position.
//!
//! Reading order: [`Address`] (where the stream is), [`Server`] (who keeps it), `event` (how a line travels), `connection`
//! (a client that is made again when it died), [`KurrentJournal`] (the engine).
//!
//! - An event's data is the line, byte for byte, so the tree head is that of any other engine. Its id follows from the
//!   position and the line, so an append that is sent again is known again. Its metadata holds the subject, the
//!   correlation and the place of the line in its commit.
//! - Every append names the exact revision after which it goes: of two writers one is refused, always. It is told so by
//!   [`AppendError::WrongPosition`](jejak_journal::AppendError::WrongPosition) with the true end.
//! - An append that was not answered is sent again until it is, for as long as [`Patience`] says. After that the writer
//!   is dead, as after a failed sync: what was sent may stand in the stream, and only reading can tell.
//! - Lines are followed by reading from the last known end, not by subscriptions: the client's subscription never returns
//!   once a server has ended it in good order.
//!
//! Never in this crate: the meaning of a line.

mod address;
mod connection;
mod error;
mod event;
mod journal;
mod probe;
mod reading;
mod server;

pub use address::{Address, AddressError};
pub use connection::Patience;
pub use error::KurrentError;
pub use event::{Labels, LabelsOf};
pub use journal::KurrentJournal;
pub use server::Server;
