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
