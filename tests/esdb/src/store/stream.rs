//! One stream: its events, and which of them are seen.

use super::metadata::Metadata;
use super::{Order, Record, TOMBSTONE, Text};
use std::sync::Arc;

const TICKS_PER_SECOND: u64 = 10_000_000;

#[derive(Debug, Default)]
pub(super) struct Stream {
    /// The revision of an event is its place here.
    pub(super) records: Vec<Arc<Record>>,
    pub(super) tombstone: Option<Arc<Record>>,
    /// Of the last event of `$$<stream>`, if there is one.
    pub(super) metadata: Option<Metadata>,
}

/// Which events of a stream a reader sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Never written, or deleted softly.
    Missing,
    /// Closed by a tombstone.
    Deleted,
    /// `first` is above `last` when every event is hidden.
    Found { first: u64, last: u64 },
}

impl Stream {
    pub(super) fn next_revision(&self) -> u64 {
        u64::try_from(self.records.len()).unwrap_or(u64::MAX)
    }

    pub(super) fn current(&self) -> Option<u64> {
        self.next_revision().checked_sub(1)
    }

    pub(super) fn at(&self, revision: u64) -> Option<&Arc<Record>> {
        usize::try_from(revision).ok().and_then(|place| self.records.get(place))
    }

    pub(super) fn is_soft_deleted(&self) -> bool {
        self.metadata.is_some_and(|it| it.truncate_before == Some(TOMBSTONE))
    }

    /// `now` in ticks of 100 ns since 1970.
    pub(super) fn extent(&self, name: &Text, now: i64) -> Extent {
        if self.tombstone.is_some() {
            return Extent::Deleted;
        }
        let Some(last) = self.current() else { return Extent::Missing };
        if self.is_soft_deleted() {
            return Extent::Missing;
        }
        let mut metadata = self.metadata.unwrap_or_default();
        if name.as_str().starts_with("$$") {
            metadata.max_count = Some(1);
        }
        let by_count = metadata.max_count.map_or(0, |count| self.next_revision().saturating_sub(count));
        let by_age = metadata.max_age.map_or(0, |seconds| {
            let ticks = i64::try_from(seconds.saturating_mul(TICKS_PER_SECOND)).unwrap_or(i64::MAX);
            let oldest = now.saturating_sub(ticks);
            u64::try_from(self.records.partition_point(|it| it.created < oldest)).unwrap_or(u64::MAX)
        });
        let first = metadata.truncate_before.unwrap_or(0).max(by_count).max(by_age);
        Extent::Found { first, last }
    }

    /// At most `limit` events between `first` and `last`, from `from` on or from there back.
    pub(super) fn records(
        &self,
        order: Order,
        first: u64,
        last: u64,
        from: u64,
        limit: usize,
    ) -> Vec<Arc<Record>> {
        let place = |revision: u64| usize::try_from(revision).unwrap_or(usize::MAX);
        match order {
            Order::Forwards => {
                self.records.iter().skip(place(from.max(first))).take(limit).cloned().collect()
            }
            Order::Backwards => {
                let from = from.min(last);
                let count = if from < first { 0 } else { place(from - first + 1) };
                let upper = place(from).saturating_add(1);
                let seen = self.records.iter().take(upper).rev().take(count.min(limit));
                seen.cloned().collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::metadata::truncated;
    use super::*;
    use bytes::Bytes;
    use uuid::Uuid;

    const SECOND: i64 = 10_000_000;

    /// Ten events, one written every second from 0 on, with these metadata.
    fn stream(metadata: &str) -> Stream {
        let record = |revision: u64| Record {
            stream: Text::from("a"),
            revision,
            position: 512 + revision,
            id: Uuid::nil(),
            kind: Text::from("kind"),
            is_json: false,
            created: i64::try_from(revision).unwrap() * SECOND,
            metadata: Bytes::new(),
            data: Bytes::new(),
        };
        let records = (0..10).map(|revision| Arc::new(record(revision))).collect();
        Stream { records, tombstone: None, metadata: Some(Metadata::parse(metadata.as_bytes())) }
    }

    fn extent(metadata: &str) -> Extent {
        stream(metadata).extent(&Text::from("a"), 9 * SECOND)
    }

    fn found(first: u64) -> Extent {
        Extent::Found { first, last: 9 }
    }

    #[test]
    fn the_strictest_of_the_metadata_holds() {
        assert_eq!(extent("{}"), found(0));
        assert_eq!(extent(r#"{"$maxCount":3}"#), found(7));
        assert_eq!(extent(r#"{"$maxCount":30}"#), found(0));
        assert_eq!(extent(r#"{"$maxAge":4}"#), found(5));
        assert_eq!(extent(r#"{"$tb":6}"#), found(6));
        assert_eq!(extent(r#"{"$tb":6,"$maxCount":3,"$maxAge":2}"#), found(7));
        assert_eq!(extent(r#"{"$tb":20}"#), found(20));
        assert_eq!(extent("not JSON"), found(0));
    }

    #[test]
    fn a_stream_is_missing_when_everything_is_cut_off_for_good() {
        assert_eq!(extent(r#"{"$tb":9223372036854775807}"#), Extent::Missing);
        let again = truncated(Some(br#"{"$tb":9223372036854775807,"own":1}"#), 10);
        assert_eq!(&again[..], br#"{"$tb":10,"own":1}"#);
    }

    #[test]
    fn of_metadata_only_the_last_are_seen() {
        assert_eq!(stream("{}").extent(&Text::from("$$a"), 0), found(9));
    }

    #[test]
    fn records_stay_between_the_bounds_both_ways() {
        let stream = stream("{}");
        let revisions = |order, first, from, limit| -> Vec<u64> {
            stream.records(order, first, 9, from, limit).iter().map(|it| it.revision).collect()
        };
        assert_eq!(revisions(Order::Forwards, 7, 0, 99), [7, 8, 9]);
        assert_eq!(revisions(Order::Forwards, 0, 3, 2), [3, 4]);
        assert_eq!(revisions(Order::Forwards, 0, 10, 2), [0; 0]);
        assert_eq!(revisions(Order::Backwards, 7, u64::MAX, 99), [9, 8, 7]);
        assert_eq!(revisions(Order::Backwards, 0, 2, 99), [2, 1, 0]);
        assert_eq!(revisions(Order::Backwards, 7, 3, 99), [0; 0]);
    }
}
