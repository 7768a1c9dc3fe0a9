//! Lines in order, durable and provable. This crate knows bytes, not their meaning.
//!
//! Reading order: [`Commit`] (what goes in), [`Journal`] (what an engine does), [`Batch`] and [`Frame`] (what comes
//! out), [`FileJournal`] (the engine that ships).
//!
//! It must never use a clock, randomness, an async runtime, or any other crate of this workspace.

mod batch;
pub mod checkpoint;
mod commit;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod error;
#[cfg(any(test, feature = "faults"))]
pub mod faults {
    //! A disk that fails on demand, for tests.
    pub use crate::file::faults::{FaultyDisk, Survives};
}
mod file;
mod group_commit;
mod journal;
mod memory;
pub mod merkle;
mod num;
mod position;

pub use batch::{Batch, Batches, Frame, Place};
pub use commit::{Commit, CommitError, LINE_OVERHEAD_BYTES, MAX_COMMIT_BYTES, MAX_LINE_BYTES};
pub use error::{AppendError, Damage, ReadError, SharedAppendError};
pub use file::FileJournal;
pub use file::disk::{Access, Disk, DiskFile, LockGuard, RealDisk};
pub use file::frame::{MAX_FRAME_BYTES, MAX_FRAME_LINES};
pub use file::options::{Cut, CutReason, OpenError, OpenOptions, Recovery, SubjectOf};
pub use file::seal::SealError;
pub use group_commit::{GroupCommit, Pending, SubmitError, Submitter};
pub use journal::Journal;
pub use memory::MemoryJournal;
pub use position::Position;
