//! A second copy of a ledger: made while the ledger runs, proved by reading it, and turned into a ledger again.
//!
//! Reading order: [`copy`] (brings a directory up to the ledger), [`note`] (what a backup says of itself), [`keep`] (a
//! backup: copy, read back, say), [`check`] (a backup against what it says), [`restore`] (a ledger from a backup),
//! [`keys`] (the secrets, apart).
//!
//! A backup is a ledger's directory without its secrets and without what can be derived:
//!
//! ```text
//! <backup>/ledger.toml      what the ledger is
//!          journal/         its lines
//!          checkpoints/     its signed heads
//!          blobs/, access/  what it keeps beside its lines, where there is any
//!          backup.toml      what this backup holds: written last
//!          backup.sha256    digests of all other files, in the form of `sha256sum --check`
//! ```
//!
//! Nothing is taken from the ledger but its durable bytes: no lock is taken there, and nothing is changed.

pub mod check;
pub mod copy;
mod files;
pub mod keep;
pub mod keys;
pub mod note;
pub mod restore;
mod standing;

pub use check::{Check, Finding};
pub use copy::LedgerCopy;
pub use note::BackupNote;
pub use standing::Standing;

use crate::home::HomeError;
use crate::vault::VaultError;
use jejak_journal::CopyError;
use std::path::{Path, PathBuf};

/// Why a backup or a restore did not come to its end. What was copied stays, and the next attempt goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The ledger's files.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The keys of persons.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Copying lines.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// A file cannot be read or written.
    #[error("{action} {} failed: {source}", path.display())]
    File {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The directory holds a copy of something else.
    #[error("{} holds a copy of {found}, not of {expected}: choose another directory", dir.display())]
    Foreign {
        /// The directory.
        dir: PathBuf,
        /// The ledger there.
        found: String,
        /// The ledger that is copied.
        expected: String,
    },
    /// The ledger itself, or a part of it.
    #[error("{} and {} lie one within the other: a copy needs a place of its own", .0.display(), .1.display())]
    Within(PathBuf, PathBuf),
    /// A note that is none.
    #[error("{} does not say what the backup holds: {problem}; make the backup again", path.display())]
    Note {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// Two heads of one size: one of them is a lie.
    #[error("{} and {} are different heads of one size: keep both, and verify the ledger", .0.display(), .1.display())]
    Fork(PathBuf, PathBuf),
    /// No directory to restore into.
    #[error("something is in {} already: restore into a new directory", .0.display())]
    Exists(PathBuf),
    /// A secret that would be replaced by another one.
    #[error("{} is there already and is another one: move it away before it is lost", .0.display())]
    OtherKey(PathBuf),
}

fn file_error(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
    let path = path.to_path_buf();
    move |source| BackupError::File { action, path, source }
}
