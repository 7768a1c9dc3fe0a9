//! The frame on disk: a zstd *skippable* frame with our header, then one ordinary zstd frame with the lines.
//!
//! ```text
//! offset  bytes  field, little-endian
//!      0      4  0x184D2A5A, a zstd skippable frame (RFC 8878 §3.1.2): every zstd program steps over it
//!      4      4  length of what follows, 40 + ⌈lines ÷ 8⌉
//!      8      4  "JEJK"
//!     12      2  version, 1
//!     14      2  flags, 0
//!     16      8  position of the first line
//!     24      4  lines
//!     28      4  commits
//!     32      4  length of the zstd frame
//!     36      4  length of the lines, each with its newline
//!     40      4  CRC-32C of the zstd frame
//!     44      n  one bit a line, the lowest first: set where a commit ends
//!   44+n      4  CRC-32C of everything before
//!   48+n         the zstd frame, its content checksum switched on
//! ```
//!
//! Commit lengths as numbers would cost more than two bytes a line where commits are small; as bits they cost an eighth.
//!
//! The position stands under the checksum, so that stale or exchanged bytes are never taken for the frame that
//! belongs here.

use crate::error::Damage;
use crate::num::{Fields, u32_of, usize_of_u32};
use crate::position::Position;

/// Magic number of the skippable frames used here, as bytes on disk.
pub(crate) const SKIPPABLE: [u8; 4] = 0x184D_2A5A_u32.to_le_bytes();
pub(crate) const MAGIC: [u8; 4] = *b"JEJK";
pub(crate) const VERSION: u16 = 1;
/// Length of magic and length field of a skippable frame.
pub(crate) const PRELUDE_BYTES: usize = 8;
/// Bytes before the ends of commits.
pub(crate) const FIXED_BYTES: usize = 44;
/// What the length field says beyond the ends of commits.
const FIXED_CONTENT_BYTES: u32 = 40;

/// Most bytes of lines in one frame, newlines included: bounds what a reader must hold.
pub const MAX_FRAME_BYTES: u32 = 64 << 20;
/// Most lines of one frame: bounds its header to 128 KiB.
pub const MAX_FRAME_LINES: u32 = 1 << 20;

/// A valid header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) first: Position,
    pub(crate) lines: u32,
    pub(crate) compressed: u32,
    pub(crate) uncompressed: u32,
    pub(crate) crc: u32,
    pub(crate) commits: Vec<u32>,
}

impl Header {
    /// Length of the header on disk, skippable prelude included.
    pub(crate) const fn bytes(&self) -> usize {
        FIXED_BYTES + usize_of_u32(ends_bytes(self.lines)) + 4
    }

    /// Length of the whole frame on disk.
    pub(crate) const fn frame_bytes(&self) -> usize {
        self.bytes() + usize_of_u32(self.compressed)
    }

    pub(crate) fn end(&self) -> Position {
        self.first.plus(u64::from(self.lines))
    }

    pub(crate) fn encode_into(&self, out: &mut Vec<u8>) {
        let start = out.len();
        let commits = u32_of(self.commits.len());
        out.extend_from_slice(&SKIPPABLE);
        out.extend_from_slice(&(FIXED_CONTENT_BYTES + ends_bytes(self.lines)).to_le_bytes());
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&0_u16.to_le_bytes());
        out.extend_from_slice(&self.first.0.to_le_bytes());
        for field in [self.lines, commits, self.compressed, self.uncompressed, self.crc] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        out.extend_from_slice(&ends_of(&self.commits, self.lines));
        let crc = crc32c::crc32c(out.get(start..).unwrap_or_default());
        out.extend_from_slice(&crc.to_le_bytes());
    }
}

/// What the bytes at some offset are, as far as the header tells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Parsed {
    /// A header with a good checksum and lengths within the limits.
    Header(Header),
    /// A beginning of a header; `needs` bytes would settle it.
    Short { needs: usize },
    /// Not a header.
    Bad(Damage),
}

/// Reads a header from the start of `bytes`, which may be longer or shorter than it.
///
/// A length is only believed when the two places that tell it agree, so that one flipped bit cannot make a whole
/// frame look like a short one.
pub(crate) fn parse(bytes: &[u8]) -> Parsed {
    if !agrees(bytes, 0, &SKIPPABLE) || !agrees(bytes, PRELUDE_BYTES, &MAGIC) {
        return Parsed::Bad(Damage::Header("not the magic number"));
    }
    let mut fields = Fields::new(bytes);
    let Some(fixed) = Fixed::take(&mut fields) else { return Parsed::Short { needs: FIXED_BYTES + 4 } };
    if fixed.version != VERSION || fixed.flags != 0 {
        return Parsed::Bad(Damage::Header("unknown version or flags"));
    }
    if !fixed.is_within_limits() {
        return Parsed::Bad(Damage::Header("lengths out of range or in contradiction"));
    }
    let ends = usize_of_u32(ends_bytes(fixed.lines));
    let needs = FIXED_BYTES + ends + 4;
    let Some(ends) = fields.take(ends) else { return Parsed::Short { needs } };
    let Some(crc) = fields.u32() else { return Parsed::Short { needs } };
    if crc32c::crc32c(bytes.get(..needs - 4).unwrap_or_default()) != crc {
        return Parsed::Bad(Damage::Header("wrong checksum"));
    }
    fixed.with_ends(ends)
}

/// Length of the header that begins here, when its fixed part is there and does not contradict itself.
pub(crate) fn header_bytes(bytes: &[u8]) -> Option<usize> {
    let fixed = Fixed::take(&mut Fields::new(bytes)).filter(Fixed::is_within_limits)?;
    Some(FIXED_BYTES + usize_of_u32(ends_bytes(fixed.lines)) + 4)
}

/// Bytes of the ends of commits.
const fn ends_bytes(lines: u32) -> u32 {
    lines.div_ceil(8)
}

/// One bit a line, set where a commit ends.
fn ends_of(commits: &[u32], lines: u32) -> Vec<u8> {
    let mut ends = vec![0; usize_of_u32(ends_bytes(lines))];
    let mut next = 0;
    for lines in commits {
        next += usize_of_u32(*lines);
        // A commit has at least one line.
        let last = next - 1;
        if let Some(byte) = ends.get_mut(last / 8) {
            *byte |= 1 << (last % 8);
        }
    }
    ends
}

/// Lines of each commit. `None` when the last line ends none, or bits are set behind it.
fn commits_of(ends: &[u8], lines: u32) -> Option<Vec<u32>> {
    let mut commits = Vec::new();
    let mut length = 0;
    for line in 0..lines {
        length += 1;
        let byte = ends.get(usize_of_u32(line / 8))?;
        if byte >> (line % 8) & 1 == 1 {
            commits.push(length);
            length = 0;
        }
    }
    let behind =
        ends.last().copied().unwrap_or_default().checked_shr(lines % 8).filter(|_| !lines.is_multiple_of(8));
    (length == 0 && behind.unwrap_or_default() == 0).then_some(commits)
}

/// Whether `bytes`, as far as they reach, hold `wanted` at `offset`.
fn agrees(bytes: &[u8], offset: usize, wanted: &[u8]) -> bool {
    bytes.iter().skip(offset).zip(wanted).all(|(a, b)| a == b)
}

struct Fixed {
    content: u32,
    version: u16,
    flags: u16,
    first: u64,
    lines: u32,
    commits: u32,
    compressed: u32,
    uncompressed: u32,
    crc: u32,
}

impl Fixed {
    fn take(fields: &mut Fields<'_>) -> Option<Self> {
        let _skippable = fields.u32()?;
        let content = fields.u32()?;
        let _magic = fields.u32()?;
        Some(Self {
            content,
            version: fields.u16()?,
            flags: fields.u16()?,
            first: fields.u64()?,
            lines: fields.u32()?,
            commits: fields.u32()?,
            compressed: fields.u32()?,
            uncompressed: fields.u32()?,
            crc: fields.u32()?,
        })
    }

    /// Every line has at least one byte and its newline, every commit at least one line.
    fn is_within_limits(&self) -> bool {
        (1..=MAX_FRAME_LINES).contains(&self.lines)
            && (1..=self.lines).contains(&self.commits)
            && self.content == FIXED_CONTENT_BYTES + ends_bytes(self.lines)
            && (2 * self.lines..=MAX_FRAME_BYTES).contains(&self.uncompressed)
            && (1..=MAX_FRAME_BYTES + (1 << 20)).contains(&self.compressed)
    }

    fn with_ends(self, ends: &[u8]) -> Parsed {
        let commits = commits_of(ends, self.lines);
        let Some(commits) = commits.filter(|commits| commits.len() == usize_of_u32(self.commits)) else {
            return Parsed::Bad(Damage::Header("commit ends do not add up"));
        };
        Parsed::Header(Header {
            first: Position(self.first),
            lines: self.lines,
            compressed: self.compressed,
            uncompressed: self.uncompressed,
            crc: self.crc,
            commits,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            first: Position(7),
            lines: 5,
            compressed: 30,
            uncompressed: 60,
            crc: 0xDEAD_BEEF,
            commits: vec![2, 3],
        }
    }

    fn encoded() -> Vec<u8> {
        let mut out = Vec::new();
        header().encode_into(&mut out);
        out
    }

    #[test]
    fn comes_back_as_written() {
        assert_eq!(encoded().len(), header().bytes());
        assert_eq!(parse(&encoded()), Parsed::Header(header()));
        assert_eq!(parse(&[encoded(), vec![9; 50]].concat()), Parsed::Header(header()));
    }

    #[test]
    fn every_beginning_is_short() {
        for len in 0..encoded().len() {
            assert!(matches!(parse(&encoded()[..len]), Parsed::Short { .. }), "{len} bytes");
        }
    }

    #[test]
    fn no_flipped_bit_passes_or_looks_short() {
        for bit in 0..encoded().len() * 8 {
            let mut bytes = encoded();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(parse(&bytes), Parsed::Bad(_)), "bit {bit}");
        }
    }
}
