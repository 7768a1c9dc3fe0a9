//! Appends frames to the active segment: compress, write, sync, and only then say so.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zstd::bulk::Compressor;

use crate::commit::Commit;
use crate::error::AppendError;
use crate::file::codec;
use crate::file::disk::{Access, DiskFile, LockGuard};
use crate::file::frame::{Header, MAX_FRAME_BYTES, MAX_FRAME_LINES};
use crate::file::reader::Store;
use crate::file::segment;
use crate::num::{u32_of, u64_of};
use crate::position::Position;

/// The one writer of a journal. Holds the lock for as long as it lives.
pub(crate) struct Writer {
    compressor: Compressor<'static>,
    active: Option<Active>,
    poisoned: Option<String>,
    /// Reused from frame to frame.
    lines: Vec<u8>,
    packed: Vec<u8>,
    frame: Vec<u8>,
    _lock: LockGuard,
}

struct Active {
    first: Position,
    path: Arc<Path>,
    file: Box<dyn DiskFile>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("poisoned", &self.poisoned).finish_non_exhaustive()
    }
}

impl Writer {
    pub(crate) fn new(level: i32, lock: LockGuard) -> io::Result<Self> {
        Ok(Self {
            compressor: codec::compressor(level)?,
            active: None,
            poisoned: None,
            lines: Vec::new(),
            packed: Vec::new(),
            frame: Vec::new(),
            _lock: lock,
        })
    }

    pub(crate) fn check_alive(&self) -> Result<(), AppendError> {
        match &self.poisoned {
            Some(reason) => Err(AppendError::Poisoned { reason: reason.clone() }),
            None => Ok(()),
        }
    }

    /// Writes one frame at byte `offset` of the segment that begins at `segment`; returns its length in bytes.
    pub(crate) fn write(
        &mut self,
        store: &Store,
        segment: Position,
        offset: u64,
        at: Position,
        commits: &[Commit],
    ) -> Result<u64, AppendError> {
        self.build(at, commits)?;
        let written = self.put(store, segment, offset);
        if let Err(error) = &written {
            self.poisoned = Some(error.to_string());
            // Nobody was told of this frame. Were it left, the next opening might read it from the system's
            // cache and count it as durable although its pages never reached the disk.
            if let Some(active) = &self.active {
                let _ = active.file.set_size(offset);
            }
        }
        written
    }

    fn build(&mut self, at: Position, commits: &[Commit]) -> Result<(), AppendError> {
        let lines: u64 = commits.iter().map(|c| u64::from(c.len())).sum();
        let bytes: u64 = commits.iter().map(|c| u64_of(c.as_bytes().len())).sum();
        if lines > u64::from(MAX_FRAME_LINES) || bytes > u64::from(MAX_FRAME_BYTES) {
            let (max_lines, max_bytes) = (MAX_FRAME_LINES, MAX_FRAME_BYTES);
            return Err(AppendError::FrameTooLarge { lines, bytes, max_lines, max_bytes });
        }
        self.lines.clear();
        for commit in commits {
            self.lines.extend_from_slice(commit.as_bytes());
        }
        let lengths = commits.iter().map(Commit::len).collect();
        self.frame.clear();
        encode(&mut self.compressor, at, lengths, &self.lines, &mut self.packed, &mut self.frame)
            .map_err(|e| AppendError::Engine(Box::new(e)))
    }

    fn put(&mut self, store: &Store, segment: Position, offset: u64) -> Result<u64, AppendError> {
        let active = match self.active.take() {
            Some(active) if active.first == segment => active,
            _ => open_active(store, segment, offset == 0)?,
        };
        let active = self.active.insert(active);
        let failed = |action| {
            let path = active.path.to_path_buf();
            move |source| AppendError::Failed { action, path, source }
        };
        active.file.write_all_at(&self.frame, offset).map_err(failed("writing to"))?;
        active.file.sync().map_err(failed("syncing"))?;
        Ok(u64_of(self.frame.len()))
    }
}

/// Adds one frame to `out`; `lines` are the joined lines, `commits` how many of them each commit has.
pub(crate) fn encode(
    compressor: &mut Compressor<'static>,
    first: Position,
    commits: Vec<u32>,
    lines: &[u8],
    packed: &mut Vec<u8>,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    packed.clear();
    packed.reserve(zstd::zstd_safe::compress_bound(lines.len()));
    compressor.compress_to_buffer(lines, packed)?;
    let header = Header {
        first,
        lines: commits.iter().sum(),
        compressed: u32_of(packed.len()),
        uncompressed: u32_of(lines.len()),
        crc: crc32c::crc32c(packed),
        commits,
    };
    header.encode_into(out);
    out.extend_from_slice(packed);
    Ok(())
}

/// The first frame of a segment also makes its file, and the file's name durable, before the frame is.
fn open_active(store: &Store, first: Position, new: bool) -> Result<Active, AppendError> {
    let path: PathBuf = segment::path_of(&store.dir, first);
    let failed = |action| {
        let path = path.clone();
        move |source| AppendError::Failed { action, path, source }
    };
    let file = match store.disk.open(&path, Access::Write) {
        Err(e) if new && e.kind() == io::ErrorKind::NotFound => {
            store.disk.create(&path).map_err(failed("creating"))?
        }
        other => other.map_err(failed("opening"))?,
    };
    if new {
        // Also when an empty file was found: a crash may have come between its creation and this.
        store.disk.sync_dir(&store.dir).map_err(failed("syncing the directory of"))?;
    }
    Ok(Active { first, path: path.into(), file })
}
