//! What a reader gets: batches, cheap to hand to another thread, and frames, ready to look at.
//!
//! Reading is cut in two so that it uses every core: one thread walks the file and cuts it into [`Batch`]es
//! (no more than a header check), any number of threads call [`Batch::unpack`] (checksum, zstd, lines).

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::commit::lines_of;
use crate::error::ReadError;
use crate::file::packed::Packed;
use crate::num::{u32_of, usize_of_u32};
use crate::position::Position;

/// Batches in order of position, without gaps. The first starts exactly at the position asked for.
pub struct Batches(Box<dyn Iterator<Item = Result<Batch, ReadError>> + Send>);

impl Batches {
    /// Wraps an engine's own reader.
    pub fn new(inner: impl Iterator<Item = Result<Batch, ReadError>> + Send + 'static) -> Self {
        Self(Box::new(inner))
    }
}

impl Iterator for Batches {
    type Item = Result<Batch, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl fmt::Debug for Batches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Batches")
    }
}

/// Consecutive lines, perhaps still compressed and unchecked.
#[derive(Debug)]
pub struct Batch(Body);

#[derive(Debug)]
enum Body {
    Packed(Packed),
    Plain(Frame),
}

impl Batch {
    /// Position of its first line.
    pub fn first(&self) -> Position {
        match &self.0 {
            Body::Packed(packed) => packed.first(),
            Body::Plain(frame) => frame.first(),
        }
    }

    /// Number of lines, at least 1.
    pub fn lines(&self) -> u32 {
        match &self.0 {
            Body::Packed(packed) => packed.lines(),
            Body::Plain(frame) => frame.len(),
        }
    }

    /// Checks and decodes: the part that costs time, made for worker threads.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] with file, byte offset and position when the bytes are not those that were written.
    pub fn unpack(self) -> Result<Frame, ReadError> {
        match self.0 {
            Body::Packed(packed) => packed.unpack(),
            Body::Plain(frame) => Ok(frame),
        }
    }

    pub(crate) const fn packed(packed: Packed) -> Self {
        Self(Body::Packed(packed))
    }
}

impl From<Frame> for Batch {
    fn from(frame: Frame) -> Self {
        Self(Body::Plain(frame))
    }
}

/// Where bytes lie on disk, for error texts and for people who want to look with their own tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The segment file.
    pub file: Arc<Path>,
    /// Byte offset of the frame in that file.
    pub offset: u64,
    /// Position of the frame's first line, or where it should have been.
    pub position: Position,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, byte {}, position {}", self.file.display(), self.offset, self.position)
    }
}

/// Decoded lines, checked as far as checksums go. Whether they are the *true* lines, only the tree can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    first: Position,
    bytes: Vec<u8>,
    ends: Vec<u32>,
    commits: Vec<u32>,
    place: Option<Place>,
}

impl Frame {
    /// A frame of given commits, for engines that hold lines in memory. `None` when there is no line at all.
    pub fn from_commits<'a>(
        first: Position,
        commits: impl IntoIterator<Item = &'a crate::Commit>,
    ) -> Option<Self> {
        let mut frame = Self { first, bytes: Vec::new(), ends: Vec::new(), commits: Vec::new(), place: None };
        for commit in commits {
            frame.commits.push(commit.len());
            for line in commit.lines() {
                frame.bytes.extend_from_slice(line);
                frame.bytes.push(b'\n');
                frame.ends.push(u32_of(frame.bytes.len()));
            }
        }
        (!frame.ends.is_empty()).then_some(frame)
    }

    /// `ends` must lie in `bytes`, each just after a newline; `commits` must add up to their number.
    pub(crate) const fn from_parts(
        first: Position,
        bytes: Vec<u8>,
        ends: Vec<u32>,
        commits: Vec<u32>,
        place: Option<Place>,
    ) -> Self {
        Self { first, bytes, ends, commits, place }
    }

    /// Position of the first line.
    pub const fn first(&self) -> Position {
        self.first
    }

    /// Number of lines, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "a frame is never empty")]
    pub fn len(&self) -> u32 {
        u32_of(self.ends.len())
    }

    /// The lines in order, without newlines.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        lines_of(&self.bytes, &self.ends)
    }

    /// The `index`-th line of this frame.
    pub fn line(&self, index: u32) -> Option<&[u8]> {
        let index = usize_of_u32(index);
        let end = usize_of_u32(*self.ends.get(index)?);
        let start = match index.checked_sub(1) {
            Some(before) => usize_of_u32(*self.ends.get(before)?),
            None => 0,
        };
        self.bytes.get(start..end.saturating_sub(1))
    }

    /// Line ranges of the commits, relative to this frame. When reading began inside a commit, the first range is
    /// only the rest of it.
    pub fn commits(&self) -> impl Iterator<Item = Range<u32>> {
        let mut start = 0_u32;
        self.commits.iter().map(move |&lines| {
            let range = start..start.saturating_add(lines);
            start = range.end;
            range
        })
    }

    /// Each commit as its number of lines and its bytes, every line followed by a newline.
    pub(crate) fn commit_bytes(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let mut start = 0;
        self.commits().map(move |range| {
            let last = usize_of_u32(range.end.saturating_sub(1));
            let end = self.ends.get(last).map_or(start, |&end| usize_of_u32(end));
            let bytes = self.bytes.get(start..end).unwrap_or_default();
            start = end;
            (range.end - range.start, bytes)
        })
    }

    /// All lines, each followed by a newline.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where it was read, when it came from a file.
    pub const fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// Keeps `take` lines after the first `skip`. `None` when nothing is left.
    #[must_use]
    pub fn trimmed(mut self, skip: u32, take: u32) -> Option<Self> {
        let len = self.len();
        let take = take.min(len.checked_sub(skip)?);
        if take == 0 {
            return None;
        }
        if skip == 0 && take == len {
            return Some(self);
        }
        let starts_at =
            skip.checked_sub(1).and_then(|i| self.ends.get(usize_of_u32(i)).copied()).unwrap_or(0);
        self.ends.truncate(usize_of_u32(skip + take));
        self.ends.drain(..usize_of_u32(skip));
        self.bytes.truncate(self.ends.last().map_or(0, |&end| usize_of_u32(end)));
        self.bytes.drain(..usize_of_u32(starts_at));
        for end in &mut self.ends {
            *end -= starts_at;
        }
        self.commits = trim_commits(&self.commits, skip, take);
        self.first = self.first.plus(u64::from(skip));
        Some(self)
    }
}

fn trim_commits(commits: &[u32], mut skip: u32, mut take: u32) -> Vec<u32> {
    let mut kept = Vec::new();
    for &lines in commits {
        let left = lines.saturating_sub(skip).min(take);
        skip = skip.saturating_sub(lines);
        take -= left;
        if left > 0 {
            kept.push(left);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Commit;

    fn frame() -> Frame {
        let commits = [
            Commit::from_lines(["a", "bb"]).unwrap(),
            Commit::from_lines(["ccc"]).unwrap(),
            Commit::from_lines(["d", "e", "f"]).unwrap(),
        ];
        Frame::from_commits(Position(10), &commits).unwrap()
    }

    #[test]
    fn lines_and_commits_agree() {
        let frame = frame();
        assert_eq!(frame.commits().collect::<Vec<_>>(), [0..2, 2..3, 3..6]);
        assert_eq!(frame.line(1), Some(&b"bb"[..]));
        assert_eq!(frame.line(5), Some(&b"f"[..]));
        assert_eq!(frame.line(6), None);
    }

    #[test]
    fn trimming_keeps_lines_positions_and_boundaries_together() {
        let whole = frame();
        let lines: Vec<Vec<u8>> = whole.lines().map(<[u8]>::to_vec).collect();
        for skip in 0..=6_u32 {
            for take in 0..=7_u32 {
                let wanted: Vec<_> = lines.iter().skip(usize_of_u32(skip)).take(usize_of_u32(take)).collect();
                let got = whole.clone().trimmed(skip, take);
                assert_eq!(got.is_none(), wanted.is_empty(), "skip {skip} take {take}");
                let Some(got) = got else { continue };
                assert_eq!(got.lines().collect::<Vec<_>>(), wanted);
                assert_eq!(got.first(), Position(10 + u64::from(skip)));
                assert_eq!(got.commits().last().unwrap().end, got.len());
            }
        }
        let part = whole.trimmed(1, 3).unwrap();
        assert_eq!(part.commits().collect::<Vec<_>>(), [0..1, 1..2, 2..3]);
    }
}
