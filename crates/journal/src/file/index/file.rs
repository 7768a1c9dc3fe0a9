//! The index of a sealed segment on disk, `<first position>.idx`.
//!
//! ```text
//! offset  bytes  field, little-endian
//!      0      4  "JEJX"
//!      4      4  version 1 (2 bytes), flags 0 (2 bytes)
//!      8      8  position of the segment's first line
//!     16      8  lines of the segment
//!     24     32  SHA-256 over the segment's subtree hashes: ties the index to these very lines
//!     56      4  filter blocks, f
//!     60      4  keys, n: different subjects
//!     64      4  positions, m: indexed lines
//!     68   32×f  filter, 8 words of 32 bits a block
//!           8×n  keys in ascending order: first 8 bytes of SHA-256 of the subject, as a number
//!       4×(n+1)  where each key's positions begin, and their end
//!           4×m  positions, relative to the segment's first line, ascending within a key
//!             4  CRC-32C of everything before
//! ```

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
const VERSION: u16 = 1;
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
    out.extend(grouped.keys.iter().flat_map(|key| key.to_le_bytes()));
    out.extend(grouped.starts.iter().flat_map(|start| start.to_le_bytes()));
    out.extend(grouped.positions.iter().flat_map(|position| position.to_le_bytes()));
    out.extend_from_slice(&crc32c::crc32c(&out).to_le_bytes());
    out
}

/// An index whose checksum was good when it was opened. Only its filter is held in memory.
#[derive(Debug)]
pub(super) struct IndexFile {
    file: Box<dyn DiskFile>,
    first: Position,
    filter: Filter,
    keys: u64,
    keys_at: u64,
    starts_at: u64,
    positions_at: u64,
}

impl IndexFile {
    /// `None` when there is none for these very lines, or it is damaged.
    pub(super) fn open(store: &Store, range: &CompactRange) -> io::Result<Option<Self>> {
        let file = match store.disk.open(&path_of(store, Position(range.begin())), Access::Read) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let mut bytes = vec![0; usize_of(file.size()?)];
        let read = read_fully(&*file, &mut bytes, 0)?;
        Ok(bytes.get(..read).and_then(|bytes| Self::check(bytes, range)).map(|check| check(file)))
    }

    fn check(bytes: &[u8], range: &CompactRange) -> Option<impl FnOnce(Box<dyn DiskFile>) -> Self> {
        let (body, crc) = bytes.split_last_chunk::<4>()?;
        let mut fields = Fields::new(body);
        let known = fields.array()? == MAGIC && fields.u16()? == VERSION && fields.u16()? == 0;
        let placed = fields.u64()? == range.begin() && fields.u64()? == range.end() - range.begin();
        let same_lines = fields.array()? == tree_digest(range);
        if !(known && placed && same_lines && crc32c::crc32c(body) == u32::from_le_bytes(*crc)) {
            return None;
        }
        let (blocks, keys, positions) = (fields.u32()?, fields.u32()?, fields.u32()?);
        let filter = Filter::from_bytes(fields.take(BLOCK_BYTES * usize_of_u32(blocks))?);
        let keys_at = u64_of(HEADER_BYTES + BLOCK_BYTES * usize_of_u32(blocks));
        let starts_at = keys_at + 8 * u64::from(keys);
        let positions_at = starts_at + 4 * (u64::from(keys) + 1);
        let whole = positions_at + 4 * u64::from(positions) == u64_of(body.len());
        let (first, keys) = (Position(range.begin()), u64::from(keys));
        whole.then_some(move |file| Self { file, first, filter, keys, keys_at, starts_at, positions_at })
    }

    /// Adds the candidates for a subject hash.
    pub(super) fn find(&self, key: u64, found: &mut Vec<Position>) -> io::Result<()> {
        if !self.filter.may_contain(key) {
            return Ok(());
        }
        let (mut low, mut high) = (0, self.keys);
        while low < high {
            let middle = low + (high - low) / 2;
            let at_middle = u64::from_le_bytes(self.field(self.keys_at + 8 * middle)?);
            match at_middle.cmp(&key) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.positions(middle, found),
            }
        }
        Ok(())
    }

    fn positions(&self, key_number: u64, found: &mut Vec<Position>) -> io::Result<()> {
        let bounds = self.starts_at + 4 * key_number;
        let start = u32::from_le_bytes(self.field(bounds)?);
        let end = u32::from_le_bytes(self.field(bounds + 4)?);
        for i in start..end {
            let relative = u32::from_le_bytes(self.field(self.positions_at + 4 * u64::from(i))?);
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
