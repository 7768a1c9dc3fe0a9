//! Whether a write is made: the protocol's rules of expected revisions and of repeated events.

use super::stream::Stream;
use super::{Expected, Proposal, Refusal, Written};
use uuid::Uuid;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Write,
    /// Nothing to write: the events are there already, or there are none.
    Known(Written),
    Refuse(Refusal),
}

/// Decides about an append. `recent` tells the revision in this stream of an event among the last ones written.
pub(super) fn decide(
    stream: &Stream,
    expected: Expected,
    events: &[Proposal],
    recent: impl Fn(&Uuid) -> Option<u64>,
) -> Decision {
    if stream.tombstone.is_some() && !events.is_empty() {
        return Decision::Refuse(Refusal::StreamDeleted);
    }
    let known = match expected {
        Expected::Any | Expected::StreamExists => {
            if expected == Expected::StreamExists && !exists(stream) {
                return wrong(stream);
            }
            known_recently(events, recent)
        }
        Expected::NoStream => known_from(stream, 0, events),
        Expected::Revision(revision) => match stream.current() {
            None => return wrong(stream),
            Some(current) if revision > current => return wrong(stream),
            Some(_) => known_from(stream, revision + 1, events),
        },
    };
    match known {
        Known::Nothing if events.is_empty() => {
            Decision::Known(Written { revision: stream.current(), position: None })
        }
        Known::Nothing => Decision::Write,
        Known::AllUpTo(last) => Decision::Known(Written {
            revision: Some(last),
            position: stream.at(last).map(|record| record.position),
        }),
        Known::Others if expected == Expected::NoStream && stream.is_soft_deleted() => Decision::Write,
        Known::Others | Known::Some => wrong(stream),
    }
}

/// Whether a stream may be deleted.
pub(super) fn check(stream: &Stream, expected: Expected) -> Result<(), Refusal> {
    if stream.tombstone.is_some() {
        return Err(Refusal::StreamDeleted);
    }
    let is_met = match expected {
        Expected::Any => true,
        Expected::StreamExists => exists(stream),
        Expected::NoStream => stream.records.is_empty() || stream.is_soft_deleted(),
        Expected::Revision(revision) => stream.current() == Some(revision),
    };
    if is_met { Ok(()) } else { Err(Refusal::WrongRevision { current: stream.current() }) }
}

fn wrong(stream: &Stream) -> Decision {
    Decision::Refuse(Refusal::WrongRevision { current: stream.current() })
}

fn exists(stream: &Stream) -> bool {
    !stream.is_soft_deleted() && (!stream.records.is_empty() || stream.metadata.is_some())
}

/// What of the events is in the stream already.
enum Known {
    Nothing,
    /// All, ending at this revision.
    AllUpTo(u64),
    /// The first, and not all.
    Some,
    /// Others stand where they would have been written.
    Others,
}

/// The weak rule: only events written lately are known.
fn known_recently(events: &[Proposal], recent: impl Fn(&Uuid) -> Option<u64>) -> Known {
    let mut last = None;
    for event in events {
        match (recent(&event.id), last) {
            (Some(revision), _) => last = Some(revision),
            (None, None) => return Known::Nothing,
            (None, Some(_)) => return Known::Some,
        }
    }
    last.map_or(Known::Nothing, Known::AllUpTo)
}

/// The strong rule: the events that stand at `next` and after it are compared.
fn known_from(stream: &Stream, next: u64, events: &[Proposal]) -> Known {
    if next == stream.next_revision() {
        return Known::Nothing;
    }
    let mut last = None;
    for (revision, event) in (next..).zip(events) {
        match (stream.at(revision), last) {
            (Some(record), _) if record.id == event.id => last = Some(revision),
            (_, None) => return Known::Others,
            (_, Some(_)) => return Known::Some,
        }
    }
    last.map_or(Known::Others, Known::AllUpTo)
}
