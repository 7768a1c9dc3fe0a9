//! A frame as it lies on disk, on its way to the thread that unpacks it.

use crate::batch::{Frame, Place};
use crate::commit::MAX_LINE_BYTES;
use crate::error::{Damage, ReadError};
use crate::file::codec;
use crate::file::frame::Header;
use crate::num::{u32_of, usize_of_u32};
use crate::position::Position;

/// A header that was checked, and compressed lines that were not.
#[derive(Debug)]
pub(crate) struct Packed {
    header: Header,
    bytes: Vec<u8>,
    place: Place,
    skip: u32,
    take: u32,
}

impl Packed {
    /// The whole frame; `bytes` is its zstd part.
    pub(crate) const fn new(header: Header, bytes: Vec<u8>, place: Place) -> Self {
        let take = header.lines;
        Self { header, bytes, place, skip: 0, take }
    }

    /// Only the lines in `from..until`. `None` when there are none.
    pub(crate) fn within(mut self, from: Position, until: Position) -> Option<Self> {
        let whole = u64::from(self.header.lines);
        let skip = from.0.saturating_sub(self.header.first.0).min(whole);
        let end = until.0.saturating_sub(self.header.first.0).min(whole);
        self.skip = u32::try_from(skip).ok()?;
        self.take = u32::try_from(end.checked_sub(skip)?).ok()?;
        (self.take > 0).then_some(self)
    }

    pub(crate) fn first(&self) -> Position {
        self.header.first.plus(u64::from(self.skip))
    }

    pub(crate) const fn lines(&self) -> u32 {
        self.take
    }

    pub(crate) fn unpack(self) -> Result<Frame, ReadError> {
        let place = self.place.clone();
        self.decode().map_err(|damage| ReadError::Damaged { place, damage })
    }

    fn decode(self) -> Result<Frame, Damage> {
        if crc32c::crc32c(&self.bytes) != self.header.crc {
            return Err(Damage::Checksum);
        }
        let length = usize_of_u32(self.header.uncompressed);
        let bytes = codec::decompress(&self.bytes, length).map_err(|e| Damage::Zstd(e.to_string()))?;
        if bytes.len() != length {
            return Err(Damage::Zstd(format!("{} bytes instead of {length}", bytes.len())));
        }
        let miscounted = || Damage::Lines { expected: self.header.lines };
        let ends = line_ends(&bytes, self.header.lines).ok_or_else(miscounted)?;
        let frame = Frame::from_parts(self.header.first, bytes, ends, self.header.commits, Some(self.place));
        frame.trimmed(self.skip, self.take).ok_or_else(miscounted_after(self.header.lines))
    }
}

const fn miscounted_after(expected: u32) -> impl FnOnce() -> Damage {
    move || Damage::Lines { expected }
}

/// Where each line ends, or `None` when these are not exactly `lines` lines of allowed length.
fn line_ends(bytes: &[u8], lines: u32) -> Option<Vec<u32>> {
    let mut ends = Vec::with_capacity(usize_of_u32(lines));
    let mut begin = 0;
    for newline in memchr::memchr_iter(b'\n', bytes) {
        let end = newline + 1;
        if !(2..=MAX_LINE_BYTES + 1).contains(&(end - begin)) {
            return None;
        }
        ends.push(u32_of(end));
        begin = end;
    }
    (bytes.last() == Some(&b'\n') && ends.len() == usize_of_u32(lines)).then_some(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_lines_are_lines() {
        assert_eq!(line_ends(b"a\nbc\n", 2), Some(vec![2, 5]));
        for (bytes, lines) in
            [(&b"a\nbc\n"[..], 1), (b"a\nbc\n", 3), (b"a\nbc", 2), (b"\na\n", 2), (b"a\n\n", 2), (b"", 1)]
        {
            assert_eq!(line_ends(bytes, lines), None, "{bytes:?} as {lines}");
        }
    }
}
