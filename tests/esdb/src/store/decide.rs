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

#[cfg(test)]
mod tests {
    use super::super::{Record, TOMBSTONE, Text, metadata::Metadata};
    use super::*;
    use bytes::Bytes;
    use std::sync::Arc;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn events(numbers: &[u128]) -> Vec<Proposal> {
        let event = |&number: &u128| Proposal {
            id: id(number),
            kind: Text::from("kind"),
            is_json: false,
            metadata: Bytes::new(),
            data: Bytes::new(),
        };
        numbers.iter().map(event).collect()
    }

    fn record(revision: u64, number: u128) -> Arc<Record> {
        Arc::new(Record {
            stream: Text::from("a"),
            revision,
            position: 1000 + revision,
            id: id(number),
            kind: Text::from("kind"),
            is_json: false,
            created: 0,
            metadata: Bytes::new(),
            data: Bytes::new(),
        })
    }

    fn stream(numbers: &[u128]) -> Stream {
        let records = (0..).zip(numbers).map(|(revision, &number)| record(revision, number)).collect();
        Stream { records, ..Stream::default() }
    }

    fn soft_deleted(numbers: &[u128]) -> Stream {
        let metadata = Metadata { truncate_before: Some(TOMBSTONE), ..Metadata::default() };
        Stream { metadata: Some(metadata), ..stream(numbers) }
    }

    /// With every event of the stream among the last ones written.
    fn decided(stream: &Stream, expected: Expected, numbers: &[u128]) -> Decision {
        let recent = |id: &Uuid| stream.records.iter().find(|it| it.id == *id).map(|it| it.revision);
        decide(stream, expected, &events(numbers), recent)
    }

    fn known(revision: u64) -> Decision {
        Decision::Known(Written { revision: Some(revision), position: Some(1000 + revision) })
    }

    fn wrong(current: Option<u64>) -> Decision {
        Decision::Refuse(Refusal::WrongRevision { current })
    }

    #[test]
    fn a_tombstoned_stream_takes_no_events() {
        let closed = Stream { tombstone: Some(record(TOMBSTONE, 9)), ..stream(&[1]) };
        for expected in [Expected::Any, Expected::StreamExists, Expected::NoStream, Expected::Revision(0)] {
            let decision = decided(&closed, expected, &[1]);
            assert_eq!(decision, Decision::Refuse(Refusal::StreamDeleted), "{expected:?}");
        }
        assert_eq!(check(&closed, Expected::Any), Err(Refusal::StreamDeleted));
    }

    #[test]
    fn any_knows_only_what_was_written_lately() {
        let three = stream(&[1, 2, 3]);
        assert_eq!(decided(&three, Expected::Any, &[4]), Decision::Write);
        assert_eq!(decided(&three, Expected::Any, &[1, 2]), known(1));
        assert_eq!(decided(&three, Expected::Any, &[3, 4]), wrong(Some(2)));
        assert_eq!(decided(&three, Expected::Any, &[4, 3]), Decision::Write);
        assert_eq!(decide(&three, Expected::Any, &events(&[1]), |_| None), Decision::Write);
    }

    #[test]
    fn a_revision_below_the_current_compares_what_stands_there() {
        let three = stream(&[1, 2, 3]);
        assert_eq!(decided(&three, Expected::NoStream, &[1, 2, 3]), known(2));
        assert_eq!(decided(&three, Expected::NoStream, &[1]), known(0));
        assert_eq!(decided(&three, Expected::Revision(0), &[2, 3]), known(2));
        assert_eq!(decided(&three, Expected::Revision(0), &[3]), wrong(Some(2)));
        assert_eq!(decided(&three, Expected::Revision(0), &[2, 4]), wrong(Some(2)));
        assert_eq!(decided(&three, Expected::Revision(1), &[3, 4]), wrong(Some(2)));
        assert_eq!(decided(&three, Expected::NoStream, &[]), wrong(Some(2)));
    }

    #[test]
    fn at_the_current_revision_everything_is_written() {
        let three = stream(&[1, 2, 3]);
        assert_eq!(decided(&three, Expected::Revision(2), &[4]), Decision::Write);
        assert_eq!(decided(&three, Expected::Revision(2), &[1]), Decision::Write);
        assert_eq!(decided(&three, Expected::Revision(3), &[4]), wrong(Some(2)));
        assert_eq!(decided(&stream(&[]), Expected::NoStream, &[1]), Decision::Write);
        assert_eq!(decided(&stream(&[]), Expected::Revision(0), &[1]), wrong(None));
    }

    #[test]
    fn a_stream_exists_with_events_or_metadata() {
        assert_eq!(decided(&stream(&[]), Expected::StreamExists, &[1]), wrong(None));
        let described = Stream { metadata: Some(Metadata::default()), ..stream(&[]) };
        assert_eq!(decided(&described, Expected::StreamExists, &[1]), Decision::Write);
        assert_eq!(decided(&soft_deleted(&[1]), Expected::StreamExists, &[2]), wrong(Some(0)));
    }

    #[test]
    fn a_softly_deleted_stream_begins_again_after_its_last_event() {
        let hidden = soft_deleted(&[1, 2]);
        assert_eq!(decided(&hidden, Expected::NoStream, &[3]), Decision::Write);
        assert_eq!(decided(&hidden, Expected::NoStream, &[1]), known(0));
        assert_eq!(decided(&hidden, Expected::Revision(1), &[3]), Decision::Write);
        assert_eq!(decided(&hidden, Expected::Revision(0), &[3]), wrong(Some(1)));
    }

    #[test]
    fn an_append_of_nothing_only_checks() {
        let current = Decision::Known(Written { revision: Some(0), position: None });
        assert_eq!(decided(&stream(&[1]), Expected::Revision(0), &[]), current);
        assert_eq!(decided(&stream(&[1]), Expected::Any, &[]), current);
        let nothing = Decision::Known(Written { revision: None, position: None });
        assert_eq!(decided(&stream(&[]), Expected::NoStream, &[]), nothing);
    }
}
