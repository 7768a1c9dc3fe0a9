//! The growing tree: as much as is needed to add leaves and to tell the root.

use crate::batch::Frame;
use crate::error::ReadError;
use crate::journal::Journal;
use crate::merkle::hash::{Hash, empty_root};
use crate::merkle::range::{CompactRange, RangeGap, Subtree};
use crate::position::Position;

/// Size and root of a tree, with O(log n) memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeBuilder(CompactRange);

impl Default for TreeBuilder {
    fn default() -> Self {
        Self(CompactRange::starting_at(0))
    }
}

impl TreeBuilder {
    /// The empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// A stored tree. `None` when the subtrees are not those of `size` leaves.
    pub fn from_subtrees(size: u64, subtrees: &[Subtree]) -> Option<Self> {
        CompactRange::from_nodes(0, size, subtrees).map(Self)
    }

    /// Number of leaves.
    pub const fn size(&self) -> u64 {
        self.0.end()
    }

    /// Root (RFC 6962 §2.1).
    pub fn root(&self) -> Hash {
        self.0.root().unwrap_or_else(empty_root)
    }

    /// Adds the hash of the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.0.push(leaf);
    }

    /// Adds leaf hashes in order.
    pub fn extend(&mut self, leaves: impl IntoIterator<Item = Hash>) {
        for leaf in leaves {
            self.0.push(leaf);
        }
    }

    /// Adds a range that others computed, in O(log n).
    ///
    /// # Errors
    /// When it does not begin at [`size`](Self::size).
    pub fn append(&mut self, next: &CompactRange) -> Result<(), RangeGap> {
        self.0.append(next)
    }

    /// Hashes and adds the lines of a frame.
    ///
    /// # Errors
    /// When it does not begin at [`size`](Self::size).
    pub fn append_frame(&mut self, frame: &Frame) -> Result<(), RangeGap> {
        self.append(&CompactRange::of_frame(frame))
    }

    /// The subtrees of which the tree consists, left to right: enough to go on from here later.
    pub fn subtrees(&self) -> &[Subtree] {
        self.0.nodes()
    }
}

/// The tree over the first `size` lines of a journal, read and hashed on this thread.
///
/// # Errors
/// Whatever reading reports; [`ReadError::BehindEnd`] when there are fewer lines.
pub fn tree_of<J: Journal + ?Sized>(journal: &J, size: u64) -> Result<TreeBuilder, ReadError> {
    if size > journal.len() {
        return Err(ReadError::BehindEnd { asked: Position(size), len: journal.len() });
    }
    let mut tree = TreeBuilder::new();
    for batch in journal.read(Position(0))? {
        let frame = batch?.unpack()?;
        for line in frame.lines() {
            if tree.size() == size {
                return Ok(tree);
            }
            tree.push(crate::merkle::leaf_hash(line));
        }
    }
    Ok(tree)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::leaf_hash;
    use crate::merkle::vectors::{LEAVES, ROOTS, hex};

    #[test]
    fn known_roots() {
        let mut tree = TreeBuilder::new();
        assert_eq!(tree.root(), hex(ROOTS[0]));
        for (i, leaf) in LEAVES.iter().enumerate() {
            tree.push(leaf_hash(leaf));
            assert_eq!(tree.root(), hex(ROOTS[i + 1]), "size {}", i + 1);
        }
    }

    #[test]
    fn goes_on_from_stored_subtrees() {
        for size in 0..40_u64 {
            let mut tree = TreeBuilder::new();
            tree.extend((0..size).map(|i| leaf_hash(&i.to_le_bytes())));
            let mut stored = TreeBuilder::from_subtrees(size, tree.subtrees()).unwrap();
            tree.push([7; 32]);
            stored.push([7; 32]);
            assert_eq!(stored.root(), tree.root());
            assert_eq!(TreeBuilder::from_subtrees(size, tree.subtrees()), None);
        }
    }
}
