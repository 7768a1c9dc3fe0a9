//! Lines in order, durable and provable. This crate knows bytes, not their meaning.
//!
//! Reading order: [`Commit`] (what goes in), [`Journal`] (what an engine does), [`Batch`] and [`Frame`] (what comes
//! out), [`FileJournal`] (the engine that ships), [`merkle`] and [`checkpoint`] (how anyone checks it).
//!
//! ```
//! use jejak_journal::{Commit, FileJournal, Journal, OpenOptions, Position};
//! use jejak_journal::checkpoint::{Checkpoint, SigningKey};
//!
//! # let dir = tempfile::tempdir()?;
//! let mut journal = FileJournal::create(dir.path())?;
//! let commit = Commit::from_lines([r#"{"n":1}"#, r#"{"n":2}"#])?;
//! journal.append(Position(0), &[commit])?; // durable when this returns
//!
//! let key = SigningKey::from_seed("ledger.example/demo", &[7; 32])?;
//! let checkpoint = Checkpoint::new("ledger.example/demo", &journal.tree()?).ok_or("not an origin")?;
//! let signed = checkpoint.sign(&key)?.to_string();
//! drop(journal);
//!
//! let newest = Checkpoint::open(signed.as_bytes(), key.verifying_key())?;
//! let options = OpenOptions { newest_checkpoint: Some(newest.size), ..OpenOptions::default() };
//! let (journal, recovery) = FileJournal::open(dir.path(), options)?;
//! assert!(recovery.is_clean());
//! assert_eq!(journal.read_line(Position(1))?, br#"{"n":2}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! On disk a segment is a file that `zstdcat` and `jq` read at any moment, without any of our programs:
//!
//! ```text
//! <ledger>/journal/000000000000.jsonl.zst   sealed: large frames, a seek table, read-only
//!                  000000000000.idx         keys of that segment's lines; can be deleted
//!                  000004194304.jsonl.zst   active: one frame for each sync
//!                  torn-4194310-0.bin       what an opening cut off, if it ever did
//! ```
//!
//! The writer holds a lock on the directory `journal/` itself.
//!
//! The bytes are described where they are made: the frame in `file/frame.rs`, the seek table in `file/seek_table.rs`,
//! the index in `file/index/file.rs`; what opening decides in `file/recovery.rs`.
//!
//! Invariants: nothing is acknowledged before it is synced; no sync is repeated; bytes are given up only by
//! `file/recovery.rs`, and then kept aside; a file is replaced only by one that was read back with the same lines.
//! Never in this crate: a clock, randomness, an async runtime, a float, another crate of this workspace.

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
mod parallel;
mod position;

pub use batch::{Batch, Batches, Frame, Place};
pub use commit::{Commit, CommitError, LINE_OVERHEAD_BYTES, MAX_COMMIT_BYTES, MAX_LINE_BYTES};
pub use error::{AppendError, Damage, ReadError, SharedAppendError};
pub use file::FileJournal;
pub use file::copying::{Copied, CopyError, Progress};
pub use file::disk::{Access, Disk, DiskFile, LockGuard, RealDisk};
pub use file::frame::{MAX_FRAME_BYTES, MAX_FRAME_LINES};
pub use file::options::{Cut, CutReason, KeysOf, OpenError, OpenOptions, Recovery};
pub use file::seal::SealError;
pub use group_commit::{GroupCommit, Pending, SubmitError, Submitter};
pub use journal::Journal;
pub use memory::MemoryJournal;
pub use parallel::fold_in_order;
pub use position::Position;
