//! The closing skippable frame of a sealed segment: where its frames begin, and its part of the tree.
//!
//! ```text
//! offset  bytes  field, little-endian
//!      0      8  skippable frame: 0x184D2A5A, length of what follows
//!      8      4  "JEJS"
//!     12      4  version 1 (2 bytes), flags 0 (2 bytes)
//!     16      8  position of the segment's first line
//!     24      8  lines
//!     32      8  byte offset of this frame: the length of all others
//!     40      4  number of frames, n
//!     44      4  number of subtrees, m
//!     48   16×n  byte offset and first position of each frame
//!          33×m  level (1 byte) and hash of each subtree of the segment's leaves, left to right
//!             4  CRC-32C of everything before
//!             4  length of this whole frame
//!             4  "JEJE"
//! ```
//!
//! All of it can be computed from the lines. A table that is not sound is therefore never an error: the segment is
//! then read frame by frame, and gets a new table when it is sealed again.

use std::sync::Arc;

use crate::error::ReadError;
use crate::file::cursor::Cursor;
use crate::file::disk::read_fully;
use crate::file::frame::{PRELUDE_BYTES, SKIPPABLE};
use crate::file::segment::{FrameAt, Frames, Segment};
use crate::merkle::{CompactRange, Subtree};
use crate::num::{Fields, u32_of, u64_of, usize_of_u32};
use crate::position::Position;

pub(crate) const MAGIC: [u8; 4] = *b"JEJS";
const VERSION: u16 = 1;
const END_MAGIC: [u8; 4] = *b"JEJE";
/// Length field and end magic, by which the table is found from the end of the file.
const FOOTER_BYTES: usize = 8;
/// A table of 2²⁶ frames would be a gigabyte: longer ones are not looked at.
const MAX_BYTES: u32 = 1 << 30;

/// Frames and subtree hashes of a sealed segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SeekTable {
    frames: Vec<FrameAt>,
    range: CompactRange,
}

impl SeekTable {
    pub(crate) const fn new(frames: Vec<FrameAt>, range: CompactRange) -> Self {
        Self { frames, range }
    }

    pub(crate) fn frames(&self) -> &[FrameAt] {
        &self.frames
    }

    /// The leaves of the segment.
    pub(crate) const fn range(&self) -> &CompactRange {
        &self.range
    }

    /// The frame on disk; `bytes` is the length of everything before it.
    pub(crate) fn encode(&self, bytes: u64) -> Vec<u8> {
        let nodes = self.range.nodes();
        let length = 48 + 16 * self.frames.len() + 33 * nodes.len() + 4 + FOOTER_BYTES;
        let mut out = Vec::with_capacity(length);
        out.extend_from_slice(&SKIPPABLE);
        out.extend_from_slice(&u32_of(length - PRELUDE_BYTES).to_le_bytes());
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&0_u16.to_le_bytes());
        for field in [self.range.begin(), self.range.end() - self.range.begin(), bytes] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        out.extend_from_slice(&u32_of(self.frames.len()).to_le_bytes());
        out.extend_from_slice(&u32_of(nodes.len()).to_le_bytes());
        for frame in &self.frames {
            out.extend_from_slice(&frame.offset.to_le_bytes());
            out.extend_from_slice(&frame.first.0.to_le_bytes());
        }
        for node in nodes {
            out.push(node.level);
            out.extend_from_slice(&node.hash);
        }
        out.extend_from_slice(&crc32c::crc32c(&out).to_le_bytes());
        out.extend_from_slice(&u32_of(length).to_le_bytes());
        out.extend_from_slice(&END_MAGIC);
        out
    }

    /// `bytes` is the whole frame, `at` its byte offset in the file.
    fn decode(bytes: &[u8], at: u64, first: Position) -> Option<Self> {
        let (body, crc) = bytes.get(..bytes.len().checked_sub(FOOTER_BYTES)?)?.split_last_chunk::<4>()?;
        if crc32c::crc32c(body) != u32::from_le_bytes(*crc) {
            return None;
        }
        let mut fields = Fields::new(body);
        let skippable = fields.array()? == SKIPPABLE;
        let length = usize_of_u32(fields.u32()?) + PRELUDE_BYTES == bytes.len();
        let known = fields.array()? == MAGIC && fields.u16()? == VERSION && fields.u16()? == 0;
        let placed = fields.u64()? == first.0;
        let lines = fields.u64()?;
        if !(skippable && length && known && placed && fields.u64()? == at) {
            return None;
        }
        let (frames, nodes) = (fields.u32()?, fields.u32()?);
        let frames: Option<Vec<FrameAt>> = (0..frames).map(|_| take_frame(&mut fields)).collect();
        let nodes: Option<Vec<Subtree>> = (0..nodes).map(|_| take_node(&mut fields)).collect();
        let range = CompactRange::from_nodes(first.0, first.0.checked_add(lines)?, &nodes?)?;
        Some(Self { frames: frames?, range })
    }
}

fn take_frame(fields: &mut Fields<'_>) -> Option<FrameAt> {
    let offset = fields.u64()?;
    Some(FrameAt { offset, first: Position(fields.u64()?) })
}

fn take_node(fields: &mut Fields<'_>) -> Option<Subtree> {
    let [level] = fields.array()?;
    Some(Subtree { level, hash: fields.array()? })
}

/// The segment as its seek table describes it; `None` when it has no sound one.
pub(crate) fn of_file(cursor: &Cursor, first: Position) -> Result<Option<Segment>, ReadError> {
    let io_error = |source| ReadError::Io { action: "reading", path: cursor.path().to_path_buf(), source };
    let file = cursor.file();
    let size = file.size().map_err(io_error)?;
    let mut footer = [0; FOOTER_BYTES];
    let Some(footer_at) = size.checked_sub(u64_of(FOOTER_BYTES)) else { return Ok(None) };
    read_fully(file, &mut footer, footer_at).map_err(io_error)?;
    let mut fields = Fields::new(&footer);
    let length = fields.u32().filter(|&length| length <= MAX_BYTES).unwrap_or(0);
    let at = size.checked_sub(u64::from(length)).filter(|_| fields.array() == Some(END_MAGIC));
    let Some(at) = at else { return Ok(None) };
    let mut bytes = vec![0; usize_of_u32(length)];
    read_fully(file, &mut bytes, at).map_err(io_error)?;
    Ok(SeekTable::decode(&bytes, at, first).map(|table| Segment {
        first,
        lines: table.range.end() - first.0,
        bytes: at,
        closed: true,
        frames: Frames::Sealed(Arc::new(table)),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> SeekTable {
        let mut range = CompactRange::starting_at(5);
        (0..9).for_each(|i| range.push([i; 32]));
        let frames =
            vec![FrameAt { first: Position(5), offset: 0 }, FrameAt { first: Position(9), offset: 300 }];
        SeekTable::new(frames, range)
    }

    #[test]
    fn comes_back_only_unaltered_and_in_its_place() {
        let bytes = table().encode(700);
        assert_eq!(SeekTable::decode(&bytes, 700, Position(5)), Some(table()));
        assert_eq!(SeekTable::decode(&bytes, 701, Position(5)), None);
        assert_eq!(SeekTable::decode(&bytes, 700, Position(4)), None);
        for bit in 0..(bytes.len() - FOOTER_BYTES) * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(SeekTable::decode(&bytes, 700, Position(5)), None, "bit {bit}");
        }
        for length in 0..bytes.len() {
            assert_eq!(SeekTable::decode(&bytes[..length], 700, Position(5)), None, "{length} bytes");
        }
    }
}
