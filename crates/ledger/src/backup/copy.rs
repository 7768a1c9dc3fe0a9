//! Brings a directory up to a ledger, again and again. It is a ledger to read and to verify at every moment: what a line
//! names is there before the line, and a head only after the lines that it covers.

use super::{BackupError, file_error, files};
use crate::checkpoints::Checkpoints;
use crate::home::Home;
use jejak_journal::checkpoint::{Checkpoint, Note};
use jejak_journal::{Copied, CopyError, FileJournal, Journal as _, OpenError, Progress};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Directories of files that never change once they are there.
const KEPT: &[&str] = &["blobs"];
/// The journal of who looked at what.
const ACCESS: &str = "access";
/// Signed heads, beside each journal.
const HEADS: &str = "checkpoints";

/// A ledger and its copy, both open.
#[derive(Debug)]
pub struct LedgerCopy {
    from: Home,
    to: PathBuf,
    lines: Pair,
    access: Option<Pair>,
}

/// A journal, its copy, and the heads that both have.
#[derive(Debug)]
struct Pair {
    source: FileJournal,
    copy: FileJournal,
    /// Where the heads are.
    from: PathBuf,
    /// Where they are copied to.
    to: PathBuf,
    heads: HashSet<PathBuf>,
}

impl LedgerCopy {
    /// Opens the copy of a ledger in `to`, or begins one.
    ///
    /// # Errors
    /// When there is something else in `to`, it is damaged, or another process copies there.
    pub fn open(from: &Home, to: &Path) -> Result<Self, BackupError> {
        files::apart(from.dir(), to)?;
        if let Ok(there) = Home::open(to)
            && (there.manifest.key != from.manifest.key || there.manifest.origin != from.manifest.origin)
        {
            let (found, expected) = (there.manifest.origin, from.manifest.origin.clone());
            return Err(BackupError::Foreign { dir: to.to_path_buf(), found, expected });
        }
        let source = from.read_journal()?;
        files::make_dir(to)?;
        let lines = Pair::open(source, from.dir(), to)?;
        Ok(Self { from: from.clone(), to: to.to_path_buf(), lines, access: None })
    }

    /// Lines of the copy.
    pub fn len(&self) -> u64 {
        self.lines.copy.len()
    }

    /// True before the first line.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Looks for lines that are durable by now; returns how many the copy has not.
    ///
    /// # Errors
    /// When the ledger is damaged.
    pub fn lag(&mut self) -> Result<u64, BackupError> {
        let len = self.lines.source.refresh().map_err(CopyError::from)?;
        Ok(len.saturating_sub(self.len()))
    }

    /// Copies what was durable when it was last [looked](Self::lag) for. `progress` is told the lines of the copy.
    ///
    /// # Errors
    /// What was copied before stays, and the next attempt goes on from there.
    pub fn advance(&mut self, progress: Progress<'_>) -> Result<Copied, BackupError> {
        for name in KEPT {
            self.kept(name)?;
        }
        // Lines tell how long the access journal was: it is never behind them.
        self.access(progress)?;
        let copied = self.lines.advance(progress)?;
        // With its manifest a new copy becomes a ledger: before, it would be one without its first line.
        self.manifest()?;
        Ok(copied)
    }

    fn manifest(&self) -> Result<(), BackupError> {
        let (from, to) = (self.from.dir().join("ledger.toml"), self.to.join("ledger.toml"));
        let bytes = fs::read(&from).map_err(file_error("reading", &from))?;
        if fs::read(&to).is_ok_and(|there| there == bytes) { Ok(()) } else { files::write(&to, &bytes) }
    }

    /// These files are named by their content and never change: one that is there is there for good.
    fn kept(&self, name: &str) -> Result<(), BackupError> {
        let (from, to) = (self.from.dir().join(name), self.to.join(name));
        for path in files::below(&from)? {
            let target = to.join(&path);
            if !target.exists() {
                files::make_dir(target.parent().unwrap_or(&to))?;
                files::copy(&from.join(&path), &target)?;
            }
        }
        Ok(())
    }

    fn access(&mut self, progress: Progress<'_>) -> Result<(), BackupError> {
        let from = self.from.dir().join(ACCESS);
        if self.access.is_none() {
            let source = match FileJournal::open_read_only(&from) {
                Err(OpenError::NoJournal { .. }) => return Ok(()),
                other => other.map_err(CopyError::from)?,
            };
            let to = self.to.join(ACCESS);
            self.access = Some(Pair::open(source, &from, &to)?);
        }
        let Some(access) = &mut self.access else { return Ok(()) };
        access.source.refresh().map_err(CopyError::from)?;
        // Progress is told in lines of the ledger: here it is only asked whether to go on.
        let lines = self.lines.copy.len();
        access.advance(&mut |_| progress(lines))?;
        Ok(())
    }
}

impl Pair {
    fn open(source: FileJournal, from: &Path, to: &Path) -> Result<Self, BackupError> {
        // What an interrupted copying left is copied again.
        let (copy, _) = FileJournal::open_copy(to, &source)?;
        let (from, to) = (from.join(HEADS), to.join(HEADS));
        Ok(Self { source, copy, from, to, heads: HashSet::new() })
    }

    fn advance(&mut self, progress: Progress<'_>) -> Result<Copied, BackupError> {
        let copied = self.copy.copy_from(&self.source, progress)?;
        for path in Checkpoints::in_dir(&self.from).paths()? {
            if !self.heads.contains(&path) {
                self.head(path)?;
            }
        }
        Ok(copied)
    }

    /// Copies a head once its lines are here. One that cannot be read as a head is copied too: it is for verification
    /// to complain of.
    fn head(&mut self, path: PathBuf) -> Result<(), BackupError> {
        let bytes = match fs::read(&path) {
            // Signed again just now: the next look finds it.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            other => other.map_err(file_error("reading", &path))?,
        };
        let head = head_of(&bytes);
        if head.as_ref().is_some_and(|head| head.size > self.copy.len()) {
            return Ok(());
        }
        let target = self.to.join(path.file_name().unwrap_or_default());
        match fs::read(&target) {
            Ok(there) if there == bytes => {}
            // The same head may have got more signatures; a half one may have become whole.
            Ok(there) if head_of(&there).is_some_and(|there| head.as_ref() != Some(&there)) => {
                return Err(BackupError::Fork(path, target));
            }
            Ok(_) => files::write(&target, &bytes)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                files::make_dir(&self.to)?;
                files::write(&target, &bytes)?;
            }
            Err(error) => return Err(file_error("reading", &target)(error)),
        }
        self.heads.insert(path);
        Ok(())
    }
}

/// What a note says, unchecked: whether it is true, verification tells.
fn head_of(bytes: &[u8]) -> Option<Checkpoint> {
    Checkpoint::parse(Note::parse(bytes).ok()?.text()).ok()
}
