//! Events as lines.

use super::{CommandHash, Event, LINE_LIMIT, LineError};
use crate::actor::ActorKind;
use crate::catalogue::{Payload, TYPE_PREFIX};
use crate::ids::{ActorId, CommandId, ProgrammeCode};
use crate::subject::Subject;
use crate::time::{Day, Timestamp};
use serde::{Serialize, Serializer};
use uuid::Uuid;

/// The attributes in canonical order; [`read`](super::read) expects them in the same.
#[derive(Serialize)]
struct Wire<'a> {
    authid: ActorId,
    authtype: ActorKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    causationid: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commandhash: Option<CommandHash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commandid: Option<CommandId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlationid: Option<Uuid>,
    data: &'a Payload,
    id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    programme: Option<ProgrammeCode>,
    recordedtime: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    reportedon: Option<Day>,
    source: &'a str,
    specversion: &'a str,
    subject: Subject,
    /// Left out when it is the recorded time.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<Timestamp>,
    #[serde(rename = "type")]
    kind: &'a str,
}

impl Serialize for CommandHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl Event {
    /// Writes the event as a line, in canonical form and without a newline.
    ///
    /// # Errors
    /// When the line would be longer than [`LINE_LIMIT`].
    pub fn write(&self, source: &str) -> Result<Vec<u8>, LineError> {
        let wire = Wire {
            authid: self.actor.id,
            authtype: self.actor.kind,
            causationid: self.causation,
            commandhash: self.command.map(|command| command.hash),
            commandid: self.command.map(|command| command.id),
            correlationid: self.correlation,
            data: &self.payload,
            id: self.id,
            programme: self.programme,
            recordedtime: self.recorded,
            reportedon: self.reported_on,
            source,
            specversion: "1.0",
            subject: self.subject,
            time: (self.time != self.recorded).then_some(self.time),
            kind: &format!("{TYPE_PREFIX}{}", self.payload.name()),
        };
        let mut line = Vec::with_capacity(512);
        serde_json::to_writer(&mut line, &wire)?;
        if line.len() > LINE_LIMIT { Err(LineError::Long { length: line.len() }) } else { Ok(line) }
    }
}
