//! Keys of persons that other processes share or have made: whoever writes needs all of them.

use super::{Sequencer, SequencerError};
use crate::remote::Part;
use crate::vault::VaultError;
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
        Ok(self.personal.vault().check(readable.map(|person| person.id))?)
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
