//! Reading while another process writes. An observer takes no lock, changes nothing, and counts only what is durable.

use std::io;

use crate::error::ReadError;
use crate::file::FileJournal;
use crate::file::disk::Access;
use crate::file::open;
use crate::file::options::OpenError;
use crate::file::reader::Store;
use crate::file::recovery::{self, Tail};
use crate::file::seek_table;
use crate::file::segment::{self, Frames, Segment};

impl FileJournal {
    /// Looks for lines that were appended since, by whoever has the lock, and returns the new length. For the writer
    /// itself there is nothing to look for.
    ///
    /// # Errors
    /// As for opening; what was known before stays readable.
    pub fn refresh(&mut self) -> Result<u64, OpenError> {
        self.look_for_lines(true)
    }

    /// The same without making the new lines durable, for a reader in the writer's own process that is told how many
    /// lines are durable, and believes no others.
    ///
    /// # Errors
    /// As for opening; what was known before stays readable.
    pub fn refresh_written(&mut self) -> Result<u64, OpenError> {
        self.look_for_lines(false)
    }

    fn look_for_lines(&mut self, sync: bool) -> Result<u64, OpenError> {
        while self.writer.is_none() {
            let before = self.len;
            self.refresh_last(sync)?;
            let next = segment::path_of(&self.store.dir, crate::Position(self.len));
            let ends = self.segments.last().is_some_and(|last| last.lines > 0);
            match self.store.disk.open(&next, Access::Read) {
                Ok(_) if ends => self.segments.push(Segment::empty(crate::Position(self.len))),
                Err(e) if e.kind() != io::ErrorKind::NotFound => {
                    return Err(open::io_error("opening", &next)(e));
                }
                _ if self.len == before => break,
                _ => {}
            }
        }
        Ok(self.len)
    }

    fn refresh_last(&mut self, sync: bool) -> Result<(), OpenError> {
        let Some(last) = self.segments.last_mut().filter(|last| !last.is_sealed()) else { return Ok(()) };
        let mut cursor = self.store.cursor(last.first, last.bytes)?;
        // Once it is sealed, our byte offset means nothing any more.
        if let Some(sealed) = seek_table::of_file(&cursor, last.first)? {
            *last = sealed;
            self.len = last.end().0;
            return Ok(());
        }
        let scan = recovery::scan(&mut cursor, last.end())?;
        let grown = match (&mut last.frames, scan.tail) {
            (Frames::Open(frames), Tail::Clean | Tail::Torn(_)) if scan.good_after.is_none() => {
                last.lines += scan.end.0 - last.first.plus(last.lines).0;
                last.bytes = scan.bytes;
                frames.extend(&scan.frames);
                !scan.frames.is_empty()
            }
            // Whatever this is, looking at the whole segment says it better.
            _ => {
                *last = open::reinspect(&self.store, last.first)?;
                true
            }
        };
        if grown && sync {
            make_durable(&self.store, last)?;
        }
        self.len = last.end().0;
        Ok(())
    }
}

/// The writer may have written a frame and not yet synced it: then it is made durable here before it is counted.
pub(super) fn make_durable(store: &Store, segment: &Segment) -> Result<(), ReadError> {
    if segment.is_sealed() {
        return Ok(());
    }
    let path = segment::path_of(&store.dir, segment.first);
    let synced = store.disk.open(&path, Access::Read).and_then(|file| file.sync());
    match synced {
        // A file system that is read-only has nothing to sync.
        Err(e) if matches!(e.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::InvalidInput) => {
            Ok(())
        }
        Err(source) => Err(ReadError::Io { action: "syncing", path, source }),
        Ok(()) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::conformance::lines_from;
    use crate::faults::{FaultyDisk, Survives};
    use crate::{Commit, FileJournal, Journal, OpenOptions, Position};

    fn options(disk: &FaultyDisk) -> OpenOptions {
        OpenOptions {
            disk: Arc::new(disk.clone()),
            segment_lines: 7,
            seal_when_full: false,
            ..OpenOptions::default()
        }
    }

    fn append(journal: &mut FileJournal) {
        let at = journal.len();
        let commit = Commit::from_lines([format!("line {at}"), format!("line {}", at + 1)]).unwrap();
        journal.append(Position(at), &[commit]).unwrap();
    }

    #[test]
    fn follows_appends_new_segments_and_sealing() {
        let disk = FaultyDisk::new();
        let mut writer = FileJournal::create_with("/ledger", options(&disk)).unwrap();
        let mut observers: Vec<FileJournal> = Vec::new();
        for round in 0..24 {
            observers.push(FileJournal::open_read_only_with("/ledger", options(&disk)).unwrap());
            (0..round % 6).for_each(|_| append(&mut writer));
            if round % 9 == 0 {
                writer.seal().unwrap();
            }
            // Each is refreshed at other moments, so that every kind of change falls between two looks.
            for (i, observer) in observers.iter_mut().enumerate().filter(|(i, _)| round % (i % 5 + 1) == 0) {
                assert_eq!(observer.refresh().unwrap(), writer.len(), "observer {i}, round {round}");
                assert_eq!(lines_from(observer, Position(0)), lines_from(&writer, Position(0)));
                assert_eq!(observer.tree().unwrap(), writer.tree().unwrap());
            }
        }
        assert_eq!(writer.refresh().unwrap(), writer.len());
    }

    #[test]
    fn counts_only_what_no_crash_can_take() {
        let disk = FaultyDisk::new();
        let mut writer = FileJournal::create_with("/ledger", options(&disk)).unwrap();
        append(&mut writer);
        let mut early = FileJournal::open_read_only_with("/ledger", options(&disk)).unwrap();
        disk.die_after(1);
        let commit = Commit::from_lines(["unsynced"]).unwrap();
        writer.append(Position(2), &[commit]).unwrap_err();
        assert!(early.refresh().is_err(), "the disk is dead for this process too");
        let cached = disk.after_kill();
        assert_eq!(FileJournal::open_read_only_with("/ledger", options(&cached)).unwrap().len(), 3);
        let crashed = cached.after_crash(Survives::Nothing);
        assert_eq!(FileJournal::open_read_only_with("/ledger", options(&crashed)).unwrap().len(), 3);
    }
}
