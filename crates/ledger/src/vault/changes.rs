//! What others do to the file of keys while it is open: they add keys behind, erase some in their places, or put another
//! copy there. A copy that lacks keys which were here is refused; whose keys appear is remembered, since an old copy
//! brings back those of who was erased.

use super::VaultError;
use super::store::{ERASED, KeyStore, Locked, SLOT_BYTES, Slot};
use crate::home::{HomeError, file_error};
use jejak_domain::ids::ParticipantId;
use std::fs::{File, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;
use std::sync::Arc;

/// Enough of a file to see that somebody else has changed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    file: (u64, u64),
    length: u64,
    modified: (i64, i64),
}

impl Seen {
    fn new(of: &Metadata) -> Self {
        Self { file: (of.dev(), of.ino()), length: of.len(), modified: (of.mtime(), of.mtime_nsec()) }
    }

    pub(super) fn of(file: &File, path: &Path) -> Result<Self, HomeError> {
        file.metadata().map(|of| Self::new(&of)).map_err(file_error("looking at", path))
    }
}

impl KeyStore {
    /// Takes in what others have done. True when that was something.
    ///
    /// # Errors
    /// When keys that were here are gone; all stays as it was then.
    pub(super) fn look(&mut self) -> Result<bool, VaultError> {
        let Some(file) = self.current()? else { return Ok(false) };
        if self.seen == Some(Seen::of(&file, &self.path)?) {
            return Ok(false);
        }
        let _lock = Locked::new(&file, &self.path, File::lock_shared)?;
        self.take_in(&file)?;
        Ok(true)
    }

    /// The file that is at the path now; none before the first key.
    pub(super) fn current(&mut self) -> Result<Option<Arc<File>>, VaultError> {
        let now = match std::fs::metadata(&self.path) {
            Ok(of) => Seen::new(&of).file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return self
                    .places
                    .keys()
                    .next()
                    .map_or(Ok(None), |id| Err(self.shrunk(ParticipantId(*id), self.places.len())));
            }
            Err(error) => return Err(file_error("looking at", &self.path)(error).into()),
        };
        if let Some(file) = &self.file
            && Seen::of(file, &self.path)?.file == now
        {
            return Ok(Some(Arc::clone(file)));
        }
        let file = self.options.open(&self.path).map_err(file_error("opening", &self.path))?;
        Ok(Some(Arc::new(file)))
    }

    fn shrunk(&self, first: ParticipantId, count: usize) -> VaultError {
        VaultError::Shrunk { path: self.path.clone(), count, first }
    }

    /// Takes in what others have done to a file that is locked.
    pub(super) fn take_in(&mut self, file: &Arc<File>) -> Result<(), VaultError> {
        let now = Seen::of(file, &self.path)?;
        match self.seen {
            Some(seen) if seen == now => return Ok(()),
            Some(seen) if seen.file == now.file && now.length / SLOT_BYTES > self.slots => {
                self.read_on(file)?;
                self.read_erased(file)?;
            }
            _ => self.read_anew(file)?,
        }
        (self.file, self.seen) = (Some(Arc::clone(file)), Some(now));
        Ok(())
    }

    /// Whoever was erased may be back in a longer copy.
    fn read_erased(&mut self, file: &File) -> Result<(), VaultError> {
        let mut state = [0];
        for (id, slot) in &mut self.places {
            let Slot::Erased(number) = *slot else { continue };
            file.read_exact_at(&mut state, number * SLOT_BYTES).map_err(file_error("reading", &self.path))?;
            if state != [ERASED] {
                *slot = Slot::Live(number);
                self.appeared.push(ParticipantId(*id));
            }
        }
        Ok(())
    }

    /// Another copy may be at the path, or keys were erased.
    fn read_anew(&mut self, file: &File) -> Result<(), VaultError> {
        let mut new = Self::unread(self.path.clone(), &self.options);
        new.read_on(file)?;
        let mut lost = self.places.keys().filter(|id| !new.places.contains_key(id)).peekable();
        if let Some(first) = lost.peek().map(|id| ParticipantId(**id)) {
            return Err(self.shrunk(first, lost.count()));
        }
        let was_live = |id: &ParticipantId| matches!(self.places.get(&id.0), Some(Slot::Live(_)));
        new.appeared.retain(|id| !was_live(id));
        self.appeared.append(&mut new.appeared);
        (self.slots, self.places) = (new.slots, new.places);
        Ok(())
    }
}
