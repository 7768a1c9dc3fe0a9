//! The indexes of all segments, opened or made when first asked.

use std::collections::HashMap;

use crate::error::ReadError;
use crate::file::index::builder::IndexBuilder;
use crate::file::index::file::{self, FindError, IndexFile};
use crate::file::index::key_hash;
use crate::file::index::runs::Runs;
use crate::file::options::KeysOf;
use crate::file::reader::{Reader, Store};
use crate::file::segment::{Frames, Segment};
use crate::position::Position;

/// Indexes by the first position of their segment.
#[derive(Debug, Default)]
pub(crate) struct Indexes(HashMap<Position, Index>);

#[derive(Debug)]
enum Index {
    Memory { builder: IndexBuilder, runs: Runs },
    File(IndexFile),
}

impl Indexes {
    /// Candidates in ascending order. `may_write` allows missing files to be written.
    pub(crate) fn positions_of(
        &mut self,
        store: &Store,
        segments: &[Segment],
        keys_of: KeysOf,
        key: &[u8],
        may_write: bool,
    ) -> Result<Vec<Position>, ReadError> {
        let key = key_hash(key);
        let mut found = Vec::new();
        for segment in segments {
            self.prepare(store, segment, keys_of, may_write)?;
            match self.find(segment, key, &mut found) {
                Ok(()) => continue,
                Err(FindError::Io(e)) => return Err(io_error("reading the index of", store, segment, e)),
                Err(FindError::Damaged) => {}
            }
            self.0.remove(&segment.first);
            self.make(store, segment, keys_of, may_write)?;
            self.find(segment, key, &mut found).map_err(|e| match e {
                FindError::Io(e) => io_error("reading the index of", store, segment, e),
                FindError::Damaged => {
                    let source = std::io::Error::other("it is damaged again just after it was made");
                    io_error("reading the index of", store, segment, source)
                }
            })?;
        }
        Ok(found)
    }

    fn find(&mut self, segment: &Segment, key: u64, found: &mut Vec<Position>) -> Result<(), FindError> {
        match self.0.get_mut(&segment.first) {
            Some(Index::File(index)) => index.find(key, found)?,
            Some(Index::Memory { runs, .. }) => {
                found.extend(runs.find(key).map(|relative| segment.first.plus(u64::from(relative))));
            }
            None => {}
        }
        Ok(())
    }

    /// Opens the index of a sealed segment, or makes one.
    fn prepare(
        &mut self,
        store: &Store,
        segment: &Segment,
        keys_of: KeysOf,
        may_write: bool,
    ) -> Result<(), ReadError> {
        if matches!(self.0.get(&segment.first), Some(Index::File(_))) {
            return Ok(());
        }
        if let Frames::Sealed(table) = &segment.frames {
            let file = IndexFile::open(store, table.range());
            if let Some(file) = file.map_err(|e| io_error("opening the index of", store, segment, e))? {
                self.0.insert(segment.first, Index::File(file));
                return Ok(());
            }
            return self.make(store, segment, keys_of, may_write);
        }
        self.catch_up(store, segment, keys_of)
    }

    /// Makes the index of a segment from its lines: as a file where that is possible.
    fn make(
        &mut self,
        store: &Store,
        segment: &Segment,
        keys_of: KeysOf,
        may_write: bool,
    ) -> Result<(), ReadError> {
        if let (Frames::Sealed(table), true) = (&segment.frames, may_write) {
            let builder = build(store, segment, IndexBuilder::new(segment.first, keys_of))?;
            let written = file::write(store, builder, table.range())
                .and_then(|()| IndexFile::open(store, table.range()));
            if let Some(file) = written.map_err(|e| io_error("writing the index of", store, segment, e))? {
                self.0.insert(segment.first, Index::File(file));
                return Ok(());
            }
        }
        self.catch_up(store, segment, keys_of)
    }

    /// Brings an index in memory to the end of its segment.
    fn catch_up(&mut self, store: &Store, segment: &Segment, keys_of: KeysOf) -> Result<(), ReadError> {
        let index = self.0.remove(&segment.first);
        let (builder, mut runs) = match index {
            Some(Index::Memory { builder, runs }) => (builder, runs),
            _ => (IndexBuilder::new(segment.first, keys_of), Runs::default()),
        };
        let mut builder = build(store, segment, builder)?;
        runs.add(builder.take());
        self.0.insert(segment.first, Index::Memory { builder, runs });
        Ok(())
    }
}

fn build(store: &Store, segment: &Segment, mut builder: IndexBuilder) -> Result<IndexBuilder, ReadError> {
    let from = builder.next();
    if from < segment.end() {
        let offset = segment.offset_of(from);
        for batch in Reader::new(store.clone(), segment.first, offset, from, segment.end())? {
            builder.add(&batch?.unpack()?);
        }
    }
    Ok(builder)
}

fn io_error(action: &'static str, store: &Store, segment: &Segment, source: std::io::Error) -> ReadError {
    ReadError::Io { action, path: crate::file::segment::path_of(&store.dir, segment.first), source }
}
