//! Roots of a journal at some of its sizes, hashed on every core.

use jejak_journal::merkle::{Hash, TreeBuilder, leaf_hash};
use jejak_journal::{Journal, Position, ReadError, fold_in_order};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::ops::ControlFlow;
use std::thread;

/// The roots at these sizes, as far as the journal reaches. Nothing behind the largest of them is read.
pub(crate) fn roots(journal: &dyn Journal, sizes: &BTreeSet<u64>) -> Result<BTreeMap<u64, Hash>, ReadError> {
    let mut tree = TreeBuilder::new();
    let mut found = BTreeMap::new();
    if sizes.contains(&0) {
        found.insert(0, tree.root());
    }
    let last = sizes.last().copied().unwrap_or(0);
    if last == 0 {
        return Ok(found);
    }
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let hash = |frame: jejak_journal::Frame| frame.lines().map(leaf_hash).collect::<Vec<Hash>>();
    // Nothing is carried out of it: it ends at the last size, or at the end.
    let _ended = fold_in_order(journal.read(Position(0))?, workers, hash, |leaves| {
        for leaf in leaves {
            tree.push(leaf);
            if sizes.contains(&tree.size()) {
                found.insert(tree.size(), tree.root());
            }
        }
        if tree.size() >= last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jejak_journal::{Commit, MemoryJournal};

    #[test]
    fn roots_are_those_of_the_tree_at_each_size() {
        let mut journal = MemoryJournal::default();
        let mut tree = TreeBuilder::new();
        let mut wanted = BTreeMap::from([(0, tree.root())]);
        for number in 0..40_u32 {
            let lines = [format!("{number} a"), format!("{number} b")];
            journal.append(Position(journal.len()), &[Commit::from_lines(&lines).unwrap()]).unwrap();
            for line in &lines {
                tree.push(leaf_hash(line.as_bytes()));
                wanted.insert(tree.size(), tree.root());
            }
        }
        let all: BTreeSet<u64> = (0..=81).collect();
        assert_eq!(roots(&journal, &all).unwrap(), wanted);
        let some = roots(&journal, &BTreeSet::from([7])).unwrap();
        assert_eq!(some.into_iter().collect::<Vec<_>>(), [(7, wanted[&7])]);
        assert!(roots(&journal, &BTreeSet::new()).unwrap().is_empty());
    }
}
