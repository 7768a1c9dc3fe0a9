//! Keys of persons that other processes share or have made: whoever writes needs all of them.

use super::{Sequencer, SequencerError};
use crate::remote::Part;
use crate::vault::VaultError;
use jejak_domain::ids::ParticipantId;
use jejak_domain::participant::Person;
use jejak_journal::{AppendError, Position};

impl Sequencer {
    /// Makes sure that the keys at hand are those of the whole history, before anything is written: without them a repeated
    /// command with personal data is not recognised, nor the same NIK.
    ///
    /// # Errors
    /// When keys are missing, or do not open with the ledger's personal key.
    pub fn check_keys(&self) -> Result<(), SequencerError> {
        let state = self.image.read();
        let readable = state.people.iter().filter(|person| person.has_personal_data() && !person.is_erased());
        Ok(self.personal.check(&self.home, readable.map(|person| person.id))?)
    }

    /// True when it was opened to go on without the keys that are missing.
    pub fn goes_on_without_keys(&self) -> bool {
        self.personal.goes_on_without_keys()
    }

    /// True when somebody has changed the keys since this was asked last, and none are missing by that.
    pub fn keys_have_changed(&self) -> bool {
        self.personal.vault().look().is_ok_and(|changed| changed)
    }

    /// An older copy of the keys that was put here holds those of who was erased since it was made.
    pub(super) fn erase_again(&mut self) -> Result<(), SequencerError> {
        let appeared = self.personal.vault().appeared();
        if appeared.is_empty() {
            return Ok(());
        }
        let erased = {
            let state = self.image.read();
            let is_erased = |id: &ParticipantId| state.people.get(*id).is_some_and(Person::is_erased);
            appeared.into_iter().filter(is_erased).collect()
        };
        self.personal.erase_all(erased)
    }

    /// Why keys could not be written at the length `at`: who shares them and has made one for the same person has often
    /// recorded it as well, and then this writer came second.
    pub(super) fn cause(&self, problem: SequencerError, at: Position) -> SequencerError {
        if !matches!(problem, SequencerError::Vault(VaultError::Taken(_))) {
            return problem;
        }
        match self.home.stream(Part::Lines) {
            Ok(Some(stream)) if stream.len() > at.0 => {
                AppendError::WrongPosition { asked: at, expected: Position(stream.len()) }.into()
            }
            _ => problem,
        }
    }
}
