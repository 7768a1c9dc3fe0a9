//! The file engine. See [`frame`] for the bytes, [`recovery`] for what opening decides.

pub(crate) mod codec;
pub(crate) mod copying;
mod cursor;
pub(crate) mod disk;
#[cfg(any(test, feature = "faults"))]
pub(crate) mod faults;
pub(crate) mod frame;
mod index;
mod lookup;
mod observe;
mod open;
pub(crate) mod options;
pub(crate) mod packed;
mod reader;
mod recovery;
pub(crate) mod seal;
mod sealing;
mod seek_table;
mod segment;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::batch::Batches;
use crate::commit::Commit;
use crate::error::{AppendError, ReadError};
use crate::journal::Journal;
use crate::position::Position;
use index::Indexes;
use options::{OpenError, OpenOptions, Recovery};
use reader::{Reader, Store};
use sealing::Sealing;
use segment::{FrameAt, Frames, Segment};
use writer::Writer;

/// Name of the journal's directory inside the ledger's.
const SUBDIR: &str = "journal";

/// A journal in `<dir>/journal/`, one file per segment.
#[derive(Debug)]
pub struct FileJournal {
    dir: PathBuf,
    store: Store,
    options: OpenOptions,
    /// In order; the last may be active. Empty only before the first line.
    segments: Vec<Segment>,
    len: u64,
    /// `None` when opened for reading only.
    writer: Option<Writer>,
    sealing: Option<Sealing>,
    /// There may be a segment to seal, and the last attempt did not fail.
    may_seal: bool,
    indexes: Mutex<Indexes>,
}

impl FileJournal {
    /// Makes an empty journal in `dir`, which is made too, and opens it for writing.
    ///
    /// # Errors
    /// [`OpenError::AlreadyExists`] when there is one.
    pub fn create(dir: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::create_with(dir, OpenOptions::default())
    }

    /// The same with options.
    ///
    /// # Errors
    /// [`OpenError::AlreadyExists`] when there is one.
    pub fn create_with(dir: impl AsRef<Path>, options: OpenOptions) -> Result<Self, OpenError> {
        let dir = dir.as_ref();
        let store = store_of(dir, &options);
        options.disk.create_dir(dir).map_err(open::io_error("creating", dir))?;
        options.disk.create_dir(&store.dir).map_err(open::io_error("creating", &store.dir))?;
        let lock = open::take_lock(&store)?;
        let names = options.disk.list(&store.dir).map_err(open::io_error("listing", &store.dir))?;
        if names.iter().any(|name| segment::first_of(name).is_some()) {
            return Err(OpenError::AlreadyExists { dir: dir.to_path_buf() });
        }
        let path = segment::path_of(&store.dir, Position(0));
        options.disk.create(&path).map_err(open::io_error("creating", &path))?;
        options.disk.sync_dir(&store.dir).map_err(open::io_error("syncing", &store.dir))?;
        let writer = Writer::new(options.level, lock).map_err(open::io_error("starting zstd for", dir))?;
        let segments = vec![Segment::empty(Position(0))];
        Ok(Self::assemble(dir, store, options, segments, Some(writer)))
    }

    /// Opens for writing: takes the lock, looks at the end, cuts a torn frame.
    ///
    /// # Errors
    /// When another writer has the lock, or anything but a torn last frame is wrong.
    pub fn open(dir: impl AsRef<Path>, options: OpenOptions) -> Result<(Self, Recovery), OpenError> {
        let dir = dir.as_ref();
        let store = store_of(dir, &options);
        if matches!(options.disk.list(&store.dir), Err(e) if e.kind() == std::io::ErrorKind::NotFound) {
            return Err(OpenError::NoJournal { dir: dir.to_path_buf() });
        }
        let lock = open::take_lock(&store)?;
        let mut found = open::inspect(&store, dir, &options)?;
        let recovery = open::repair(&store, &mut found, &options)?;
        let writer = Writer::new(options.level, lock).map_err(open::io_error("starting zstd for", dir))?;
        let mut journal = Self::assemble(dir, store, options, found.segments, Some(writer));
        journal.close_if_full();
        Ok((journal, recovery))
    }

    /// Opens for reading while a writer may run. Takes no lock and changes nothing.
    ///
    /// # Errors
    /// When anything but a torn last frame is wrong.
    pub fn open_read_only(dir: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::open_read_only_with(dir, OpenOptions::default())
    }

    /// The same with options: `newest_checkpoint`, `accept_loss`, `keys_of` and `disk` count.
    ///
    /// # Errors
    /// When anything but a torn last frame is wrong.
    pub fn open_read_only_with(dir: impl AsRef<Path>, options: OpenOptions) -> Result<Self, OpenError> {
        let dir = dir.as_ref();
        let store = store_of(dir, &options);
        let segments = open::inspect(&store, dir, &options)?.segments;
        if let Some(last) = segments.last() {
            observe::make_durable(&store, last)?;
        }
        Ok(Self::assemble(dir, store, options, segments, None))
    }

    fn assemble(
        dir: &Path,
        store: Store,
        options: OpenOptions,
        segments: Vec<Segment>,
        writer: Option<Writer>,
    ) -> Self {
        let len = segments.last().map_or(0, |last| last.end().0);
        let (dir, indexes) = (dir.to_path_buf(), Mutex::default());
        Self { dir, store, options, segments, len, writer, sealing: None, may_seal: true, indexes }
    }

    /// The ledger's directory, of which the journal is a part.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    fn write(&mut self, at: Position, commits: &[Commit]) -> Result<(), AppendError> {
        let Some(writer) = &mut self.writer else {
            return Err(AppendError::ReadOnly { dir: self.dir.clone() });
        };
        writer.check_alive()?;
        if at.0 != self.len {
            return Err(AppendError::WrongPosition { asked: at, expected: Position(self.len) });
        }
        if commits.is_empty() {
            return Ok(());
        }
        let active = self.segments.last().filter(|last| !last.closed);
        let (segment, offset) = active.map_or((at, 0), |active| (active.first, active.bytes));
        let bytes = writer.write(&self.store, segment, offset, at, commits)?;
        let lines: u64 = commits.iter().map(|c| u64::from(c.len())).sum();
        self.grow(segment, FrameAt { first: at, offset }, lines, bytes);
        self.close_if_full();
        Ok(())
    }

    fn grow(&mut self, segment: Position, frame: FrameAt, lines: u64, bytes: u64) {
        if self.segments.last().is_none_or(|last| last.first != segment) {
            self.segments.push(Segment::empty(segment));
        }
        if let Some(Segment { lines: l, bytes: b, frames: Frames::Open(frames), .. }) =
            self.segments.last_mut()
        {
            frames.push(frame);
            *l += lines;
            *b += bytes;
        }
        self.len += lines;
    }
}

fn store_of(dir: &Path, options: &OpenOptions) -> Store {
    Store { disk: Arc::clone(&options.disk), dir: dir.join(SUBDIR).into() }
}

impl Journal for FileJournal {
    fn len(&self) -> u64 {
        self.len
    }

    fn append(&mut self, at: Position, commits: &[Commit]) -> Result<(), AppendError> {
        self.write(at, commits)
    }

    fn read(&self, from: Position) -> Result<Batches, ReadError> {
        if from.0 > self.len {
            return Err(ReadError::BehindEnd { asked: from, len: self.len });
        }
        let after = self.segments.partition_point(|segment| segment.first <= from);
        let Some(segment) = after.checked_sub(1).and_then(|i| self.segments.get(i)) else {
            return Ok(Batches::new(std::iter::empty()));
        };
        let offset = segment.offset_of(from);
        let until = Position(self.len);
        Ok(Batches::new(Reader::new(self.store.clone(), segment.first, offset, from, until)?))
    }
}
