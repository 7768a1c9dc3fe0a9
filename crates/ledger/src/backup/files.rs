//! Files of a copy: each is written aside, synced, and takes its name only when it is whole.

use super::{BackupError, file_error};
use crate::secrets::hex;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Ending of a file that is not whole yet.
const ASIDE: &str = "unfinished";

/// Makes a directory and those above it, durably.
pub(super) fn make_dir(dir: &Path) -> Result<(), BackupError> {
    if dir.is_dir() {
        return Ok(());
    }
    if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        make_dir(parent)?;
    }
    match fs::create_dir(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(file_error("creating", dir)(error))
        }
        _ => sync_dir(dir.parent().unwrap_or(dir)),
    }
}

pub(super) fn sync_dir(dir: &Path) -> Result<(), BackupError> {
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(file_error("syncing", dir))
}

/// Writes a file as a whole, in the place of what has that name. Only its owner can read it.
pub(super) fn write(path: &Path, mut bytes: &[u8]) -> Result<(), BackupError> {
    put(path, &mut bytes)
}

/// Copies a file as a whole.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    let mut file = File::open(from).map_err(file_error("opening", from))?;
    put(to, &mut file)
}

/// Writes what is read as a whole, in the place of what has that name.
pub(super) fn put(path: &Path, from: &mut dyn std::io::Read) -> Result<(), BackupError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ASIDE);
    let aside = path.with_file_name(name);
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&aside).map_err(file_error("creating", &aside))?;
    std::io::copy(from, &mut file).map_err(file_error("writing", &aside))?;
    file.sync_all().map_err(file_error("syncing", &aside))?;
    fs::rename(&aside, path).map_err(file_error("renaming", &aside))?;
    sync_dir(path.parent().unwrap_or(path))
}

/// SHA-256 of a file, in hexadecimal.
pub(super) fn digest(path: &Path) -> Result<String, BackupError> {
    let mut file = File::open(path).map_err(file_error("opening", path))?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 256 << 10]);
    loop {
        let read = file.read(&mut buffer).map_err(file_error("reading", path))?;
        match buffer.get(..read) {
            Some(bytes) if !bytes.is_empty() => hasher.update(bytes),
            _ => return Ok(hex(&hasher.finalize())),
        }
    }
}

/// Every whole file below `dir`, relative to it, in order; none when there is no such directory.
pub(super) fn below(dir: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let mut found = Vec::new();
    collect(dir, Path::new(""), &mut found)?;
    found.sort_unstable();
    Ok(found)
}

fn collect(dir: &Path, under: &Path, found: &mut Vec<PathBuf>) -> Result<(), BackupError> {
    let entries = match fs::read_dir(dir.join(under)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(file_error("listing", &dir.join(under)))?,
    };
    for entry in entries {
        let entry = entry.map_err(file_error("listing", dir))?;
        let path = under.join(entry.file_name());
        let kind = entry.file_type().map_err(file_error("looking at", &dir.join(&path)))?;
        if kind.is_dir() {
            collect(dir, &path, found)?;
        } else if kind.is_file() && !is_unfinished(&path) {
            found.push(path);
        }
    }
    Ok(())
}

/// A file that its writer has not finished.
fn is_unfinished(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == ASIDE || extension == "tmp")
}

/// Refuses two directories of which one lies within the other.
pub(super) fn apart(one: &Path, other: &Path) -> Result<(), BackupError> {
    let (a, b) = (real(one)?, real(other)?);
    if a.starts_with(&b) || b.starts_with(&a) {
        return Err(BackupError::Within(one.to_path_buf(), other.to_path_buf()));
    }
    Ok(())
}

/// Where a path leads, links resolved as far as it exists.
fn real(path: &Path) -> Result<PathBuf, BackupError> {
    let path = std::path::absolute(path).map_err(file_error("looking for", path))?;
    for ancestor in path.ancestors() {
        match ancestor.canonicalize() {
            Ok(real) => return Ok(path.strip_prefix(ancestor).map_or(real.clone(), |rest| real.join(rest))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(file_error("looking for", ancestor)(error)),
        }
    }
    Ok(path)
}
