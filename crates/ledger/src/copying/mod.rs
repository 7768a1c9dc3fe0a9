//! `jejak copy`: the same ledger in another engine, files or a server, in either direction.
//!
//! Lines, boundaries of commits, signed heads, manifest and access journal are copied; keys never are. What is there
//! already must be the beginning of the same ledger.

mod side;
mod transfer;

pub use side::Side;
pub use transfer::{Spine, TransferError, Transferred, spine, transfer};

use crate::home::HomeError;
use crate::remote::{Part, RemoteError};
use std::collections::HashSet;

/// What was copied.
#[derive(Debug)]
pub struct Copied {
    /// The ledger's lines.
    pub lines: Transferred,
    /// The access journal, where there is one.
    pub access: Option<Transferred>,
    /// Signed heads that were not there before.
    pub heads: usize,
}

/// Why a ledger was not copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyingError {
    /// One side.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// One side.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The lines.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// There is nothing to copy.
    #[error("no ledger at {0}")]
    Missing(String),
    /// Another ledger is there.
    #[error("{place} holds the ledger {found}, not {expected}: choose another place")]
    Foreign {
        /// Where.
        place: String,
        /// What is there.
        found: String,
        /// What was to be copied.
        expected: String,
    },
}

/// Brings `to` up to `from`. `progress` is told the lines of the ledger that are there.
///
/// # Errors
/// When a side cannot be read or written, or `to` holds something else. What was copied stays, and the next attempt goes
/// on from there.
pub fn copy(from: &Side, to: &Side, progress: impl FnMut(u64)) -> Result<Copied, CopyingError> {
    let manifest = from.manifest()?.ok_or_else(|| CopyingError::Missing(from.to_string()))?;
    let there = to.manifest()?;
    if let Some(there) = &there
        && (&there.origin, &there.key) != (&manifest.origin, &manifest.key)
    {
        let (found, expected) = (there.origin.clone(), manifest.origin);
        return Err(CopyingError::Foreign { place: to.to_string(), found, expected });
    }
    // Listed before the journal is opened, and kept after its lines are: no head covers more lines than are there.
    let heads = heads(from, to, Part::Heads)?;
    let source = from.read(Part::Lines)?.ok_or_else(|| CopyingError::Missing(from.to_string()))?;
    let lines = transfer(&*source, &mut *to.write(Part::Lines)?, progress)?;
    let mut copied = heads.add(to, Part::Heads)?;
    let heads = self::heads(from, to, Part::AccessHeads)?;
    let access = match from.read(Part::Access)? {
        Some(source) => Some(transfer(&*source, &mut *to.write(Part::Access)?, |_| ())?),
        None => None,
    };
    copied += heads.add(to, Part::AccessHeads)?;
    // With its manifest the copy becomes a ledger.
    if there.is_none() {
        to.begin(&manifest)?;
    }
    Ok(Copied { lines, access, heads: copied })
}

/// Heads that one side has and the other has not.
struct Missing(Vec<String>);

fn heads(from: &Side, to: &Side, part: Part) -> Result<Missing, CopyingError> {
    let there: HashSet<String> = to.heads(part)?.into_iter().collect();
    Ok(Missing(from.heads(part)?.into_iter().filter(|head| !there.contains(head)).collect()))
}

impl Missing {
    fn add(self, to: &Side, part: Part) -> Result<usize, CopyingError> {
        to.add_heads(part, &self.0)?;
        Ok(self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::randomness::Randomness;
    use crate::remote::memory;
    use crate::sequencer::Sequencer;
    use crate::{Checkpoints, Home};
    use jejak_domain::money::Currency;
    use jejak_domain::time::Timestamp;
    use std::path::Path;

    fn ledger(dir: &Path, seed: &str) {
        let random = &mut Randomness::seeded(seed);
        let home = Home::create(dir, "Test", "example.org/test", Currency::IDR, None, random).unwrap();
        let now = Timestamp::parse("2021-01-01T00:00:00.000Z").unwrap();
        let mut sequencer = Sequencer::begin(home, Randomness::seeded(seed), now).unwrap();
        sequencer.sign().unwrap();
    }

    #[test]
    fn a_ledger_goes_to_a_server_and_back_and_is_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let (first, second) = (dir.path().join("first"), dir.path().join("second"));
        ledger(&first, "one");
        let (from, server, back) =
            (Side::Files(first.clone()), Side::Server(memory::server()), Side::Files(second.clone()));
        let out = copy(&from, &server, |_| ()).unwrap();
        assert!(out.lines.lines > 0 && out.lines.lines == out.lines.standing.lines && out.heads == 1);
        let again = copy(&from, &server, |_| ()).unwrap();
        assert_eq!((again.lines.lines, again.heads), (0, 0), "nothing is copied twice");
        let home = copy(&server, &back, |_| ()).unwrap();
        assert_eq!(home.lines.standing, out.lines.standing);
        let heads =
            |dir: &Path| Checkpoints::of(&Home::open(dir).unwrap()).all().unwrap().pop().unwrap().bytes;
        assert_eq!(heads(&first), heads(&second));
        assert_eq!(Home::open(&first).unwrap().manifest, Home::open(&second).unwrap().manifest);
        assert!(!second.join("keys").exists(), "keys are never copied");

        let other = dir.path().join("other");
        ledger(&other, "two");
        let refused = copy(&Side::Files(other), &server, |_| ());
        assert!(matches!(refused, Err(CopyingError::Foreign { .. })), "{refused:?}");
    }
}
