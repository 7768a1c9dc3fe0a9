//! Events as lines, and lines as events: CloudEvents 1.0 in structured JSON, in the form of RFC 8785.
//!
//! A line is read strictly: no unknown, missing or repeated attribute, no second order, no second spelling of a value.

mod canonical;
mod read;
mod write;

use crate::actor::Actor;
use crate::catalogue::Payload;
use crate::ids::{CommandId, ProgrammeCode};
use crate::subject::Subject;
use crate::time::{Day, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// The most bytes that a line may have.
pub const LINE_LIMIT: usize = 65_535;

/// The idempotency key of a command and the digest of what it asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandKey {
    /// Unique within the subject for ever.
    pub id: CommandId,
    /// The first 16 bytes of HMAC-SHA-256 over the canonical command.
    pub hash: CommandHash,
}

/// Sixteen bytes that tell whether a repeated key asks for the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandHash(pub [u8; 16]);

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// UUIDv7 with the millisecond of `recorded`; its random bits also blind the leaf hash.
    pub id: Uuid,
    /// What it is about.
    pub subject: Subject,
    /// Effective: when it happened in the world. A line has it only where it is not the recorded time.
    pub time: Timestamp,
    /// When this ledger recorded it. Never decreases along the journal.
    pub recorded: Timestamp,
    /// The programme, where the subject does not name it.
    pub programme: Option<ProgrammeCode>,
    /// Who caused it.
    pub actor: Actor,
    /// The command that caused it, on the first line of its commit only.
    pub command: Option<CommandKey>,
    /// The event that caused it, where that is not the line before.
    pub causation: Option<Uuid>,
    /// The chain it belongs to, where the subject does not say it.
    pub correlation: Option<Uuid>,
    /// For imported history: the source's own date of recording.
    pub reported_on: Option<Day>,
    /// What happened.
    pub payload: Payload,
}

impl Event {
    /// The programme it concerns, from the attribute or the subject.
    pub fn programme(&self) -> Option<ProgrammeCode> {
        self.programme.or_else(|| self.subject.programme())
    }
}

/// Why a line is not an event.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// Not in the one form that a line has.
    #[error("byte {at}: expected {expected}: lines are JSON in canonical form (RFC 8785)")]
    Form {
        /// Where, in bytes from 0.
        at: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// An attribute's value is not one.
    #[error("byte {at}: {attribute}: {problem}")]
    Attribute {
        /// Where, in bytes from 0.
        at: usize,
        /// The attribute.
        attribute: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The event cannot be written.
    #[error("the event cannot be written: {0}")]
    Write(#[from] serde_json::Error),
    /// A type that this program does not know. Its line can be verified, but not folded.
    #[error("unknown event type {name:?}: use a newer program")]
    UnknownType {
        /// The type.
        name: String,
    },
    /// The data does not fit the type.
    #[error("{name}: {problem}")]
    Data {
        /// The type.
        name: String,
        /// What is wrong.
        problem: serde_json::Error,
    },
    /// The data says something of its type, but not in the one form that it has.
    #[error(
        "byte {at}: the data of {name} is not in canonical form (RFC 8785): this line was not written by a ledger"
    )]
    Spelling {
        /// Where, in bytes from 0.
        at: usize,
        /// The type.
        name: String,
    },
    /// Not UTF-8.
    #[error("not UTF-8 text from byte {0} on")]
    Encoding(usize),
    /// `time` is written only when it differs.
    #[error("time says what recordedtime says: leave it out")]
    TimeTwice,
    /// `commandid` and `commandhash` come together.
    #[error("commandid and commandhash come together, but only one is here")]
    HalfCommand,
    /// The line is too long to be stored.
    #[error(
        "the line has {length} bytes, at most {LINE_LIMIT} can be stored: keep large content as a file by its digest"
    )]
    Long {
        /// Bytes it would have.
        length: usize,
    },
}

impl CommandHash {
    /// Reads 22 digits of base64url.
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut hash = [0; 16];
        let read = URL_SAFE_NO_PAD.decode_slice(text, &mut hash);
        read.is_ok_and(|length| length == 16).then_some(Self(hash)).ok_or("not 22 digits of base64url")
    }

    /// As 22 digits of base64url.
    pub fn text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}
