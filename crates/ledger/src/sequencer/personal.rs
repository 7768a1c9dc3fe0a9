//! Personal data on its way into the ledger: held with the person's key, sealed for one event, compared with others'.

use super::SequencerError;
use crate::home::Home;
use crate::item::{Item, Request};
use crate::outcome::{Outcome, Problem};
use crate::randomness::Randomness;
use crate::vault::{
    Duplicates, Field, Found, Opened, PersonKey, Place, Purpose, Row, Vault, VaultError, opened,
};
use jejak_domain::catalogue::{Command, Payload};
use jejak_domain::ids::{HouseholdId, ParticipantId, PartyCode};
use jejak_domain::line::Event;
use jejak_domain::participant::{self, Command as Of, Sealing};
use jejak_domain::refusal::RefusalCode;
use jejak_domain::subject::Subject;
use std::collections::BTreeSet;
use uuid::Uuid;
use zeroize::Zeroizing;

/// The key that an item needs.
pub(super) enum Held {
    /// It has no personal data.
    Nothing,
    /// The person's key, made for this item where `fresh`.
    Key { key: PersonKey, id: ParticipantId, fresh: bool },
    /// The person's key is destroyed: nothing can be sealed any more.
    Erased,
    /// The key of the ledger over all persons' keys is missing, and another one would not open what is sealed.
    Lost,
}

impl Held {
    pub(super) fn key(&self) -> Option<&PersonKey> {
        match self {
            Self::Key { key, .. } => Some(key),
            Self::Nothing | Self::Erased | Self::Lost => None,
        }
    }
}

/// Keys, duplicates, and erasures to come.
pub(super) struct Personal {
    origin: String,
    vault: Vault,
    duplicates: Duplicates,
    /// Persons whose erasure is recorded; their keys go once it is durable.
    erased: Vec<ParticipantId>,
    /// The history has sealed values.
    sealed: bool,
    /// What keys are missing for is given up.
    accept_loss: bool,
    /// Whose sealed values did not open: no table of duplicates may claim to have them.
    unread: BTreeSet<ParticipantId>,
}

/// The answer to personal data of an erased person.
pub(super) fn erased(item: &Item) -> Outcome {
    refused(item, RefusalCode::Erased, format!("the personal data of {} is erased", item.subject))
}

/// The answer to personal data of a person whose key is lost.
pub(super) fn without_key(item: &Item) -> Outcome {
    let detail = format!("the key of {} is missing: restore persons.keys from its copy", item.subject);
    refused(item, RefusalCode::PersonalInvalid, detail)
}

/// The answer to personal data while the key over all persons' keys is lost.
pub(super) fn without_master(item: &Item) -> Outcome {
    let detail = "personal.key is missing, and the history has sealed data: restore it with persons.keys";
    refused(item, RefusalCode::PersonalInvalid, detail.to_owned())
}

fn refused(item: &Item, code: RefusalCode, detail: String) -> Outcome {
    Outcome::refused(item.command_id, Problem { code: code.to_string(), detail, rule: None })
}

fn command(item: &Item) -> Option<&Of> {
    match &item.request {
        Request::Command(Command::Participant(command)) => Some(command),
        _ => None,
    }
}

/// A command with personal data, and whose.
fn personal(item: &Item) -> Option<(&Of, ParticipantId)> {
    let command = command(item).filter(|_| item.has_personal_data())?;
    match item.subject {
        Subject::Participant(id) => Some((command, id)),
        // It will be refused for its subject.
        _ => None,
    }
}

impl Personal {
    /// With `accept_loss`, what keys are missing for is given up.
    pub(super) fn open(home: &Home, length: u64, accept_loss: bool) -> Result<Self, SequencerError> {
        let vault = Vault::open(home)?;
        let duplicates = Duplicates::open(home, vault.master().as_deref(), length)?;
        let (origin, erased) = (home.manifest.origin.clone(), Vec::new());
        Ok(Self { origin, vault, duplicates, erased, sealed: false, accept_loss, unread: BTreeSet::new() })
    }

    pub(super) fn vault(&self) -> &Vault {
        &self.vault
    }

    pub(super) fn goes_on_without_keys(&self) -> bool {
        self.accept_loss
    }

    /// Takes in a line that is read back. A key that is missing is told when the person's data is asked for.
    pub(super) fn load(&mut self, position: u64, event: &Event) -> Result<(), SequencerError> {
        self.note(event);
        let (Payload::Participant(payload), Subject::Participant(id)) = (&event.payload, event.subject)
        else {
            return Ok(());
        };
        if payload.sealed().is_none() {
            return Ok(());
        }
        self.sealed = true;
        if position < self.duplicates.covered() {
            return Ok(());
        }
        let key = match self.vault.find(id) {
            Ok(Found::Key(key)) => key,
            Ok(Found::Destroyed) => return Ok(()),
            Ok(Found::None) | Err(_) => {
                self.miss(id);
                return Ok(());
            }
        };
        self.write_many(position)?;
        match opened(&self.origin, &key, id, event, payload) {
            Ok(Some(Opened::Identity(identity))) => {
                let household = match payload {
                    participant::Event::Registered(registered) => registered.household,
                    participant::Event::ProfileChanged(changed) => changed.household,
                    _ => None,
                };
                let rows = self.rows_of_identity(&identity, id, household);
                for row in rows {
                    self.duplicates.put(row)?;
                }
            }
            Ok(Some(Opened::Account(account))) => {
                if let participant::Event::AccountLinked(linked) = payload
                    && let Some(row) = self.row_of_account(&account, linked.partner, id)
                {
                    self.duplicates.put(row)?;
                }
            }
            // Another machine made the key that counts.
            Ok(None) | Err(_) => self.miss(id),
        }
        Ok(())
    }

    fn miss(&mut self, id: ParticipantId) {
        if !self.accept_loss {
            self.unread.insert(id);
        }
    }

    /// Makes sure that the keys at hand are those of all these persons.
    pub(super) fn check(
        &self,
        home: &Home,
        persons: impl Iterator<Item = ParticipantId>,
    ) -> Result<(), VaultError> {
        self.vault.check(persons)?;
        match self.unread.first() {
            None => Ok(()),
            Some(first) => {
                Err(VaultError::Wrong { dir: home.keys_dir(), count: self.unread.len(), first: *first })
            }
        }
    }

    /// All lines are read: what they say is erased is destroyed now, if a crash or an old copy of the keys came between.
    pub(super) fn finish(&mut self) -> Result<(), SequencerError> {
        self.erase()
    }

    /// Destroys the keys of all these persons.
    pub(super) fn erase_all(&mut self, erased: Vec<ParticipantId>) -> Result<(), SequencerError> {
        self.erased.extend(erased);
        self.erase()
    }

    /// Remembers an erasure.
    pub(super) fn note(&mut self, event: &Event) {
        if let (Payload::Participant(participant::Event::Erased(_)), Subject::Participant(id)) =
            (&event.payload, event.subject)
        {
            self.erased.push(id);
            self.unread.remove(&id);
        }
    }

    /// The key for an item's personal data, made where the person has none.
    pub(super) fn hold(&self, item: &Item, random: &mut Randomness) -> Result<Held, SequencerError> {
        let Some((_, id)) = personal(item) else { return Ok(Held::Nothing) };
        // Whoever is erased in this very group is erased.
        if self.erased.contains(&id) {
            return Ok(Held::Erased);
        }
        Ok(match self.vault.find(id)? {
            Found::Key(key) => Held::Key { key, id, fresh: false },
            Found::Destroyed => Held::Erased,
            Found::None if self.sealed && !self.accept_loss && self.vault.master().is_none() => Held::Lost,
            Found::None => Held::Key { key: self.vault.make(id, random)?, id, fresh: true },
        })
    }

    /// Lets a new key go that nothing was sealed with.
    pub(super) fn forget(&self, id: ParticipantId) {
        self.vault.forget(id);
    }

    /// Seals an item's personal data for the event `event`, and finds who has the same.
    pub(super) fn seal(
        &self,
        item: &Item,
        held: &Held,
        event: Option<Uuid>,
        random: &mut Randomness,
    ) -> Result<Sealing, SequencerError> {
        let mut sealing = Sealing::default();
        if let (Some(Of::ApproveErasure(_)), Subject::Participant(id)) = (command(item), item.subject)
            && let Found::Key(key) = self.vault.find(id)?
        {
            sealing.key = Some(key.name());
        }
        let (Some((command, _)), Held::Key { key, id, .. }, Some(event)) = (personal(item), held, event)
        else {
            return Ok(sealing);
        };
        let (plain, field) = match (command.identity(), command.account()) {
            (Some(identity), _) => (serde_json::to_vec(identity), Field::Identity),
            (_, account) => (serde_json::to_vec(&account), Field::Account),
        };
        let plain = Zeroizing::new(plain.map_err(jejak_domain::line::LineError::from)?);
        let place = Place { origin: &self.origin, participant: *id, event, field };
        sealing.sealed = Some(key.seal(&place, random.bytes()?, &plain));
        for row in self.rows(command, *id) {
            let others = self.duplicates.same(&row)?;
            let other = others.iter().find(|each| each.participant != *id).map(|each| each.participant);
            match row.purpose {
                Purpose::Nik => sealing.same_nik = other,
                Purpose::Account => sealing.same_account = other,
                Purpose::Kk => {
                    let known = others.iter().find_map(|each| each.household);
                    let new =
                        || Ok(HouseholdId(uuid::Builder::from_random_bytes(random.bytes()?).into_uuid()));
                    sealing.household = Some(known.map_or_else(new, Ok::<_, SequencerError>)?);
                }
            }
        }
        Ok(sealing)
    }

    /// What was sealed is recorded: it is compared with what comes from now on.
    pub(super) fn keep(&mut self, item: &Item, held: &Held, sealing: &Sealing) -> Result<(), SequencerError> {
        let (Some((command, _)), Held::Key { id, .. }) = (personal(item), held) else { return Ok(()) };
        for row in self.rows(command, *id) {
            let household = sealing.household.filter(|_| row.purpose == Purpose::Kk);
            self.duplicates.put(row.with_household(household))?;
        }
        Ok(())
    }

    fn rows(&self, command: &Of, id: ParticipantId) -> Vec<Row> {
        let identity = command.identity().map(|identity| self.rows_of_identity(identity, id, None));
        let account = match command {
            Of::LinkAccount(link) => {
                link.account.as_ref().and_then(|account| self.row_of_account(account, link.partner, id))
            }
            _ => None,
        };
        identity.into_iter().flatten().chain(account).collect()
    }

    fn rows_of_identity(
        &self,
        identity: &participant::Identity,
        id: ParticipantId,
        household: Option<HouseholdId>,
    ) -> Vec<Row> {
        let Some(master) = self.vault.master() else { return Vec::new() };
        let nik = identity.nik.as_ref().map(|nik| Row::new(&master, Purpose::Nik, nik.expose(), id));
        let kk = identity.kk.as_ref().map(|kk| Row::new(&master, Purpose::Kk, kk.expose(), id));
        let kk = kk.map(|row| row.with_household(household));
        nik.into_iter().chain(kk).collect()
    }

    /// A number is one account only with its bank.
    fn row_of_account(
        &self,
        account: &participant::PayoutAccount,
        partner: PartyCode,
        id: ParticipantId,
    ) -> Option<Row> {
        let (master, number) = (self.vault.master()?, account.number.as_ref()?);
        let text = Zeroizing::new(format!("{partner}\n{}", number.expose()));
        Some(Row::new(&master, Purpose::Account, &text, id))
    }

    /// Makes new keys durable: before the lines that they seal.
    pub(super) fn sync(&self, random: &mut Randomness) -> Result<(), SequencerError> {
        Ok(self.vault.sync(random)?)
    }

    /// The erasures recorded so far are durable: destroys the keys, and takes the rows out of the table.
    pub(super) fn erase(&mut self) -> Result<(), SequencerError> {
        if self.erased.is_empty() {
            return Ok(());
        }
        self.vault.destroy(&self.erased)?;
        self.duplicates.remove(&self.erased, self.vault.master().as_deref())?;
        self.erased.clear();
        Ok(())
    }

    /// Writes the rows of the first `length` lines when many wait, so that they take no more memory than this.
    pub(super) fn write_many(&mut self, length: u64) -> Result<(), SequencerError> {
        if self.duplicates.is_full() { self.write(length) } else { Ok(()) }
    }

    /// Writes the rows of the first `length` lines that wait.
    pub(super) fn write(&mut self, length: u64) -> Result<(), SequencerError> {
        // Made again from the lines once the keys are there.
        if !self.unread.is_empty() {
            return Ok(());
        }
        Ok(self.duplicates.write(self.vault.master().as_deref(), length)?)
    }
}
