//! What an outside verifier computes (RFC 9162 §2.1.3.2 and §2.1.4.2; the trees of RFC 6962 are the same).

use crate::merkle::hash::{Hash, empty_root, node_hash};

/// Why a proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// The leaf cannot be in a tree of that size.
    #[error("position {index} is not among the first {size} lines")]
    NotInTree {
        /// The leaf.
        index: u64,
        /// Size of the tree.
        size: u64,
    },
    /// The newer tree is smaller.
    #[error("a tree of {new} lines cannot extend one of {old}: lines were removed")]
    Shrinks {
        /// Size of the older tree.
        old: u64,
        /// Size of the newer tree.
        new: u64,
    },
    /// A proof of that shape has another number of hashes.
    #[error("the proof has {found} hashes, which is too many or too few")]
    Length {
        /// Hashes in the proof.
        found: usize,
    },
    /// The hashes lead to another root than the one of the tree that should hold the line.
    #[error("the proof leads to another tree head: the line, the proof or the head is not the original one")]
    Root,
    /// The hashes lead to another root than that of the older tree.
    #[error(
        "the proof does not lead to the older tree head: history was rewritten, or the heads are of different logs"
    )]
    OldRoot,
}

/// Checks that `leaf` is leaf number `index` of the tree with this size and root.
///
/// # Errors
/// Says in which way it is not.
pub fn verify_inclusion(
    index: u64,
    leaf: Hash,
    size: u64,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), Mismatch> {
    if index >= size {
        return Err(Mismatch::NotInTree { index, size });
    }
    let length = || Mismatch::Length { found: proof.len() };
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return Err(length());
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            // On the right edge a node without a sibling rises as it is.
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    match last == 0 {
        true if hash == *root => Ok(()),
        true => Err(Mismatch::Root),
        false => Err(length()),
    }
}

/// Checks that the tree `(new, new_root)` begins with the tree `(old, old_root)`.
///
/// # Errors
/// Says in which way it does not.
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), Mismatch> {
    let length = || Mismatch::Length { found: proof.len() };
    if old > new {
        return Err(Mismatch::Shrinks { old, new });
    }
    if old == 0 || old == new {
        return match (proof.is_empty(), old == 0) {
            (false, _) => Err(length()),
            (true, true) if *old_root != empty_root() => Err(Mismatch::OldRoot),
            (true, false) if old_root != new_root => Err(Mismatch::OldRoot),
            (true, _) => Ok(()),
        };
    }
    // A perfect old tree is itself the first node, and is left out of the proof.
    let mut hashes = proof.iter();
    let first = if old.is_power_of_two() { old_root } else { hashes.next().ok_or_else(length)? };
    let (mut node, mut last) = (old - 1, new - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut from_old, mut from_new) = (*first, *first);
    for sibling in hashes {
        if last == 0 {
            return Err(length());
        }
        if node & 1 == 1 || node == last {
            from_old = node_hash(sibling, &from_old);
            from_new = node_hash(sibling, &from_new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            from_new = node_hash(&from_new, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    match (last == 0, from_old == *old_root, from_new == *new_root) {
        (false, ..) => Err(length()),
        (true, false, _) => Err(Mismatch::OldRoot),
        (true, true, false) => Err(Mismatch::Root),
        (true, true, true) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::{ProofBuilder, TreeBuilder, consistency_ranges, inclusion_ranges, leaf_hash};

    const MAX: u64 = 34;

    fn leaves(n: u64) -> Vec<Hash> {
        (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
    }

    fn root(n: u64) -> Hash {
        let mut tree = TreeBuilder::new();
        tree.extend(leaves(n));
        tree.root()
    }

    fn built(n: u64, ranges: &[std::ops::Range<u64>]) -> Vec<Hash> {
        let mut builder = ProofBuilder::new(ranges);
        for leaf in leaves(n) {
            builder.push(leaf);
        }
        builder.finish().unwrap()
    }

    /// Every way to spoil a proof by one hash.
    fn spoiled(proof: &[Hash]) -> Vec<Vec<Hash>> {
        let mut all = vec![[proof, &[[9; 32]]].concat()];
        for i in 0..proof.len() {
            let mut flipped = proof.to_vec();
            flipped[i][31] ^= 1;
            let mut shorter = proof.to_vec();
            shorter.remove(i);
            all.extend([flipped, shorter]);
        }
        all
    }

    #[test]
    fn inclusion_holds_for_the_leaf_and_nothing_else() {
        for size in 1..=MAX {
            for index in 0..size {
                let proof = built(size, &inclusion_ranges(index, size).unwrap());
                let leaf = leaf_hash(&index.to_be_bytes());
                assert_eq!(verify_inclusion(index, leaf, size, &root(size), &proof), Ok(()));
                for other in (0..size).filter(|&other| other != index) {
                    assert!(verify_inclusion(other, leaf, size, &root(size), &proof).is_err());
                }
                assert_eq!(verify_inclusion(index, [1; 32], size, &root(size), &proof), Err(Mismatch::Root));
                for bad in spoiled(&proof) {
                    assert!(verify_inclusion(index, leaf, size, &root(size), &bad).is_err());
                }
            }
        }
    }

    #[test]
    fn consistency_holds_for_the_older_tree_and_nothing_else() {
        for new in 0..=MAX {
            for old in 0..=new {
                let proof = built(new, &consistency_ranges(old, new).unwrap());
                let check = |old_root: &Hash, new_root: &Hash, proof: &[Hash]| {
                    verify_consistency(old, old_root, new, new_root, proof)
                };
                assert_eq!(check(&root(old), &root(new), &proof), Ok(()), "{old} {new}");
                assert!(check(&[1; 32], &root(new), &proof).is_err());
                for bad in spoiled(&proof) {
                    assert!(check(&root(old), &root(new), &bad).is_err(), "{old} {new}");
                }
                if old > 0 {
                    assert!(check(&root(old), &[1; 32], &proof).is_err());
                }
            }
        }
        assert_eq!(
            verify_consistency(2, &root(2), 1, &root(1), &[]),
            Err(Mismatch::Shrinks { old: 2, new: 1 })
        );
    }

    #[test]
    fn agrees_with_an_independent_implementation() {
        use ct_merkle::mem_backed_tree::MemoryBackedTree;
        use sha2::Sha256;
        let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        for size in 1..=MAX {
            tree.push((size - 1).to_be_bytes().to_vec());
            assert_eq!(tree.root().as_bytes()[..], root(size));
            for index in 0..size {
                let theirs = tree.prove_inclusion(usize::try_from(index).unwrap());
                let ours = built(size, &inclusion_ranges(index, size).unwrap());
                assert_eq!(theirs.as_bytes(), ours.concat(), "inclusion of {index} in {size}");
            }
            for old in 1..size {
                let theirs = tree.prove_consistency(usize::try_from(size - old).unwrap());
                let ours = built(size, &consistency_ranges(old, size).unwrap());
                assert_eq!(theirs.as_bytes(), ours.concat(), "consistency of {old} and {size}");
            }
        }
    }
}
