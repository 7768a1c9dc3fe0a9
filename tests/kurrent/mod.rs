//! A ledger that a server keeps: copied there and back, written by one of two services, and fought for under faults.
//!
//! The server is the small one of `tests/esdb`, which speaks the protocol and fails on demand.

mod addressing;
mod copying;
mod fight;
mod following;
mod keys;
mod looks;
mod losing;
mod meeting;
mod mirror;
mod projected;
mod standby;

use crate::process::binary::{Run, run};
use jejak_esdb::{Options, Server as Esdb};
use std::path::Path;

fn esdb() -> Esdb {
    Esdb::start(Options::default()).unwrap()
}

fn address(esdb: &Esdb) -> String {
    format!("{}&ledger=benefits", esdb.connection_string())
}

/// Runs a verb on a ledger of the server, with keys and files in `state`.
fn on(esdb: &Esdb, state: &Path, arguments: &[&str]) -> Run {
    let state = state.to_str().unwrap();
    run(Path::new(&address(esdb)), &[&["--state", state], arguments].concat())
}
