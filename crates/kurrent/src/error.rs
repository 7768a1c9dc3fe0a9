//! What can go wrong between us and a server, in words for the person who has to act on it.

use crate::address::AddressError;
use jejak_journal::{AppendError, Position, ReadError};

/// A failure of this engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KurrentError {
    /// Not an address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Nobody answers, for longer than we wait.
    #[error(
        "{server} gave no answer within {seconds} s: {last}; see that it runs and can be reached, and that tls=true or tls=false is right, then open the ledger again"
    )]
    Unreachable {
        /// Where, without a password.
        server: String,
        /// How long it was tried.
        seconds: u64,
        /// The last failure.
        last: String,
    },
    /// TLS cannot begin, and trying again changes nothing.
    #[error("{server}: {problem}")]
    Tls {
        /// Where, without a password.
        server: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// Name and password do not count there, or may not do this.
    #[error(
        "{server} denies access to the stream {stream}: name a user in the address who may read and write it"
    )]
    Denied {
        /// Where, without a password.
        server: String,
        /// Which stream.
        stream: String,
    },
    /// Somebody deleted it.
    #[error(
        "the stream {stream} was deleted on the server: restore the server, or copy the ledger to another name"
    )]
    Deleted {
        /// Which stream.
        stream: String,
    },
    /// The server may forget, or has forgotten, its oldest events.
    #[error(
        "the stream {stream} does not keep all of its lines ({reason}): a ledger needs a stream without limits"
    )]
    Truncated {
        /// Which stream.
        stream: String,
        /// What was found.
        reason: String,
    },
    /// The server has fewer events than it had when the journal was opened.
    #[error(
        "the stream {stream} has {length} lines, but {before} were there before: acknowledged lines are lost on the server; restore it"
    )]
    Lost {
        /// Which stream.
        stream: String,
        /// Events that are there.
        length: u64,
        /// Events that were there.
        before: u64,
    },
    /// Revisions do not follow each other.
    #[error("the stream has position {found} where {expected} was to come: lines are missing on the server")]
    Gap {
        /// What was to come.
        expected: Position,
        /// What came.
        found: Position,
    },
    /// Something else wrote to the stream.
    #[error(
        "the event at position {position} is no line of a ledger: {problem}; nothing but Jejak may write to this stream"
    )]
    NotALine {
        /// Where.
        position: Position,
        /// What is wrong.
        problem: String,
    },
    /// A fault of the program that uses this crate.
    #[error(
        "another part of this program installed a TLS provider before the first connection: connect first, or install none"
    )]
    TlsProvider,
    /// A line could not be labelled.
    #[error("the labels of a line cannot be written: {0}")]
    Metadata(String),
    /// The server refuses for good.
    #[error("the server refuses: {0}")]
    Refused(String),
    /// The system gives no thread or socket.
    #[error("the connection cannot be started: {0}")]
    Start(std::io::Error),
}

impl From<KurrentError> for AppendError {
    fn from(error: KurrentError) -> Self {
        Self::Engine(Box::new(error))
    }
}

impl From<KurrentError> for ReadError {
    fn from(error: KurrentError) -> Self {
        Self::Engine(Box::new(error))
    }
}
