//! The few file operations that the engine uses, so that tests can make each of them fail.

use std::any::Any;
use std::fmt::Debug;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// A place for files. Names are plain; directories are made but never removed.
pub trait Disk: Debug + Send + Sync {
    /// Makes a directory and those above it, durably.
    ///
    /// # Errors
    /// The system's answer, as for every operation here.
    fn create_dir(&self, dir: &Path) -> io::Result<()>;
    /// Names of all files in a directory, in no order.
    ///
    /// # Errors
    /// The system's answer.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;
    /// Makes a new, empty file and opens it for writing; an existing one is an error.
    ///
    /// # Errors
    /// The system's answer.
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Opens an existing file.
    ///
    /// # Errors
    /// The system's answer.
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>>;
    /// Renames within a directory, replacing what has that name.
    ///
    /// # Errors
    /// The system's answer.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    ///
    /// # Errors
    /// The system's answer.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes created, renamed and removed names durable.
    ///
    /// # Errors
    /// The system's answer.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
    /// Takes away the permission to write.
    ///
    /// # Errors
    /// The system's answer.
    fn set_read_only(&self, path: &Path) -> io::Result<()>;
    /// Locks a directory until the guard is dropped; `None` when another has it.
    ///
    /// # Errors
    /// The system's answer.
    fn lock(&self, dir: &Path) -> io::Result<Option<LockGuard>>;
}

/// Holds a lock for as long as it lives.
pub type LockGuard = Box<dyn Any + Send + Sync>;

/// What an opened file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading only.
    Read,
    /// Reading and writing.
    Write,
}

/// An open file, addressed by byte offset.
pub trait DiskFile: Debug + Send + Sync {
    /// Length in bytes.
    ///
    /// # Errors
    /// The system's answer, as for every operation here.
    fn size(&self) -> io::Result<u64>;
    /// Reads some bytes; 0 at the end of the file. May read less than asked for.
    ///
    /// # Errors
    /// The system's answer.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Writes all bytes, perhaps only into the system's cache.
    ///
    /// # Errors
    /// The system's answer; some of the bytes may have been written.
    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Cuts or extends the file.
    ///
    /// # Errors
    /// The system's answer.
    fn set_size(&self, bytes: u64) -> io::Result<()>;
    /// Makes content and length durable (`fdatasync`).
    ///
    /// # Errors
    /// The system's answer. Must not be repeated: see [`AppendError::Poisoned`](crate::AppendError::Poisoned).
    fn sync(&self) -> io::Result<()>;
}

/// Reads until `buffer` is full or the file ends; returns how much was read.
pub(crate) fn read_fully(file: &dyn DiskFile, buffer: &mut [u8], mut offset: u64) -> io::Result<usize> {
    let mut done = 0;
    while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, offset) {
            Ok(0) => break,
            Ok(n) => {
                done += n;
                offset += crate::num::u64_of(n);
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(done)
}

/// The real one.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        let is_new = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
        let new: Vec<&Path> = dir.ancestors().take_while(is_new).collect();
        fs::create_dir_all(dir)?;
        for parent in new.iter().filter_map(|made| made.parent()) {
            self.sync_dir(if parent.as_os_str().is_empty() { Path::new(".") } else { parent })?;
        }
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(dir)? {
            // A name that is not UTF-8 is none of ours.
            names.extend(entry?.file_name().into_string());
        }
        Ok(names)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        // Of persons there is more in it than their numbers: only its owner reads it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        Ok(Box::new(RealFile(file)))
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>> {
        let file = OpenOptions::new().read(true).write(access == Access::Write).open(path)?;
        Ok(Box::new(RealFile(file)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        File::open(dir)?.sync_all()
    }

    fn set_read_only(&self, path: &Path) -> io::Result<()> {
        let mut permissions = fs::metadata(path)?.permissions();
        permissions.set_readonly(true);
        fs::set_permissions(path, permissions)
    }

    fn lock(&self, dir: &Path) -> io::Result<Option<LockGuard>> {
        let file = File::open(dir)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(RealLock(file)))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(e),
        }
    }
}

/// Unlocks and does not merely close: a child that is just being started has a copy of the open file until it runs its
/// own program, and would hold the lock so long.
struct RealLock(File);

impl Drop for RealLock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

#[derive(Debug)]
struct RealFile(File);

impl DiskFile for RealFile {
    fn size(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(buffer, offset)
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.0.write_all_at(bytes, offset)
    }

    fn set_size(&self, bytes: u64) -> io::Result<()> {
        self.0.set_len(bytes)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}
