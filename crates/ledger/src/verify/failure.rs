//! What can be wrong with a ledger, and where.

use crate::access_log::AccessFailure;
use crate::home::HomeError;
use crate::replay::ReplayError;
use jejak_domain::ids::ParticipantId;
use jejak_domain::laws::Breach;
use jejak_journal::checkpoint::{CheckpointError, NoteError};
use jejak_journal::{OpenError, ReadError};
use std::path::PathBuf;

/// Something that does not hold.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The history cannot be read or folded.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The journal's files are damaged.
    #[error(transparent)]
    Journal(OpenError),
    /// The journal is of another ledger.
    #[error("position 0: the journal does not begin with the opening of this ledger")]
    Opening,
    /// The files beside a server are not what it has.
    #[error("position {position}: {}: another line than the server's: delete this directory and views/ beside it, and both are made again", dir.display())]
    Mirror {
        /// The files' directory.
        dir: PathBuf,
        /// The first line that differs.
        position: u64,
    },
    /// The files beside a server are damaged.
    #[error("{0}")]
    Files(HomeError),
    /// A head that is not signed by the ledger's key.
    #[error("{}: {problem}", path.display())]
    Signature {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: CheckpointError,
    },
    /// A signed head covers more lines than there are.
    #[error(
        "position {len}: lines are missing at the end: the head in {} covers {size} lines, the journal has {len}",
        path.display()
    )]
    Cut {
        /// The file.
        path: PathBuf,
        /// Lines that the head covers.
        size: u64,
        /// Lines that are there.
        len: u64,
    },
    /// The lines are not those that were signed.
    #[error("position {}: {}: lines are not those that were signed in {}", first.unwrap_or(*good), place(*good, *size, *first), path.display())]
    Head {
        /// The file.
        path: PathBuf,
        /// Lines that the head covers.
        size: u64,
        /// Lines up to here agree with an earlier head.
        good: u64,
        /// The first altered line, where fingerprints tell it.
        first: Option<u64>,
    },
    /// A witness who was named has not cosigned.
    #[error(
        "no head from elsewhere is cosigned by {witness} by now: ask for the newest cosigned head of this ledger"
    )]
    Unwitnessed {
        /// The witness.
        witness: String,
    },
    /// A cosignature does not hold.
    #[error("{}: {problem}", path.display())]
    Cosignature {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: NoteError,
    },
    /// A card's money does not add up.
    #[error("position {position}: the card of participant/{participant} does not add up")]
    Card {
        /// Where.
        position: u64,
        /// Whose card.
        participant: ParticipantId,
    },
    /// Something in the access journal.
    #[error("access journal: {0}")]
    Access(AccessFailure),
    /// An identity of the books does not hold at the end.
    #[error("fund/{}/{}: {} does not hold: {} against {}", .0.fund.programme, .0.fund.year, .0.identity, .0.left, .0.right)]
    Identity(Breach),
}

fn place(good: u64, size: u64, first: Option<u64>) -> String {
    match first {
        Some(_) => "the first line that differs from its fingerprint".to_owned(),
        None => format!("somewhere up to {}", size.saturating_sub(1).max(good)),
    }
}

impl Failure {
    /// The first bad position, where one is known.
    pub fn position(&self) -> Option<u64> {
        match self {
            Self::Replay(problem) => problem.position(),
            Self::Journal(problem) => match problem {
                OpenError::Gap { expected, .. } => Some(expected.0),
                OpenError::DamagedEnd { place, .. } | OpenError::Corrupt { place, .. } => {
                    Some(place.position.0)
                }
                OpenError::Read(ReadError::Damaged { place, .. }) => Some(place.position.0),
                _ => None,
            },
            Self::Opening => Some(0),
            Self::Cut { len, .. } => Some(*len),
            Self::Head { good, first, .. } => Some(first.unwrap_or(*good)),
            Self::Card { position, .. } | Self::Mirror { position, .. } => Some(*position),
            Self::Signature { .. }
            | Self::Files(_)
            | Self::Unwitnessed { .. }
            | Self::Cosignature { .. }
            | Self::Access(_)
            | Self::Identity(_) => None,
        }
    }
}
