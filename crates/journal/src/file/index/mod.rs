//! Which lines have a key, such as their subject: one index per segment, never one over all.
//!
//! An index gives *candidates*: it knows eight bytes of a hash, so the caller confirms a hit by reading the line.
//! Sealed segments have theirs in a file, all others in memory. Nothing here is truth: whatever is missing or
//! damaged is made again from the lines.

mod builder;
mod file;
mod filter;
mod lookup;
mod runs;

pub(crate) use builder::IndexBuilder;
pub(crate) use file::write;
pub(crate) use lookup::Indexes;

use sha2::{Digest, Sha256};

/// How the index knows a key: the first 8 bytes of SHA-256, as a big-endian number.
pub(crate) fn key_hash(key: &[u8]) -> u64 {
    let hash: [u8; 32] = Sha256::digest(key).into();
    hash.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}
