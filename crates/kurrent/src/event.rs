//! How a line travels: the event that holds it, and what its metadata says.

use crate::error::KurrentError;
use bytes::Bytes;
use eventstore::{EventData, RecordedEvent};
use jejak_journal::{Commit, MAX_LINE_BYTES, Position};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// What a server's own tools may know of a line. None of it is read back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Labels<'a> {
    /// The event's type.
    pub kind: Option<&'a str>,
    /// Whom or what the line is about.
    pub subject: Option<&'a str>,
    /// `correlationid`.
    pub correlation: Option<&'a str>,
    /// `causationid`.
    pub causation: Option<&'a str>,
}

/// Finds the labels of a line.
pub type LabelsOf = fn(&[u8]) -> Labels<'_>;

#[derive(Serialize, Deserialize)]
struct Metadata<'a> {
    /// Place in the commit, from 1, and its number of lines. Boundaries are not in the lines.
    #[serde(rename = "jejakCommit")]
    commit: (u32, u32),
    #[serde(rename = "jejakSubject", borrow, skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(rename = "$correlationId", borrow, skip_serializing_if = "Option::is_none")]
    correlation: Option<&'a str>,
    #[serde(rename = "$causationId", borrow, skip_serializing_if = "Option::is_none")]
    causation: Option<&'a str>,
}

/// The type of a line that names none.
const LINE: &str = "line";

/// Follows from position and bytes alone: the same append has the same ids, however often and by whom it is sent.
fn id_of(position: Position, line: &[u8]) -> Uuid {
    let digest = Sha256::new().chain_update(position.0.to_be_bytes()).chain_update(line).finalize();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The events of a commit that begins at `first`.
pub(crate) fn events_of(
    first: Position,
    commit: &Commit,
    labels_of: LabelsOf,
) -> Result<Vec<EventData>, KurrentError> {
    let of = commit.len();
    let event = |(number, line): (u32, &[u8])| {
        let labels = labels_of(line);
        let metadata = Metadata {
            commit: (number, of),
            subject: labels.subject,
            correlation: labels.correlation,
            causation: labels.causation,
        };
        let metadata =
            serde_json::to_vec(&metadata).map_err(|problem| KurrentError::Metadata(problem.to_string()))?;
        let data = Bytes::copy_from_slice(line);
        let id = id_of(first.plus(u64::from(number) - 1), line);
        Ok(EventData::binary(labels.kind.unwrap_or(LINE), data).id(id).metadata(metadata.into()))
    };
    (1..).zip(commit.lines()).map(event).collect()
}

/// A line as it came, with its place in its commit.
pub(crate) struct Received {
    pub(crate) line: Bytes,
    pub(crate) number: u32,
    pub(crate) of: u32,
}

/// Takes the line out of an event that should stand at `expected`.
pub(crate) fn line_of(event: RecordedEvent, expected: Position) -> Result<Received, KurrentError> {
    if event.revision != expected.0 {
        return Err(KurrentError::Gap { expected, found: Position(event.revision) });
    }
    let problem = |problem: &str| KurrentError::NotALine { position: expected, problem: problem.to_owned() };
    let metadata: Metadata<'_> = serde_json::from_slice(&event.custom_metadata)
        .map_err(|_| problem("its metadata do not say where its commit begins and ends"))?;
    let (number, of) = metadata.commit;
    if number == 0 || number > of {
        return Err(problem("it stands outside its commit"));
    }
    if event.data.is_empty() || event.data.len() > MAX_LINE_BYTES || event.data.contains(&b'\n') {
        return Err(problem("its data are not one line"));
    }
    Ok(Received { line: event.data, number, of })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_follows_from_place_and_line_and_from_nothing_else() {
        let id = id_of(Position(7), b"{}");
        assert_eq!(id, id_of(Position(7), b"{}"));
        assert_ne!(id, id_of(Position(8), b"{}"));
        assert_ne!(id, id_of(Position(7), b"{ }"));
        assert_eq!(id.get_version_num(), 8);
    }

    #[test]
    fn metadata_fit_into_what_a_commit_counts_for_each_line() {
        let uuid = "0192f0c1-7a00-7000-8000-000000000001";
        let subject = format!("participant/{uuid}");
        let metadata = Metadata {
            commit: (3_501, 3_501),
            subject: Some(&subject),
            correlation: Some(uuid),
            causation: Some(uuid),
        };
        let bytes = serde_json::to_vec(&metadata).unwrap();
        assert!(bytes.len() < jejak_journal::LINE_OVERHEAD_BYTES, "{}", bytes.len());
    }
}
