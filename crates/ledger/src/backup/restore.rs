//! A ledger from a backup. It gets its name only when it was read to the end and is what the backup says.

use super::{BackupError, Check, LedgerCopy, check::check, file_error, files, keys};
use crate::home::Home;
use jejak_journal::{Copied, Progress};
use std::fs;
use std::path::{Path, PathBuf};

/// What came of a restore.
#[derive(Debug)]
pub struct Restored {
    /// What was copied.
    pub copied: Copied,
    /// Files of secrets that were put back.
    pub keys: u64,
    /// What it comes to. With findings it does not have its name.
    pub check: Check,
    /// Where it is: under its name, or beside it when there are findings.
    pub dir: PathBuf,
}

/// Copies the backup in `from` beside `to`, reads it to the end, and gives it the name `to` when it is what the backup
/// says. A restore that was broken off goes on.
///
/// # Errors
/// When it cannot be finished, or something is in `to`.
pub fn restore(
    from: &Path,
    to: &Path,
    secrets: Option<&Path>,
    copying: Progress<'_>,
    reading: impl FnMut(u64),
) -> Result<Restored, BackupError> {
    let making = making_of(to)?;
    let mut copy = LedgerCopy::open(&Home::open(from)?, &making)?;
    let copied = copy.advance(copying)?;
    // The lock goes with it: nobody else knows this name.
    drop(copy);
    let check = check(&making, from, secrets, reading)?;
    if !check.findings.is_empty() {
        return Ok(Restored { copied, keys: 0, check, dir: making });
    }
    // Keys of the erased are in no file of the new ledger, not even for a moment.
    let keys = match secrets {
        Some(secrets) => keys::put_back(&Home::open(&making)?, secrets, &check.erased)?,
        None => 0,
    };
    fs::rename(&making, to).map_err(file_error("renaming", &making))?;
    files::sync_dir(to.parent().unwrap_or(to))?;
    Ok(Restored { copied, keys, check, dir: to.to_path_buf() })
}

/// Beside `to`, which is new or an empty directory, and named after it.
fn making_of(to: &Path) -> Result<PathBuf, BackupError> {
    let empty = match fs::read_dir(to) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    let name = to.file_name().filter(|_| empty).ok_or_else(|| BackupError::Exists(to.to_path_buf()))?;
    let mut name = name.to_owned();
    name.push(".restoring");
    Ok(to.with_file_name(name))
}
