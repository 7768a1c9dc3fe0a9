//! Collects the entries of one segment.

use crate::batch::Frame;
use crate::file::index::subject_hash;
use crate::file::options::SubjectOf;
use crate::num::u32_of;
use crate::position::Position;

/// Entries of a segment in the order of its lines.
#[derive(Debug)]
pub(crate) struct IndexBuilder {
    first: Position,
    next: Position,
    subject_of: SubjectOf,
    entries: Vec<(u64, u32)>,
}

/// Entries grouped by subject hash: `positions[starts[i]..starts[i + 1]]` are those of `keys[i]`.
#[derive(Debug, Default)]
pub(super) struct Grouped {
    pub(super) keys: Vec<u64>,
    pub(super) starts: Vec<u32>,
    pub(super) positions: Vec<u32>,
}

impl IndexBuilder {
    pub(crate) const fn new(first: Position, subject_of: SubjectOf) -> Self {
        Self { first, next: first, subject_of, entries: Vec::new() }
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
            let relative = self.next.0 - self.first.0;
            if let (Some(subject), Ok(relative)) = ((self.subject_of)(line), u32::try_from(relative)) {
                self.entries.push((subject_hash(subject), relative));
            }
            self.next = self.next.plus(1);
        }
    }

    /// Entries as they came.
    pub(super) fn entries(&self) -> &[(u64, u32)] {
        &self.entries
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
