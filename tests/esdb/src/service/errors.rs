//! Refusals as statuses. Clients read the trailers, and some the text, so both are as the real server writes them.

use crate::store::{Expected, Text};
use std::net::SocketAddr;
use tonic::metadata::{AsciiMetadataKey, MetadataMap, MetadataValue};
use tonic::{Code, Status};

fn status(code: Code, message: impl Into<String>, trailers: &[(&'static str, &str)]) -> Status {
    let mut metadata = MetadataMap::new();
    for (name, value) in trailers {
        // A name of a stream that is not ASCII cannot go into a trailer; the text still has it.
        if let Ok(value) = MetadataValue::try_from(*value) {
            metadata.insert(AsciiMetadataKey::from_static(name), value);
        }
    }
    Status::with_metadata(code, message, metadata)
}

pub(super) fn not_leader(leader: SocketAddr) -> Status {
    let (host, port) = (leader.ip().to_string(), leader.port().to_string());
    let trailers = [
        ("exception", "not-leader"),
        ("leader-endpoint-host", host.as_str()),
        ("leader-endpoint-port", port.as_str()),
    ];
    status(Code::NotFound, "Leader info available", &trailers)
}

pub(super) fn stream_deleted(stream: &Text) -> Status {
    let name = stream.as_str();
    let trailers = [("exception", "stream-deleted"), ("stream-name", name)];
    status(Code::FailedPrecondition, format!("Event stream '{name}' is deleted."), &trailers)
}

/// Of `Delete` and `Tombstone`.
pub(super) fn wrong_revision(stream: &Text, expected: Expected, current: Option<u64>) -> Status {
    let name = stream.as_str();
    let expected = version(expected);
    let actual = current.map_or_else(|| "-1".to_owned(), |revision| revision.to_string());
    let trailers = [
        ("exception", "wrong-expected-version"),
        ("stream-name", name),
        ("expected-version", expected.as_str()),
        ("actual-version", actual.as_str()),
    ];
    let text = format!(
        "Delete failed due to WrongExpectedVersion. Stream: {name}, Expected version: {expected}, \
         Actual version: {actual}"
    );
    status(Code::FailedPrecondition, text, &trailers)
}

/// The number that stands for an expectation in texts.
fn version(expected: Expected) -> String {
    match expected {
        Expected::NoStream => "-1".to_owned(),
        Expected::Any => "-2".to_owned(),
        Expected::StreamExists => "-4".to_owned(),
        Expected::Revision(revision) => revision.to_string(),
    }
}

pub(super) fn append_too_large(maximum: usize) -> Status {
    let maximum = maximum.to_string();
    let trailers = [("exception", "maximum-append-size-exceeded"), ("maximum-append-size", maximum.as_str())];
    status(Code::InvalidArgument, format!("Maximum Append Size of {maximum} Exceeded."), &trailers)
}

pub(super) fn missing_property(name: &str) -> Status {
    let trailers =
        [("exception", "missing-required-metadata-property"), ("required-metadata-property", name)];
    status(Code::InvalidArgument, format!("Required Metadata Property '{name}' is missing"), &trailers)
}

pub(super) fn access_denied() -> Status {
    status(Code::PermissionDenied, "Access Denied", &[("exception", "access-denied")])
}

pub(super) fn timed_out() -> Status {
    Status::aborted("Operation timed out: the write was not seen to commit in time")
}

pub(super) fn not_ready() -> Status {
    Status::unavailable("Server Is Not Ready")
}

pub(super) fn not_stored(why: &str) -> Status {
    Status::unavailable(format!("The events could not be stored: {why}"))
}

pub(super) fn invalid(what: &str) -> Status {
    Status::invalid_argument(what)
}
