//! Whether the keys at hand open what is sealed: tried, value by value, and nothing of it kept.

use super::{Found, Vault, VaultError, opened};
use crate::home::Home;
use jejak_domain::catalogue::Payload;
use jejak_domain::ids::ParticipantId;
use jejak_domain::line::Event;
use jejak_domain::participant;
use jejak_domain::subject::Subject;
use std::collections::BTreeSet;
use std::path::Path;

/// What the keys at hand open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyCheck {
    /// Sealed values that open.
    pub opened: u64,
    /// Persons who are not erased, and of whom some value does not open.
    pub without: BTreeSet<ParticipantId>,
    /// Persons who are erased, and whose key is still there.
    pub surviving: BTreeSet<ParticipantId>,
}

/// A check that goes along with a fold.
pub(crate) struct KeyChecking {
    vault: Vault,
    found: KeyCheck,
}

impl KeyChecking {
    /// With the keys in `keys`. Open the journal before: a key is there before its line.
    pub(crate) fn with(home: &Home, keys: &Path) -> Result<Self, VaultError> {
        Ok(Self { vault: Vault::open_to_read(home, keys)?, found: KeyCheck::default() })
    }

    /// Takes an event in.
    pub(crate) fn look(&mut self, event: &Event) -> Result<(), VaultError> {
        let (Payload::Participant(payload), Subject::Participant(id)) = (&event.payload, event.subject)
        else {
            return Ok(());
        };
        if let participant::Event::Erased(_) = payload {
            self.erased(id)?;
        } else if payload.sealed().is_some() {
            let origin = &self.vault.0.home.manifest.origin;
            let opens = match self.vault.find(id) {
                Ok(Found::Key(key)) => matches!(opened(origin, &key, id, event, payload), Ok(Some(_))),
                Ok(Found::None | Found::Destroyed) | Err(VaultError::Slot { .. }) => false,
                Err(problem) => return Err(problem),
            };
            if opens {
                self.found.opened += 1;
            } else {
                self.found.without.insert(id);
            }
        }
        Ok(())
    }

    /// Nothing of this person should open any more.
    fn erased(&mut self, id: ParticipantId) -> Result<(), VaultError> {
        self.found.without.remove(&id);
        match self.vault.find(id) {
            Ok(Found::Key(_)) => {
                self.found.surviving.insert(id);
            }
            Ok(Found::None | Found::Destroyed) | Err(VaultError::Slot { .. }) => {}
            Err(problem) => return Err(problem),
        }
        Ok(())
    }

    /// True when somebody's data does not open: it may have been erased since the journal was opened.
    pub(crate) fn is_in_doubt(&self) -> bool {
        !self.found.without.is_empty()
    }

    /// An erasure behind the lines that were folded.
    pub(crate) fn erased_since(&mut self, event: &Event) {
        if let (Payload::Participant(participant::Event::Erased(_)), Subject::Participant(id)) =
            (&event.payload, event.subject)
        {
            self.found.without.remove(&id);
        }
    }

    pub(crate) fn end(self) -> KeyCheck {
        self.found
    }
}
