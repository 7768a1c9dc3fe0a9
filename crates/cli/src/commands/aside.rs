//! A new ledger is made aside and moved under its name in one step, so that an interrupted command leaves nothing half
//! made under that name. What it leaves aside is cleared by the next one.

use anyhow::{Context as _, bail};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// Makes what shall stand in `dir`, which must be new or empty.
pub(super) fn make_in<T>(dir: &Path, make: impl FnOnce(&Path) -> anyhow::Result<T>) -> anyhow::Result<T> {
    if fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} already holds a ledger, or something else: name an empty or new directory", dir.display());
    }
    let making = making_of(dir)?;
    fs::create_dir_all(&making).with_context(|| format!("creating {}", making.display()))?;
    let lock = File::open(&making).with_context(|| format!("opening {}", making.display()))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            bail!(
                "another command is making a ledger for {}: wait for it, or name another directory",
                dir.display()
            );
        }
        Err(TryLockError::Error(error)) => {
            return Err(error).with_context(|| format!("locking {}", making.display()));
        }
    }
    clear(&making).with_context(|| format!("clearing {}", making.display()))?;
    let made = match make(&making) {
        Ok(made) => made,
        Err(error) => {
            // The cause matters, not what is left aside.
            let _ = fs::remove_dir_all(&making);
            return Err(error);
        }
    };
    fs::rename(&making, dir).with_context(|| format!("moving {} to {}", making.display(), dir.display()))?;
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let synced = File::open(parent).and_then(|parent| parent.sync_all());
    synced.with_context(|| format!("syncing {}", parent.display()))?;
    Ok(made)
}

/// Beside it, and named after it.
fn making_of(dir: &Path) -> anyhow::Result<PathBuf> {
    let Some(name) = dir.file_name() else {
        bail!("{} has no name of its own: name the new directory from outside it", dir.display());
    };
    let mut name = name.to_owned();
    name.push(".making");
    Ok(dir.with_file_name(name))
}

/// Removes what is in it, but not the directory itself, which is locked.
fn clear(dir: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_or_not_at_all() {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("ledger.v1");
        let write = |making: &Path| Ok(fs::write(making.join("file"), "x")?);
        let failed: anyhow::Result<()> = make_in(&dir, |making| {
            write(making)?;
            bail!("no")
        });
        assert!(failed.is_err() && fs::read_dir(parent.path()).unwrap().next().is_none());
        // What an interrupted command left, and a neighbour of nearly the same name.
        let left = parent.path().join("ledger.v1.making");
        fs::create_dir_all(left.join("journal")).unwrap();
        fs::create_dir(parent.path().join("ledger.making")).unwrap();
        make_in(&dir, write).unwrap();
        let names = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(names.collect::<Vec<_>>(), ["file"]);
        assert!(!left.exists() && parent.path().join("ledger.making").exists());
        assert!(make_in(&dir, write).unwrap_err().to_string().contains("already holds"));
        assert!(make_in(Path::new("."), write).is_err());
    }

    #[test]
    fn two_commands_do_not_make_the_same_ledger() {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("ledger");
        make_in(&dir, |_| {
            let second = make_in(&dir, |_| Ok(())).unwrap_err().to_string();
            assert!(second.contains("another command"), "{second}");
            Ok(())
        })
        .unwrap();
        assert!(dir.is_dir());
    }
}
