//! A small server that speaks the gRPC protocol of EventStoreDB v20 and later, **for tests only**.
//!
//! It is not EventStoreDB and not KurrentDB, and shares no code with them: it keeps events in memory (or in one file)
//! and answers the calls that a client of streams makes, so that an adapter can be tested where no real server is at
//! hand. What it is for is the faults that it commits on demand: see [`Faults`].

mod faults;
mod messages;
mod server;
mod service;
mod store;

pub use crate::faults::{AppendFault, End, Faults, Gate};
pub use crate::server::{Options, Server};
