//! Questions to a file journal that need its segments: one line, one key, the tree, proofs.

use std::sync::PoisonError;

use crate::batch::Frame;
use crate::error::ReadError;
use crate::file::FileJournal;
use crate::file::reader::Reader;
use crate::file::segment::{Frames, Segment};
use crate::journal::Journal;
use crate::merkle::{
    CompactRange, Hash, ProofBuilder, ProofError, TreeBuilder, consistency_ranges, inclusion_ranges,
    leaf_hash,
};
use crate::position::Position;

impl FileJournal {
    /// One line, without its newline. Reads one frame.
    ///
    /// # Errors
    /// [`ReadError::BehindEnd`] when there is no such line; damage of its frame.
    pub fn read_line(&self, at: Position) -> Result<Vec<u8>, ReadError> {
        self.frame_at(at).map(|frame| frame.line(0).unwrap_or_default().to_vec())
    }

    /// Lines at several positions, in the order asked for. Each frame is read once when the positions ascend.
    ///
    /// # Errors
    /// As for [`read_line`](Self::read_line).
    pub fn read_lines(&self, positions: &[Position]) -> Result<Vec<Vec<u8>>, ReadError> {
        let mut lines = Vec::with_capacity(positions.len());
        let mut last: Option<Frame> = None;
        for &at in positions {
            let line_in = |frame: &Frame| {
                let index = at.0.checked_sub(frame.first().0).and_then(|index| u32::try_from(index).ok());
                index.and_then(|index| frame.line(index)).map(<[u8]>::to_vec)
            };
            if let Some(line) = last.as_ref().and_then(line_in) {
                lines.push(line);
                continue;
            }
            let frame = self.frame_at(at)?;
            lines.push(frame.line(0).unwrap_or_default().to_vec());
            last = Some(frame);
        }
        Ok(lines)
    }

    /// The rest of the frame that holds a line, from that line on.
    fn frame_at(&self, at: Position) -> Result<Frame, ReadError> {
        let behind = ReadError::BehindEnd { asked: at, len: self.len() };
        let Some(segment) = self.segment_of(at) else { return Err(behind) };
        let offset = segment.offset_of(at);
        let mut reader = Reader::new(self.store.clone(), segment.first, offset, at, segment.end())?;
        reader.next().ok_or(behind)??.unpack()
    }

    fn segment_of(&self, at: Position) -> Option<&Segment> {
        let after = self.segments.partition_point(|segment| segment.first <= at);
        self.segments.get(after.checked_sub(1)?).filter(|segment| at < segment.end())
    }

    /// Lines that may have a key, in ascending order: all that do, and very rarely one that does not, so read a line
    /// before believing it. Empty without [`OpenOptions::keys_of`](crate::OpenOptions::keys_of).
    ///
    /// Missing or damaged index files are made again, which reads their segment once.
    ///
    /// # Errors
    /// When lines or indexes cannot be read, or an index not written.
    pub fn positions_of(&self, key: &[u8]) -> Result<Vec<Position>, ReadError> {
        let Some(keys_of) = self.options.keys_of else { return Ok(Vec::new()) };
        // A panic of another thread leaves at worst an index that is made again.
        let mut indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
        indexes.positions_of(&self.store, &self.segments, keys_of, key, self.writer.is_some())
    }

    /// The leaves of each sealed segment as its seek table tells them, in order: what a full verification compares with
    /// the lines, to name the segment and [the subtree](CompactRange::first_difference) that was altered.
    pub fn sealed_ranges(&self) -> impl Iterator<Item = &CompactRange> {
        self.segments.iter().filter_map(|segment| match &segment.frames {
            Frames::Sealed(table) => Some(table.range()),
            Frames::Open(_) => None,
        })
    }

    /// Bytes of all frames on disk, without seek tables and indexes.
    pub fn frame_bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes).sum()
    }

    /// The tree over all lines. Sealed segments give their stored hashes: this trusts the seek tables, whereas
    /// [`tree_of`](crate::merkle::tree_of) hashes every line.
    ///
    /// # Errors
    /// Whatever reading the unsealed lines reports.
    pub fn tree(&self) -> Result<TreeBuilder, ReadError> {
        self.tree_at(self.len())
    }

    /// The same over the first `size` lines, or all when there are fewer.
    ///
    /// # Errors
    /// As for [`tree`](Self::tree).
    pub fn tree_at(&self, size: u64) -> Result<TreeBuilder, ReadError> {
        let mut tree = TreeBuilder::new();
        // Segments meet: opening has checked it.
        self.each_range(size, &mut |range| range.end() <= size && tree.append(range).is_ok())?;
        Ok(tree)
    }

    /// The inclusion proof of a line in the tree of the first `size` lines. Reads no sealed segment but the two that
    /// hold the line and the end of that tree.
    ///
    /// # Errors
    /// When the line or the size lies outside, or reading fails.
    pub fn prove_inclusion(&self, index: Position, size: u64) -> Result<Vec<Hash>, ProofError> {
        self.prove(size, &inclusion_ranges(index.0, size)?)
    }

    /// The consistency proof between the trees of the first `old` and the first `new` lines.
    ///
    /// # Errors
    /// When the sizes do not fit, or reading fails.
    pub fn prove_consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, ProofError> {
        self.prove(new, &consistency_ranges(old, new)?)
    }

    /// The hashes of complete subtrees, each given by the range of its lines, in the tree of the first `size` lines.
    ///
    /// # Errors
    /// When a range lies outside, or reading fails.
    pub fn hashes_of(&self, ranges: &[std::ops::Range<u64>], size: u64) -> Result<Vec<Hash>, ProofError> {
        self.prove(size, ranges)
    }

    fn prove(&self, size: u64, ranges: &[std::ops::Range<u64>]) -> Result<Vec<Hash>, ProofError> {
        let beyond = ProofError::BeyondJournal { size, len: self.len() };
        if size > self.len() {
            return Err(beyond);
        }
        let mut builder = ProofBuilder::new(ranges);
        self.each_range(size, &mut |range| builder.push_range(range).unwrap_or(false))?;
        builder.finish().ok_or(beyond)
    }
}

/// Takes a range of leaf hashes; `false` when it needs them in smaller parts.
type TakeRange<'a> = dyn FnMut(&CompactRange) -> bool + 'a;

impl FileJournal {
    /// Hands out the leaves of the first `size` lines in order, in ranges as large as they are accepted: segments,
    /// frames, lines. A sealed segment may be handed out beyond `size`.
    fn each_range(&self, size: u64, take: &mut TakeRange<'_>) -> Result<(), ReadError> {
        for segment in self.segments.iter().filter(|segment| segment.lines > 0 && segment.first.0 < size) {
            match &segment.frames {
                Frames::Sealed(table) if take(table.range()) => {}
                _ => self.each_frame(segment, Position(size), take)?,
            }
        }
        Ok(())
    }

    fn each_frame(
        &self,
        segment: &Segment,
        until: Position,
        take: &mut TakeRange<'_>,
    ) -> Result<(), ReadError> {
        let until = until.min(segment.end());
        for batch in Reader::new(self.store.clone(), segment.first, 0, segment.first, until)? {
            let frame = batch?.unpack()?;
            if take(&CompactRange::of_frame(&frame)) {
                continue;
            }
            for (at, line) in (frame.first().0..).zip(frame.lines()) {
                let mut leaf = CompactRange::starting_at(at);
                leaf.push(leaf_hash(line));
                take(&leaf);
            }
        }
        Ok(())
    }
}
