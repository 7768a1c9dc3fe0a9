//! Signed heads of a copying: each is held against the lines before anything is written.

use super::{CopyingError, Side};
use crate::remote::{Part, Stream};
use crate::roots::roots;
use jejak_journal::checkpoint::{Checkpoint, CheckpointError, VerifyingKey};
use std::collections::BTreeSet;

/// A head as it stands on one side.
#[derive(Clone, Debug)]
pub(super) struct Head {
    /// Where, for people.
    pub(super) place: String,
    /// The note.
    pub(super) bytes: Vec<u8>,
}

/// A head that does not vouch for the lines.
#[derive(Debug, thiserror::Error)]
pub enum BadHead {
    /// It is none, or not signed by the ledger's key.
    #[error("{place}: {problem}")]
    Signature {
        /// Where it stands.
        place: String,
        /// What is wrong.
        problem: CheckpointError,
    },
    /// It covers lines that are not there.
    #[error("position {len}: {place} covers {size} lines, and {len} are there: lines are missing at the end")]
    Cut {
        /// Where it stands.
        place: String,
        /// Lines that it covers.
        size: u64,
        /// Lines that are there.
        len: u64,
    },
    /// It was signed for other lines.
    #[error("{place} was signed for {size} other lines than are there")]
    Root {
        /// Where it stands.
        place: String,
        /// Lines that it covers.
        size: u64,
    },
}

/// The heads of both sides over one journal.
pub(super) struct Heads {
    part: Part,
    from: Vec<Head>,
    to: Vec<Head>,
}

impl Heads {
    /// List them before the journal is opened: a service that signs meanwhile has then written the lines already.
    pub(super) fn list(from: &Side, to: &Side, part: Part) -> Result<Self, CopyingError> {
        Ok(Self { part, from: from.heads(part)?, to: to.heads(part)? })
    }

    /// Those that do not vouch for the lines of `journal`.
    pub(super) fn bad(
        &self,
        key: &VerifyingKey,
        journal: Option<&Stream>,
    ) -> Result<Vec<BadHead>, CopyingError> {
        let (mut bad, mut heads) = (Vec::new(), Vec::new());
        for Head { place, bytes } in self.from.iter().chain(&self.to) {
            match Checkpoint::open(bytes, key) {
                Ok(head) => heads.push((place.clone(), head)),
                Err(problem) => bad.push(BadHead::Signature { place: place.clone(), problem }),
            }
        }
        let len = journal.map_or(0, |journal| journal.len());
        let sizes: BTreeSet<u64> =
            heads.iter().map(|(_, head)| head.size).filter(|size| *size <= len).collect();
        let roots = journal.map(|journal| roots(&**journal, &sizes)).transpose()?.unwrap_or_default();
        bad.extend(heads.into_iter().filter_map(|(place, head)| match roots.get(&head.size) {
            Some(root) if *root == head.root => None,
            Some(_) => Some(BadHead::Root { place, size: head.size }),
            None => Some(BadHead::Cut { place, size: head.size, len }),
        }));
        Ok(bad)
    }

    /// Gives `to` what it lacks. Says how many.
    pub(super) fn add(&self, to: &Side) -> Result<usize, CopyingError> {
        let there: BTreeSet<&[u8]> = self.to.iter().map(|head| &head.bytes[..]).collect();
        let missing = self.from.iter().filter(|head| !there.contains(&head.bytes[..]));
        // Whoever signed them wrote text.
        let texts: Vec<_> = missing.map(|head| String::from_utf8_lossy(&head.bytes).into_owned()).collect();
        to.add_heads(self.part, &texts)?;
        Ok(texts.len())
    }
}
