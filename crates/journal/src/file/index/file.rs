//! The index of a sealed segment on disk, `<first position>.idx`.
//!
//! ```text
//! offset  bytes  field, little-endian
//!      0      4  "JEJX"
//!      4      4  version 2 (2 bytes), flags 0 (2 bytes)
//!      8      8  position of the segment's first line
//!     16      8  lines of the segment
//!     24     32  SHA-256 over the segment's subtree hashes: ties the index to these very lines
//!     56      4  filter blocks, f
//!     60      4  keys, n: different ones
//!     64      4  positions, m: one for each key of each line
//!     68   32×f  filter, 8 words of 32 bits a block
//!             4  CRC-32C of everything before: header and filter
//!           8×n  keys in ascending order: first 8 bytes of SHA-256 of the key, as a number
//!       4×(n+1)  where each key's positions begin, and their end
//!           4×m  positions, relative to the segment's first line, ascending within a key
//!             4  CRC-32C of keys, starts and positions
//! ```
//!
//! Two checksums, because the filters of all segments are read at once and held, whereas keys and positions are read
//! only where a filter says so.

use std::io;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::file::disk::{Access, DiskFile, read_fully};
use crate::file::index::builder::IndexBuilder;
use crate::file::index::filter::{BLOCK_BYTES, Filter};
use crate::file::reader::Store;
use crate::merkle::{CompactRange, Hash};
use crate::num::{Fields, u32_of, u64_of, usize_of, usize_of_u32};
use crate::position::Position;

const MAGIC: [u8; 4] = *b"JEJX";
const VERSION: u16 = 2;
const HEADER_BYTES: usize = 68;

fn path_of(store: &Store, first: Position) -> PathBuf {
    store.dir.join(format!("{:012}.idx", first.0))
}

fn tree_digest(range: &CompactRange) -> Hash {
    let mut hasher = Sha256::new();
    for node in range.nodes() {
        hasher.update(node.hash);
    }
    hasher.finalize().into()
}

/// Replaces the index of a segment. A crash in between leaves a damaged or missing file, which is made again.
pub(crate) fn write(store: &Store, builder: IndexBuilder, range: &CompactRange) -> io::Result<()> {
    let path = path_of(store, builder.first());
    let bytes = encode(builder, range);
    match store.disk.remove(&path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let file = store.disk.create(&path)?;
    file.write_all_at(&bytes, 0)?;
    file.sync()?;
    store.disk.sync_dir(&store.dir)
}

fn encode(builder: IndexBuilder, range: &CompactRange) -> Vec<u8> {
    let grouped = builder.group();
    let filter = Filter::new(&grouped.keys);
    let mut out = Vec::new();
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&0_u16.to_le_bytes());
    out.extend_from_slice(&range.begin().to_le_bytes());
    out.extend_from_slice(&(range.end() - range.begin()).to_le_bytes());
    out.extend_from_slice(&tree_digest(range));
    for count in [filter.blocks(), u32_of(grouped.keys.len()), u32_of(grouped.positions.len())] {
        out.extend_from_slice(&count.to_le_bytes());
    }
    out.extend_from_slice(&filter.to_bytes());
    out.extend_from_slice(&crc32c::crc32c(&out).to_le_bytes());
    let body = out.len();
    out.extend(grouped.keys.iter().flat_map(|key| key.to_le_bytes()));
    out.extend(grouped.starts.iter().flat_map(|start| start.to_le_bytes()));
    out.extend(grouped.positions.iter().flat_map(|position| position.to_le_bytes()));
    let crc = crc32c::crc32c(out.get(body..).unwrap_or_default());
    out.extend_from_slice(&crc.to_le_bytes());
    out
}

/// An index whose filter is sound. Only that is held in memory.
#[derive(Debug)]
pub(super) struct IndexFile {
    file: Box<dyn DiskFile>,
    first: Position,
    filter: Filter,
    keys: u64,
    positions: u64,
    keys_at: u64,
    /// Whether keys and positions are sound, once somebody had to know.
    body_is_sound: Option<bool>,
}

/// The index gives wrong answers and must be made anew.
#[derive(Debug)]
pub(super) enum FindError {
    Damaged,
    Io(io::Error),
}

impl From<io::Error> for FindError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl IndexFile {
    /// `None` when there is none for these very lines, or its filter is damaged.
    pub(super) fn open(store: &Store, range: &CompactRange) -> io::Result<Option<Self>> {
        let file = match store.disk.open(&path_of(store, Position(range.begin())), Access::Read) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let header = read(&*file, 0, HEADER_BYTES)?;
        let Some((blocks, keys, positions)) = counts(&header, range) else { return Ok(None) };
        let keys_at = HEADER_BYTES + BLOCK_BYTES * usize_of_u32(blocks) + 4;
        if file.size()? != u64_of(keys_at) + body_bytes(keys.into(), positions.into()) + 4 {
            return Ok(None);
        }
        let head = read(&*file, 0, keys_at)?;
        let Some((head, crc)) = head.split_last_chunk::<4>() else { return Ok(None) };
        let sound = crc32c::crc32c(head) == u32::from_le_bytes(*crc);
        let filter = Filter::from_bytes(head.get(HEADER_BYTES..).unwrap_or_default());
        let (keys, positions, keys_at) = (keys.into(), positions.into(), u64_of(keys_at));
        let first = Position(range.begin());
        Ok(sound.then_some(Self { file, first, filter, keys, positions, keys_at, body_is_sound: None }))
    }

    fn check_body(&mut self) -> Result<(), FindError> {
        let sound = if let Some(sound) = self.body_is_sound {
            sound
        } else {
            let bytes = read(&*self.file, self.keys_at, usize_of(body_bytes(self.keys, self.positions)) + 4)?;
            bytes
                .split_last_chunk::<4>()
                .is_some_and(|(body, crc)| crc32c::crc32c(body) == u32::from_le_bytes(*crc))
        };
        self.body_is_sound = Some(sound);
        if sound { Ok(()) } else { Err(FindError::Damaged) }
    }

    /// Adds the candidates for the hash of a key.
    pub(super) fn find(&mut self, key: u64, found: &mut Vec<Position>) -> Result<(), FindError> {
        if !self.filter.may_contain(key) {
            return Ok(());
        }
        self.check_body()?;
        let (mut low, mut high) = (0, self.keys);
        while low < high {
            let middle = low + (high - low) / 2;
            let at_middle = u64::from_le_bytes(self.field(self.keys_at + 8 * middle)?);
            match at_middle.cmp(&key) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Ok(self.positions(middle, found)?),
            }
        }
        Ok(())
    }

    fn positions(&self, key_number: u64, found: &mut Vec<Position>) -> io::Result<()> {
        let starts_at = self.keys_at + 8 * self.keys;
        let positions_at = starts_at + 4 * (self.keys + 1);
        let bounds = starts_at + 4 * key_number;
        let start = u32::from_le_bytes(self.field(bounds)?);
        let end = u32::from_le_bytes(self.field(bounds + 4)?);
        for i in start..end {
            let relative = u32::from_le_bytes(self.field(positions_at + 4 * u64::from(i))?);
            found.push(self.first.plus(u64::from(relative)));
        }
        Ok(())
    }

    fn field<const N: usize>(&self, offset: u64) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        match read_fully(&*self.file, &mut bytes, offset)? {
            n if n == N => Ok(bytes),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// Bytes of keys, starts and positions.
const fn body_bytes(keys: u64, positions: u64) -> u64 {
    8 * keys + 4 * (keys + 1) + 4 * positions
}

fn read(file: &dyn DiskFile, offset: u64, bytes: usize) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0; bytes];
    let n = read_fully(file, &mut buffer, offset)?;
    buffer.truncate(n);
    Ok(buffer)
}

/// Filter blocks, keys and positions, when the header is of these very lines.
fn counts(header: &[u8], range: &CompactRange) -> Option<(u32, u32, u32)> {
    let mut fields = Fields::new(header);
    let known = fields.array()? == MAGIC && fields.u16()? == VERSION && fields.u16()? == 0;
    let placed = fields.u64()? == range.begin() && fields.u64()? == range.end() - range.begin();
    let same_lines = fields.array()? == tree_digest(range);
    (known && placed && same_lines).then_some(())?;
    Some((fields.u32()?, fields.u32()?, fields.u32()?))
}
