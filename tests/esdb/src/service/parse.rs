//! Requests as values: what is missing or wrong in them is found here.

use super::errors::{invalid, missing_property};
use crate::messages::{ExpectedRevision, Halves, ProposedEvent, StreamIdentifier, Uuid, UuidForm, UuidValue};
use crate::store::{Expected, Proposal, Text};
use tonic::Status;

pub(super) fn stream(identifier: Option<StreamIdentifier>) -> Result<Text, Status> {
    let name = identifier.ok_or_else(|| invalid("The name of the stream is missing."))?.name;
    if name.is_empty() {
        return Err(invalid("The name of the stream is empty."));
    }
    Text::parse(name).ok_or_else(|| invalid("The name of the stream is not UTF-8."))
}

pub(super) fn expected(expected: Option<ExpectedRevision>) -> Result<Expected, Status> {
    match expected {
        Some(ExpectedRevision::Revision(revision)) => Ok(Expected::Revision(revision)),
        Some(ExpectedRevision::NoStream(_)) => Ok(Expected::NoStream),
        Some(ExpectedRevision::Any(_)) => Ok(Expected::Any),
        Some(ExpectedRevision::StreamExists(_)) => Ok(Expected::StreamExists),
        None => Err(invalid("The expected revision is missing.")),
    }
}

pub(super) fn event(event: ProposedEvent) -> Result<Proposal, Status> {
    let id = event.id.and_then(|id| id.value).ok_or_else(|| invalid("The id of an event is missing."))?;
    let property = |name: &str| event.properties.iter().find(|it| it.key == name).map(|it| it.value.clone());
    let kind = property("type").and_then(Text::parse).ok_or_else(|| missing_property("type"))?;
    let content = property("content-type").ok_or_else(|| missing_property("content-type"))?;
    Ok(Proposal {
        id: uuid(&id)?,
        kind,
        is_json: content == "application/json",
        metadata: event.metadata,
        data: event.data,
    })
}

fn uuid(value: &UuidValue) -> Result<uuid::Uuid, Status> {
    match value {
        UuidValue::Structured(Halves { most, least }) => {
            Ok(uuid::Uuid::from_u64_pair(most.cast_unsigned(), least.cast_unsigned()))
        }
        UuidValue::String(text) => uuid::Uuid::try_parse(text).map_err(|_| invalid("An id is not a UUID.")),
    }
}

/// An id in the form that a client wants it in.
pub(super) fn uuid_message(id: uuid::Uuid, form: UuidForm) -> Uuid {
    let value = match form {
        UuidForm::Structured(_) => {
            let (most, least) = id.as_u64_pair();
            UuidValue::Structured(Halves { most: most.cast_signed(), least: least.cast_signed() })
        }
        UuidForm::String(_) => UuidValue::String(id.hyphenated().to_string()),
    };
    Uuid { value: Some(value) }
}
