//! Which hashes a proof consists of, and proofs read straight from a journal.

use std::ops::Range;

use crate::error::ReadError;
use crate::journal::Journal;
use crate::merkle::builder::ProofBuilder;
use crate::merkle::hash::{Hash, leaf_hash};
use crate::position::Position;

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The leaf is not in the tree.
    #[error("position {index} is not among the first {size} lines")]
    NotInTree {
        /// The leaf asked for.
        index: u64,
        /// Size of the tree.
        size: u64,
    },
    /// The older tree is larger than the newer one.
    #[error("a tree of {new} lines cannot extend one of {old}")]
    Shrinks {
        /// Size of the older tree.
        old: u64,
        /// Size of the newer tree.
        new: u64,
    },
    /// The tree is larger than the journal.
    #[error("the journal holds {len} lines, fewer than the {size} of the tree")]
    BeyondJournal {
        /// Size of the tree.
        size: u64,
        /// Lines in the journal.
        len: u64,
    },
    /// The lines could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// The largest power of two below `n`, for `n` > 1: where RFC 6962 splits a tree.
const fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// The leaf ranges whose roots are the inclusion proof of `index` in a tree of `size` leaves, from the leaf's sibling
/// up (`PATH(m, D[n])`, RFC 6962 §2.1.1).
///
/// # Errors
/// [`ProofError::NotInTree`].
pub fn inclusion_ranges(index: u64, size: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if index >= size {
        return Err(ProofError::NotInTree { index, size });
    }
    let mut ranges = Vec::new();
    let mut within = 0..size;
    while within.end - within.start > 1 {
        let middle = within.start + split(within.end - within.start);
        if index < middle {
            ranges.push(middle..within.end);
            within.end = middle;
        } else {
            ranges.push(within.start..middle);
            within.start = middle;
        }
    }
    ranges.reverse();
    Ok(ranges)
}

/// The leaf ranges whose roots prove that the tree of `new` leaves begins with the tree of `old` leaves
/// (`PROOF(m, D[n])`, RFC 6962 §2.1.2). None when the older tree is empty or equal.
///
/// # Errors
/// [`ProofError::Shrinks`].
pub fn consistency_ranges(old: u64, new: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if old > new {
        return Err(ProofError::Shrinks { old, new });
    }
    let mut ranges = Vec::new();
    if old == 0 || old == new {
        return Ok(ranges);
    }
    let mut within = 0..new;
    // `old` ends inside `within`; its root is known to the verifier only while `within` begins at 0.
    while old != within.end {
        let middle = within.start + split(within.end - within.start);
        if old <= middle {
            ranges.push(middle..within.end);
            within.end = middle;
        } else {
            ranges.push(within.start..middle);
            within.start = middle;
        }
    }
    if within.start > 0 {
        ranges.push(within);
    }
    ranges.reverse();
    Ok(ranges)
}

/// The inclusion proof of the line at `index` in the tree over the first `size` lines, in one pass.
///
/// # Errors
/// When `index` or `size` lie outside, or reading fails.
pub fn prove_inclusion<J: Journal + ?Sized>(
    journal: &J,
    index: Position,
    size: u64,
) -> Result<Vec<Hash>, ProofError> {
    stream(journal, size, &inclusion_ranges(index.0, size)?)
}

/// The consistency proof between the trees over the first `old` and the first `new` lines, in one pass.
///
/// # Errors
/// When the sizes do not fit, or reading fails.
pub fn prove_consistency<J: Journal + ?Sized>(
    journal: &J,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, ProofError> {
    stream(journal, new, &consistency_ranges(old, new)?)
}

fn stream<J: Journal + ?Sized>(
    journal: &J,
    size: u64,
    ranges: &[Range<u64>],
) -> Result<Vec<Hash>, ProofError> {
    let beyond = ProofError::BeyondJournal { size, len: journal.len() };
    if size > journal.len() {
        return Err(beyond);
    }
    let mut builder = ProofBuilder::new(ranges);
    for batch in journal.read(Position(0))? {
        if builder.is_complete() {
            break;
        }
        for line in batch?.unpack()?.lines() {
            builder.push(leaf_hash(line));
        }
    }
    builder.finish().ok_or(beyond)
}
