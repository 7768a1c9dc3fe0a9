//! Sealing: a full segment is rewritten as large frames with a seek table, and is read-only after.
//!
//! The new file is written beside the old one, synced, read back, and only when it gives the same lines does it take
//! the old one's name. A crash leaves either the old file or the new one, both with the same lines, and at most a
//! `.tmp` file that the next opening removes.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zstd::bulk::Compressor;

use crate::batch::Frame;
use crate::error::ReadError;
use crate::file::codec;
use crate::file::disk::DiskFile;
use crate::file::index::{self, IndexBuilder};
use crate::file::options::OpenOptions;
use crate::file::reader::{Reader, Store};
use crate::file::seek_table::SeekTable;
use crate::file::segment::{self, FrameAt, Frames, Segment};
use crate::file::writer;
use crate::merkle::CompactRange;
use crate::num::u64_of;
use crate::position::Position;

/// Sealed frames hold about this many bytes of lines: large enough to compress well, small enough that reading one
/// line stays cheap.
const TARGET_FRAME_BYTES: usize = 512 << 10;

/// Why a segment was not sealed. No line is affected: the segment stays as it was appended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The journal was opened for reading only.
    #[error("the journal in {} was opened for reading only", dir.display())]
    ReadOnly {
        /// The ledger's directory.
        dir: PathBuf,
    },
    /// The writer is dead.
    #[error("the writer stopped after an earlier failure: open the journal again before sealing")]
    Poisoned,
    /// The lines could not be read.
    #[error("sealing stopped: {0}")]
    Read(#[from] ReadError),
    /// The system refused something.
    #[error("sealing stopped, the segment stays unsealed: {action} {} failed: {source}", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The new file does not hold the lines of the old one.
    #[error("{} does not give the lines of the segment back and was not used: check memory and disk of this machine", path.display())]
    ReadBack {
        /// The new file.
        path: PathBuf,
    },
    /// The background thread did not finish.
    #[error("the sealing thread stopped unexpectedly; the segment stays unsealed")]
    Thread,
}

/// Rewrites one segment that is no longer appended to.
pub(crate) fn rewrite(store: &Store, segment: &Segment, options: &OpenOptions) -> Result<Segment, SealError> {
    let path = segment::path_of(&store.dir, segment.first);
    let temporary = store.dir.join(format!("{}.tmp", segment::file_name(segment.first)));
    let failed = |action, path: &Path| {
        let path = path.to_path_buf();
        move |source| SealError::Io { action, path, source }
    };
    // Left by an attempt that failed in this very process.
    match store.disk.remove(&temporary) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(failed("removing", &temporary)(e)),
        _ => {}
    }
    let file = store.disk.create(&temporary).map_err(failed("creating", &temporary))?;
    let (sealed, lines_crc, index) = Rewrite::new(&*file, segment.first, options)
        .and_then(|rewrite| rewrite.run(store, segment))
        .map_err(|error| error.at(&temporary))?;
    file.sync().map_err(failed("syncing", &temporary))?;
    drop(file);
    check_read_back(store, &temporary, &sealed, lines_crc)?;
    store.disk.rename(&temporary, &path).map_err(failed("renaming", &temporary))?;
    store.disk.sync_dir(&store.dir).map_err(failed("syncing", &store.dir))?;
    // Sealed from here on. What follows is a convenience: not every file system knows permissions, and an index that
    // is missing is made when it is first asked.
    let _ = store.disk.set_read_only(&path);
    if let (Some(index), Frames::Sealed(table)) = (index, &sealed.frames) {
        let _ = index::write(store, index, table.range());
    }
    Ok(sealed)
}

/// Sealing replaces the only copy of the truth, so the new file is read once more before. A checksum over all lines,
/// besides those of each frame, is enough against faults of memory and disk; hashing them again would take half as
/// long as all the rest.
fn check_read_back(store: &Store, path: &Path, sealed: &Segment, lines_crc: u32) -> Result<(), SealError> {
    let (mut crc, mut end) = (0, sealed.first);
    for batch in Reader::of_file(store.clone(), path.to_path_buf(), sealed.first, sealed.end())? {
        let frame = batch?.unpack()?;
        crc = crc32c::crc32c_append(crc, frame.as_bytes());
        end = end.plus(u64::from(frame.len()));
    }
    if (crc, end) == (lines_crc, sealed.end()) {
        return Ok(());
    }
    Err(SealError::ReadBack { path: path.to_path_buf() })
}

enum RewriteError {
    Write(io::Error),
    Read(ReadError),
    Gap,
}

impl RewriteError {
    fn at(self, path: &Path) -> SealError {
        let path = path.to_path_buf();
        match self {
            Self::Write(source) => SealError::Io { action: "writing to", path, source },
            Self::Read(error) => SealError::Read(error),
            Self::Gap => SealError::ReadBack { path },
        }
    }
}

struct Rewrite<'a> {
    file: &'a dyn DiskFile,
    compressor: Compressor<'static>,
    index: Option<IndexBuilder>,
    range: CompactRange,
    lines_crc: u32,
    frames: Vec<FrameAt>,
    bytes: u64,
    /// The frame being filled.
    first: Position,
    lines: Vec<u8>,
    commits: Vec<u32>,
    /// Reused from frame to frame.
    packed: Vec<u8>,
    out: Vec<u8>,
}

impl<'a> Rewrite<'a> {
    fn new(file: &'a dyn DiskFile, first: Position, options: &OpenOptions) -> Result<Self, RewriteError> {
        Ok(Self {
            file,
            compressor: codec::compressor(options.sealed_level).map_err(RewriteError::Write)?,
            index: options.keys_of.map(|keys_of| IndexBuilder::new(first, keys_of)),
            range: CompactRange::starting_at(first.0),
            lines_crc: 0,
            frames: Vec::new(),
            bytes: 0,
            first,
            lines: Vec::new(),
            commits: Vec::new(),
            packed: Vec::new(),
            out: Vec::new(),
        })
    }

    fn run(
        mut self,
        store: &Store,
        segment: &Segment,
    ) -> Result<(Segment, u32, Option<IndexBuilder>), RewriteError> {
        let reader = Reader::new(store.clone(), segment.first, 0, segment.first, segment.end());
        for batch in reader.map_err(RewriteError::Read)? {
            let frame = batch.and_then(crate::Batch::unpack).map_err(RewriteError::Read)?;
            self.range.append(&CompactRange::of_frame(&frame)).map_err(|_| RewriteError::Gap)?;
            self.lines_crc = crc32c::crc32c_append(self.lines_crc, frame.as_bytes());
            if let Some(index) = &mut self.index {
                index.add(&frame);
            }
            self.add(&frame)?;
        }
        self.flush()?;
        let table = SeekTable::new(self.frames, self.range);
        self.file.write_all_at(&table.encode(self.bytes), self.bytes).map_err(RewriteError::Write)?;
        let &Segment { first, lines, closed, .. } = segment;
        let frames = Frames::Sealed(Arc::new(table));
        Ok((Segment { first, lines, bytes: self.bytes, closed, frames }, self.lines_crc, self.index))
    }

    fn add(&mut self, frame: &Frame) -> Result<(), RewriteError> {
        for (lines, bytes) in frame.commit_bytes() {
            if !self.lines.is_empty() && self.lines.len() + bytes.len() > TARGET_FRAME_BYTES {
                self.flush()?;
            }
            self.lines.extend_from_slice(bytes);
            self.commits.push(lines);
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), RewriteError> {
        if self.commits.is_empty() {
            return Ok(());
        }
        let commits = std::mem::take(&mut self.commits);
        let lines: u64 = commits.iter().map(|&lines| u64::from(lines)).sum();
        self.out.clear();
        writer::encode(
            &mut self.compressor,
            self.first,
            commits,
            &self.lines,
            &mut self.packed,
            &mut self.out,
        )
        .map_err(RewriteError::Write)?;
        self.file.write_all_at(&self.out, self.bytes).map_err(RewriteError::Write)?;
        self.frames.push(FrameAt { first: self.first, offset: self.bytes });
        self.bytes += u64_of(self.out.len());
        self.first = self.first.plus(lines);
        self.lines.clear();
        Ok(())
    }
}
