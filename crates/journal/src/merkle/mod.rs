//! The tree over all lines: RFC 6962 §2.1, SHA-256.
//!
//! Nothing here reads a file: hashes come in, roots and proofs come out. Workers hash frames in parallel
//! ([`CompactRange::of_frame`]), one thread puts the ranges together ([`TreeBuilder::append`]), and a proof is
//! computed in one pass over the leaves with a few dozen hashes in memory ([`ProofBuilder`]).

mod builder;
mod hash;
mod proof;
mod range;
mod tree;
#[cfg(test)]
pub(crate) mod vectors;
mod verify;

pub use builder::ProofBuilder;
pub use hash::{Hash, empty_root, leaf_hash, node_hash};
pub use proof::{ProofError, consistency_ranges, inclusion_ranges, prove_consistency, prove_inclusion};
pub use range::{CompactRange, RangeGap, Subtree};
pub use tree::{TreeBuilder, tree_of};
pub use verify::{Mismatch, verify_consistency, verify_inclusion};
