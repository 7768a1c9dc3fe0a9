//! A disk in memory that fails on demand, and forgets at a crash what was not synced.
//!
//! It behaves as a careful engine must expect: written bytes live in a cache until `sync`, names until `sync_dir`;
//! a failed sync drops the dirty bytes and lets the next sync succeed without them; a crash keeps any part of what was
//! not yet durable.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::file::disk::{Access, Disk, DiskFile, LockGuard};
use crate::num::{u64_of, usize_of};

/// A disk in memory. Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct FaultyDisk(Arc<Mutex<State>>);

/// What a crash leaves of bytes and names that were not yet durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survives {
    /// Nothing.
    Nothing,
    /// All, as if the crash had come a little later.
    Everything,
    /// All names, and of each file so many of its unsynced bytes.
    Bytes(usize),
    /// The same, with zeros up to the length that the file would have had.
    BytesThenZeros(usize),
}

#[derive(Debug, Default)]
struct State {
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    files: Vec<Content>,
    locks: BTreeSet<PathBuf>,
    faults: Faults,
    /// Operations so far that change something.
    changes: u64,
}

#[derive(Clone, Debug, Default)]
struct Content {
    cached: Vec<u8>,
    durable: Vec<u8>,
    /// Cached bytes that a failed sync has dropped: no later sync writes them.
    dropped: Vec<Range<usize>>,
    read_only: bool,
}

#[derive(Debug, Default)]
struct Faults {
    /// Syncs that still succeed before one fails.
    sync_fails_after: Option<u64>,
    /// Changes that still succeed before all fail.
    dies_after: Option<u64>,
    /// Bytes that still can be written before the disk is full.
    room: Option<usize>,
    /// Most bytes of one read.
    short_reads: Option<usize>,
}

impl FaultyDisk {
    /// An empty disk without faults.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// After `n` more syncs one fails; those after it succeed.
    pub fn fail_sync_after(&self, n: u64) {
        self.state().faults.sync_fails_after = Some(n);
    }

    /// After `n` more changes everything fails, as if the process had been killed there.
    pub fn die_after(&self, n: u64) {
        self.state().faults.dies_after = Some(n);
    }

    /// Only `bytes` more can be written.
    pub fn fill_up_after(&self, bytes: usize) {
        self.state().faults.room = Some(bytes);
    }

    /// Each read gives at most `bytes`.
    pub fn shorten_reads_to(&self, bytes: usize) {
        self.state().faults.short_reads = Some(bytes);
    }

    /// Number of operations so far that changed, or tried to change, something.
    pub fn changes(&self) -> u64 {
        self.state().changes
    }

    /// The disk as the next process finds it, without faults and locks. This one stays as it is.
    #[must_use]
    pub fn after_crash(&self, survives: Survives) -> Self {
        let state = self.state();
        let names = match survives {
            Survives::Nothing => &state.durable_names,
            _ => &state.names,
        };
        let files = state.files.iter().map(|content| content.after_crash(survives)).collect();
        Self(Arc::new(Mutex::new(State {
            names: names.clone(),
            durable_names: names.clone(),
            files,
            ..State::default()
        })))
    }

    /// The disk as the next process finds it when only the process died: caches are kept, locks and faults are not.
    #[must_use]
    pub fn after_kill(&self) -> Self {
        let state = self.state();
        Self(Arc::new(Mutex::new(State {
            names: state.names.clone(),
            durable_names: state.durable_names.clone(),
            files: state.files.clone(),
            ..State::default()
        })))
    }

    /// Content of a file as a program would read it now.
    pub fn read(&self, path: &Path) -> Option<Vec<u8>> {
        let state = self.state();
        let id = *state.names.get(path)?;
        state.files.get(id).map(|content| content.cached.clone())
    }

    /// Replaces a file durably, whatever its permissions: for tests that damage it.
    pub fn overwrite(&self, path: &Path, bytes: &[u8]) {
        let mut state = self.state();
        let content = Content { cached: bytes.to_vec(), durable: bytes.to_vec(), ..Content::default() };
        state.files.push(content);
        let id = state.files.len() - 1;
        state.names.insert(path.to_path_buf(), id);
        state.durable_names.insert(path.to_path_buf(), id);
    }

    /// Paths of all files, sorted.
    pub fn files(&self) -> Vec<PathBuf> {
        self.state().names.keys().cloned().collect()
    }
}

impl Content {
    fn after_crash(&self, survives: Survives) -> Self {
        // What the disk would hold if everything cached reached it, but for what a failed sync has dropped.
        let mut cached = self.cached.clone();
        for dropped in &self.dropped {
            if let Some(bytes) = cached.get_mut(dropped.clone()) {
                bytes.fill(0);
            }
        }
        let grown = self.durable.len() <= cached.len();
        let durable = match survives {
            Survives::Nothing => self.durable.clone(),
            Survives::Bytes(n) if grown => cached.iter().take(self.durable.len() + n).copied().collect(),
            Survives::BytesThenZeros(n) if grown => {
                let kept = self.durable.len() + n;
                cached.iter().enumerate().map(|(i, &byte)| if i < kept { byte } else { 0 }).collect()
            }
            _ => cached,
        };
        Self { cached: durable.clone(), durable, dropped: Vec::new(), read_only: self.read_only }
    }

    fn sync(&mut self) {
        self.durable = self.after_crash(Survives::Everything).durable;
    }
}

impl State {
    fn change(&mut self) -> io::Result<()> {
        self.changes += 1;
        match &mut self.faults.dies_after {
            Some(0) => Err(io::Error::other("killed")),
            Some(n) => {
                *n -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn file(&mut self, id: usize) -> io::Result<&mut Content> {
        self.files.get_mut(id).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Disk for FaultyDisk {
    fn create_dir(&self, _dir: &Path) -> io::Result<()> {
        self.state().change()
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let state = self.state();
        let inside = state.names.keys().filter(|path| path.parent() == Some(dir));
        Ok(inside.filter_map(|path| path.file_name()?.to_str().map(str::to_owned)).collect())
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let mut state = self.state();
        state.change()?;
        if state.names.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        state.files.push(Content::default());
        let id = state.files.len() - 1;
        state.names.insert(path.to_path_buf(), id);
        Ok(Box::new(FaultyFile { disk: self.clone(), id, access: Access::Write }))
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>> {
        let mut state = self.state();
        let id = *state.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        if access == Access::Write && state.file(id)?.read_only {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(Box::new(FaultyFile { disk: self.clone(), id, access }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.change()?;
        let id = state.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        state.names.insert(to.to_path_buf(), id);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.change()?;
        state.names.remove(path).map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.change()?;
        let State { names, durable_names, .. } = &mut *state;
        durable_names.retain(|path, _| path.parent() != Some(dir));
        let inside = names.iter().filter(|(path, _)| path.parent() == Some(dir));
        durable_names.extend(inside.map(|(path, &id)| (path.clone(), id)));
        Ok(())
    }

    fn set_read_only(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.change()?;
        let id = *state.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        state.file(id)?.read_only = true;
        Ok(())
    }

    fn lock(&self, path: &Path) -> io::Result<Option<LockGuard>> {
        let taken = self.state().locks.insert(path.to_path_buf());
        Ok(taken.then(|| -> LockGuard { Box::new(Locked { disk: self.clone(), path: path.to_path_buf() }) }))
    }
}

struct Locked {
    disk: FaultyDisk,
    path: PathBuf,
}

impl Drop for Locked {
    fn drop(&mut self) {
        self.disk.state().locks.remove(&self.path);
    }
}

#[derive(Debug)]
struct FaultyFile {
    disk: FaultyDisk,
    id: usize,
    access: Access,
}

impl FaultyFile {
    fn check_writable(&self) -> io::Result<()> {
        if self.access == Access::Write { Ok(()) } else { Err(io::ErrorKind::PermissionDenied.into()) }
    }
}

impl DiskFile for FaultyFile {
    fn size(&self) -> io::Result<u64> {
        self.disk.state().file(self.id).map(|content| u64_of(content.cached.len()))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut state = self.disk.state();
        let most = state.faults.short_reads.unwrap_or(usize::MAX);
        let content = state.file(self.id)?;
        let bytes = content.cached.get(usize_of(offset)..).unwrap_or_default();
        let n = bytes.len().min(buffer.len()).min(most);
        for (to, from) in buffer.iter_mut().zip(bytes.iter().take(n)) {
            *to = *from;
        }
        Ok(n)
    }

    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.check_writable()?;
        let mut state = self.disk.state();
        state.change()?;
        let n = state.faults.room.unwrap_or(usize::MAX).min(bytes.len());
        if let Some(room) = &mut state.faults.room {
            *room -= n;
        }
        let (begin, end) = (usize_of(offset), usize_of(offset) + n);
        let content = state.file(self.id)?;
        if content.cached.len() < end {
            content.cached.resize(end, 0);
        }
        for (to, from) in content.cached.iter_mut().skip(begin).zip(bytes.iter().take(n)) {
            *to = *from;
        }
        content.dropped.retain(|dropped| dropped.end <= begin || end <= dropped.start);
        if n < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn set_size(&self, bytes: u64) -> io::Result<()> {
        self.check_writable()?;
        let mut state = self.disk.state();
        state.change()?;
        let content = state.file(self.id)?;
        content.cached.resize(usize_of(bytes), 0);
        content.dropped.retain(|dropped| dropped.end <= content.cached.len());
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.disk.state();
        state.change()?;
        let fails = match &mut state.faults.sync_fails_after {
            Some(0) => true,
            Some(n) => {
                *n -= 1;
                false
            }
            None => false,
        };
        if fails {
            state.faults.sync_fails_after = None;
        }
        let content = state.file(self.id)?;
        if fails {
            let dropped = content.durable.len()..content.cached.len();
            content.dropped.push(dropped);
            return Err(io::Error::other("the disk did not take it"));
        }
        content.sync();
        Ok(())
    }
}
