//! A server or cluster that keeps the streams of a ledger.

use crate::address::Address;
use crate::connection::{Connection, Patience};
use crate::error::KurrentError;
use crate::journal::KurrentJournal;
use std::sync::Arc;

/// Connected when the first stream is opened; all streams share the connection.
#[derive(Clone, Debug)]
pub struct Server(Arc<Connection>);

impl Server {
    /// The server of an address.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn new(address: &Address, patience: Patience) -> Result<Self, KurrentError> {
        Ok(Self(Arc::new(Connection::new(address, patience)?)))
    }

    /// Its address.
    pub fn address(&self) -> &Address {
        self.0.address()
    }

    /// The stream of the ledger's lines, or of a part beside it, which need not be there yet.
    ///
    /// # Errors
    /// When nobody answers, access is denied, or the stream does not keep all of its events.
    pub fn open(&self, part: Option<&str>) -> Result<KurrentJournal, KurrentError> {
        KurrentJournal::open(Arc::clone(&self.0), self.address().stream(part))
    }
}
