//! A range of leaves as the fewest perfect subtrees.

use std::ops::Range;

use crate::batch::Frame;
use crate::merkle::hash::{Hash, leaf_hash, node_hash};
use crate::position::Position;

/// A perfect subtree: `2^level` leaves, the first at a multiple of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subtree {
    /// 0 for a leaf.
    pub level: u8,
    /// Root of the subtree.
    pub hash: Hash,
}

/// The hashes of leaves `begin..end`, as perfect subtrees from left to right, at most 126 of them.
///
/// Neighbouring ranges can be put together in order, whoever computed them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompactRange {
    begin: u64,
    end: u64,
    nodes: Vec<Subtree>,
}

/// Two ranges do not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("leaves {found}.. were given where leaf {expected} comes next")]
pub struct RangeGap {
    /// The next leaf.
    pub expected: u64,
    /// The leaf that was given.
    pub found: u64,
}

impl CompactRange {
    /// No leaves yet; the first will be `begin`.
    pub const fn starting_at(begin: u64) -> Self {
        Self { begin, end: begin, nodes: Vec::new() }
    }

    /// Hashes all lines of a frame: the work of one worker thread.
    pub fn of_frame(frame: &Frame) -> Self {
        let mut range = Self::starting_at(frame.first().0);
        for line in frame.lines() {
            range.push(leaf_hash(line));
        }
        range
    }

    /// Its first leaf.
    pub const fn begin(&self) -> u64 {
        self.begin
    }

    /// The leaf after its last.
    pub const fn end(&self) -> u64 {
        self.end
    }

    /// The subtrees from left to right.
    pub fn nodes(&self) -> &[Subtree] {
        &self.nodes
    }

    /// Adds the hash of the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.push_subtree(Subtree { level: 0, hash: leaf });
    }

    /// Adds the range that begins where this one ends.
    ///
    /// # Errors
    /// When it begins elsewhere; nothing was added then.
    pub fn append(&mut self, next: &Self) -> Result<(), RangeGap> {
        if next.begin != self.end {
            return Err(RangeGap { expected: self.end, found: next.begin });
        }
        for &node in &next.nodes {
            self.push_subtree(node);
        }
        Ok(())
    }

    /// Puts a stored range together again. `None` when the subtrees are not exactly those of `begin..end`.
    pub fn from_nodes(begin: u64, end: u64, nodes: &[Subtree]) -> Option<Self> {
        let mut at = begin;
        for node in nodes {
            let leaves = 1_u64.checked_shl(u32::from(node.level))?;
            if !at.is_multiple_of(leaves) {
                return None;
            }
            at = at.checked_add(leaves)?;
        }
        let mut range = Self::starting_at(begin);
        for &node in nodes {
            range.push_subtree(node);
        }
        (at == end && range.nodes == nodes).then_some(range)
    }

    /// The subtree must be aligned at `end`: so are leaves, and the nodes of a range that begins there.
    fn push_subtree(&mut self, mut node: Subtree) {
        self.end += 1 << node.level;
        // Two siblings meet exactly when the left one is as high and begins at a multiple of their parent.
        while let Some(&left) = self.nodes.last()
            && left.level == node.level
            && (self.end - (2 << node.level)).is_multiple_of(2 << node.level)
        {
            self.nodes.pop();
            node = Subtree { level: node.level + 1, hash: node_hash(&left.hash, &node.hash) };
        }
        self.nodes.push(node);
    }

    /// Root of the tree over exactly these leaves, when `begin` is a multiple of a power of two that is no less than
    /// their number: then a node of the whole tree. `None` without leaves.
    pub fn root(&self) -> Option<Hash> {
        let mut nodes = self.nodes.iter().rev().map(|node| node.hash);
        let last = nodes.next()?;
        Some(nodes.fold(last, |right, left| node_hash(&left, &right)))
    }

    /// Positions of the leaves, as a reader counts them.
    pub const fn positions(&self) -> Range<Position> {
        Position(self.begin)..Position(self.end)
    }

    /// The leaves of the first subtree that is not the same in both: there lies the first altered line. `None` when
    /// the ranges are equal. Where only the length differs, the leaves from the shorter end on.
    pub fn first_difference(&self, other: &Self) -> Option<Range<u64>> {
        if self.begin != other.begin {
            return Some(self.begin.min(other.begin)..self.end.max(other.end));
        }
        let mut at = self.begin;
        for (ours, theirs) in self.nodes.iter().zip(&other.nodes) {
            let end = at + (1 << ours.level.max(theirs.level));
            if ours != theirs {
                return Some(at..end);
            }
            at = end;
        }
        (self.end != other.end).then(|| at..self.end.max(other.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(i: u64) -> Hash {
        leaf_hash(&i.to_le_bytes())
    }

    fn range(begin: u64, end: u64) -> CompactRange {
        let mut range = CompactRange::starting_at(begin);
        (begin..end).for_each(|i| range.push(leaf(i)));
        range
    }

    #[test]
    fn ranges_join_to_what_leaf_by_leaf_gives() {
        for a in 0..20 {
            for b in a..20 {
                for c in b..20 {
                    let mut joined = range(a, b);
                    joined.append(&range(b, c)).unwrap();
                    assert_eq!(joined, range(a, c), "{a} {b} {c}");
                }
            }
        }
    }

    #[test]
    fn the_first_difference_holds_the_first_altered_leaf() {
        let truth = range(3, 40);
        assert_eq!(truth.first_difference(&truth), None);
        for altered in 3..40 {
            let mut other = CompactRange::starting_at(3);
            (3..40).for_each(|i| other.push(leaf(if i >= altered { i + 100 } else { i })));
            assert!(truth.first_difference(&other).unwrap().contains(&altered), "leaf {altered}");
        }
        assert_eq!(truth.first_difference(&range(3, 32)), Some(32..40));
        assert_eq!(range(0, 4).first_difference(&range(1, 4)), Some(0..4));
    }

    #[test]
    fn a_gap_is_refused() {
        assert_eq!(range(0, 3).append(&range(4, 5)), Err(RangeGap { expected: 3, found: 4 }));
    }

    #[test]
    fn stored_nodes_come_back_only_where_they_belong() {
        let stored = range(3, 17);
        assert_eq!(CompactRange::from_nodes(3, 17, stored.nodes()), Some(stored.clone()));
        assert_eq!(CompactRange::from_nodes(4, 18, stored.nodes()), None);
        assert_eq!(CompactRange::from_nodes(3, 16, stored.nodes()), None);
        assert_eq!(CompactRange::from_nodes(0, 2, &[Subtree { level: 0, hash: leaf(0) }; 2]), None);
        assert_eq!(CompactRange::from_nodes(0, 0, &[Subtree { level: 200, hash: leaf(0) }]), None);
    }
}
