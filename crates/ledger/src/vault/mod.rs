//! Personal data: each person has a key of their own, and without it what the journal holds of them is noise.
//!
//! [`PersonKey`] seals and opens; `store` keeps the keys in fixed slots of one file, each wrapped by the ledger's personal
//! key; `duplicates` finds the same NIK, family card and account again without keeping them.
//!
//! A key is synced before the line that it seals. One without a line is harmless. A destroyed key leaves every hash,
//! proof and balance as it was.

mod changes;
mod check;
mod copies;
mod duplicates;
mod seal;
mod store;
#[cfg(test)]
mod tests;

pub use check::KeyCheck;
pub(crate) use check::KeyChecking;
pub(crate) use copies::StoreCopy;
pub(crate) use duplicates::{Duplicates, Purpose, Row};
pub(crate) use seal::Field;
pub use seal::{PersonKey, Place};
pub(crate) use store::Found;

use crate::home::{Home, HomeError, file_error};
use crate::randomness::{Randomness, RandomnessError};
use crate::secrets::{PERSONAL, further};
use jejak_domain::catalogue::Payload;
use jejak_domain::ids::ParticipantId;
use jejak_domain::line::Event;
use jejak_domain::participant::{self, Identity, PayoutAccount};
use jejak_domain::subject::Subject;
use parking_lot::Mutex;
use seal::Master;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::KeyStore;
use zeroize::Zeroizing;

/// Why personal data cannot be kept or shown. No message repeats any of it.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// A file.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The generator.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    /// A slot that the personal key does not open.
    #[error("{}: slot {slot} does not open with personal.key: restore both from one copy", path.display())]
    Slot {
        /// The key store.
        path: PathBuf,
        /// Number of the slot.
        slot: u64,
    },
    /// The key store is not one.
    #[error("{}: not a key store of this ledger: restore it", .0.display())]
    Store(PathBuf),
    /// Two key stores that are not copies of one.
    #[error(
        "{} holds keys that {} does not have in the same places: they are no copies of one; nothing was replaced",
        path.display(), of.display()
    )]
    OtherStore {
        /// The one that would be replaced.
        path: PathBuf,
        /// The one that would replace it.
        of: PathBuf,
    },
    /// Keys that were here are gone from under a running process.
    #[error(
        "{} has no keys any more for {count} persons, participant/{first} among them: an older copy was put there; put the \
         newest one back, and this goes on",
        path.display()
    )]
    Shrunk {
        /// The key store.
        path: PathBuf,
        /// Persons whose key was there.
        count: usize,
        /// One of them.
        first: ParticipantId,
    },
    /// Two copies that hold different keys of one person.
    #[error(
        "{} and {} hold different keys of participant/{participant}: one of them was never used; `jejak verify` on each \
         machine says which opens; delete the other copy; nothing was replaced",
        path.display(), of.display()
    )]
    OtherKey {
        /// The one that would be replaced.
        path: PathBuf,
        /// The one that would replace it.
        of: PathBuf,
        /// Whose.
        participant: ParticipantId,
    },
    /// Keys without the key that wraps them.
    #[error("{} is missing, but there are keys under it: restore it", .0.display())]
    Master(PathBuf),
    /// The history has sealed data, and the keys at hand are not those of all persons.
    #[error(
        "{} has no key for {count} persons whose data is sealed in the history, participant/{first} among them: copy \
         persons.keys and personal.key there from the machine that wrote last; --accept-loss goes on without them, and \
         their data cannot be opened any more",
        dir.display()
    )]
    Lacking {
        /// Where keys are looked for.
        dir: PathBuf,
        /// Persons without one.
        count: u64,
        /// One of them.
        first: ParticipantId,
    },
    /// Keys are there, but not those that sealed.
    #[error(
        "{} has other keys for {count} persons than their data in the history is sealed with, participant/{first} among \
         them: copy persons.keys and personal.key there from the machine that wrote last; --accept-loss goes on without, \
         and their data cannot be opened any more",
        dir.display()
    )]
    Wrong {
        /// Where keys are looked for.
        dir: PathBuf,
        /// Persons whose data does not open.
        count: usize,
        /// One of them.
        first: ParticipantId,
    },
    /// A sealed value does not open in its place.
    #[error(
        "the sealed data of participant/{participant} in event {event} does not open with the person's key"
    )]
    Unsealed {
        /// Whose.
        participant: ParticipantId,
        /// In which event.
        event: uuid::Uuid,
    },
    /// Two processes made a key for one person; only what the other has written counts.
    #[error(
        "another process has made a key for participant/{0} meanwhile: open the ledger again; nothing was recorded"
    )]
    Taken(ParticipantId),
    /// A key is missing that was not destroyed.
    #[error("the key of participant/{0} is missing: restore persons.keys from its copy")]
    Missing(ParticipantId),
}

/// What is known of a person, opened. It is wiped when dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Disclosed {
    /// The payout account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<PayoutAccount>,
    /// True when the key is destroyed: nothing can be shown any more.
    pub erased: bool,
    /// Who the person is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
}

impl Disclosed {
    /// Names of what is in it, for the access journal.
    pub fn fields(&self) -> Vec<&'static str> {
        let identity = self.identity.as_ref();
        let account = self.account.as_ref();
        let all = [
            ("account.holder", account.is_some_and(|account| account.holder.is_some())),
            ("account.number", account.is_some_and(|account| account.number.is_some())),
            ("identity.kk", identity.is_some_and(|identity| identity.kk.is_some())),
            ("identity.name", identity.is_some_and(|identity| identity.name.is_some())),
            ("identity.nik", identity.is_some_and(|identity| identity.nik.is_some())),
            ("identity.phone", identity.is_some_and(|identity| identity.phone.is_some())),
        ];
        all.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
    }

    /// What a later event says stands over what an earlier one said.
    fn add(&mut self, identity: Identity) {
        let known = self.identity.get_or_insert_default();
        let Identity { kk, name, nik, phone } = identity;
        known.kk = kk.or_else(|| known.kk.take());
        known.name = name.or_else(|| known.name.take());
        known.nik = nik.or_else(|| known.nik.take());
        known.phone = phone.or_else(|| known.phone.take());
    }
}

/// The keys of all persons; clones are the same.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    home: Home,
    open: Mutex<Open>,
}

/// Nothing is made before the first person's data comes.
struct Open {
    master: Option<Arc<Master>>,
    store: KeyStore,
}

impl Open {
    fn find(&mut self, id: ParticipantId, home: &Home) -> Result<Found, VaultError> {
        // Keys that another machine has made are copied here while this one runs, and with the first of them this one.
        let path = master_path(home);
        if self.master.is_none() && home.remote().is_some() && path.exists() {
            self.master = Some(master(&path)?);
        }
        match &self.master {
            Some(master) => self.store.find(id, master),
            None => Ok(Found::None),
        }
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}

impl Vault {
    /// Opens the keys of a ledger; there may be none yet.
    ///
    /// # Errors
    /// When a file cannot be read, or is not what it should be.
    pub fn open(home: &Home) -> Result<Self, VaultError> {
        let path = master_path(home);
        let master = path.exists().then(|| master(&path)).transpose()?;
        let store = KeyStore::open(home.keys_dir().join("persons.keys"))?;
        if master.is_none() && !store.is_empty() {
            return Err(VaultError::Master(path));
        }
        Ok(Self(Arc::new(Inner { home: home.clone(), open: Mutex::new(Open { master, store }) })))
    }

    /// Opens the keys in another directory for looking only; there may be none.
    pub(crate) fn open_to_read(home: &Home, keys: &Path) -> Result<Self, VaultError> {
        let path = keys.join(PERSONAL);
        let master = path.exists().then(|| master(&path)).transpose()?;
        let store = KeyStore::open_to_read(keys.join("persons.keys"))?;
        if master.is_none() && !store.is_empty() {
            return Err(VaultError::Master(path));
        }
        Ok(Self(Arc::new(Inner { home: home.clone(), open: Mutex::new(Open { master, store }) })))
    }

    /// The key of the ledger over all this, once there is one.
    pub(crate) fn master(&self) -> Option<Arc<Master>> {
        self.0.open.lock().master.clone()
    }

    /// The key of a person.
    pub(crate) fn find(&self, id: ParticipantId) -> Result<Found, VaultError> {
        self.0.open.lock().find(id, &self.0.home)
    }

    /// Makes sure that each of these persons has a key, or had one, and that one of them opens.
    pub(crate) fn check(&self, ids: impl Iterator<Item = ParticipantId>) -> Result<(), VaultError> {
        let open = &mut *self.0.open.lock();
        let (mut count, mut first, mut known) = (0, None, None);
        for id in ids {
            if open.master.is_some() && open.store.knows(id)? {
                known = Some(id);
            } else {
                count += 1;
                first = first.or(Some(id));
            }
        }
        if let Some(first) = first {
            return Err(VaultError::Lacking { dir: self.0.home.keys_dir(), count, first });
        }
        match (known, &open.master) {
            (Some(id), Some(master)) => open.store.find(id, master).map(|_| ()),
            _ => Ok(()),
        }
    }

    /// Takes in what others have done to the keys. True when that was something.
    pub(crate) fn look(&self) -> Result<bool, VaultError> {
        self.0.open.lock().store.look()
    }

    /// Whose keys others have put here since this was asked last: an older copy brings back those of who was erased.
    pub(crate) fn appeared(&self) -> Vec<ParticipantId> {
        std::mem::take(&mut self.0.open.lock().store.appeared)
    }

    /// A new key for a person who has none. It is in memory until [`sync`](Self::sync).
    pub(crate) fn make(&self, id: ParticipantId, random: &mut Randomness) -> Result<PersonKey, VaultError> {
        let mut open = self.0.open.lock();
        if open.master.is_none() {
            open.master = Some(master(&master_path(&self.0.home))?);
            // The key must not be lost while what it wraps stays.
            sync_dir(&self.0.home.keys_dir())?;
        }
        let key = PersonKey::new(random.bytes()?);
        open.store.stage(id, key.clone());
        Ok(key)
    }

    /// Lets a new key go that nothing was sealed with.
    pub(crate) fn forget(&self, id: ParticipantId) {
        self.0.open.lock().store.forget(id);
    }

    /// Makes new keys durable, with one sync.
    pub(crate) fn sync(&self, random: &mut Randomness) -> Result<(), VaultError> {
        let mut open = self.0.open.lock();
        let Some(master) = open.master.clone() else { return Ok(()) };
        open.store.sync(&master, random)
    }

    /// Overwrites the keys of persons, and syncs. Those that are gone already do no harm.
    pub(crate) fn destroy(&self, ids: &[ParticipantId]) -> Result<(), VaultError> {
        let mut open = self.0.open.lock();
        let Some(master) = open.master.clone() else { return Ok(()) };
        open.store.destroy(ids, &master)
    }

    /// Opens what events about one person hold.
    ///
    /// # Errors
    /// When the key is missing though it was not destroyed, or a value does not open in its place.
    pub fn disclose<'a>(
        &self,
        id: ParticipantId,
        events: impl IntoIterator<Item = &'a Event>,
    ) -> Result<Disclosed, VaultError> {
        let mut disclosed = Disclosed::default();
        let key = self.find(id)?;
        for event in events.into_iter().filter(|event| event.subject == Subject::Participant(id)) {
            let Payload::Participant(payload) = &event.payload else { continue };
            match (payload, &key) {
                (participant::Event::Erased(_), _) | (_, Found::Destroyed) => disclosed.erased = true,
                (participant::Event::AccountUnlinked(_), _) => disclosed.account = None,
                (payload, Found::Key(key)) if payload.sealed().is_some() => {
                    match opened(&self.0.home.manifest.origin, key, id, event, payload)? {
                        Some(Opened::Identity(identity)) => disclosed.add(identity),
                        Some(Opened::Account(account)) => disclosed.account = Some(account),
                        None => {}
                    }
                }
                (payload, Found::None) if payload.sealed().is_some() => return Err(VaultError::Missing(id)),
                _ => {}
            }
        }
        if disclosed.erased {
            disclosed = Disclosed { erased: true, ..Disclosed::default() };
        }
        Ok(disclosed)
    }
}

fn master_path(home: &Home) -> PathBuf {
    home.keys_dir().join(PERSONAL)
}

/// The ledger's personal key, made when it is first asked for.
fn master(path: &Path) -> Result<Arc<Master>, HomeError> {
    Ok(Arc::new(Master::new(&Zeroizing::new(further(path)?))))
}

fn sync_dir(dir: &Path) -> Result<(), HomeError> {
    std::fs::File::open(dir).and_then(|dir| dir.sync_all()).map_err(file_error("syncing", dir))
}

/// The personal data of one event.
pub(crate) enum Opened {
    /// Who the person is.
    Identity(Identity),
    /// Where the money goes.
    Account(PayoutAccount),
}

/// Opens the sealed value of an event, where it has one.
pub(crate) fn opened(
    origin: &str,
    key: &PersonKey,
    participant: ParticipantId,
    event: &Event,
    payload: &participant::Event,
) -> Result<Option<Opened>, VaultError> {
    let Some(sealed) = payload.sealed() else { return Ok(None) };
    let wrong = || VaultError::Unsealed { participant, event: event.id };
    let field = if matches!(payload, participant::Event::AccountLinked(_)) {
        Field::Account
    } else {
        Field::Identity
    };
    let plain =
        key.unseal(&Place { origin, participant, event: event.id, field }, sealed).ok_or_else(wrong)?;
    let read = match field {
        Field::Identity => serde_json::from_slice(&plain).map(Opened::Identity),
        Field::Account => serde_json::from_slice(&plain).map(Opened::Account),
    };
    read.map(Some).map_err(|_| wrong())
}
