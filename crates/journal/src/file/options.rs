//! How a journal is opened, what the opening reports, and why it is refused.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::batch::Place;
use crate::error::{Damage, ReadError};
use crate::file::disk::{Disk, RealDisk};
use crate::position::Position;

/// Hands out the keys by which a line is indexed, for instance the subject of an event. The journal itself knows no
/// meaning. A line without any is left out of the index.
pub type KeysOf = fn(line: &[u8], add: &mut dyn FnMut(&[u8]));

/// How to open a journal.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// Size of the newest signed checkpoint that is known: a shorter journal has lost acknowledged lines.
    pub newest_checkpoint: Option<u64>,
    /// Open although acknowledged lines are lost at the end. Never helps against damage in the middle.
    pub accept_loss: bool,
    /// A segment is full at this many lines.
    pub segment_lines: u64,
    /// A segment is full at this many bytes on disk.
    pub segment_bytes: u64,
    /// Seal a full segment in the background. Switched off, only [`FileJournal::seal`](crate::FileJournal::seal) does.
    pub seal_when_full: bool,
    /// What to index lines by.
    pub keys_of: Option<KeysOf>,
    /// zstd level of appended frames.
    pub level: i32,
    /// zstd level of sealed frames. Measured on lines like ours (`benches/append.rs`), levels 2 to 9 give larger files
    /// than level 1, more slowly.
    pub sealed_level: i32,
    /// The disk; another one only for tests.
    pub disk: Arc<dyn Disk>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            newest_checkpoint: None,
            accept_loss: false,
            segment_lines: 4_194_304,
            segment_bytes: 1 << 30,
            seal_when_full: true,
            keys_of: None,
            level: 1,
            sealed_level: 1,
            disk: Arc::new(RealDisk),
        }
    }
}

/// What opening had to do. All zero and empty after a clean stop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// The end that was cut off.
    pub cut: Option<Cut>,
    /// Segments whose seek table was unusable and is made anew at the next seal.
    pub seek_tables_lost: Vec<PathBuf>,
    /// Left-overs of an interrupted sealing, removed.
    pub temporary_files_removed: u32,
    /// Lines below the newest checkpoint that are lost, because `accept_loss` was given.
    pub lines_lost_below_checkpoint: u64,
}

impl Recovery {
    /// True when there is nothing to tell anybody.
    pub fn is_clean(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Recovery {
    /// One line for each thing that somebody should know; nothing after a clean stop.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(cut) = &self.cut {
            writeln!(f, "{cut}")?;
        }
        for path in &self.seek_tables_lost {
            writeln!(f, "{}: the seek table is unusable; the lines are whole, seal again", path.display())?;
        }
        if self.temporary_files_removed > 0 {
            writeln!(f, "{} left-overs of an interrupted sealing removed", self.temporary_files_removed)?;
        }
        if self.lines_lost_below_checkpoint > 0 {
            writeln!(f, "{} acknowledged lines are lost, as was accepted", self.lines_lost_below_checkpoint)?;
        }
        Ok(())
    }
}

/// Bytes given up at the end of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Where they began.
    pub place: Place,
    /// How many bytes.
    pub bytes: u64,
    /// Why; a short or zero-filled frame was never acknowledged.
    pub reason: CutReason,
    /// The file that keeps them.
    pub kept_in: PathBuf,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, bytes, reason, kept_in } = self;
        let reason = match reason {
            CutReason::Short => "an interrupted write, never acknowledged".to_owned(),
            CutReason::ZeroFilled => "an interrupted write that left zeros, never acknowledged".to_owned(),
            CutReason::AcceptedLoss(damage) => format!("{damage}; the loss was accepted"),
        };
        write!(f, "{place}: {bytes} bytes cut off ({reason}), kept in {}", kept_in.display())
    }
}

/// Why bytes were given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CutReason {
    /// An interrupted write: the file ends inside the frame.
    Short,
    /// An interrupted write: the file was extended, its end never written.
    ZeroFilled,
    /// A complete but damaged frame, given up because `accept_loss` was given.
    AcceptedLoss(Damage),
}

/// Why a journal does not open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is none.
    #[error("no journal in {}: create one first", dir.display())]
    NoJournal {
        /// The ledger's directory.
        dir: PathBuf,
    },
    /// There is one already.
    #[error("{} already holds a journal: open it, or choose another directory", dir.display())]
    AlreadyExists {
        /// The ledger's directory.
        dir: PathBuf,
    },
    /// Another process, or another part of this one, writes to it.
    #[error("another writer has {} open: stop it first, or open for reading only", dir.display())]
    Locked {
        /// The directory of the segments, which is what is locked.
        dir: PathBuf,
    },
    /// The system refused something.
    #[error("{action} {} failed: {source}", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A segment does not begin where the one before it ends.
    #[error("{}: the segment before it ends at position {expected}: lines are missing or doubled; restore the segments from a copy", file.display())]
    Gap {
        /// The segment that begins elsewhere.
        file: PathBuf,
        /// Where it should begin.
        expected: Position,
    },
    /// The last frame is complete but damaged.
    #[error(
        "{place}: {damage}, {bytes} bytes from there to the end of the file, nothing good behind: this frame may have been acknowledged; restore the file from a copy, or open accepting the loss"
    )]
    DamagedEnd {
        /// Where.
        place: Place,
        /// What is wrong.
        damage: Damage,
        /// Bytes that would be given up.
        bytes: u64,
    },
    /// Damage with good lines behind it.
    #[error("{place}: {damage}, and acknowledged lines stand behind it{}: restore the file from a copy", good_after.map(|o| format!(" (a good frame at byte {o})")).unwrap_or_default())]
    Corrupt {
        /// Where.
        place: Place,
        /// What is wrong.
        damage: Damage,
        /// Byte offset of the next good frame in this file; `None` when the good lines are in later files.
        good_after: Option<u64>,
    },
    /// Acknowledged lines are missing at the end.
    #[error("{} holds {len} lines, but a checkpoint was signed for {checkpoint}: the end was cut off; restore it from a copy, or open accepting the loss", dir.display())]
    BelowCheckpoint {
        /// The ledger's directory.
        dir: PathBuf,
        /// Lines found.
        len: u64,
        /// Lines that were signed for.
        checkpoint: u64,
    },
    /// A segment could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}
