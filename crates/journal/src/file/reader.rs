//! Reads segment after segment. Each file is read through one handle to its end, so that sealing, which replaces
//! a file under the same name, never disturbs a reader.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::batch::Batch;
use crate::error::{Damage, ReadError};
use crate::file::cursor::{Cursor, Step};
use crate::file::disk::{Access, Disk};
use crate::file::packed::Packed;
use crate::file::segment;
use crate::position::Position;

/// Where the files are.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) disk: Arc<dyn Disk>,
    /// The directory of the segments.
    pub(crate) dir: Arc<Path>,
}

impl Store {
    pub(crate) fn cursor(&self, first: Position, offset: u64) -> Result<Cursor, ReadError> {
        self.cursor_of(segment::path_of(&self.dir, first), offset)
    }

    pub(crate) fn cursor_of(&self, path: PathBuf, offset: u64) -> Result<Cursor, ReadError> {
        match self.disk.open(&path, Access::Read) {
            Ok(file) => Ok(Cursor::new(file, path.into(), offset)),
            Err(source) => Err(ReadError::Io { action: "opening", path, source }),
        }
    }
}

/// The lines `from..until` as batches.
#[derive(Debug)]
pub(crate) struct Reader {
    store: Store,
    cursor: Cursor,
    /// Where the frame at the cursor must begin.
    next: Position,
    from: Position,
    until: Position,
    /// Begun at a remembered offset: that may be out of date when another process sealed the segment.
    hinted: Option<Position>,
    done: bool,
}

impl Reader {
    /// Begins in the segment that starts at `segment`, at a frame boundary `offset`, if there still is one.
    pub(crate) fn new(
        store: Store,
        segment: Position,
        offset: u64,
        from: Position,
        until: Position,
    ) -> Result<Self, ReadError> {
        let cursor = store.cursor(segment, offset)?;
        let hinted = (offset > 0).then_some(segment);
        Ok(Self { store, cursor, next: segment, from, until, hinted, done: false })
    }

    /// Reads one file from its start, whatever its name.
    pub(crate) fn of_file(
        store: Store,
        path: PathBuf,
        first: Position,
        until: Position,
    ) -> Result<Self, ReadError> {
        let cursor = store.cursor_of(path, 0)?;
        Ok(Self { store, cursor, next: first, from: first, until, hinted: None, done: false })
    }

    fn advance(&mut self) -> Result<Option<Batch>, ReadError> {
        while self.next < self.until {
            let step = self.cursor.step()?;
            if let Some(segment) = self.hinted.take() {
                match &step {
                    Step::Frame(header) if header.first <= self.from => self.next = header.first,
                    _ => {
                        self.cursor = self.store.cursor(segment, 0)?;
                        continue;
                    }
                }
            }
            match step {
                Step::Frame(header) if header.first != self.next => {
                    let damage = Damage::OutOfPlace { found: header.first };
                    return Err(self.cursor.damaged(self.next, damage));
                }
                Step::Frame(header) => {
                    self.next = header.end();
                    if self.next <= self.from {
                        self.cursor.advance(header.frame_bytes());
                        continue;
                    }
                    let place = self.cursor.place(header.first);
                    let body = self.cursor.take_body(&header)?;
                    let packed = Packed::new(header, body, place).within(self.from, self.until);
                    return Ok(packed.map(Batch::packed));
                }
                Step::End | Step::SeekTable => self.open_next()?,
                Step::Short => return Err(self.cursor.damaged(self.next, Damage::Short)),
                Step::Bad(damage) => return Err(self.cursor.damaged(self.next, damage)),
            }
        }
        Ok(None)
    }

    fn open_next(&mut self) -> Result<(), ReadError> {
        match self.store.cursor(self.next, 0) {
            // The same file again would go on for ever: an empty segment that should not be.
            Ok(cursor) if cursor.path() != self.cursor.path() => {
                self.cursor = cursor;
                Ok(())
            }
            Err(ReadError::Io { source, .. }) if source.kind() != std::io::ErrorKind::NotFound => {
                let path = segment::path_of(&self.store.dir, self.next);
                Err(ReadError::Io { action: "opening", path, source })
            }
            _ => Err(self.cursor.damaged(self.next, Damage::Missing { until: self.until })),
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Batch, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let item = self.advance().transpose();
        self.done = !matches!(item, Some(Ok(_)));
        item
    }
}
