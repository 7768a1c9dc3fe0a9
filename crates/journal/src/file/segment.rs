//! Segment files: their names, and what is known of each.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::file::seek_table::SeekTable;
use crate::position::Position;

/// Ending of a segment file; `zstdcat` and `jq` know both halves.
const SUFFIX: &str = ".jsonl.zst";

/// `000004194304.jsonl.zst`: the position of the first line in twelve digits (more once it needs them).
pub(crate) fn file_name(first: Position) -> String {
    format!("{:012}{SUFFIX}", first.0)
}

pub(crate) fn path_of(dir: &Path, first: Position) -> PathBuf {
    dir.join(file_name(first))
}

/// The position that a file name tells, if it is exactly the name that we would give.
pub(crate) fn first_of(name: &str) -> Option<Position> {
    let first = Position(name.strip_suffix(SUFFIX)?.parse().ok()?);
    (file_name(first) == name).then_some(first)
}

/// Where one frame begins: first position and byte offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameAt {
    pub(crate) first: Position,
    pub(crate) offset: u64,
}

/// One segment, as found at opening or as it grew since.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) first: Position,
    pub(crate) lines: u64,
    /// Bytes up to the end of the last good frame, without the seek table.
    pub(crate) bytes: u64,
    /// Full or sealed: nothing is appended any more.
    pub(crate) closed: bool,
    pub(crate) frames: Frames,
}

/// How its frames are found.
#[derive(Clone, Debug)]
pub(crate) enum Frames {
    /// Sealed: read-only, with a seek table.
    Sealed(Arc<SeekTable>),
    /// As they were appended.
    Open(Vec<FrameAt>),
}

impl Segment {
    pub(crate) const fn empty(first: Position) -> Self {
        Self { first, lines: 0, bytes: 0, closed: false, frames: Frames::Open(Vec::new()) }
    }

    pub(crate) fn end(&self) -> Position {
        self.first.plus(self.lines)
    }

    pub(crate) const fn is_sealed(&self) -> bool {
        matches!(self.frames, Frames::Sealed(_))
    }

    /// Byte offset of the frame that holds `position`, as a place to begin reading.
    pub(crate) fn offset_of(&self, position: Position) -> u64 {
        let frames = match &self.frames {
            Frames::Sealed(table) => table.frames(),
            Frames::Open(frames) => frames,
        };
        let after = frames.partition_point(|frame| frame.first <= position);
        after.checked_sub(1).and_then(|i| frames.get(i)).map_or(0, |frame| frame.offset)
    }
}

/// Whether a name is a left-over of an interrupted rewrite.
pub(crate) fn is_temporary(name: &str) -> bool {
    Path::new(name).extension() == Some(OsStr::new("tmp"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_positions_and_come_back() {
        assert_eq!(file_name(Position(4_194_304)), "000004194304.jsonl.zst");
        assert_eq!(first_of("000004194304.jsonl.zst"), Some(Position(4_194_304)));
        for name in
            ["4194304.jsonl.zst", "+00004194304.jsonl.zst", "000000000000.jsonl", "lock", "x.jsonl.zst"]
        {
            assert_eq!(first_of(name), None, "{name}");
        }
    }
}
