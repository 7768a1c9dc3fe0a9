//! The secrets of a ledger, kept apart from its lines: whoever has both can write in the ledger's name.

use super::{BackupError, file_error, files};
use crate::home::Home;
use crate::vault::StoreCopy;
use jejak_domain::ids::ParticipantId;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What was done where secrets are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Files that were written.
    pub files: u64,
    /// Keys of erased persons that were there, and are overwritten.
    pub destroyed: u64,
}

/// Copies the secrets of a ledger to `to`, which must lie apart from the ledger and from its backup. Keys of the `erased`
/// are not copied, and where they are there from an earlier time they are overwritten. Copy the lines first: the keys of a
/// line are there before it.
///
/// # Errors
/// When the places are not apart, there are no keys, or other keys are there than an earlier copy of these.
pub fn save(
    home: &Home,
    backup: &Path,
    to: &Path,
    erased: &BTreeSet<ParticipantId>,
) -> Result<Saved, BackupError> {
    check_place(home, backup, to)?;
    // An unknown or a wrong key is no use to keep.
    home.secrets()?;
    copy(&home.keys_dir(), to, erased)
}

/// Makes sure that secrets would lie apart, before anything is copied.
///
/// # Errors
/// When they would not.
pub fn check_place(home: &Home, backup: &Path, to: &Path) -> Result<(), BackupError> {
    files::apart(to, backup)?;
    files::apart(to, home.dir())
}

/// Puts secrets to where the manifest of a ledger in `dir` wants them, without the keys of the `erased`, and checks that
/// they are its own.
pub(super) fn put_back(
    home: &Home,
    from: &Path,
    erased: &BTreeSet<ParticipantId>,
) -> Result<u64, BackupError> {
    let saved = copy(from, &home.keys_dir(), erased)?;
    home.secrets()?;
    Ok(saved.files)
}

fn copy(from: &Path, to: &Path, erased: &BTreeSet<ParticipantId>) -> Result<Saved, BackupError> {
    let mut saved = Saved::default();
    for path in files::below(from)? {
        let (source, target) = (from.join(&path), to.join(&path));
        if path == Path::new("persons.keys") {
            make_private(target.parent().unwrap_or(to))?;
            let (mut store, destroyed) = StoreCopy::begin(&source, &target, erased)?;
            files::put(&target, &mut store)?;
            saved.destroyed += destroyed;
            saved.files += 1;
            continue;
        }
        let bytes = fs::read(&source).map_err(file_error("reading", &source))?;
        let there = fs::read(&target).ok();
        if there.as_ref() == Some(&bytes) {
            continue;
        }
        // Every other secret is made once: another one is that of another ledger, or of this one's past.
        if there.is_some() {
            return Err(BackupError::OtherKey(target));
        }
        make_private(target.parent().unwrap_or(to))?;
        files::write(&target, &bytes)?;
        saved.files += 1;
    }
    Ok(saved)
}

fn make_private(dir: &Path) -> Result<(), BackupError> {
    if dir.is_dir() {
        return Ok(());
    }
    files::make_dir(dir)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(file_error("protecting", dir))?;
    }
    Ok(())
}
