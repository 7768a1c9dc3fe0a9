//! The closing skippable frame of a sealed segment.

use crate::error::ReadError;
use crate::file::cursor::Cursor;
use crate::file::segment::{FrameAt, Segment};
use crate::position::Position;

pub(crate) const MAGIC: [u8; 4] = *b"JEJS";

/// Where the frames of a sealed segment begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SeekTable {
    frames: Vec<FrameAt>,
}

impl SeekTable {
    pub(crate) fn frames(&self) -> &[FrameAt] {
        &self.frames
    }
}

/// The segment as its seek table describes it; `None` when it has no good one.
#[expect(clippy::unnecessary_wraps, reason = "filled when sealing comes")]
pub(crate) fn of_file(_cursor: &Cursor, _first: Position) -> Result<Option<Segment>, ReadError> {
    Ok(None)
}
