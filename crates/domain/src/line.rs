//! Events as lines, and lines as events: CloudEvents 1.0 in structured JSON, in the form of RFC 8785.
//!
//! A line is read strictly: no unknown, missing or repeated attribute, no second spelling of a value.

use crate::actor::{Actor, ActorKind};
use crate::catalogue::{Payload, TYPE_PREFIX};
use crate::ids::{ActorId, CommandId, ProgrammeCode};
use crate::subject::Subject;
use crate::time::{Day, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
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
    /// Not JSON, or not of the shape of an event.
    #[error("not an event: {0}")]
    Shape(#[from] serde_json::Error),
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

/// The attributes in canonical order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    authid: ActorId,
    authtype: ActorKind,
    #[serde(default, with = "lower_uuid", skip_serializing_if = "Option::is_none")]
    causationid: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commandhash: Option<CommandHash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commandid: Option<CommandId>,
    #[serde(default, with = "lower_uuid", skip_serializing_if = "Option::is_none")]
    correlationid: Option<Uuid>,
    #[serde(borrow)]
    data: &'a RawValue,
    #[serde(with = "lower_uuid")]
    id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    programme: Option<ProgrammeCode>,
    recordedtime: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reportedon: Option<Day>,
    source: &'a str,
    specversion: SpecVersion,
    subject: Subject,
    /// Left out when it is the recorded time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time: Option<Timestamp>,
    #[serde(rename = "type")]
    kind: &'a str,
}

#[derive(Serialize, Deserialize)]
enum SpecVersion {
    #[serde(rename = "1.0")]
    V1,
}

/// UUIDs in exactly their lower-case hyphenated form.
mod lower_uuid {
    use serde::{Deserializer, Serializer};
    use uuid::Uuid;

    #[expect(clippy::ref_option, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(id: &Option<Uuid>, serializer: S) -> Result<S::Ok, S::Error> {
        match id {
            Some(id) => serializer.collect_str(id),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Uuid>, D::Error> {
        let parse = |text: &str| crate::subject::uuid(text).ok_or("not a lower-case UUID");
        deserializer.deserialize_str(crate::text::Parsed("UUID", parse)).map(Some)
    }
}

impl Serialize for CommandHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl<'de> Deserialize<'de> for CommandHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parse = |text: &str| {
            let mut hash = [0; 16];
            let read = URL_SAFE_NO_PAD.decode_slice(text, &mut hash);
            read.is_ok_and(|length| length == 16 && text.len() == 22)
                .then_some(Self(hash))
                .ok_or("not 22 digits of base64url")
        };
        deserializer.deserialize_str(crate::text::Parsed("command digest", parse))
    }
}

impl Event {
    /// Reads a line. The `source` is the ledger's origin and is checked by the reader of the whole journal.
    ///
    /// # Errors
    /// When the line is not exactly an event of a known type.
    pub fn read(line: &[u8]) -> Result<Self, LineError> {
        Self::read_with_source(line).map(|(event, _)| event)
    }

    /// Reads a line and its `source`.
    ///
    /// # Errors
    /// When the line is not exactly an event of a known type.
    pub fn read_with_source(line: &[u8]) -> Result<(Self, &str), LineError> {
        // Checked once for the whole line, which is cheaper than string by string.
        let text = std::str::from_utf8(line).map_err(|error| LineError::Encoding(error.valid_up_to()))?;
        let wire: Wire<'_> = serde_json::from_str(text)?;
        if wire.time == Some(wire.recordedtime) {
            return Err(LineError::TimeTwice);
        }
        let unknown = || LineError::UnknownType { name: wire.kind.chars().take(80).collect() };
        let name = wire.kind.strip_prefix(TYPE_PREFIX).ok_or_else(unknown)?;
        let payload = Payload::read(name, wire.data.get())
            .map_err(|problem| LineError::Data { name: name.to_owned(), problem })?
            .ok_or_else(unknown)?;
        let command = match (wire.commandid, wire.commandhash) {
            (Some(id), Some(hash)) => Some(CommandKey { id, hash }),
            (None, None) => None,
            _ => return Err(LineError::HalfCommand),
        };
        let event = Self {
            id: wire.id.unwrap_or_default(),
            subject: wire.subject,
            time: wire.time.unwrap_or(wire.recordedtime),
            recorded: wire.recordedtime,
            programme: wire.programme,
            actor: Actor { kind: wire.authtype, id: wire.authid },
            command,
            causation: wire.causationid,
            correlation: wire.correlationid,
            reported_on: wire.reportedon,
            payload,
        };
        Ok((event, wire.source))
    }

    /// Writes the event as a line, in canonical form and without a newline.
    ///
    /// # Errors
    /// When the line would be longer than [`LINE_LIMIT`].
    pub fn write(&self, source: &str) -> Result<Vec<u8>, LineError> {
        let data = serde_json::value::to_raw_value(&self.payload)?;
        let wire = Wire {
            authid: self.actor.id,
            authtype: self.actor.kind,
            causationid: self.causation,
            commandhash: self.command.map(|command| command.hash),
            commandid: self.command.map(|command| command.id),
            correlationid: self.correlation,
            data: &data,
            id: Some(self.id),
            programme: self.programme,
            recordedtime: self.recorded,
            reportedon: self.reported_on,
            source,
            specversion: SpecVersion::V1,
            subject: self.subject,
            time: (self.time != self.recorded).then_some(self.time),
            kind: &format!("{TYPE_PREFIX}{}", self.payload.name()),
        };
        let line = serde_json::to_vec(&wire)?;
        if line.len() > LINE_LIMIT { Err(LineError::Long { length: line.len() }) } else { Ok(line) }
    }
}
