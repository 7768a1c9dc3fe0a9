//! The keys of persons in one file of fixed slots of 128 bytes, so that none lies across two sectors and each can be
//! overwritten in its place. The first slot is the header.
//!
//! Machines may share the file. Who writes locks it and takes in first what others have added: a slot that is taken is
//! never written again but to erase it, and nobody has two.
//!
//! ```text
//! header   "JEJKPKEY" version 1
//! live     1, 7 zeros, participant (16), nonce (12), wrapped key (48), zeros
//! erased   2, 7 zeros, participant (16), name of the key (16), zeros
//! ```

use super::VaultError;
use super::changes::Seen;
use super::seal::{Master, NONCE, PersonKey, decrypt, encrypt};
use crate::home::{HomeError, file_error};
use crate::randomness::Randomness;
use jejak_domain::ids::ParticipantId;
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;
use zeroize::Zeroizing;

pub(super) const SLOT: usize = 128;
pub(super) const SLOT_BYTES: u64 = 128;
pub(super) const MAGIC: &[u8; 9] = b"JEJKPKEY\x01";
pub(super) const LIVE: u8 = 1;
pub(super) const ERASED: u8 = 2;
/// Where the key begins in a slot, and its bytes with nonce and tag.
const KEY_AT: usize = 24;
const WRAPPED: usize = NONCE + 32 + 16;

/// What there is of a person's key.
#[derive(Debug)]
pub(crate) enum Found {
    /// It was never made.
    None,
    /// Here it is.
    Key(PersonKey),
    /// It was destroyed.
    Destroyed,
}

/// Where a key is, or was.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot {
    Live(u64),
    Erased(u64),
}

/// The file, and where each person's key is in it.
pub(super) struct KeyStore {
    pub(super) path: PathBuf,
    pub(super) options: OpenOptions,
    pub(super) file: Option<Arc<File>>,
    /// The file when it was last read or written here.
    pub(super) seen: Option<Seen>,
    /// Slots that are known, the header included.
    pub(super) slots: u64,
    pub(super) places: HashMap<Uuid, Slot>,
    /// Whose keys others have put here since this was asked last.
    pub(super) appeared: Vec<ParticipantId>,
    /// Keys that are not in the file yet.
    staged: Vec<(ParticipantId, PersonKey)>,
}

/// The lock on the file, for as long as this lives.
pub(super) struct Locked(Arc<File>);

impl Locked {
    pub(super) fn new(
        file: &Arc<File>,
        path: &Path,
        lock: fn(&File) -> std::io::Result<()>,
    ) -> Result<Self, HomeError> {
        lock(file).map_err(file_error("locking", path))?;
        Ok(Self(Arc::clone(file)))
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // Closing the file would give it up as well.
        let _ = self.0.unlock();
    }
}

impl KeyStore {
    /// Opens the file, if there is one. A slot that is not whole was never followed by a line.
    pub(super) fn open(path: PathBuf) -> Result<Self, VaultError> {
        Self::open_with(path, OpenOptions::new().read(true).write(true))
    }

    /// The same for who only looks.
    pub(super) fn open_to_read(path: PathBuf) -> Result<Self, VaultError> {
        Self::open_with(path, OpenOptions::new().read(true))
    }

    fn open_with(path: PathBuf, options: &OpenOptions) -> Result<Self, VaultError> {
        let mut store = Self::unread(path, options);
        store.look()?;
        store.appeared.clear();
        Ok(store)
    }

    pub(super) fn unread(path: PathBuf, options: &OpenOptions) -> Self {
        Self {
            path,
            options: options.clone(),
            file: None,
            seen: None,
            slots: 0,
            places: HashMap::new(),
            appeared: Vec::new(),
            staged: Vec::new(),
        }
    }

    /// Reads the slots behind those that are known. The file is locked.
    pub(super) fn read_on(&mut self, file: &File) -> Result<(), VaultError> {
        let mut reader = std::io::BufReader::new(file);
        reader
            .seek(SeekFrom::Start(self.slots * SLOT_BYTES))
            .map_err(file_error("seeking in", &self.path))?;
        let mut slot = [0; SLOT];
        while read_slot(&mut reader, &mut slot).map_err(file_error("reading", &self.path))? {
            self.take(&slot)?;
        }
        Ok(())
    }

    fn take(&mut self, slot: &[u8; SLOT]) -> Result<(), VaultError> {
        let number = self.slots;
        self.slots += 1;
        let id = person_of(slot).0;
        match slot.first() {
            _ if number == 0 && slot.starts_with(MAGIC) => {}
            Some(&LIVE) if number > 0 => {
                self.places.insert(id, Slot::Live(number));
                self.appeared.push(ParticipantId(id));
            }
            Some(&ERASED) if number > 0 => {
                self.places.insert(id, Slot::Erased(number));
            }
            // Extended but never written: an interrupted sync.
            Some(0) if number > 0 => {}
            _ => return Err(VaultError::Store(self.path.clone())),
        }
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// True when there is a key of the person, or was one.
    pub(super) fn knows(&mut self, id: ParticipantId) -> Result<bool, VaultError> {
        if !self.places.contains_key(&id.0) {
            self.look()?;
        }
        Ok(self.places.contains_key(&id.0))
    }

    pub(super) fn find(&mut self, id: ParticipantId, master: &Master) -> Result<Found, VaultError> {
        if let Some((_, key)) = self.staged.iter().rev().find(|(staged, _)| *staged == id) {
            return Ok(Found::Key(key.clone()));
        }
        self.knows(id)?;
        match self.places.get(&id.0) {
            None => Ok(Found::None),
            Some(Slot::Erased(_)) => Ok(Found::Destroyed),
            Some(Slot::Live(slot)) => self.read(id, *slot, master),
        }
    }

    fn read(&self, id: ParticipantId, slot: u64, master: &Master) -> Result<Found, VaultError> {
        let mut bytes = Zeroizing::new([0; SLOT]);
        let wrong = || VaultError::Slot { path: self.path.clone(), slot };
        let mut file = self.file.as_deref().ok_or_else(wrong)?;
        file.seek(SeekFrom::Start(slot * SLOT_BYTES)).map_err(file_error("seeking in", &self.path))?;
        file.read_exact(&mut bytes[..]).map_err(file_error("reading", &self.path))?;
        // Another process may have erased it.
        if bytes.first() == Some(&ERASED) {
            return Ok(Found::Destroyed);
        }
        let wrapped = bytes.get(KEY_AT..KEY_AT + WRAPPED).ok_or_else(wrong)?;
        let (nonce, wrapped) = wrapped.split_first_chunk::<NONCE>().ok_or_else(wrong)?;
        let key = decrypt(&master.wrap, *nonce, &place(id, slot), wrapped).ok_or_else(wrong)?;
        let key = Zeroizing::new(<[u8; 32]>::try_from(&key[..]).map_err(|_| wrong())?);
        Ok(Found::Key(PersonKey::new(*key)))
    }

    pub(super) fn stage(&mut self, id: ParticipantId, key: PersonKey) {
        self.staged.push((id, key));
    }

    pub(super) fn forget(&mut self, id: ParticipantId) {
        self.staged.retain(|(staged, _)| *staged != id);
    }

    /// Writes the staged keys, wrapped, behind all others, and syncs once. Nothing is written when another process has made
    /// a key for one of these persons.
    pub(super) fn sync(&mut self, master: &Master, random: &mut Randomness) -> Result<(), VaultError> {
        if self.staged.is_empty() {
            return Ok(());
        }
        let file = match self.current()? {
            Some(file) => file,
            None => Arc::clone(self.file.insert(Arc::new(create(&self.path)?))),
        };
        let _lock = Locked::new(&file, &self.path, File::lock)?;
        self.take_in(&file)?;
        if let Some((id, _)) = self.staged.iter().find(|(id, _)| self.places.contains_key(&id.0)) {
            return Err(VaultError::Taken(*id));
        }
        let first = self.slots.max(1);
        let mut bytes = Vec::with_capacity((self.staged.len() + 1) * SLOT);
        if self.slots == 0 {
            let mut header = [0; SLOT];
            header.iter_mut().zip(MAGIC).for_each(|(to, from)| *to = *from);
            bytes.extend_from_slice(&header);
        }
        for (slot, (id, key)) in (first..).zip(&self.staged) {
            let nonce = random.bytes()?;
            let wrapped = encrypt(&master.wrap, nonce, &place(*id, slot), &key.secret()[..]);
            bytes.extend_from_slice(&slot_of(LIVE, *id, &[&nonce[..], &wrapped].concat()));
        }
        write(&file, &self.path, self.slots, &bytes)?;
        for (slot, (id, _)) in (first..).zip(std::mem::take(&mut self.staged)) {
            self.places.insert(id.0, Slot::Live(slot));
            self.slots = slot + 1;
        }
        self.seen = Some(Seen::of(&file, &self.path)?);
        Ok(())
    }

    /// Overwrites keys where they lie, and syncs. What is left names the key and cannot open anything.
    pub(super) fn destroy(&mut self, ids: &[ParticipantId], master: &Master) -> Result<(), VaultError> {
        self.staged.retain(|(staged, _)| !ids.contains(staged));
        let Some(file) = self.current()? else { return Ok(()) };
        let _lock = Locked::new(&file, &self.path, File::lock)?;
        self.take_in(&file)?;
        for id in ids {
            let Some(Slot::Live(slot)) = self.places.get(&id.0).copied() else { continue };
            let name = match self.read(*id, slot, master) {
                Ok(Found::Key(key)) => Some(key.name()),
                // A key that does not open any more is overwritten all the same.
                Err(_) => None,
                Ok(Found::Destroyed | Found::None) => {
                    self.places.insert(id.0, Slot::Erased(slot));
                    continue;
                }
            };
            let name = name.and_then(|name| Uuid::try_parse(name.as_str()).ok()).unwrap_or_default();
            write(&file, &self.path, slot, &slot_of(ERASED, *id, name.as_bytes()))?;
            self.places.insert(id.0, Slot::Erased(slot));
        }
        self.seen = Some(Seen::of(&file, &self.path)?);
        Ok(())
    }
}

/// A wrapped key moved to another person or slot does not open.
fn place(id: ParticipantId, slot: u64) -> Vec<u8> {
    format!("jejak person key v1\n{id}\n{slot}").into_bytes()
}

/// Whose key is, or was, in a slot.
pub(super) fn person_of(slot: &[u8; SLOT]) -> ParticipantId {
    let id = slot.get(8..KEY_AT).and_then(|bytes| Uuid::from_slice(bytes).ok());
    ParticipantId(id.unwrap_or_default())
}

pub(super) fn slot_of(state: u8, id: ParticipantId, content: &[u8]) -> [u8; SLOT] {
    let mut slot = [0; SLOT];
    let head = [state, 0, 0, 0, 0, 0, 0, 0];
    let bytes = head.iter().chain(id.0.as_bytes()).chain(content);
    slot.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    slot
}

/// False at the end; what is left of a slot there does not count.
pub(super) fn read_slot(
    reader: &mut impl std::io::Read,
    slot: &mut [u8; SLOT],
) -> Result<bool, std::io::Error> {
    match reader.read_exact(slot) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn create(path: &Path) -> Result<File, HomeError> {
    let mut options = OpenOptions::new();
    // Another process may make it at the same moment.
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let file = options.open(path).map_err(file_error("creating", path))?;
    if let Some(dir) = path.parent() {
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(file_error("syncing", dir))?;
    }
    Ok(file)
}

fn write(mut file: &File, path: &Path, slot: u64, bytes: &[u8]) -> Result<(), VaultError> {
    file.seek(SeekFrom::Start(slot * SLOT_BYTES)).map_err(file_error("seeking in", path))?;
    file.write_all(bytes).map_err(file_error("writing", path))?;
    file.sync_data().map_err(file_error("syncing", path))?;
    Ok(())
}
