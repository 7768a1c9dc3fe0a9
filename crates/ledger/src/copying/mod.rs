//! `jejak copy`: the same ledger in another engine, files or a server, in either direction.
//!
//! Lines, boundaries of commits, signed heads, manifest and access journal are copied; keys never are. What is there
//! already must be the beginning of the same ledger.

mod heads;
mod side;
mod transfer;

pub use heads::BadHead;
pub use side::Side;
pub use transfer::{Spine, TransferError, Transferred, spine, transfer};

use crate::home::{HomeError, Manifest};
use crate::remote::{Part, RemoteError};
use heads::Heads;
use jejak_journal::checkpoint::{KeyError, VerifyingKey};
use jejak_journal::{Journal, ReadError};

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
    /// Reading the lines under a head.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The manifest names no key.
    #[error("the manifest of {place}: {problem}")]
    Key {
        /// Where.
        place: String,
        /// What is wrong.
        problem: KeyError,
    },
    /// Signed heads do not vouch for the lines: the source is not what it was, or the copy is not of it.
    #[error("{} signed heads do not hold, and nothing was copied: {}", .0.len(), .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Heads(Vec<BadHead>),
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
    /// Another ledger of the same name is there.
    #[error(
        "{place} holds another ledger of the name {origin}, with the public key {found} and not {expected}: choose another place"
    )]
    OtherKey {
        /// Where.
        place: String,
        /// The name of both.
        origin: String,
        /// The key of what is there.
        found: String,
        /// The key of what was to be copied.
        expected: String,
    },
}

/// Brings `to` up to `from`. `progress` is told the lines of the ledger that are there.
///
/// # Errors
/// When a side cannot be read or written, or `to` holds something else. What was copied stays, and the next attempt goes
/// on from there.
pub fn copy(from: &Side, to: &Side, progress: impl FnMut(u64)) -> Result<Copied, CopyingError> {
    let Some(manifest) = from.manifest()? else { return Err(from.missing()?) };
    let there = to.manifest()?;
    if let Some(there) = &there {
        same(to, there, &manifest)?;
    }
    let heads = Heads::list(from, to, Part::Heads)?;
    let source = from.read(Part::Lines)?.ok_or_else(|| CopyingError::Missing(from.to_string()))?;
    let access_heads = Heads::list(from, to, Part::AccessHeads)?;
    let access_source = from.read(Part::Access)?;
    shorter(to, &*source)?;
    let key = |name: &str| key_of(from, &manifest, name);
    let mut bad = heads.bad(&key("")?, Some(&source))?;
    bad.extend(access_heads.bad(&key("/access")?, access_source.as_ref())?);
    if !bad.is_empty() {
        return Err(CopyingError::Heads(bad));
    }
    let lines = transfer(&*source, &mut *to.write(Part::Lines)?, progress)?;
    let mut copied = heads.add(to)?;
    let access = match access_source {
        Some(source) => Some(transfer(&*source, &mut *to.write(Part::Access)?, |_| ())?),
        None => None,
    };
    copied += access_heads.add(to)?;
    // With its manifest the copy becomes a ledger.
    if there.is_none() {
        to.begin(&manifest)?;
    }
    Ok(Copied { lines, access, heads: copied })
}

/// What is there must be the same ledger.
fn same(to: &Side, there: &Manifest, manifest: &Manifest) -> Result<(), CopyingError> {
    let (found, expected) = (there.origin.clone(), manifest.origin.clone());
    if found != expected {
        return Err(CopyingError::Foreign { place: to.to_string(), found, expected });
    }
    if there.key == manifest.key {
        return Ok(());
    }
    let (found, expected) = (there.key.clone(), manifest.key.clone());
    Err(CopyingError::OtherKey { place: to.to_string(), origin: manifest.origin.clone(), found, expected })
}

/// A copy that is ahead is told before its heads seem to lack lines.
fn shorter(to: &Side, source: &dyn Journal) -> Result<(), CopyingError> {
    let (copy, source_lines) = (to.read(Part::Lines)?.map_or(0, |copy| copy.len()), source.len());
    if copy > source_lines {
        return Err(TransferError::Longer { copy, source_lines }.into());
    }
    Ok(())
}

/// The key that signs heads under the ledger's name with this behind it.
fn key_of(from: &Side, manifest: &Manifest, behind: &str) -> Result<VerifyingKey, CopyingError> {
    VerifyingKey::parse(&manifest.key)
        .and_then(|key| VerifyingKey::new(&format!("{}{behind}", key.name()), &key.to_bytes()))
        .map_err(|problem| CopyingError::Key { place: from.to_string(), problem })
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
        let told = refused.unwrap_err().to_string();
        assert!(told.contains("another ledger of the name example.org/test, with the public key"), "{told}");
    }
}
