//! The secrets of a ledger, kept apart from its lines: whoever has both can write in the ledger's name.

use super::{BackupError, file_error, files};
use crate::home::Home;
use std::fs;
use std::path::Path;

/// Copies the secrets of a ledger to `to`, which must lie apart from the ledger and from its backup. Returns how many
/// files were written. Copy the lines first: the keys of a line are there before it.
///
/// # Errors
/// When the places are not apart, there are no keys, or another ledger's signing key is there.
pub fn save(home: &Home, backup: &Path, to: &Path) -> Result<u64, BackupError> {
    check_place(home, backup, to)?;
    // An unknown or a wrong key is no use to keep.
    home.secrets()?;
    copy(&home.dir().join(&home.manifest.keys), to, Others::Replace)
}

/// Makes sure that secrets would lie apart, before anything is copied.
///
/// # Errors
/// When they would not.
pub fn check_place(home: &Home, backup: &Path, to: &Path) -> Result<(), BackupError> {
    files::apart(to, backup)?;
    files::apart(to, home.dir())
}

/// Puts secrets to where the manifest of a ledger in `dir` wants them, and checks that they are its own.
pub(super) fn put_back(home: &Home, from: &Path) -> Result<u64, BackupError> {
    let written = copy(from, &home.dir().join(&home.manifest.keys), Others::Refuse)?;
    home.secrets()?;
    Ok(written)
}

/// What happens to another file of the same name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Others {
    /// Keys are added and erased with time: the newer file takes its place, but never that of a signing key.
    Replace,
    Refuse,
}

fn copy(from: &Path, to: &Path, others: Others) -> Result<u64, BackupError> {
    let mut written = 0;
    for path in files::below(from)? {
        let (source, target) = (from.join(&path), to.join(&path));
        let bytes = fs::read(&source).map_err(file_error("reading", &source))?;
        let there = fs::read(&target).ok();
        if there.as_ref() == Some(&bytes) {
            continue;
        }
        if there.is_some() && (others == Others::Refuse || path.ends_with("signing.key")) {
            return Err(BackupError::OtherKey(target));
        }
        let dir = target.parent().unwrap_or(to);
        if !dir.is_dir() {
            files::make_dir(dir)?;
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
                    .map_err(file_error("protecting", dir))?;
            }
        }
        files::write(&target, &bytes)?;
        written += 1;
    }
    Ok(written)
}
