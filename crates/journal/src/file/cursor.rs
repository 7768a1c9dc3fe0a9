//! Walks one segment file frame by frame, reading ahead. It reports what it sees and repairs nothing.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::batch::Place;
use crate::error::{Damage, ReadError};
use crate::file::disk::{DiskFile, read_fully};
use crate::file::frame::{self, Header, PRELUDE_BYTES, Parsed, SKIPPABLE};
use crate::file::seek_table;
use crate::num::{u64_of, usize_of, usize_of_u32};
use crate::position::Position;

/// How much is read at once: little at first, for one line; in a scan soon enough for few calls, but still small
/// enough to stay in the processor's cache.
const READ_AHEAD_BYTES: std::ops::RangeInclusive<usize> = 16 << 10..=256 << 10;
/// Enough for the header of nearly every frame.
const HEADER_GUESS_BYTES: usize = 4 << 10;

#[derive(Debug)]
pub(crate) struct Cursor {
    file: Box<dyn DiskFile>,
    path: Arc<Path>,
    offset: u64,
    buffer: Vec<u8>,
    /// File offset of the buffer's first byte.
    buffer_at: u64,
    /// How much of the buffer is filled.
    filled: usize,
    /// How much the next read takes at least.
    ahead: usize,
}

/// What stands at the cursor.
#[derive(Debug)]
pub(crate) enum Step {
    /// A good header. The cursor stays in front of it.
    Frame(Header),
    /// The closing seek table of a sealed segment, not checked here.
    SeekTable,
    /// The end of the file.
    End,
    /// The file ends inside a header.
    Short,
    /// Something else.
    Bad(Damage),
}

impl Cursor {
    pub(crate) fn new(file: Box<dyn DiskFile>, path: Arc<Path>, offset: u64) -> Self {
        Self {
            file,
            path,
            offset,
            buffer: Vec::new(),
            buffer_at: 0,
            filled: 0,
            ahead: *READ_AHEAD_BYTES.start(),
        }
    }

    pub(crate) const fn offset(&self) -> u64 {
        self.offset
    }

    pub(crate) fn path(&self) -> &Arc<Path> {
        &self.path
    }

    pub(crate) fn file(&self) -> &dyn DiskFile {
        &*self.file
    }

    pub(crate) fn place(&self, position: Position) -> Place {
        Place { file: Arc::clone(&self.path), offset: self.offset, position }
    }

    pub(crate) fn damaged(&self, position: Position, damage: Damage) -> ReadError {
        ReadError::Damaged { place: self.place(position), damage }
    }

    fn io_error(&self, source: io::Error) -> ReadError {
        ReadError::Io { action: "reading", path: self.path.to_path_buf(), source }
    }

    pub(crate) const fn advance(&mut self, bytes: usize) {
        self.offset += u64_of(bytes);
    }

    /// Up to `bytes` bytes from here on; fewer only at the end of the file.
    pub(crate) fn peek(&mut self, bytes: usize) -> Result<&[u8], ReadError> {
        let begin =
            self.offset.checked_sub(self.buffer_at).map(usize_of).filter(|&b| b + bytes <= self.filled);
        let begin = if let Some(begin) = begin {
            begin
        } else {
            self.fill(bytes)?;
            0
        };
        let end = self.filled.min(begin + bytes);
        Ok(self.buffer.get(begin..end).unwrap_or_default())
    }

    fn fill(&mut self, bytes: usize) -> Result<(), ReadError> {
        let wanted = bytes.max(self.ahead);
        self.ahead = (2 * self.ahead).min(*READ_AHEAD_BYTES.end());
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        self.buffer_at = self.offset;
        self.filled = 0;
        self.filled =
            read_fully(&*self.file, &mut self.buffer, self.offset).map_err(|source| self.io_error(source))?;
        Ok(())
    }

    /// Looks at the next frame without moving.
    pub(crate) fn step(&mut self) -> Result<Step, ReadError> {
        let mut wanted = HEADER_GUESS_BYTES;
        loop {
            let bytes = self.peek(wanted)?;
            if bytes.is_empty() {
                return Ok(Step::End);
            }
            let at_end = bytes.len() < wanted;
            match frame::parse(bytes) {
                Parsed::Header(header) => return Ok(Step::Frame(header)),
                Parsed::Short { needs } if !at_end && needs > wanted => wanted = needs,
                Parsed::Short { .. } => return Ok(Step::Short),
                Parsed::Bad(_) if is_seek_table(bytes) => return Ok(Step::SeekTable),
                Parsed::Bad(damage) => return Ok(Step::Bad(damage)),
            }
        }
    }

    /// The zstd part of the frame at the cursor; moves behind the frame.
    pub(crate) fn take_body(&mut self, header: &Header) -> Result<Vec<u8>, ReadError> {
        let begin = self.offset + u64_of(header.bytes());
        let mut body = vec![0; usize_of_u32(header.compressed)];
        let buffered = self.buffered_from(begin);
        let n = buffered.len().min(body.len());
        let (head, tail) = body.split_at_mut(n);
        head.copy_from_slice(buffered.get(..n).unwrap_or_default());
        let read =
            read_fully(&*self.file, tail, begin + u64_of(n)).map_err(|source| self.io_error(source))?;
        if read < tail.len() {
            return Err(self.damaged(header.first, Damage::Short));
        }
        self.advance(header.frame_bytes());
        Ok(body)
    }

    fn buffered_from(&self, offset: u64) -> &[u8] {
        let begin = offset.checked_sub(self.buffer_at).map_or(self.filled, usize_of);
        self.buffer.get(begin..self.filled).unwrap_or_default()
    }
}

fn is_seek_table(bytes: &[u8]) -> bool {
    bytes.starts_with(&SKIPPABLE)
        && bytes.get(PRELUDE_BYTES..).is_some_and(|b| b.starts_with(&seek_table::MAGIC))
}
