//! Computes the hashes of a proof in one pass.

use std::ops::Range;

use crate::merkle::hash::Hash;
use crate::merkle::range::{CompactRange, RangeGap};

/// Collects the roots of some disjoint leaf ranges while all leaves go by in order.
#[derive(Clone, Debug)]
pub struct ProofBuilder {
    /// The wanted ranges by position, each with its place in the proof.
    parts: Vec<Part>,
    /// The next leaf.
    next: u64,
}

#[derive(Clone, Debug)]
struct Part {
    end: u64,
    order: usize,
    range: CompactRange,
}

impl ProofBuilder {
    /// For ranges in the order of the proof, as [`inclusion_ranges`](super::inclusion_ranges) and
    /// [`consistency_ranges`](super::consistency_ranges) give them.
    pub fn new(ranges: &[Range<u64>]) -> Self {
        let mut parts: Vec<Part> = ranges
            .iter()
            .enumerate()
            .map(|(order, range)| Part {
                end: range.end,
                order,
                range: CompactRange::starting_at(range.start),
            })
            .collect();
        parts.sort_unstable_by_key(|part| part.range.begin());
        Self { parts, next: 0 }
    }

    /// The next leaf that is expected.
    pub const fn next(&self) -> u64 {
        self.next
    }

    /// True when leaves from here on change nothing any more.
    pub fn is_complete(&self) -> bool {
        self.parts.last().is_none_or(|last| last.end <= self.next)
    }

    /// Adds the hash of the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        let next = self.next;
        if let Some(part) = self.part_of(next) {
            part.range.push(leaf);
        }
        self.next += 1;
    }

    /// Adds a whole range at once. `false`, and nothing added, when a boundary lies inside it: then its leaves are
    /// needed one by one.
    ///
    /// # Errors
    /// When the range does not begin at [`next`](Self::next).
    pub fn push_range(&mut self, range: &CompactRange) -> Result<bool, RangeGap> {
        let (next, end) = (self.next, range.end());
        if range.begin() != next {
            return Err(RangeGap { expected: next, found: range.begin() });
        }
        let whole = match self.part_of(next) {
            Some(part) if end <= part.end => {
                part.range.append(range)?;
                true
            }
            Some(_) => false,
            // Between the wanted ranges: skipped, unless one begins before `end`.
            None => !self.parts.iter().any(|part| (next..end).contains(&part.range.begin())),
        };
        if whole {
            self.next = end;
        }
        Ok(whole)
    }

    fn part_of(&mut self, leaf: u64) -> Option<&mut Part> {
        let after = self.parts.partition_point(|part| part.range.begin() <= leaf);
        self.parts.get_mut(after.checked_sub(1)?).filter(|part| leaf < part.end)
    }

    /// The proof, once every range is full. `None` before.
    pub fn finish(mut self) -> Option<Vec<Hash>> {
        self.parts.sort_unstable_by_key(|part| part.order);
        self.parts
            .iter()
            .map(|part| if part.range.end() == part.end { part.range.root() } else { None })
            .collect()
    }
}
