//! The indexes of all segments, opened or made when first asked.

use std::collections::HashMap;

use crate::error::ReadError;
use crate::file::index::builder::IndexBuilder;
use crate::file::index::file::{self, IndexFile};
use crate::file::index::subject_hash;
use crate::file::options::SubjectOf;
use crate::file::reader::{Reader, Store};
use crate::file::segment::{Frames, Segment};
use crate::position::Position;

/// Indexes by the first position of their segment.
#[derive(Debug, Default)]
pub(crate) struct Indexes(HashMap<Position, Index>);

#[derive(Debug)]
enum Index {
    Memory { builder: IndexBuilder, by_subject: HashMap<u64, Vec<Position>> },
    File(IndexFile),
}

impl Indexes {
    /// Candidates in ascending order. `may_write` allows missing files to be written.
    pub(crate) fn positions_of(
        &mut self,
        store: &Store,
        segments: &[Segment],
        subject_of: SubjectOf,
        subject: &[u8],
        may_write: bool,
    ) -> Result<Vec<Position>, ReadError> {
        let key = subject_hash(subject);
        let mut found = Vec::new();
        for segment in segments {
            self.prepare(store, segment, subject_of, may_write)?;
            match self.0.get(&segment.first) {
                Some(Index::File(index)) => {
                    index
                        .find(key, &mut found)
                        .map_err(|e| io_error("reading the index of", store, segment, e))?;
                }
                Some(Index::Memory { by_subject, .. }) => {
                    found.extend(by_subject.get(&key).into_iter().flatten());
                }
                None => {}
            }
        }
        Ok(found)
    }

    fn prepare(
        &mut self,
        store: &Store,
        segment: &Segment,
        subject_of: SubjectOf,
        may_write: bool,
    ) -> Result<(), ReadError> {
        if matches!(self.0.get(&segment.first), Some(Index::File(_))) {
            return Ok(());
        }
        if let Frames::Sealed(table) = &segment.frames {
            let open = || IndexFile::open(store, table.range());
            let mut file = open().map_err(|e| io_error("opening the index of", store, segment, e))?;
            if file.is_none() && may_write {
                let builder = build(store, segment, IndexBuilder::new(segment.first, subject_of))?;
                file::write(store, builder, table.range())
                    .and_then(|()| open())
                    .map(|opened| file = opened)
                    .map_err(|e| io_error("writing the index of", store, segment, e))?;
            }
            if let Some(file) = file {
                self.0.insert(segment.first, Index::File(file));
                return Ok(());
            }
        }
        self.catch_up(store, segment, subject_of)
    }

    /// Brings an index in memory to the end of its segment.
    fn catch_up(&mut self, store: &Store, segment: &Segment, subject_of: SubjectOf) -> Result<(), ReadError> {
        let index = self.0.remove(&segment.first);
        let (builder, mut by_subject) = match index {
            Some(Index::Memory { builder, by_subject }) => (builder, by_subject),
            _ => (IndexBuilder::new(segment.first, subject_of), HashMap::new()),
        };
        let known = builder.entries().len();
        let builder = build(store, segment, builder)?;
        for &(key, relative) in builder.entries().iter().skip(known) {
            let positions: &mut Vec<Position> = by_subject.entry(key).or_default();
            positions.push(segment.first.plus(u64::from(relative)));
        }
        self.0.insert(segment.first, Index::Memory { builder, by_subject });
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
