//! A place for a journal: a stream of its own on a server.

#![allow(dead_code, reason = "each test binary uses a part")]

use jejak_esdb::{Options, Server as Esdb};
use jejak_journal::Commit;
use jejak_kurrent::{Address, KurrentJournal, Patience, Server};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

/// Short enough for a test, long enough for a busy machine.
pub(crate) fn patience() -> Patience {
    Patience {
        whole: Duration::from_secs(30),
        each: Duration::from_secs(5),
        first: Duration::from_millis(10),
        longest: Duration::from_millis(200),
    }
}

pub(crate) fn commit<L: AsRef<[u8]>>(lines: impl IntoIterator<Item = L>) -> Commit {
    Commit::from_lines(lines).unwrap()
}

/// A stream that nobody has used, on a server.
pub(crate) struct Place {
    pub(crate) address: Address,
    /// None where a real server was named.
    esdb: Option<Esdb>,
}

impl Place {
    /// On the server that `JEJAK_KURRENTDB` names, else on one of our own.
    pub(crate) fn new() -> Self {
        match std::env::var("JEJAK_KURRENTDB") {
            Ok(connection) => Self { address: named(&connection), esdb: None },
            Err(_) => Self::ours(),
        }
    }

    /// On our own server, which fails on demand.
    pub(crate) fn ours() -> Self {
        let esdb = Esdb::start(Options::default()).unwrap();
        Self { address: named(&esdb.connection_string()), esdb: Some(esdb) }
    }

    pub(crate) fn esdb(&self) -> &Esdb {
        self.esdb.as_ref().expect("only for tests with faults")
    }

    /// A connection of its own each time, as another process has.
    pub(crate) fn journal(&self) -> KurrentJournal {
        Server::new(&self.address, patience()).unwrap().open(None).unwrap()
    }

    /// An empty stream of its own on the same server.
    pub(crate) fn fresh(&self) -> KurrentJournal {
        let connection = self.address.connection().to_owned();
        Server::new(&named(&connection), patience()).unwrap().open(None).unwrap()
    }
}

fn named(connection: &str) -> Address {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos();
    let join = if connection.contains('?') { "&" } else { "?" };
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{connection}{join}ledger=test_{since}_{number}").parse().unwrap()
}
