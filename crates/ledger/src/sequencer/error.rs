//! Why nothing more can be recorded.

use crate::commands::CommandLogError;
use crate::home::{Home, HomeError};
use crate::randomness::RandomnessError;
use crate::remote::RemoteError;
use crate::replay::ReplayError;
use crate::vault::VaultError;
use jejak_domain::line::LineError;
use jejak_journal::{AppendError, CommitError};

/// Why the sequencer stopped.
#[derive(Debug, thiserror::Error)]
pub enum SequencerError {
    /// The ledger's files.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The server that keeps the journal.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// Reading the history back.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// Appending.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A commit that cannot be stored.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// An event that cannot be written.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The command log.
    #[error(transparent)]
    Commands(#[from] CommandLogError),
    /// Keys and sealed data of persons.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The generator.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    /// Lines below the newest signed head are not those that were signed: nothing may be built on them.
    #[error(
        "the {0} lines under the newest signed head are not those that were signed: run `jejak verify`, and restore the journal"
    )]
    Altered(u64),
    /// The clock is out of all reason.
    #[error("the clock says {0} ms since 1970, which no line can hold: set the clock")]
    Clock(i64),
    /// The ledger was changed under the reader's feet, or is of another key.
    #[error("the journal does not begin with the opening of {0}: this is not its journal")]
    Opening(String),
}

impl SequencerError {
    /// Lines under a head of so many lines are not those that were signed.
    pub(super) fn altered(home: &Home, size: u64) -> Self {
        match home.remote() {
            Some(_) => RemoteError::Altered { dir: home.dir().join("journal"), below: size }.into(),
            None => Self::Altered(size),
        }
    }

    /// True when a file beside the journal could not be written, such as a head: what was recorded stands.
    pub fn is_beside_the_journal(&self) -> bool {
        match self {
            Self::Vault(problem) => !matches!(problem, VaultError::Taken(_)),
            other => matches!(other, Self::Home(HomeError::File { .. })),
        }
    }
}
