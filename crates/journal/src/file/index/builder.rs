//! Collects the entries of one segment.

use crate::batch::Frame;
use crate::file::index::key_hash;
use crate::file::options::KeysOf;
use crate::num::u32_of;
use crate::position::Position;

/// The hash of a key, and a position relative to the segment's first line.
pub(super) type Entry = (u64, u32);

/// Entries of a segment in the order of its lines.
#[derive(Debug)]
pub(crate) struct IndexBuilder {
    first: Position,
    next: Position,
    keys_of: KeysOf,
    entries: Vec<Entry>,
}

/// Entries grouped by key: `positions[starts[i]..starts[i + 1]]` are those of `keys[i]`.
#[derive(Debug, Default)]
pub(super) struct Grouped {
    pub(super) keys: Vec<u64>,
    pub(super) starts: Vec<u32>,
    pub(super) positions: Vec<u32>,
}

impl IndexBuilder {
    pub(crate) const fn new(first: Position, keys_of: KeysOf) -> Self {
        Self { first, next: first, keys_of, entries: Vec::new() }
    }

    /// Where the next line is.
    pub(crate) const fn next(&self) -> Position {
        self.next
    }

    pub(crate) const fn first(&self) -> Position {
        self.first
    }

    /// Adds the lines of a frame that begins at [`next`](Self::next). A segment has fewer than 2³² lines.
    pub(crate) fn add(&mut self, frame: &Frame) {
        for line in frame.lines() {
            let entries = &mut self.entries;
            if let Ok(relative) = u32::try_from(self.next.0 - self.first.0) {
                (self.keys_of)(line, &mut |key| entries.push((key_hash(key), relative)));
            }
            self.next = self.next.plus(1);
        }
    }

    /// Takes out the entries so far, as they came.
    pub(super) fn take(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.entries)
    }

    pub(super) fn group(mut self) -> Grouped {
        self.entries.sort_unstable();
        let mut grouped = Grouped::default();
        for (key, position) in self.entries {
            if grouped.keys.last() != Some(&key) {
                grouped.keys.push(key);
                grouped.starts.push(u32_of(grouped.positions.len()));
            }
            grouped.positions.push(position);
        }
        grouped.starts.push(u32_of(grouped.positions.len()));
        grouped
    }
}
