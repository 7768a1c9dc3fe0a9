//! What can go wrong, in words for the person who has to act on it.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::batch::Place;
use crate::position::Position;

/// Why lines were not appended. Nothing of the call was acknowledged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The caller's idea of the end is out of date; nothing was written.
    #[error(
        "append at {asked} refused: the journal ends at {expected}, so another writer came first: open it again, and append what is missing"
    )]
    WrongPosition {
        /// Where the caller wanted to append.
        asked: Position,
        /// The true length.
        expected: Position,
    },
    /// The commits of one call do not fit one frame; nothing was written.
    #[error(
        "{lines} lines with {bytes} bytes do not fit one frame (at most {max_lines} and {max_bytes}): append fewer commits at a time"
    )]
    FrameTooLarge {
        /// Lines asked for.
        lines: u64,
        /// Bytes asked for, newlines included.
        bytes: u64,
        /// Most lines of one frame.
        max_lines: u32,
        /// Most bytes of one frame.
        max_bytes: u32,
    },
    /// The journal was opened for reading only; nothing was written.
    #[error("the journal in {} was opened for reading only", dir.display())]
    ReadOnly {
        /// The ledger's directory.
        dir: PathBuf,
    },
    /// The write, the sync or the new segment failed. The writer is dead from here on.
    #[error("{action} {} failed ({source}): nothing of this append counts; free the disk or repair it, then open the journal again", path.display())]
    Failed {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// An earlier write or sync failed. A sync is never retried, because the system may answer
    /// the second one with success although the pages of the first are lost.
    #[error("the writer stopped after an earlier failure ({reason}): open the journal again")]
    Poisoned {
        /// The first failure.
        reason: String,
    },
    /// A failure of another engine.
    #[error("the journal's engine failed: {0}")]
    Engine(#[source] Box<dyn Error + Send + Sync>),
}

/// Why lines could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Reading was asked to start behind the end.
    #[error("position {asked} lies behind the end of the journal at {len}")]
    BehindEnd {
        /// Where reading should have begun.
        asked: Position,
        /// The journal's length.
        len: u64,
    },
    /// The system refused a read.
    #[error("{action} {} failed: {source}", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The bytes on disk are not those that were written.
    #[error("{place}: {damage}; restore this file from a copy")]
    Damaged {
        /// Where.
        place: Place,
        /// What is wrong.
        damage: Damage,
    },
    /// A failure of another engine.
    #[error("the journal's engine failed: {0}")]
    Engine(#[source] Box<dyn Error + Send + Sync>),
}

/// What is wrong with a frame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The file ends inside the frame.
    #[error("the frame is cut short")]
    Short,
    /// The header is not one, or its checksum is wrong.
    #[error("the frame header is damaged ({0})")]
    Header(&'static str),
    /// The frame is whole but belongs elsewhere: frames were removed, exchanged or repeated.
    #[error("the frame begins at position {found}")]
    OutOfPlace {
        /// The position that it claims.
        found: Position,
    },
    /// CRC-32C of the compressed bytes.
    #[error("the checksum of the compressed lines is wrong")]
    Checksum,
    /// zstd refused, or gave another length than the header says.
    #[error("the lines do not decompress ({0})")]
    Zstd(String),
    /// The decompressed bytes are not the lines that the header counts.
    #[error("the frame does not hold the {expected} lines that its header counts")]
    Lines {
        /// Lines by the header.
        expected: u32,
    },
    /// A segment file ends before the next one begins, or is not there.
    #[error("the segment ends here, but the journal goes on to position {until}")]
    Missing {
        /// Where the known part of the journal ends.
        until: Position,
    },
}

/// Shared by the many that wait for one group commit.
pub type SharedAppendError = Arc<AppendError>;
