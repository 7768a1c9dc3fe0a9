//! A second journal that is kept equal to a first one, which may be written to meanwhile.
//!
//! A sealed segment is copied as a file: aside, frame by frame against its checksums, synced, renamed. It takes the place
//! of what the copy had of that segment. Lines of an unsealed segment are appended by the copy's own writer, their commits
//! kept, several small frames as one: each append is durable before the next. So the copy is a journal at every moment,
//! a copying that was broken off is opened like any interrupted writer, and goes on where it stopped.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::commit::{Commit, CommitError};
use crate::error::{AppendError, Damage, ReadError};
use crate::file::FileJournal;
use crate::file::cursor::{Cursor, Step};
use crate::file::options::{OpenError, OpenOptions, Recovery};
use crate::file::reader::Reader;
use crate::file::seek_table;
use crate::file::segment::{self, Segment};
use crate::journal::Journal as _;
use crate::num::usize_of;
use crate::position::Position;

/// Lines of about so many bytes are made durable with one sync.
const GROUP_BYTES: usize = 4 << 20;

/// What was copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Copied {
    /// Lines that the copy did not have.
    pub lines: u64,
    /// Bytes written to it.
    pub bytes: u64,
    /// Sealed segments that were written.
    pub segments: u32,
}

/// Why lines were not copied. What was copied before stays, and the next attempt goes on from there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// The copy does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The lines cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The copy cannot be appended to.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A commit that another engine would not have taken.
    #[error("position {position}: {problem}")]
    Commit {
        /// Where.
        position: Position,
        /// What is wrong.
        problem: CommitError,
    },
    /// The system refused something.
    #[error("{action} {} failed: {source}", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The copy has lines that the journal has not.
    #[error(
        "{} has {copy} lines, but {} only {len}: lines are lost there, or this is the copy of another journal; copy into a new directory",
        dir.display(), source_dir.display()
    )]
    Ahead {
        /// The copy.
        dir: PathBuf,
        /// The journal.
        source_dir: PathBuf,
        /// Lines of the copy.
        copy: u64,
        /// Lines of the journal.
        len: u64,
    },
    /// The copy's lines are other lines.
    #[error(
        "the {len} lines in {} are not the first {len} of {}: one of them was altered, or they belong to different ledgers; verify both, and copy into a new directory",
        dir.display(), source_dir.display()
    )]
    Different {
        /// The copy.
        dir: PathBuf,
        /// The journal.
        source_dir: PathBuf,
        /// Lines of the copy.
        len: u64,
    },
    /// The caller asked for it.
    #[error("stopped when asked to")]
    Stopped,
}

/// Told the length of the copy as it grows, and asked whether to go on.
pub type Progress<'a> = &'a mut dyn FnMut(u64) -> ControlFlow<()>;

impl FileJournal {
    /// Opens the copy of `source` in `dir`, or begins one, and makes sure that its lines are the first lines of `source`.
    /// Takes the copy's lock; of `source` only what is durable counts, and nothing is changed there.
    ///
    /// # Errors
    /// When the copy is damaged or in use, or is not one of this journal.
    pub fn open_copy(dir: impl AsRef<Path>, source: &Self) -> Result<(Self, Recovery), CopyError> {
        let dir = dir.as_ref();
        let options = OpenOptions {
            // Where segments end, and when they are sealed, the source decides.
            segment_lines: u64::MAX,
            segment_bytes: u64::MAX,
            seal_when_full: false,
            ..source.options.clone()
        };
        let (copy, recovery) = match Self::open(dir, options.clone()) {
            Err(OpenError::NoJournal { .. }) => (Self::create_with(dir, options)?, Recovery::default()),
            other => other?,
        };
        let (len, source_dir) = (copy.len(), source.dir.clone());
        if len > source.len() {
            let dir = dir.to_path_buf();
            return Err(CopyError::Ahead { dir, source_dir, copy: len, len: source.len() });
        }
        if copy.tree()?.root() != source.tree_at(len)?.root() {
            return Err(CopyError::Different { dir: dir.to_path_buf(), source_dir, len });
        }
        Ok((copy, recovery))
    }

    /// Brings this copy up to what `source` knows; [refresh](Self::refresh) that one before.
    ///
    /// # Errors
    /// See there. What was copied stays and is durable.
    pub fn copy_from(&mut self, source: &Self, progress: Progress<'_>) -> Result<Copied, CopyError> {
        let before = self.len;
        let mut copied = Copied::default();
        for theirs in source.segments.iter().filter(|segment| segment.lines > 0) {
            if self.segments.iter().any(|mine| mine.first == theirs.first && mine.is_sealed()) {
                continue;
            }
            // It may have been sealed since: one handle tells, and stays what it is.
            let cursor = source.store.cursor(theirs.first, 0)?;
            match seek_table::of_file(&cursor, theirs.first)? {
                Some(sealed) => {
                    copied.bytes += self.take_segment(cursor, sealed, progress)?;
                    copied.segments += 1;
                }
                None => copied.bytes += self.take_lines(source, theirs, progress)?,
            }
        }
        copied.lines = self.len - before;
        Ok(copied)
    }

    /// Appends the lines of an unsealed segment that are not here yet.
    fn take_lines(
        &mut self,
        source: &Self,
        theirs: &Segment,
        progress: Progress<'_>,
    ) -> Result<u64, CopyError> {
        let from = theirs.first.max(Position(self.len));
        if from >= theirs.end() {
            return Ok(0);
        }
        if self.segments.last().is_some_and(|mine| mine.first != theirs.first) {
            self.close_active();
        }
        let before = self.frame_bytes();
        let (mut waiting, mut bytes) = (Vec::new(), 0);
        let offset = theirs.offset_of(from);
        for batch in Reader::new(source.store.clone(), theirs.first, offset, from, theirs.end())? {
            let frame = batch?.unpack()?;
            for range in frame.commits() {
                let position = frame.first().plus(u64::from(range.start));
                let commit = Commit::from_lines(range.filter_map(|index| frame.line(index)))
                    .map_err(|problem| CopyError::Commit { position, problem })?;
                bytes += commit.as_bytes().len();
                waiting.push(commit);
                if bytes >= GROUP_BYTES {
                    self.take_group(&mut waiting, progress)?;
                    bytes = 0;
                }
            }
        }
        self.take_group(&mut waiting, progress)?;
        Ok(self.frame_bytes() - before)
    }

    fn take_group(&mut self, waiting: &mut Vec<Commit>, progress: Progress<'_>) -> Result<(), CopyError> {
        self.append(Position(self.len), waiting)?;
        waiting.clear();
        go_on(progress, self.len)
    }

    /// Copies a sealed segment as it is, and puts it in the place of what is here of it.
    fn take_segment(
        &mut self,
        mut from: Cursor,
        sealed: Segment,
        progress: Progress<'_>,
    ) -> Result<u64, CopyError> {
        let path = segment::path_of(&self.store.dir, sealed.first);
        let aside = self.store.dir.join(format!("{}.tmp", segment::file_name(sealed.first)));
        let disk = std::sync::Arc::clone(&self.store.disk);
        let failed = |action, path: &Path| {
            let path = path.to_path_buf();
            move |source| CopyError::Io { action, path, source }
        };
        match disk.remove(&aside) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(failed("removing", &aside)(e)),
            _ => {}
        }
        let file = disk.create(&aside).map_err(failed("creating", &aside))?;
        let mut next = sealed.first;
        while next < sealed.end() {
            let offset = from.offset();
            let (end, frame) = whole_frame(&mut from, next)?;
            file.write_all_at(frame, offset).map_err(failed("writing to", &aside))?;
            let bytes = frame.len();
            from.advance(bytes);
            next = end;
            go_on(progress, next.0.max(self.len))?;
        }
        let (table_at, size) = (from.offset(), from.file().size().map_err(failed("measuring", from.path()))?);
        let table = from.peek(usize_of(size.saturating_sub(table_at)))?;
        file.write_all_at(table, table_at).map_err(failed("writing to", &aside))?;
        file.sync().map_err(failed("syncing", &aside))?;
        disk.rename(&aside, &path).map_err(failed("renaming", &aside))?;
        disk.sync_dir(&self.store.dir).map_err(failed("syncing", &self.store.dir))?;
        // As when sealing: not every file system knows permissions.
        let _ = disk.set_read_only(&path);
        self.len = self.len.max(sealed.end().0);
        match self.segments.iter_mut().find(|mine| mine.first == sealed.first) {
            Some(mine) => *mine = sealed,
            None => self.segments.push(sealed),
        }
        Ok(size)
    }
}

fn go_on(progress: Progress<'_>, lines: u64) -> Result<(), CopyError> {
    match progress(lines) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(CopyError::Stopped),
    }
}

/// The bytes of the frame at the cursor, checked, and the position behind its lines. The cursor stays in front of it.
fn whole_frame(cursor: &mut Cursor, next: Position) -> Result<(Position, &[u8]), ReadError> {
    let header = match cursor.step()? {
        Step::Frame(header) if header.first == next => header,
        Step::Frame(header) => return Err(cursor.damaged(next, Damage::OutOfPlace { found: header.first })),
        Step::Bad(damage) => return Err(cursor.damaged(next, damage)),
        Step::End | Step::Short | Step::SeekTable => return Err(cursor.damaged(next, Damage::Short)),
    };
    let place = cursor.place(next);
    let bytes = cursor.peek(header.frame_bytes())?;
    let damage = if bytes.len() < header.frame_bytes() {
        Damage::Short
    } else if crc32c::crc32c(bytes.get(header.bytes()..).unwrap_or_default()) != header.crc {
        Damage::Checksum
    } else {
        return Ok((header.end(), bytes));
    };
    Err(ReadError::Damaged { place, damage })
}

#[cfg(test)]
mod tests;
