//! Lines as events, read in one pass: attributes stand in one order and have one spelling, so that reading needs no
//! general parser but for the data, and every other form is refused.

use super::canonical;
use super::{CommandHash, CommandKey, Event, LineError};
use crate::actor::{Actor, ActorKind};
use crate::catalogue::{Payload, TYPE_PREFIX};
use crate::ids::{ActorId, CommandId, ProgrammeCode};
use crate::subject::{Subject, uuid};
use crate::time::{Day, Timestamp};
use std::fmt::Display;
use uuid::Uuid;

/// Where reading stands in a line.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Takes the literal if it stands here.
    fn takes(&mut self, literal: &str) -> bool {
        let here = self.rest().as_bytes().starts_with(literal.as_bytes());
        if here {
            self.at += literal.len();
        }
        here
    }

    fn literal(&mut self, literal: &'static str) -> Result<(), LineError> {
        if self.takes(literal) { Ok(()) } else { Err(LineError::Form { at: self.at, expected: literal }) }
    }

    /// The string that has begun, up to its closing quote. Attributes never need an escape.
    fn string(&mut self) -> Result<&'a str, LineError> {
        let rest = self.rest();
        let end = rest.bytes().position(|byte| byte == b'"' || byte == b'\\' || byte < b' ');
        match end.and_then(|end| rest.get(..end).map(|text| (end, text))) {
            Some((end, text)) if rest.as_bytes().get(end) == Some(&b'"') => {
                self.at += end + 1;
                Ok(text)
            }
            _ => Err(LineError::Form { at: self.at, expected: "a string without escapes" }),
        }
    }

    fn parsed<T, E: Display>(
        &mut self,
        attribute: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, LineError> {
        let at = self.at;
        parse(self.string()?).map_err(|problem| LineError::Attribute {
            at,
            attribute,
            problem: problem.to_string(),
        })
    }

    /// An attribute that must be here. `opening` is everything from the comma to the opening quote.
    fn required<T, E: Display>(
        &mut self,
        opening: &'static str,
        attribute: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, LineError> {
        self.literal(opening)?;
        self.parsed(attribute, parse)
    }

    /// An attribute that may be here.
    fn optional<T, E: Display>(
        &mut self,
        opening: &'static str,
        attribute: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, LineError> {
        if self.takes(opening) { self.parsed(attribute, parse).map(Some) } else { Ok(None) }
    }

    fn data(&mut self, name: &str) -> Result<Payload, LineError> {
        let read = Payload::read_first(name, self.rest());
        let read = read.map_err(|problem| LineError::Data { name: name.to_owned(), problem })?;
        let (payload, length) =
            read.ok_or_else(|| LineError::UnknownType { name: name.chars().take(80).collect() })?;
        let text = self.rest().get(..length).unwrap_or_default();
        if let Some(at) = canonical::first_difference(&payload, text) {
            return Err(LineError::Spelling { at: self.at + at, name: name.to_owned() });
        }
        self.at += length;
        Ok(payload)
    }
}

fn identifier(text: &str) -> Result<Uuid, &'static str> {
    uuid(text).ok_or("not a UUID in lower case with hyphens")
}

fn kind(text: &str) -> Result<ActorKind, &'static str> {
    ActorKind::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or("not user, service or system")
}

/// The type's name, from the end of the line: the data cannot be read without it.
fn type_of(text: &str) -> Result<&str, LineError> {
    let form = LineError::Form { at: text.len(), expected: "\"type\":\"…\"} at the end" };
    let Some(body) = text.strip_suffix("\"}") else { return Err(form) };
    let Some(quote) = body.rfind('"') else { return Err(form) };
    let name = body.get(quote + 1..).unwrap_or_default();
    name.strip_prefix(TYPE_PREFIX)
        .ok_or_else(|| LineError::UnknownType { name: name.chars().take(80).collect() })
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
        let name = type_of(text)?;
        let mut cursor = Cursor { text, at: 0 };
        let authid = cursor.required("{\"authid\":\"", "authid", ActorId::new)?;
        let authtype = cursor.required(",\"authtype\":\"", "authtype", kind)?;
        let causation = cursor.optional(",\"causationid\":\"", "causationid", identifier)?;
        let hash = cursor.optional(",\"commandhash\":\"", "commandhash", CommandHash::parse)?;
        let command = cursor.optional(",\"commandid\":\"", "commandid", CommandId::new)?;
        let correlation = cursor.optional(",\"correlationid\":\"", "correlationid", identifier)?;
        cursor.literal(",\"data\":")?;
        let payload = cursor.data(name)?;
        let id = cursor.required(",\"id\":\"", "id", identifier)?;
        let programme = cursor.optional(",\"programme\":\"", "programme", ProgrammeCode::new)?;
        let recorded = cursor.required(",\"recordedtime\":\"", "recordedtime", Timestamp::parse)?;
        let reported_on = cursor.optional(",\"reportedon\":\"", "reportedon", Day::parse)?;
        cursor.literal(",\"source\":\"")?;
        let source = cursor.string()?;
        let subject =
            cursor.required(",\"specversion\":\"1.0\",\"subject\":\"", "subject", Subject::parse)?;
        let time = cursor.optional(",\"time\":\"", "time", Timestamp::parse)?;
        cursor.literal(",\"type\":\"id.jejak.")?;
        cursor.string()?;
        if cursor.rest() != "}" {
            return Err(LineError::Form { at: cursor.at, expected: "the end of the line" });
        }
        if time == Some(recorded) {
            return Err(LineError::TimeTwice);
        }
        let command = match (command, hash) {
            (Some(id), Some(hash)) => Some(CommandKey { id, hash }),
            (None, None) => None,
            _ => return Err(LineError::HalfCommand),
        };
        let actor = Actor { kind: authtype, id: authid };
        let time = time.unwrap_or(recorded);
        let event = Self {
            id,
            subject,
            time,
            recorded,
            programme,
            actor,
            command,
            causation,
            correlation,
            reported_on,
            payload,
        };
        Ok((event, source))
    }
}
